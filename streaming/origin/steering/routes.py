"""``GET /api/v1/playback/{session_id}/steering``: the steering manifest of a stream."""

from aiohttp import web

from kernel.http import Call, Reply, Router
from streaming.origin.access.token import TokenRefused
from streaming.origin.media.files import OPEN_HEADERS
from streaming.origin.model import StreamOver
from streaming.origin.steering.schemas import SteeringIn, SteeringManifestOut
from streaming.origin.steering.usecases import SteeredStreams

router = Router("/api/v1", tag="Playback")

STREAMS: web.AppKey[SteeredStreams] = web.AppKey("steered-streams")


@router.get(
    "/playback/{session_id}/steering",
    summary="Which edge to play from",
    transaction=False,
    raises=(TokenRefused, StreamOver),
)
async def steering_manifest(call: Call, session_id: str, query: SteeringIn) -> Reply[SteeringManifestOut]:
    """The steering manifest (draft-pantos-hls-rfc8216bis-20 §7; of DASH ETSI TS 103 998) that the stream's playlist names, for players.

    Edges that answer come first, those that failed for this viewer or are much slower for them last; then priority and weight
    decide. The answer to one that has no right any more is 410, and players ask no more. Nobody is told that they ask too often,
    for players would never ask again: they are told to wait longer (`TTL`).
    """
    told = await call.request.app[STREAMS].steer(session_id, query.value())
    headers = {**OPEN_HEADERS, "Cache-Control": "private, no-store"}
    return Reply(SteeringManifestOut.of(told), headers=headers)
