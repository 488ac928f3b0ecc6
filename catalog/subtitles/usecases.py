"""What editors and players do with added subtitles, and what that needs from outside."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from catalog.subtitles.model import (
    TRACKS_MAX,
    Subtitle,
    SubtitleDraft,
    SubtitleId,
    SubtitleNotFound,
    SubtitleTaken,
    SubtitleText,
    SubtitleTrack,
    TooManySubtitles,
)
from kernel.errors import Stale
from kernel.ids import new_id


class Subtitles(Protocol):
    """Where added subtitles are kept."""

    async def get(self, subtitle_id: str) -> Subtitle | None:
        """``None`` where there is none with this id."""
        ...

    async def of_episode(self, episode_id: str) -> list[SubtitleTrack]:
        """By language, then label."""
        ...

    def add(self, subtitle: Subtitle) -> None:
        """Keep a new one."""
        ...

    async def remove(self, subtitle: Subtitle) -> None:
        """Delete it."""
        ...


class SubtitleFormats(Protocol):
    """The formats that subtitles come in; bound in ``server/wiring.py``."""

    async def webvtt(self, text: str, *, offset_ms: int = 0) -> str:
        """WebVTT, SRT or ASS as WebVTT with nothing in it but cues; what it made before stays as it is.

        Each cue shows ``offset_ms`` later; what is before the beginning then is left out.

        Takes its time, so: before a transaction.  Raises ``SubtitleUnreadable``.
        """
        ...

    async def read(self, content: bytes, language: str, encoding: str | None) -> SubtitleText:
        """The same of a file, in the ``encoding`` that somebody chose or else the likeliest; ``language`` helps to tell.

        Raises ``SubtitleUnreadable``.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleContext:
    """What the use cases here work with: ports of one transaction, and its moment."""

    subtitles: Subtitles
    now: datetime


async def add(context: SubtitleContext, episode_id: str, release_id: str, draft: SubtitleDraft) -> Subtitle:
    """Raises :class:`SubtitleTaken`, :class:`TooManySubtitles`."""
    known = await context.subtitles.of_episode(episode_id)
    if len(known) >= TRACKS_MAX:
        raise TooManySubtitles
    _free(known, draft, None)
    added = Subtitle.add(SubtitleId(new_id()), episode_id, release_id, draft, context.now)
    context.subtitles.add(added)
    return added


async def edit(context: SubtitleContext, subtitle_id: str, draft: SubtitleDraft, *, version: int | None) -> Subtitle:
    """Raises :class:`SubtitleNotFound`, :class:`SubtitleTaken`, :class:`Stale`."""
    found = await context.subtitles.get(subtitle_id)
    if found is None:
        raise SubtitleNotFound
    if version is not None and version != found.version:
        raise Stale
    _free(await context.subtitles.of_episode(found.episode_id), draft, found.id)
    found.edit(draft, context.now)
    return found


async def remove(context: SubtitleContext, subtitle_id: str) -> None:
    """Raises :class:`SubtitleNotFound`."""
    found = await context.subtitles.get(subtitle_id)
    if found is None:
        raise SubtitleNotFound
    found.removed(context.now)
    await context.subtitles.remove(found)


def _free(known: list[SubtitleTrack], draft: SubtitleDraft, own_id: str | None) -> None:
    if any(each.id != own_id and (each.language, each.label) == (draft.language, draft.label) for each in known):
        raise SubtitleTaken(language=draft.language, label=draft.label)
