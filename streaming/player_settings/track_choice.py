"""Which sound and which subtitles of a video somebody gets.

In this order: what they chose in this series, the first row of their table that the video can fulfil, the first whose sound it has,
what they heard the series in last, and else what its player would choose.  Languages are matched as RFC 4647 §3.4 looks them up:
the same tag before a narrower one (``pt`` finds ``pt-BR``), that before a wider one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from streaming.player_settings.model import (
    ANY,
    OFF,
    ORIGINAL,
    AudioChoice,
    SeriesChoice,
    SubtitleChoice,
    SubtitleKind,
    TrackWish,
)

UNDETERMINED: Final = "und"
_CALLED_ORIGINAL = re.compile(r"\b(original|оригинал\w*)\b|原音|原版|オリジナル", re.IGNORECASE)
"""How fansubs and studios call the track that was not dubbed: containers seldom say it otherwise."""


@dataclass(frozen=True, slots=True)
class OfferedAudio:
    """A track of sound."""

    language: str
    label: str = ""
    describes_video: bool = False
    """An audio description: for those who do not see the picture, and for nobody who did not ask."""


@dataclass(frozen=True, slots=True)
class OfferedSubtitles:
    """A track of text."""

    language: str
    label: str = ""
    kind: SubtitleKind = SubtitleKind.FULL


@dataclass(frozen=True, slots=True)
class Chosen:
    """Places in what was offered."""

    audio: int | None = None
    """``None``: as the player would."""
    subtitles: int | None = None
    """``None``: none."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a video has."""

    audio: Sequence[OfferedAudio] = ()
    subtitles: Sequence[OfferedSubtitles] = ()
    original_language: str | None = None
    """What it was made in, as far as somebody knows; a track whose label says "original" goes before."""


def choose(
    offer: Offer,
    wishes: Sequence[TrackWish],
    *,
    remembered: SeriesChoice | None = None,
    heard: AudioChoice | None = None,
) -> Chosen:
    """The tracks to begin with; see the top of this module.

    ``heard``: what the series was heard in last, by choice or not; it also decides between two voice-overs in one language.
    """
    chosen = remembered or SeriesChoice()
    audio = None if chosen.audio is None else same_voice(offer.audio, chosen.audio)
    text = None if chosen.subtitles is None else _same_subtitles(offer.subtitles, chosen.subtitles)
    by_table = _by_table(offer, wishes, audio, heard)
    if by_table is None and audio is None and heard is not None:
        audio = same_voice(offer.audio, heard)
    fallback = by_table or Chosen(audio)
    wants_none = chosen.subtitles is not None and chosen.subtitles.language == OFF
    return Chosen(fallback.audio, None if wants_none else fallback.subtitles if text is None else text)


def _by_table(offer: Offer, wishes: Sequence[TrackWish], fixed: int | None, heard: AudioChoice | None) -> Chosen | None:
    """``fixed``: the sound, where it is chosen already."""
    first: Chosen | None = None
    for wish in wishes:
        places = _sound(offer, wish.audio)
        if places is None or (fixed is not None and fixed not in places):
            continue
        audio = fixed if fixed is not None else _voice(offer.audio, places, heard, decides=wish.audio != ANY)
        subtitles, is_fulfilled = _text(offer, wish)
        if is_fulfilled:
            return Chosen(audio, subtitles)
        first = first or Chosen(audio, subtitles)
    return first


def _sound(offer: Offer, wanted: str) -> Sequence[int] | None:
    """The tracks that a row may mean, ``None`` where there is none."""
    if wanted == ANY:
        return range(len(offer.audio))
    if wanted == ORIGINAL:
        return _originals(offer) or None
    return _in_language(offer.audio, wanted) or None


def _originals(offer: Offer) -> Sequence[int]:
    called = [place for place, each in enumerate(offer.audio) if _CALLED_ORIGINAL.search(each.label)]
    return called or (_in_language(offer.audio, offer.original_language) if offer.original_language else [])


def _voice(
    audio: Sequence[OfferedAudio], places: Sequence[int], heard: AudioChoice | None, *, decides: bool
) -> int | None:
    """One of several: the one heard last, else the first that is no description.  ``decides``: and not just any."""
    if heard is not None:
        known = [place for place in places if audio[place].language == heard.language]
        same = next((place for place in known if audio[place].label == heard.label), None)
        if same is not None:
            return same
        if not decides and known:
            return known[0]
    if not decides:
        return None
    return next((place for place in places if not audio[place].describes_video), places[0])


def _text(offer: Offer, wish: TrackWish) -> tuple[int | None, bool]:
    """The subtitles of a row, and whether it is fulfilled with them."""
    if wish.subtitles == OFF:
        return None, True
    language = _original_language(offer) if wish.subtitles == ORIGINAL else wish.subtitles
    places = _in_language(offer.subtitles, language) if language else []
    found = _of_kind(offer.subtitles, places, wish.kind)
    # Where there is nothing to translate in the picture there are no forced subtitles, and nobody misses them.
    return found, found is not None or wish.kind is SubtitleKind.FORCED


def _original_language(offer: Offer) -> str | None:
    places = _originals(offer)
    return offer.audio[places[0]].language if places else offer.original_language


_INSTEAD: Final = {
    SubtitleKind.FULL: (SubtitleKind.FULL, SubtitleKind.SDH),
    SubtitleKind.SDH: (SubtitleKind.SDH, SubtitleKind.FULL),
    SubtitleKind.FORCED: (SubtitleKind.FORCED,),
}
"""Signs and songs alone help nobody who has to read what is said; all of it is in the way of who wants signs alone."""


def _of_kind(subtitles: Sequence[OfferedSubtitles], places: Sequence[int], kind: SubtitleKind) -> int | None:
    for accepted in _INSTEAD[kind]:
        for place in places:
            if subtitles[place].kind is accepted:
                return place
    return None


def same_voice(audio: Sequence[OfferedAudio], wanted: AudioChoice) -> int | None:
    """The same track, else one in its language, else ``None``."""
    places = [place for place, each in enumerate(audio) if each.language == wanted.language]
    return next((place for place in places if audio[place].label == wanted.label), places[0] if places else None)


def _same_subtitles(subtitles: Sequence[OfferedSubtitles], wanted: SubtitleChoice) -> int | None:
    places = [place for place, each in enumerate(subtitles) if each.language == wanted.language]
    for place in places:
        if subtitles[place].label == wanted.label and subtitles[place].kind is wanted.kind:
            return place
    return _of_kind(subtitles, places, wanted.kind)


def _in_language(tracks: Sequence[OfferedAudio | OfferedSubtitles], language: str) -> list[int]:
    """Those in ``language``: of the closest match there is, in their order."""
    wanted = language.lower()
    closest: dict[int, list[int]] = {}
    for place, track in enumerate(tracks):
        spoken = track.language.lower()
        if spoken == UNDETERMINED:
            continue
        if spoken == wanted:
            closest.setdefault(0, []).append(place)
        elif spoken.startswith(f"{wanted}-"):
            closest.setdefault(1, []).append(place)
        elif wanted.startswith(f"{spoken}-"):
            closest.setdefault(2, []).append(place)
    return closest[min(closest)] if closest else []


_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")


def language_of_titles(titles: Sequence[str]) -> str | None:
    """What something was made in, as its titles show it: only Japanese is written with kana, only Korean with Hangul.

    ``None`` for everything else: Chinese characters alone may be either, and Latin letters anything.
    """
    text = " ".join(titles)
    return "ja" if _KANA.search(text) else "ko" if _HANGUL.search(text) else None
