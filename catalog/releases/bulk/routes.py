"""Bulk edits over HTTP."""

from typing import Final

from catalog.releases.bulk import usecases
from catalog.releases.bulk.model import NothingToChange
from catalog.releases.bulk.schemas import BulkIn, BulkOut
from catalog.releases.bulk.usecases import BulkContext, ReleasesToChange
from catalog.releases.usecases import EpisodeIds, Releases
from kernel.access import Role
from kernel.errors import Forbidden, TooManyRequests
from kernel.http import Call, Router
from kernel.limits import Limit

router = Router(tag="Catalog")

BULK_EDITS: Final = Limit("bulk-edits", attempts=300, window_s=3600)
"""Of one editor: 60,000 releases, a catalogue several times over; each is up to 200 rows, events and audited changes."""


@router.post(
    "/releases/bulk",
    role=Role.EDITOR,
    limit=BULK_EDITS,
    summary="Change many releases at once",
    raises=(NothingToChange, Forbidden, TooManyRequests),
)
async def change_many(call: Call, body: BulkIn) -> BulkOut:
    """Each by itself, or with `all_or_nothing` none where one cannot be; deleting takes a moderator."""
    context = BulkContext(
        releases=call.port(Releases),
        to_change=call.port(ReleasesToChange),
        episodes=call.port(EpisodeIds),
        now=call.clock.now(),
        actor=call.user,
    )
    result = await usecases.change_many(
        context, body.ids, body.change(), dry_run=body.dry_run, all_or_nothing=body.all_or_nothing
    )
    await call.scope.flush()
    return BulkOut.of(result)
