"""Episodes over HTTP."""

from catalog.languages.schemas import Localised
from catalog.releases.episodes import usecases
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.model import BadSpan, Episode, EpisodeNotFound, NothingToPlay, OrdinalTaken
from catalog.releases.episodes.schemas import EpisodeEdit, EpisodeIn, EpisodeList, EpisodeOut
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.model import ReleaseNotFound
from catalog.releases.routes import ENTRIES, VARY, reader, translated_etag, translations
from catalog.releases.usecases import Releases
from kernel.access import Role
from kernel.errors import Stale, TooManyRequests, UnavailableForLegalReasons
from kernel.http import Call, Reply, Router, versioned

router = Router(tag="Catalog")


async def _flushed_episode(call: Call, episode: Episode) -> Reply[EpisodeOut]:
    await call.scope.flush()
    return versioned(EpisodeOut.of(episode), episode.version)


@router.get(
    "/releases/{release_id}/episodes",
    summary="List a release's episodes",
    raises=(ReleaseNotFound, UnavailableForLegalReasons),
)
async def list_episodes(call: Call, release_id: str, query: Localised) -> Reply[EpisodeList]:
    """By ordinal. Editors see drafts, too."""
    found = await usecases.episodes_of(call.port(Releases), call.port(Episodes), reader(call), release_id)
    translated = await translations(call, query, [item.id for item in found])
    return Reply(EpisodeList(items=[EpisodeOut.of(item, translated.get(item.id)) for item in found]), headers=VARY)


@router.post(
    "/episodes",
    status=201,
    role=Role.EDITOR,
    limit=ENTRIES,
    summary="Add an episode",
    raises=(ReleaseNotFound, OrdinalTaken, BadSpan, TooManyRequests),
)
async def create_episode(call: Call, body: EpisodeIn) -> Reply[EpisodeOut]:
    """It starts as a draft without media."""
    added = await usecases.add_episode(context_of(call.scope), body.release_id, body.draft())
    reply = await _flushed_episode(call, added)
    reply.headers["Location"] = f"/api/v1/episodes/{added.id}"
    return reply


@router.get("/episodes/{episode_id}", summary="Read an episode", raises=(EpisodeNotFound, UnavailableForLegalReasons))
async def get_episode(call: Call, episode_id: str, query: Localised) -> Reply[EpisodeOut]:
    """Editors see drafts, too."""
    found, _ = await usecases.episode(call.port(Episodes), call.port(Releases), reader(call), episode_id)
    translation = (await translations(call, query, [found.id])).get(found.id)
    return Reply(
        EpisodeOut.of(found, translation), headers={"ETag": translated_etag(found.version, translation), **VARY}
    )


@router.put(
    "/episodes/{episode_id}",
    role=Role.EDITOR,
    summary="Edit an episode",
    raises=(EpisodeNotFound, OrdinalTaken, BadSpan, Stale),
)
async def update_episode(call: Call, episode_id: str, body: EpisodeEdit) -> Reply[EpisodeOut]:
    """Replaces all of it; with `If-Match`, if nobody changed it meanwhile."""
    edited = await usecases.edit_episode(context_of(call.scope), episode_id, body.draft(), version=call.if_match())
    return await _flushed_episode(call, edited)


@router.post(
    "/episodes/{episode_id}/release",
    role=Role.EDITOR,
    summary="Publish an episode",
    raises=(EpisodeNotFound, NothingToPlay),
)
async def publish_episode(call: Call, episode_id: str) -> Reply[EpisodeOut]:
    """Viewers see it once its release is published as well."""
    return await _flushed_episode(call, await usecases.publish_episode(context_of(call.scope), episode_id))
