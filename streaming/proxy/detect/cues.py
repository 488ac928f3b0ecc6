"""Cue tags in the dialects of the field: one line in, what it says of the programme out.

Sources: AWS Elemental "HLS manifests" and MediaTailor "HLS supported ad markers"; Google Ad Manager "Live linear stream ad break
encoding (HLS)"; Adobe Primetime "Ad cue formats" and "EXT-X-MARKER directive"; Azure Media Services "Signaling timed metadata" (the
tag with ``TYPE="scte35"`` and ``ELAPSED``); CableLabs OC-SP-ESAM (``EXT-X-SIGNAL-EXIT``, ``-SPAN``, ``-RETURN``); ANSI/SCTE 35 in the
wrappings of Harmonic, Wowza, Unified Streaming, Bitmovin and x9k3; Amagi's and Comcast's ``EXT-X-AD-START``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from streaming.proxy.detect import scte35
from streaming.proxy.detect.scte35 import Cue, Turn
from streaming.proxy.playlist.attributes import attribute_values, decimal
from streaming.proxy.playlist.playlist import Line


class SignalKind(Enum):
    """What a cue does."""

    OUT = "out"  # ads begin
    CONTINUE = "continue"  # ads go on; the beginning may have left the window
    IN = "in"  # the programme is back


@dataclass(frozen=True, slots=True)
class AdSignal:
    """A cue before segment ``index`` (the number of segments, after the last).  Durations are those declared, in seconds.

    ``elapsed_s``: how much of the break has passed at that segment.  ``level``: see ``scte35.Cue``.
    """

    kind: SignalKind
    index: int
    line: int
    name: str
    duration_s: float | None = None
    elapsed_s: float | None = None
    level: int = 0


_BREAK, _SINGLE_AD = 1, 3

#: Tags with a meaning of their own; the number is how deep it nests (see ``scte35.Cue``).
_PLAIN: Final[Mapping[str, tuple[SignalKind, int]]] = {
    "#EXT-X-CUE-OUT": (SignalKind.OUT, 0),
    "#EXT-CUE-OUT": (SignalKind.OUT, 0),
    "#EXT-X-SCTE35-OUT": (SignalKind.OUT, 0),
    "#EXT-X-SIGNAL-EXIT": (SignalKind.OUT, 0),
    "#EXT-X-AD-BREAK-START": (SignalKind.OUT, _BREAK),
    "#EXT-X-AD-START": (SignalKind.OUT, _SINGLE_AD),
    "#EXT-X-AD-BEGIN": (SignalKind.OUT, _SINGLE_AD),
    "#EXT-X-CUE-OUT-CONT": (SignalKind.CONTINUE, 0),
    "#EXT-CUE-OUT-CONT": (SignalKind.CONTINUE, 0),
    "#EXT-X-SCTE35-OUT-CONT": (SignalKind.CONTINUE, 0),
    "#EXT-X-CUE-SPAN": (SignalKind.CONTINUE, 0),
    "#EXT-X-SIGNAL-SPAN": (SignalKind.CONTINUE, 0),
    "#EXT-X-CUE-CONT": (SignalKind.CONTINUE, 0),
    "#EXT-X-CUE-IN": (SignalKind.IN, 0),
    "#EXT-CUE-IN": (SignalKind.IN, 0),
    "#EXT-X-SCTE35-IN": (SignalKind.IN, 0),
    "#EXT-X-SIGNAL-RETURN": (SignalKind.IN, 0),
    "#EXT-X-AD-BREAK-END": (SignalKind.IN, _BREAK),
    "#EXT-X-AD-END": (SignalKind.IN, _SINGLE_AD),
}
CUE_TAGS: Final = frozenset([*_PLAIN, "#EXT-X-CUE", "#EXT-X-MARKER"])
_BARE_BINARY_TAGS: Final = frozenset(["#EXT-OATCLS-SCTE35", "#EXT-X-OATCLS-SCTE35", "#EXT-X-SPLICEPOINT-SCTE35"])
BINARY_TAGS: Final = _BARE_BINARY_TAGS | {"#EXT-X-SCTE35", "#EXT-SCTE35"}

#: "When was the break announced, and how far are we" has as many spellings as there are packagers.
_ELAPSED: Final = ("ELAPSEDTIME", "ELAPSED", "AVAIL-DUR-ELAPSED", "TIMEFROMSIGNAL", "SECONDSFROMSIGNAL")
_DURATION: Final = ("DURATION", "BREAKDUR", "BREAK-DURATION", "PLANNED-DURATION")
_CONTINUATION = re.compile(r"\s*(?:([\d.]{1,20})\s*)?/\s*([\d.]{1,20})")
_ISO_SECONDS = re.compile(r"PT(?:(\d{1,2})H)?(?:(\d{1,4})M)?(?:([\d.]{1,12})S)?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2}):(\d{2}(?:\.\d{1,6})?)")


def seconds(text: str | None) -> float | None:
    """A length of time: ``30``, ``30.5,…``, ``PT1M30S`` or ``00:01:30``; ``None`` if it is none, or negative."""
    text = (text or "").strip()
    if match := _CLOCK.match(text) or _ISO_SECONDS.match(text):
        hours, minutes, rest = match.groups()
        return 3600.0 * int(hours or 0) + 60.0 * int(minutes or 0) + (decimal(rest) or 0.0)
    number = decimal(text)
    return number if number is not None and number >= 0 else None


def cue_tag(line: Line, index: int, number: int) -> AdSignal | None:
    """The meaning of a tag of ``CUE_TAGS`` that stands at segment ``index``, in line ``number``."""
    attributes = attribute_values(line.value) if "=" in line.value else {}
    if line.tag == "#EXT-X-CUE":
        return _adobe_cue(attributes, index, number)
    if line.tag == "#EXT-X-MARKER":
        return _adobe_marker(attributes, index, number)
    kind, level = _PLAIN[line.tag]
    name = line.tag.removeprefix("#EXT-").removeprefix("X-").lower()
    if kind is SignalKind.IN:
        return AdSignal(kind, index, number, name, level=level)
    elapsed_s = _first(attributes, _ELAPSED)
    duration_s = _first(attributes, _DURATION)
    if match := _CONTINUATION.match(line.value):
        elapsed_s, duration_s = seconds(match.group(1)), seconds(match.group(2))
    elif kind is SignalKind.OUT and duration_s is None:
        duration_s = seconds(line.value)
    elif kind is SignalKind.CONTINUE and elapsed_s is None:
        elapsed_s = seconds(line.value)
    if kind is SignalKind.OUT and elapsed_s:
        kind = SignalKind.CONTINUE  # said again for those who join now
    return AdSignal(kind, index, number, name, duration_s, elapsed_s, level)


def _adobe_cue(attributes: Mapping[str, str], index: int, number: int) -> AdSignal | None:
    duration_s, elapsed_s = _first(attributes, _DURATION), _first(attributes, _ELAPSED)
    kind_name = attributes.get("TYPE", "").lower()
    if kind_name == "scte35":
        signal = _signal_of(scte35.decode(attributes.get("CUE", "")), index, number, "cue-scte35")
        if signal is None or signal.kind is SignalKind.IN:
            return signal
        kind = SignalKind.CONTINUE if elapsed_s else SignalKind.OUT
        return AdSignal(kind, index, number, signal.name, duration_s or signal.duration_s, elapsed_s, signal.level)
    if kind_name == "splicein":
        return AdSignal(SignalKind.IN, index, number, "adobe-splicein")
    # "SpliceInsert" is a place where a player may insert, and replaces nothing of this playlist.
    if kind_name == "spliceout" or (not kind_name and duration_s):
        kind = SignalKind.CONTINUE if elapsed_s else SignalKind.OUT
        return AdSignal(kind, index, number, "adobe-spliceout" if kind_name else "adobe-cue", duration_s, elapsed_s)
    return None


def _adobe_marker(attributes: Mapping[str, str], index: int, number: int) -> AdSignal | None:
    """Adobe's server-side insertion: a pod's end stands at its *last* segment, and a marker at ads only."""
    kind = attributes.get("TYPE", "").lower().removeprefix("preroll")
    if kind == "podbegin":
        return AdSignal(
            SignalKind.OUT, index, number, "adobe-marker", seconds(attributes.get("BREAKDUR")) or None, level=_BREAK
        )
    if kind == "adbegin":
        return AdSignal(
            SignalKind.OUT, index, number, "adobe-marker", seconds(attributes.get("DURATION")) or None, level=_SINGLE_AD
        )
    return AdSignal(SignalKind.IN, index + 1, number, "adobe-marker", level=_BREAK) if kind == "podend" else None


def binary_tag(line: Line, index: int, number: int) -> AdSignal | None:
    """A tag that wraps a binary cue; what its attributes say in clear goes before what the binary says."""
    name = line.tag.removeprefix("#EXT-").removeprefix("X-").lower()
    if line.tag in _BARE_BINARY_TAGS:
        return _signal_of(scte35.decode(line.value), index, number, name)
    attributes = attribute_values(line.value)
    duration_s, elapsed_s = _first(attributes, _DURATION), _first(attributes, _ELAPSED)
    out, word = attributes.get("CUE-OUT", "").upper(), attributes.get("TYPE", "").upper()
    cue = _clear_or_binary(attributes, line.value, duration_s)
    level = cue.level if cue else 0
    if out == "CONT" or attributes.get("CUE-OUT-CONT", "").upper() == "YES":
        return AdSignal(SignalKind.CONTINUE, index, number, name, duration_s, elapsed_s, level)
    if out == "YES" or word == "OUT":
        stated_s = duration_s if duration_s is not None or not cue else cue.duration_s
        return AdSignal(SignalKind.OUT, index, number, name, stated_s, None, level)
    if attributes.get("CUE-IN", "").upper() == "YES" or word == "IN":
        return AdSignal(SignalKind.IN, index, number, name, None, None, level)
    signal = _signal_of(cue, index, number, name)
    if signal is not None and signal.kind is SignalKind.OUT and elapsed_s:
        return replace(signal, kind=SignalKind.CONTINUE, elapsed_s=elapsed_s)  # said again for those who join now
    return signal


def _clear_or_binary(attributes: Mapping[str, str], value: str, duration_s: float | None) -> Cue | None:
    decoded = scte35.decode(attributes.get("CUE") or attributes.get("SCTE35") or value)
    try:
        stated = scte35.cue_of_type(int(attributes["TYPE"], 0), duration_s)
    except (KeyError, ValueError):
        return decoded
    return stated if decoded is None or stated.turn is not Turn.OTHER else decoded


def _signal_of(cue: Cue | None, index: int, number: int, name: str) -> AdSignal | None:
    if cue is None or cue.turn is Turn.OTHER:
        return None
    kind = SignalKind.OUT if cue.turn is Turn.OUT else SignalKind.IN
    return AdSignal(kind, index, number, name, cue.duration_s, None, cue.level)


def _first(attributes: Mapping[str, str], names: tuple[str, ...]) -> float | None:
    return next((found for name in names if (found := seconds(attributes.get(name))) is not None), None)
