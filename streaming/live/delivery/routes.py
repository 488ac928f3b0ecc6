"""``/api/v1/live/places``: how many watch without a delay, and how many may."""

from kernel.access import Role
from kernel.errors import Unavailable
from kernel.http import Call, Router
from streaming.live.adapters.serving import LiveServing
from streaming.live.channels.model import WATCHES_OVER
from streaming.live.delivery.schemas import PlacesIn, PlacesOut


def routers(serving: LiveServing) -> list[Router]:
    """The routes over the live channels of this process."""
    router = Router("/api/v1/live/places", tag="Live")

    @router.get(
        "",
        role=WATCHES_OVER,
        summary="How many people watch live channels over WebRTC, and how many can",
        transaction=False,
    )
    async def get_live_places(call: Call) -> PlacesOut:  # noqa: ARG001 - the same for everybody who may
        """Of the node that is asked."""
        return _out(serving)

    @router.put(
        "",
        role=Role.ADMIN,
        summary="Have fewer people watch over WebRTC; the others go on by Low-Latency HLS",
        raises=(Unavailable,),
        transaction=False,
    )
    async def set_live_places(call: Call, body: PlacesIn) -> PlacesOut:  # noqa: ARG001 - the same for everybody who may
        """On every node, within a few seconds. 0 empties them, as before a node ends: pictures go on, a second or two later."""
        await serving.lower_places(body.viewers)
        return _out(serving)

    return [router]


def _out(serving: LiveServing) -> PlacesOut:
    places = serving.hub.places
    return PlacesOut(
        configured=places.configured,
        places=places.limit,
        viewers=len(serving.hub.viewers),
        waiting=places.waiting,
        busy=places.load.allows is not None,
    )
