"""Added subtitles over HTTP."""

import asyncio
from dataclasses import replace
from typing import Final

from catalog.releases.episodes import usecases as episode_usecases
from catalog.releases.episodes.model import EpisodeNotFound
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.usecases import Reader, Releases
from catalog.subtitles import usecases
from catalog.subtitles.adapters.context import context_of
from catalog.subtitles.model import (
    FILE_MAX_BYTES,
    Subtitle,
    SubtitleDraft,
    SubtitleFileTooLarge,
    SubtitleNotFound,
    SubtitleTaken,
    SubtitleUnreadable,
    TooManySubtitles,
)
from catalog.subtitles.schemas import (
    SubtitleFileIn,
    SubtitleFileOut,
    SubtitleIn,
    SubtitleList,
    SubtitleOut,
    SubtitleTextOut,
)
from catalog.subtitles.usecases import SubtitleFormats, Subtitles
from kernel.access import Role
from kernel.errors import Conflict, Stale
from kernel.http import Call, Prepared, Reply, Router, versioned
from kernel.http.problems import HttpRefusal
from kernel.limits import Limit
from kernel.scope import Scope

router = Router(tag="Subtitles")

READINGS: Final = Limit("subtitles-read", attempts=120, window_s=3600)
"""Up to half a second of the processor each; a season in two languages has fifty files, some tried twice."""
BODY_TIMEOUT_S: Final = 60
"""For a file of the largest size over 0.6 Mbit/s."""


async def _release_of(call: Call, episode_id: str) -> str:
    """Of an episode that the caller can see."""
    reader = Reader(sees_drafts=call.actor is not None and call.actor.may(Role.EDITOR), region=call.region)
    _, release = await episode_usecases.episode(call.port(Episodes), call.port(Releases), reader, episode_id)
    return release.id


async def _draft(call: Call, body: SubtitleIn) -> SubtitleDraft:
    async with call.container.scope(write=False) as scope:
        formats = scope.port(SubtitleFormats)
    return replace(body.draft(), text=await formats.webvtt(body.text, offset_ms=body.offset_ms))


async def _flushed(scope: Scope, subtitle: Subtitle) -> Reply[SubtitleOut]:
    # The version counts up when the row is written; the answer must carry the new one.
    await scope.flush()
    return versioned(SubtitleOut.of(subtitle), subtitle.version)


@router.post(
    "/subtitles/read",
    role=Role.USER,
    transaction=False,
    media=("application/octet-stream", "text/plain", "text/vtt", "application/x-subrip"),
    limit=READINGS,
    summary="Read a subtitle file of any encoding",
    raises=(SubtitleUnreadable, SubtitleFileTooLarge),
)
async def read_subtitle_file(call: Call, query: SubtitleFileIn) -> SubtitleFileOut:
    """WebVTT, SRT, ASS or SSA of up to 4 MiB. Nothing is kept: the answer's `text` is for a proposal or a track."""
    content = await _file(call)
    async with call.container.scope(write=False) as scope:
        formats = scope.port(SubtitleFormats)
    return SubtitleFileOut.model_validate(await formats.read(content, query.language, query.encoding))


async def _file(call: Call) -> bytes:
    """The body, as far as it is not too large."""
    too_large = SubtitleFileTooLarge(limit_mib=FILE_MAX_BYTES // 2**20)
    if (call.request.content_length or 0) > FILE_MAX_BYTES:
        raise too_large
    content = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for chunk in call.request.content.iter_any():
                content += chunk
                if len(content) > FILE_MAX_BYTES:
                    raise too_large
    except TimeoutError:
        raise HttpRefusal(
            408, "request_timeout", f"The file did not come within {BODY_TIMEOUT_S} s.", headers={"Connection": "close"}
        ) from None
    return bytes(content)


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
    transaction=False,
    summary="Add subtitles to an episode",
    raises=(EpisodeNotFound, SubtitleUnreadable, SubtitleTaken, TooManySubtitles, Conflict),
)
async def create_subtitle(call: Call, episode_id: str, body: SubtitleIn) -> Prepared[SubtitleOut]:
    """Players offer them from the next start of a stream on."""
    draft = await _draft(call, body)

    async def add(scope: Scope) -> Reply[SubtitleOut]:
        release_id = await _release_of(Call(call.request, scope), episode_id)
        added = await usecases.add(context_of(scope), episode_id, release_id, draft)
        return await _flushed(scope, added)

    return Prepared(add)


@router.get("/subtitles/{subtitle_id}", summary="Read added subtitles", raises=(SubtitleNotFound, EpisodeNotFound))
async def get_subtitle(call: Call, subtitle_id: str) -> Reply[SubtitleTextOut]:
    """With the text, as WebVTT."""
    found = await call.port(Subtitles).get(subtitle_id)
    if found is None:
        raise SubtitleNotFound
    await _release_of(call, found.episode_id)
    return versioned(SubtitleTextOut.model_validate(found), found.version)


@router.put(
    "/subtitles/{subtitle_id}",
    role=Role.EDITOR,
    transaction=False,
    summary="Edit added subtitles",
    raises=(SubtitleNotFound, SubtitleUnreadable, SubtitleTaken, Stale),
)
async def update_subtitle(call: Call, subtitle_id: str, body: SubtitleIn) -> Prepared[SubtitleOut]:
    """Replaces all of it; with `If-Match`, if nobody changed it meanwhile."""
    draft = await _draft(call, body)

    async def edit(scope: Scope) -> Reply[SubtitleOut]:
        edited = await usecases.edit(context_of(scope), subtitle_id, draft, version=call.if_match())
        return await _flushed(scope, edited)

    return Prepared(edit)


@router.delete(
    "/subtitles/{subtitle_id}", role=Role.EDITOR, summary="Remove added subtitles", raises=(SubtitleNotFound,)
)
async def delete_subtitle(call: Call, subtitle_id: str) -> None:
    await usecases.remove(context_of(call.scope), subtitle_id)
