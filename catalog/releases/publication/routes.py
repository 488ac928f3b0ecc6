"""Publications over HTTP."""

from catalog.releases.model import AlreadyPublished, BadPublishTime, ReleaseNotFound
from catalog.releases.publication import usecases
from catalog.releases.publication.schemas import PublicationIn
from catalog.releases.routes import context_of, flushed, with_current
from catalog.releases.schemas import ReleaseOut
from catalog.releases.usecases import ReleaseChanged
from kernel.access import Role
from kernel.http import Call, Reply, Router

router = Router(tag="Catalog")


@router.put(
    "/releases/{release_id}/publication",
    role=Role.EDITOR,
    summary="Schedule the publication of a release",
    raises=(ReleaseNotFound, ReleaseChanged, AlreadyPublished, BadPublishTime),
)
async def schedule_release(call: Call, release_id: str, body: PublicationIn) -> Reply[ReleaseOut]:
    """It is published within a minute of that moment, as by `POST /releases/{release_id}/publish`."""
    with with_current():
        return await flushed(
            call,
            await usecases.schedule(context_of(call), release_id, body.publish_at, version=call.if_match()),
        )


@router.post(
    "/releases/{release_id}/unpublish",
    role=Role.EDITOR,
    summary="Unpublish a release",
    raises=(ReleaseNotFound, ReleaseChanged),
)
async def unpublish_release(call: Call, release_id: str) -> Reply[ReleaseOut]:
    """It is a draft again; streams of its episodes end within half a minute."""
    with with_current():
        return await flushed(
            call,
            await usecases.unpublish(context_of(call), release_id, version=call.if_match()),
        )
