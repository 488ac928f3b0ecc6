"""What to make of a source: the whole decision in one value, before anything is encoded.  Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Protocol

from streaming.ingest import languages, surround
from streaming.ingest.encoding import Encoding
from streaming.ingest.kept_picture import CUT_S, ending_with_picture
from streaming.ingest.picture import storyboard
from streaming.ingest.picture.ladder import Rung, gop_frames, in_codecs, ladder, output_frame_rate
from streaming.ingest.picture.storyboard import Storyboard
from streaming.ingest.probe import AudioStream, Source, VideoStream
from streaming.ingest.surround import Surround, SurroundPlan
from streaming.ingest.timing.timeline import Timeline

MAX_LABEL: Final = 40
"""Characters of a menu entry; release groups write whole sentences into track titles."""

# The packager separates its arguments with commas, and HLS quotes names with no way to escape a quote (RFC 8216 §4.2).
_UNPRINTABLE_IN_NAMES = str.maketrans(dict.fromkeys(',"=;\r\n\t\\', " "))


@dataclass(frozen=True, slots=True)
class AudioPlan:
    """A track of sound to encode: where from, and what it is called afterwards."""

    index: int
    channels: int
    name: str
    language: str
    label: str
    surround: SurroundPlan | None = None
    """The same with all its channels, beside it."""


@dataclass(frozen=True, slots=True)
class SubtitlePlan:
    """A track of text that is ready as WebVTT beside the work files."""

    name: str
    language: str
    label: str
    forced: bool = False
    sdh: bool = False
    """With the sounds, for the deaf and hard of hearing."""


@dataclass(frozen=True, slots=True)
class Tracks:
    """What the packager is given beside the picture; the first sound is the one that plays when nobody chooses."""

    sound: tuple[AudioPlan, ...]
    texts: tuple[SubtitlePlan, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything ffmpeg and the packager need to know."""

    picture: VideoStream
    timeline: Timeline
    frame_rate: Fraction
    gop: int
    rungs: tuple[Rung, ...]
    sound: tuple[AudioPlan, ...]
    storyboard: Storyboard
    keeps_picture: bool = False
    """Whether the largest rendition is the picture of the source as it is (``kept_picture.py``)."""

    @property
    def encoded_rungs(self) -> tuple[Rung, ...]:
        """Those that are made here."""
        return self.rungs[1:] if self.keeps_picture else self.rungs

    @property
    def segment_s(self) -> Fraction:
        """Seconds of one segment: exactly one group of pictures, 4.004 rather than 4 at 23.976 frames a second.

        Of a picture that is kept, where it may be cut: a segment goes on until the next key frame.
        """
        if self.keeps_picture:
            return CUT_S
        return self.gop / self.frame_rate

    @property
    def duration_ms(self) -> int:
        """Of whole frames: what comes out of the encode."""
        if self.keeps_picture:
            return self.timeline.duration_ms
        return round(self.frames / self.frame_rate * 1000)

    @property
    def frames(self) -> int:
        """How many frames the encode comes to."""
        return max(1, round(self.timeline.duration_ms / 1000 * self.frame_rate))

    @property
    def held_frames(self) -> int:
        """How many of them, at the end, are the last picture again."""
        return self.frames - max(1, round(self.timeline.picture_ms / 1000 * self.frame_rate))

    @property
    def default_language(self) -> str:
        """The language of the audio that plays when nobody chooses (BCP 47)."""
        return self.sound[0].language if self.sound else languages.UNDETERMINED


class EncodedPicture(Protocol):
    """A rendition that is encoded."""

    @property
    def name(self) -> str:
        """Its folder."""
        ...

    @property
    def width(self) -> int:
        """Pixels."""
        ...

    @property
    def height(self) -> int:
        """Pixels."""
        ...


class EncodedFilm(Protocol):
    """What the packager needs to know of tracks that are encoded; :class:`Plan` is one."""

    @property
    def rungs(self) -> Sequence[EncodedPicture]:
        """Renditions of the picture, largest first."""
        ...

    @property
    def sound(self) -> Sequence[AudioPlan]:
        """Tracks of sound, the default one first."""
        ...

    @property
    def frame_rate(self) -> Fraction:
        """Frames a second."""
        ...

    @property
    def segment_s(self) -> Fraction:
        """Seconds between keyframes."""
        ...

    @property
    def default_language(self) -> str:
        """BCP 47."""
        ...


def make(source: Source, timeline: Timeline, *, keep_picture: bool = False, encoding: Encoding | None = None) -> Plan:
    """The plan for ``source``, of which we know what it has at what time.

    ``keep_picture``: it may be kept, and then H.264 is beside it alone, cut where it is; ``encoding``: what else is made of it.
    """
    encoding = encoding or Encoding()
    picture = source.picture
    if keep_picture:
        timeline = ending_with_picture(timeline)
    rate = output_frame_rate(picture)
    rungs = ladder(picture, rate)
    return Plan(
        picture=picture,
        timeline=timeline,
        frame_rate=rate,
        gop=gop_frames(rate),
        rungs=rungs if keep_picture else in_codecs(rungs, encoding.codecs),
        sound=_sound(source.sound, timeline, encoding.surround),
        storyboard=storyboard.plan(picture, timeline.duration_ms),
        keeps_picture=keep_picture,
    )


def _sound(tracks: Iterable[AudioStream], timeline: Timeline, wanted: Surround) -> tuple[AudioPlan, ...]:
    # The first is what plays when nobody chooses: the one the file calls default, else the first in it.
    ordered = sorted(tracks, key=lambda track: not track.default)
    names = unique("a", [track.language for track in ordered])
    labels = distinct([label_of(track.language, track.title, "Audio") for track in ordered])
    return tuple(
        AudioPlan(
            track.index,
            min(track.channels, 2),
            name,
            track.language,
            label,
            surround.plan(name, track.codec, track.channels, wanted, in_step=track.index in timeline.in_step),
        )
        for track, name, label in zip(ordered, names, labels, strict=True)
    )


def label_of(language: str, title: str, kind: str) -> str:
    """The menu entry of a track: its title where it has one, the language's own name otherwise, or else what ``kind`` it is."""
    cleaned = " ".join(title.translate(_UNPRINTABLE_IN_NAMES).split())
    printable = "".join(character for character in cleaned if character.isprintable())
    title = printable[:MAX_LABEL].strip()
    return title or (kind if language == languages.UNDETERMINED else languages.label(language))


def unique(prefix: str, codes: Iterable[str]) -> list[str]:
    """Folder names: ``a-en``, ``a-ru``, ``a-en-2``."""
    seen: Counter[str] = Counter()
    names = []
    for code in codes:
        seen[code] += 1
        names.append(f"{prefix}-{code}" if seen[code] == 1 else f"{prefix}-{code}-{seen[code]}")
    return names


def distinct(labels: Iterable[str]) -> list[str]:
    """``labels`` with a number behind the repeated ones: NAME must differ within a group (RFC 8216 §4.3.4.1.1)."""
    taken: set[str] = set()
    result = []
    for label in labels:
        candidate, number = label, 2
        while candidate in taken:
            candidate, number = f"{label} {number}", number + 1
        taken.add(candidate)
        result.append(candidate)
    return result
