"""Splits over HTTP."""

from collections.abc import Sequence

from catalog.releases.deletion.usecases import DeletedReleases
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.locks.usecases import Locks
from catalog.releases.merge_locks.usecases import MergeLocks
from catalog.releases.merging.usecases import Merges
from catalog.releases.model import AliasTaken, BadAlias, ReleaseNotFound
from catalog.releases.routes import with_current
from catalog.releases.splitting import usecases
from catalog.releases.splitting.model import (
    AllEpisodesChosen,
    ForeignEpisodes,
    ForeignIdentifiers,
    ForeignTrailers,
    NoEpisodesChosen,
    PartOfAnother,
    Split,
    SplitContradicted,
    SplitNotFound,
    SplitUndone,
)
from catalog.releases.splitting.schemas import SplitIn, SplitOut, SplitPage, SplitPreviewOut, UndoSplitIn
from catalog.releases.splitting.usecases import DescribingLists, EpisodeCompanions, SplitContext, Splits
from catalog.releases.usecases import ReleaseChanged, Releases
from kernel.access import Role
from kernel.errors import Conflict, Stale, TooManyRequests
from kernel.http import Call, Router
from kernel.http.schemas import PageIn
from kernel.limits import Limit

router = Router(tag="Catalog")

SPLITS = Limit("splits", attempts=300, window_s=3600)
"""By one moderator: each may touch the libraries of thousands."""

REFUSALS = (
    ReleaseNotFound,
    PartOfAnother,
    NoEpisodesChosen,
    AllEpisodesChosen,
    ForeignEpisodes,
    ForeignIdentifiers,
    ForeignTrailers,
    AliasTaken,
    BadAlias,
)


def _context(call: Call) -> SplitContext:
    return SplitContext(
        releases=call.port(Releases),
        deleted=call.port(DeletedReleases),
        episodes=call.port(Episodes),
        locks=call.port(Locks),
        merge_locks=call.port(MergeLocks),
        merges=call.port(Merges),
        splits=call.port(Splits),
        companions=call.port(EpisodeCompanions),
        lists=call.port(DescribingLists),
        actor_id=call.user.user_id,
        now=call.clock.now(),
    )


async def _shown(call: Call, splits: Sequence[Split]) -> list[SplitOut]:
    # The versions count up when the rows are written; the answer must carry the new ones.
    await call.scope.flush()
    ids = {one for split in splits for one in (split.source_id, split.target_id)}
    releases = {str(one.id): one for one in await call.port(Releases).many(sorted(ids))}
    return [SplitOut.of(split, releases) for split in splits]


@router.get("/splits", role=Role.MODERATOR, summary="List splits of releases")
async def list_splits(call: Call, query: PageIn) -> SplitPage:
    """The newest first, undone ones too."""
    found, total = await call.port(Splits).page(offset=query.offset, limit=query.page_size)
    return SplitPage(items=await _shown(call, found), total=total, page=query.page, page_size=query.page_size)


@router.post(
    "/releases/{release_id}/split/preview",
    role=Role.MODERATOR,
    summary="Look what a split would do",
    raises=REFUSALS,
)
async def preview_split(call: Call, release_id: str, body: SplitIn) -> SplitPreviewOut:
    return SplitPreviewOut.of(await usecases.preview(_context(call), release_id, body.request()))


@router.post(
    "/releases/{release_id}/split",
    status=201,
    role=Role.MODERATOR,
    limit=SPLITS,
    summary="Make episodes a release of their own",
    raises=(*REFUSALS, ReleaseChanged, Conflict, TooManyRequests),
)
async def split_release(call: Call, release_id: str, body: SplitIn) -> SplitOut:
    """Their videos, subtitles, translations and progress go along; votes, favourites and collections stay. The new one is a
    draft or published as the old one, and imports keep the two apart. With `If-Match`, if nobody changed it meanwhile."""
    with with_current():
        done = await usecases.split(_context(call), release_id, body.request(), call.if_match())
    return (await _shown(call, [done]))[0]


@router.post(
    "/splits/{split_id}/undo",
    role=Role.MODERATOR,
    summary="Undo a split",
    raises=(SplitNotFound, SplitUndone, SplitContradicted, ReleaseChanged, Stale, Conflict),
)
async def undo_split(call: Call, split_id: str, body: UndoSplitIn) -> SplitOut:
    """The episodes are back, with what people did with them since; the address of the new release leads to the old one.
    Where something contradicts, nothing happens, and the answer says what it is."""
    with with_current():
        done = await usecases.undo(
            _context(call), split_id, source_version=body.source_version, target_version=body.target_version
        )
    return (await _shown(call, [done]))[0]
