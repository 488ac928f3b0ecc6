"""Explicit ad signals: what a playlist itself says about its ads, in the dialects of the field.

Three forms.  A *cue* turns ads on or off at a position (``EXT-X-CUE-OUT``, SCTE 35 in its many wrappings, Adobe's ``EXT-X-CUE``); a
*label* says of one segment that it is an ad (titles, UPLYNK, ANVATO, VAST tags, addresses of ad servers); a *date range* says from
when until when (``dateranges.py`` finds the place).

Sources: RFC 8216 section 4.3.2.7; AWS Elemental MediaTailor, MediaLive and MediaPackage "HLS ad markers"; Adobe Primetime "Ad cue
formats"; Google Ad Manager "Live linear stream ad break encoding (HLS)"; ANSI/SCTE 35; and for what was never documented (UPLYNK,
ANVATO, Twitch) the behaviour that open players agree on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from streaming.proxy import scte35
from streaming.proxy.attributes import attribute_values, decimal
from streaming.proxy.lines import Line, Playlist
from streaming.proxy.scte35 import Cue, Turn


class Kind(Enum):
    """What a cue does."""

    OUT = "out"  # ads begin
    CONTINUE = "continue"  # ads go on; the beginning may have left the window
    IN = "in"  # the programme is back


@dataclass(frozen=True, slots=True)
class Signal:
    """A cue before segment ``index`` (the number of segments, after the last).  Durations are those declared, in seconds.

    ``elapsed_s``: how much of the break has passed at that segment.  ``level``: see ``scte35.Cue``.
    """

    kind: Kind
    index: int
    line: int
    name: str
    duration_s: float | None = None
    elapsed_s: float | None = None
    level: int = 0


@dataclass(slots=True)
class Signals:
    """All that was found.  ``labels``: segment index → names of the signals; ``date_ranges``: where such tags stand."""

    cues: list[Signal] = field(default_factory=list)
    labels: dict[int, list[str]] = field(default_factory=dict)
    label_lines: set[int] = field(default_factory=set)
    date_ranges: list[tuple[int, int]] = field(default_factory=list)  # (segment index, line)


_CUE_TAGS = frozenset(
    ["#EXT-X-CUE-OUT", "#EXT-X-CUE-OUT-CONT", "#EXT-X-CUE-IN", "#EXT-X-CUE", "#EXT-X-CUE-CONT", "#EXT-X-CUE-SPAN"]
)
_BINARY_TAGS = frozenset(["#EXT-OATCLS-SCTE35", "#EXT-X-SPLICEPOINT-SCTE35", "#EXT-X-SCTE35", "#EXT-SCTE35"])
_VAST_TAGS = frozenset(
    ["#EXT-X-VMAP-AD-BREAK", "#EXT-X-VAST-ID", "#EXT-X-VAST-TITLE", "#EXT-X-VAST-VIDEO", "#EXT-X-TP-AD-COUNT"]
)
_STATE_TAGS = frozenset(["#UPLYNK-SEGMENT", "#ANVATO-SEGMENT-INFO"])
#: Tags that only decorate a break: removed with it, but no evidence of one (``EXT-X-ASSET`` also describes programmes).
ADORNMENTS = frozenset(["#EXT-X-ASSET", *_BINARY_TAGS])
AD_TAGS = _CUE_TAGS | _BINARY_TAGS | _VAST_TAGS | _STATE_TAGS | {"#EXT-X-DATERANGE"}

_CONTINUATION = re.compile(r"\s*([\d.]{1,20})?\s*/\s*([\d.]{1,20})")
_ISO_SECONDS = re.compile(r"PT(?:(\d{1,4})M)?(?:([\d.]{1,12})S)?")
#: Titles of ad segments.  Twitch writes the ad server ("Amazon|8472…", "DCM|2599…") where live segments say "live".
_AD_TITLE = re.compile(r"(?:amazon|dcm)(?:\|.*)?$|(?:ads?|advert(?:isement)?|commercial)$", re.IGNORECASE)
#: Addresses that no programme has: Google DAI, AWS MediaTailor's ad store and the redirects it counts ads with, UPLYNK's flag, the creatives of Pluto and Abema.
_AD_ADDRESS = re.compile(
    r"(?:[?&]source=|/source/)dclk_video_ads(?:[&/]|$)|^https?://(?:[^/?#]{1,200}\.)?dai\.google\.com/"
    r"|^https?://segments\.mediatailor\.|^https?://[^/?#]{1,200}\.mediatailor\.[^/?#]{1,100}/v1/segment/"
    r"|[?&]is_ad=1(?:&|$)|_ad(?:/|%2F|_bumper)|/tsad/|plutotv_filler",
    re.IGNORECASE,
)
#: One of these is in every such address: looking for them all at once spares most playlists a thousand searches.
_AD_ADDRESS_WORDS = (
    "dclk_video_ads",
    "dai.google.com",
    ".mediatailor.",
    "is_ad=1",
    "_ad",
    "/tsad/",
    "plutotv_filler",
)


def read_signals(playlist: Playlist) -> Signals:
    """Find every explicit signal, in order, in one pass."""
    signals = Signals()
    addresses = "\n".join([segment.uri for segment in playlist.segments]).lower()
    any_ad_address = any(word in addresses for word in _AD_ADDRESS_WORDS)
    for segment in playlist.segments:
        if segment.title and _AD_TITLE.match(segment.title):
            _label(signals, segment.index, "title")
        if any_ad_address and _AD_ADDRESS.search(segment.uri):
            _label(signals, segment.index, "ad-server-address")
    if not playlist.tags & AD_TAGS:
        return signals
    ad_state = vast_state = ""
    for index, first, last in _groups(playlist):
        if not (ad_state or vast_state) and AD_TAGS.isdisjoint([line.tag for line in playlist.lines[first:last]]):
            continue
        group = [(number, playlist.lines[number]) for number in range(first, last)]
        has_cue_tag = any(line.tag in _CUE_TAGS for _, line in group)
        has_vast = False
        for number, line in group:
            if line.tag in _CUE_TAGS:
                _add(signals, _cue_tag(line, index, number))
            elif line.tag in _BINARY_TAGS:
                # Beside a cue tag the binary only repeats it, and on every continuation at that.
                if not has_cue_tag:
                    _add(signals, _binary_tag(line, index, number))
            elif line.tag == "#EXT-X-DATERANGE":
                signals.date_ranges.append((index, number))
            elif line.tag in _STATE_TAGS:
                ad_state = _state_after(line, ad_state)
                if ad_state:
                    signals.label_lines.add(number)
            elif line.tag in _VAST_TAGS or line.tag.startswith(("#EXT-X-VAST-", "#EXT-X-VMAP-AD-BREAK")):
                has_vast |= line.tag in _VAST_TAGS
                signals.label_lines.add(number)
        if index == len(playlist.segments):
            break
        if has_vast:
            vast_state = "vast-tags"
        elif playlist.segments[index].discontinuity:
            vast_state = ""  # each creative is a discontinuity of its own, announced by tags of its own
        for state in filter(None, (ad_state, vast_state)):
            _label(signals, index, state)
    return signals


def _label(signals: Signals, index: int, name: str) -> None:
    signals.labels.setdefault(index, []).append(name)


def _add(signals: Signals, signal: Signal | None) -> None:
    if signal is not None:
        signals.cues.append(signal)


def _groups(playlist: Playlist) -> Iterator[tuple[int, int, int]]:
    """(segment index, first line, line after the last) for every segment, the header counted to the first, and the trailer."""
    first = 0
    for segment in playlist.segments:
        yield segment.index, first, segment.uri_line
        first = segment.uri_line + 1
    yield len(playlist.segments), first, len(playlist.lines)


def _positive(number: float | None) -> float | None:
    return number if number is not None and number >= 0 else None


def _cue_tag(line: Line, index: int, number: int) -> Signal | None:
    value = line.value
    attributes = attribute_values(value) if "=" in value else {}
    duration_s = _positive(decimal(attributes.get("DURATION", value)))
    match line.tag:
        case "#EXT-X-CUE-OUT":
            return Signal(Kind.OUT, index, number, "cue-out", duration_s)
        case "#EXT-X-CUE-IN":
            return Signal(Kind.IN, index, number, "cue-in")
        case "#EXT-X-CUE-OUT-CONT":
            elapsed_s = _positive(decimal(attributes.get("ELAPSEDTIME") or attributes.get("ELAPSED")))
            duration_s = _positive(decimal(attributes.get("DURATION")))
            if match := _CONTINUATION.match(value):
                elapsed_s, duration_s = _positive(decimal(match.group(1))), _positive(decimal(match.group(2)))
            return Signal(Kind.CONTINUE, index, number, "cue-out-cont", duration_s, elapsed_s)
        case "#EXT-X-CUE-SPAN":
            elapsed = _ISO_SECONDS.match(attributes.get("TIMEFROMSIGNAL", ""))
            elapsed_s = 60 * int(elapsed.group(1) or 0) + (decimal(elapsed.group(2)) or 0) if elapsed else None
            return Signal(Kind.CONTINUE, index, number, "cue-span", None, elapsed_s)
        case "#EXT-X-CUE-CONT":
            elapsed_s = _positive(decimal(attributes.get("AVAIL-DUR-ELAPSED")))
            return Signal(Kind.CONTINUE, index, number, "adobe-cue-cont", None, elapsed_s)
    # Adobe: "SpliceInsert" is a place where a player may insert, and replaces nothing of this playlist.
    kind = {"SPLICEOUT": Kind.OUT, "SPLICEIN": Kind.IN}.get(attributes.get("TYPE", "").upper())
    return Signal(kind, index, number, f"adobe-{attributes['TYPE'].lower()}", duration_s) if kind else None


def _binary_tag(line: Line, index: int, number: int) -> Signal | None:
    """A tag that wraps a binary cue; what its attributes say in clear goes before what the binary says."""
    name = line.tag.removeprefix("#EXT-").removeprefix("X-").lower()
    if line.tag in ("#EXT-OATCLS-SCTE35", "#EXT-X-SPLICEPOINT-SCTE35"):
        return _signal_of(scte35.decode(line.value), index, number, name)
    attributes = attribute_values(line.value)
    duration_s = _positive(decimal(attributes.get("DURATION")))
    elapsed_s = _positive(decimal(attributes.get("ELAPSED")))
    out = attributes.get("CUE-OUT", "").upper()
    cue = _clear_or_binary(attributes, duration_s)
    level = cue.level if cue else 0
    if out == "CONT" or attributes.get("CUE-OUT-CONT", "").upper() == "YES":
        return Signal(Kind.CONTINUE, index, number, name, duration_s, elapsed_s, level)
    if out == "YES":
        return Signal(
            Kind.OUT,
            index,
            number,
            name,
            duration_s if duration_s is not None or not cue else cue.duration_s,
            None,
            level,
        )
    if attributes.get("CUE-IN", "").upper() == "YES":
        return Signal(Kind.IN, index, number, name, None, None, level)
    return _signal_of(cue, index, number, name)


def _clear_or_binary(attributes: dict[str, str], duration_s: float | None) -> Cue | None:
    decoded = scte35.decode(attributes.get("CUE", ""))
    try:
        stated = scte35.cue_of_type(int(attributes["TYPE"], 0), duration_s)
    except (KeyError, ValueError):
        return decoded
    return stated if decoded is None or stated.turn is not Turn.OTHER else decoded


def _signal_of(cue: Cue | None, index: int, number: int, name: str) -> Signal | None:
    if cue is None or cue.turn is Turn.OTHER:
        return None
    kind = Kind.OUT if cue.turn is Turn.OUT else Kind.IN
    return Signal(kind, index, number, name, cue.duration_s, None, cue.level)


def _state_after(line: Line, state: str) -> str:
    """UPLYNK and ANVATO mark where a run of segments of one kind begins."""
    if line.tag == "#UPLYNK-SEGMENT":
        kind = line.value.rpartition(",")[2].strip()
        return "uplynk-segment" if kind == "ad" else "" if kind == "segment" else state
    if "type=ad" in line.value:
        return "anvato-segment-info"
    return "" if "type=master" in line.value else state
