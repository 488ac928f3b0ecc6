"""A subtitle track of an episode, as WebVTT."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NewType

from kernel.changes import Changes, differences, snapshot
from kernel.entity import Entity
from kernel.errors import Conflict, Invalid, NotFound
from kernel.events import Event

SubtitleId = NewType("SubtitleId", str)

TEXT_MAX: Final = 400_000
"""Characters; a film has 100,000 of dialogue, and a JSON request holds no more than a megabyte."""
FILE_MAX_BYTES: Final = 4 * 1024 * 1024
"""Of a file as it is sent: typeset ASS has megabytes of drawings around its 100 kB of dialogue."""
LABEL_MAX: Final = 80
OFFSET_MAX_MS: Final = 10 * 60 * 1000
"""Subtitles that lie further off are of another cut."""
TRACKS_MAX: Final = 40
"""Of one episode; a menu longer than that is no menu, and every player reads all of it."""


_FACTS = ("language", "label", "forced", "sdh", "text")


class SubtitleNotFound(NotFound):
    """There is no such subtitle track."""


class SubtitleTaken(Conflict):
    """This episode has subtitles in {language} called {label!r} already."""


class TooManySubtitles(Conflict):
    """This episode has as many subtitle tracks as it can."""


class SubtitleUnreadable(Invalid):
    """These are no subtitles: {reason}."""


class SubtitleFileTooLarge(Invalid):
    """This file is over {limit_mib} MiB, that is no subtitles."""


@dataclass(frozen=True)
class SubtitleText:
    """What was read from the bytes of a file."""

    webvtt: str
    encoding: str
    """As browsers call it."""
    warning: str | None
    """That the encoding was guessed, for people."""


@dataclass(frozen=True, kw_only=True)
class SubtitleChanged(Event):
    """An episode got subtitles, or its subtitles were edited."""

    subtitle_id: str
    episode_id: str
    language: str
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SubtitleRemoved(Event):
    """Subtitles of an episode were taken away."""

    subtitle_id: str
    episode_id: str
    language: str


@dataclass(frozen=True)
class SubtitleDraft:
    """What is said of a track; ``text`` is WebVTT."""

    language: str
    """Canonical BCP 47."""
    label: str
    forced: bool
    """Only what is not spoken in the language of the sound: signs, songs."""
    sdh: bool
    """With the sounds, for the deaf and hard of hearing."""
    text: str


@dataclass(frozen=True)
class SubtitleTrack:
    """A track without its text, of which there may be a lot."""

    id: str
    episode_id: str
    release_id: str
    language: str
    label: str
    forced: bool
    sdh: bool
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(eq=False, kw_only=True)
class Subtitle(Entity):
    """One track."""

    id: SubtitleId
    episode_id: str
    release_id: str
    language: str
    label: str
    forced: bool
    sdh: bool
    text: str
    created_at: datetime
    updated_at: datetime
    version: int = 1

    @classmethod
    def add(
        cls, subtitle_id: SubtitleId, episode_id: str, release_id: str, draft: SubtitleDraft, now: datetime
    ) -> "Subtitle":
        """A new track, its text as WebVTT."""
        added = cls(
            id=subtitle_id,
            episode_id=episode_id,
            release_id=release_id,
            language=draft.language,
            label=draft.label,
            forced=draft.forced,
            sdh=draft.sdh,
            text=draft.text,
            created_at=now,
            updated_at=now,
        )
        added._changed({}, now)
        return added

    def edit(self, draft: SubtitleDraft, now: datetime) -> None:
        """Replace all that is said of it, text included."""
        before = snapshot(self, _FACTS)
        self.language, self.label, self.text = draft.language, draft.label, draft.text
        self.forced, self.sdh = draft.forced, draft.sdh
        self._changed(before, now)

    def removed(self, now: datetime) -> None:
        """Record that it is gone."""
        self.record(SubtitleRemoved(at=now, subtitle_id=self.id, episode_id=self.episode_id, language=self.language))

    def _changed(self, before: Mapping[str, Any], now: datetime) -> None:
        self.updated_at = now
        self.record(
            SubtitleChanged(
                at=now,
                subtitle_id=self.id,
                episode_id=self.episode_id,
                language=self.language,
                changes=differences(before, snapshot(self, _FACTS)),
            )
        )
