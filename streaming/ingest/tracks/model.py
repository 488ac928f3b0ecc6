"""What can be changed about the tracks of a video, and what they are afterwards.  Pure.

Each change makes a new asset by packaging alone (``repackaging``): what viewers hold stays as it is, and addresses never change
what is behind them.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from kernel.errors import Conflict, Invalid, NotFound
from streaming.ingest import languages, surround
from streaming.ingest.model import MediaRefused
from streaming.ingest.plan import AudioPlan, SubtitlePlan, Tracks, distinct, label_of
from streaming.ingest.surround import Surround

MAX_SOUND: Final = 20
"""Tracks of sound of one video; a longer menu is none, and each costs a playlist that players fetch."""
MAX_OFFSET_MS: Final = 10 * 60 * 1000
"""A longer one is another film."""
TOLD_DIFFERENCE_MS: Final = 5_000
"""Sound that is so much shorter or longer than the picture is told: it may be of another cut."""


class TrackNotFound(NotFound):
    """The video of this episode has no track {name}."""


class OnlySound(Conflict):
    """This is the only sound of the video."""


class TooManyTracks(Conflict):
    """This video has as many tracks of sound as it can."""


class NoSound(MediaRefused):
    """{name} has no sound in it."""


class BadTrackChange(Invalid):
    """A subtitle has no default, and sound is neither forced nor for the deaf."""


@dataclass(frozen=True, slots=True)
class SoundToAdd:
    """Sound that comes in a file of its own."""

    language: str
    """BCP 47; ``und`` where nobody knows."""
    label: str = ""
    """What the menu calls it; empty: the language's own name."""
    offset_ms: int = 0
    """By how much it is played later than the file has it; below 0 earlier."""
    is_default: bool = False
    """Whether it plays when nobody chooses."""


@dataclass(frozen=True, slots=True)
class TrackEdit:
    """What is said of a track from now on; ``None`` stays as it was."""

    name: str
    language: str | None = None
    label: str | None = None
    is_default: bool | None = None
    forced: bool | None = None
    sdh: bool | None = None


@dataclass(frozen=True, slots=True)
class TrackRemoval:
    """A track goes."""

    name: str


TrackChange = SoundToAdd | TrackEdit | TrackRemoval

_KINDS: Final[dict[str, type[SoundToAdd] | type[TrackEdit] | type[TrackRemoval]]] = {
    "add": SoundToAdd,
    "edit": TrackEdit,
    "remove": TrackRemoval,
}


def dump(change: TrackChange) -> dict[str, Any]:
    """As a job carries it."""
    return {"kind": next(kind for kind, made in _KINDS.items() if made is type(change)), **asdict(change)}


def load(record: dict[str, Any]) -> TrackChange:
    """What :func:`dump` made."""
    fields = dict(record)
    return _KINDS[fields.pop("kind")](**fields)


def changed(tracks: Tracks, change: TrackChange, added: AudioPlan | None = None) -> Tracks:
    """``tracks`` after ``change``; ``added``: the sound, where it is known by now (:func:`to_add`).

    Raises :class:`TrackNotFound`, :class:`OnlySound`, :class:`TooManyTracks`, :class:`BadTrackChange`.
    """
    match change:
        case SoundToAdd():
            return _with_sound(tracks, change, added or to_add(tracks, change))
        case TrackRemoval():
            _known(tracks, change.name)
            if [track.name for track in tracks.sound] == [change.name]:
                raise OnlySound
            return Tracks(
                tuple(track for track in tracks.sound if track.name != change.name),
                tuple(track for track in tracks.texts if track.name != change.name),
            )
        case TrackEdit():
            return _edited(tracks, change)


def free_name(tracks: Tracks, language: str) -> str:
    """The folder of a new track of sound: ``a-ru``, ``a-ru-2``."""
    taken, number = {track.name for track in tracks.sound}, 1
    while (name := f"a-{language}" if number == 1 else f"a-{language}-{number}") in taken:
        number += 1
    return name


def to_add(tracks: Tracks, added: SoundToAdd, channels: int = 2, wanted: Surround = Surround.OFF) -> AudioPlan:
    """What is made of sound of so many ``channels``: as of a film's own, but that its packets are never kept as they are."""
    name = free_name(tracks, added.language)
    return AudioPlan(
        0,
        min(channels, 2),
        name,
        added.language,
        label_of(added.language, added.label, "Audio"),
        surround.plan(name, "", channels, wanted, in_step=False),
    )


def _with_sound(tracks: Tracks, added: SoundToAdd, made: AudioPlan) -> Tracks:
    if len(tracks.sound) >= MAX_SOUND:
        raise TooManyTracks
    return Tracks(_distinct((made, *tracks.sound) if added.is_default else (*tracks.sound, made)), tracks.texts)


def _edited(tracks: Tracks, edit: TrackEdit) -> Tracks:
    kind = _known(tracks, edit.name)
    if kind == "sound":
        if edit.forced is not None or edit.sdh is not None:
            raise BadTrackChange
        renamed = [_renamed_sound(track, edit) if track.name == edit.name else track for track in tracks.sound]
        if edit.is_default is not None:
            # The default one is the first; one that is not default any more goes behind the next.
            mine = next(track for track in renamed if track.name == edit.name)
            others = [track for track in renamed if track.name != edit.name]
            if edit.is_default:
                renamed = [mine, *others]
            elif renamed[0] is mine and others:
                renamed = [others[0], mine, *others[1:]]
        return Tracks(_distinct(renamed), tracks.texts)
    if edit.is_default is not None:
        raise BadTrackChange
    texts = tuple(_renamed_text(track, edit) if track.name == edit.name else track for track in tracks.texts)
    labels = distinct([track.label for track in texts])
    return Tracks(tracks.sound, tuple(replace(track, label=label) for track, label in zip(texts, labels, strict=True)))


def _renamed_sound(track: AudioPlan, edit: TrackEdit) -> AudioPlan:
    language = track.language if edit.language is None else edit.language
    label = track.label if edit.label is None else label_of(language, edit.label, "Audio")
    return replace(track, language=language, label=label)


def _renamed_text(track: SubtitlePlan, edit: TrackEdit) -> SubtitlePlan:
    language = track.language if edit.language is None else edit.language
    return replace(
        track,
        language=language,
        label=track.label if edit.label is None else label_of(language, edit.label, "Subtitles"),
        forced=track.forced if edit.forced is None else edit.forced,
        sdh=track.sdh if edit.sdh is None else edit.sdh,
    )


def _known(tracks: Tracks, name: str) -> str:
    if any(track.name == name for track in tracks.sound):
        return "sound"
    if any(track.name == name for track in tracks.texts):
        return "text"
    raise TrackNotFound(name=name)


def _distinct(sound: Sequence[AudioPlan]) -> tuple[AudioPlan, ...]:
    labels = distinct([track.label for track in sound])
    return tuple(replace(track, label=label) for track, label in zip(sound, labels, strict=True))


def language_of(text: str) -> str | None:
    """The BCP 47 tag of ``text``; ``und`` for an empty one, ``None`` for what is no language."""
    return languages.UNDETERMINED if not text else languages.parse(text)
