"""Added subtitles over HTTP."""

from dataclasses import replace

from catalog import usecases as catalogue
from catalog.model import EpisodeNotFound
from catalog.subtitles import usecases
from catalog.subtitles.model import (
    Subtitle,
    SubtitleDraft,
    SubtitleNotFound,
    SubtitleTaken,
    SubtitleUnreadable,
    TooManySubtitles,
)
from catalog.subtitles.shapes import SubtitleIn, SubtitleList, SubtitleOut, SubtitleTextOut
from catalog.subtitles.usecases import SubtitleFormats, Subtitles
from catalog.usecases import Episodes, Reader, Releases
from kernel.access import Role
from kernel.errors import Conflict, Stale
from kernel.http import Call, Reply, Router, etag

router = Router(tag="Subtitles")


async def _release_of(call: Call, episode_id: str) -> str:
    """Of an episode that the caller can see."""
    reader = Reader(sees_drafts=call.actor is not None and call.actor.may(Role.EDITOR))
    _, release = await catalogue.episode(call.port(Episodes), call.port(Releases), reader, episode_id)
    return release.id


async def _draft(call: Call, body: SubtitleIn) -> SubtitleDraft:
    return replace(body.draft(), text=await call.port(SubtitleFormats).webvtt(body.text, body.language))


async def _flushed(call: Call, subtitle: Subtitle) -> Reply[SubtitleOut]:
    # The version counts up when the row is written; the answer must carry the new one.
    await call.scope.uow.session.flush()
    return Reply(SubtitleOut.of(subtitle), headers={"ETag": etag(subtitle.version)})


@router.get(
    "/episodes/{episode_id}/subtitles", summary="List the subtitles added to an episode", raises=(EpisodeNotFound,)
)
async def list_subtitles(call: Call, episode_id: str) -> SubtitleList:
    """Those of the video itself are in the answer to playback, with these."""
    await _release_of(call, episode_id)
    found = await call.port(Subtitles).of_episode(episode_id)
    return SubtitleList(items=[SubtitleOut.of(subtitle) for subtitle in found])


@router.post(
    "/episodes/{episode_id}/subtitles",
    status=201,
    role=Role.EDITOR,
    summary="Add subtitles to an episode",
    raises=(EpisodeNotFound, SubtitleUnreadable, SubtitleTaken, TooManySubtitles, Conflict),
)
async def create_subtitle(call: Call, episode_id: str, body: SubtitleIn) -> Reply[SubtitleOut]:
    """Players offer them from the next start of a stream on."""
    release_id = await _release_of(call, episode_id)
    draft = await _draft(call, body)
    return await _flushed(
        call, await usecases.add(call.port(Subtitles), episode_id, release_id, draft, call.clock.now())
    )


@router.get("/subtitles/{subtitle_id}", summary="Read added subtitles", raises=(SubtitleNotFound, EpisodeNotFound))
async def get_subtitle(call: Call, subtitle_id: str) -> Reply[SubtitleTextOut]:
    found = await call.port(Subtitles).get(subtitle_id)
    if found is None:
        raise SubtitleNotFound
    await _release_of(call, found.episode_id)
    return Reply(SubtitleTextOut.model_validate(found), headers={"ETag": etag(found.version)})


@router.put(
    "/subtitles/{subtitle_id}",
    role=Role.EDITOR,
    summary="Edit added subtitles",
    raises=(SubtitleNotFound, SubtitleUnreadable, SubtitleTaken, Stale),
)
async def update_subtitle(call: Call, subtitle_id: str, body: SubtitleIn) -> Reply[SubtitleOut]:
    draft = await _draft(call, body)
    edited = await usecases.edit(call.port(Subtitles), subtitle_id, draft, call.clock.now(), version=call.if_match())
    return await _flushed(call, edited)


@router.delete(
    "/subtitles/{subtitle_id}", role=Role.EDITOR, summary="Remove added subtitles", raises=(SubtitleNotFound,)
)
async def delete_subtitle(call: Call, subtitle_id: str) -> None:
    await usecases.remove(call.port(Subtitles), subtitle_id, call.clock.now())
