"""Explicit ad signals: what a playlist itself says about its ads, in the dialects of the field.

Three forms.  A *cue* turns ads on or off at a position (``EXT-X-CUE-OUT``, SCTE 35 in its many wrappings, Adobe's ``EXT-X-CUE``); a
*label* says of one segment that it is an ad (titles, UPLYNK, ANVATO, VAST tags, addresses of ad servers); a *date range* says from
when until when (``dateranges.py`` finds the place).

Sources: RFC 8216 section 4.3.2.7; AWS Elemental MediaTailor, MediaLive and MediaPackage "HLS ad markers"; Adobe Primetime "Ad cue
formats"; Google Ad Manager "Live linear stream ad break encoding (HLS)"; ANSI/SCTE 35; and for what was never documented (UPLYNK,
ANVATO, Twitch) the behaviour that open players agree on.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from streaming.proxy.detect.cues import BINARY_TAGS, CUE_TAGS, AdSignal, SignalKind, binary_tag, cue_tag
from streaming.proxy.playlist.attributes import attribute_values
from streaming.proxy.playlist.playlist import Line, Playlist

__all__ = ["ADDRESS_LABEL", "ADORNMENTS", "AD_TAGS", "AdSignal", "Labelling", "SignalKind", "Signals", "read_signals"]


class Labelling(NamedTuple):
    """What a playlist that ended before ``next_msn`` said of segments to come, with tags that have left the window since, or will."""

    next_msn: int
    ad_state: str
    vast_state: str


@dataclass(slots=True)
class Signals:
    """All that was found.  ``labels``: segment index → names of the signals; ``date_ranges``: where such tags stand."""

    cues: list[AdSignal] = field(default_factory=list)
    labels: dict[int, list[str]] = field(default_factory=dict)
    label_lines: set[int] = field(default_factory=set)
    overruled: set[int] = field(
        default_factory=set
    )  # lines of messages that say nothing where they stand; alone they would
    date_ranges: list[tuple[int, int]] = field(default_factory=list)  # (segment index, line)
    labelling: Labelling | None = None  # in force behind the last segment


_VAST_TAGS = frozenset(
    ["#EXT-X-VMAP-AD-BREAK", "#EXT-X-VAST-ID", "#EXT-X-VAST-TITLE", "#EXT-X-VAST-VIDEO", "#EXT-X-TP-AD-COUNT"]
)
#: What says in words, beside the message, that a break begins or ends.
_IN_CLEAR = re.compile(r"(?:CUE-OUT|CUE-IN|TYPE)\s*=", re.IGNORECASE)
_BEGINS_OF_CUES = frozenset(["#EXT-X-CUE-OUT", "#EXT-X-CUE-OUT-CONT"])
_ENDS_OF_CUES = frozenset(["#EXT-X-CUE-IN", "#EXT-X-CUE-OUT-CONT"])
_STATE_TAGS = frozenset(["#UPLYNK-SEGMENT", "#ANVATO-SEGMENT-INFO"])
#: Tags that only decorate a break: removed with it, but no evidence of one (``EXT-X-ASSET`` also describes programmes).
ADORNMENTS = frozenset(["#EXT-X-ASSET", *BINARY_TAGS])
AD_TAGS = CUE_TAGS | BINARY_TAGS | _VAST_TAGS | _STATE_TAGS | {"#EXT-X-DATERANGE"}

#: Titles of ad segments.  Twitch writes the ad server ("Amazon|8472…", "DCM|2599…") where live segments say "live".
_AD_TITLE = re.compile(
    r"(?:amazon|dcm)(?:\|.*)?$|stitched$|(?:stitched[ _-]?)?(?:ads?|adverts?|advertisements?|commercials?|(?:pre|mid|post)[ _-]?roll)(?:[ _-]?break)?(?:[ _#:-]{0,3}\d{1,4})?$",
    re.IGNORECASE,
)
#: In a playlist of Twitch any ad server may have the word.
_TWITCH_AD_TITLE = re.compile(r"[A-Za-z]{2,20}\|\d{1,20}$")
#: Addresses of vendors, which no programme has, wherever they are kept: Google DAI's; AWS MediaTailor's ad store behind somebody's
#: CDN, and the redirects it counts ads with; Pluto's fillers; Abema's spots; and the folder from which resellers
#: of films jump to ads.
_VENDOR_ADDRESS = re.compile(
    r"(?:[?&]source=|/source/)dclk_video_ads(?:[&/]|$)|^https?://segments\.mediatailor\."
    r"|^https?://[^/?#]{1,200}\.mediatailor\.[^/?#]{1,100}/v1/(?:hls|dash)?segment/"
    r"|/v1/segment/[0-9a-f]{40}/|/v1/segment/[^/?#]{1,100}/[^/?#]{1,100}/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/"
    r"|/tm/[0-9a-f]{16,64}/[^/]{1,100}/asset_\d|^https?://[^/?#]{0,200}abema[^/?#]{0,100}/tsad/|plutotv_filler"
    r"|^https?://[^/?#]{0,200}pluto[^/?#]{0,100}/[^?#]{0,500}_ad(?:/|%2F|_bumper)|/video/ad(?:jump|time)/",
    re.IGNORECASE,
)
#: Habits of naming that have not been met in a programme: the flag of UPLYNK and others, creatives as play-out services keep them.
#: ``_ad/`` alone will not do: it is also what an audio description is called.
_AD_ADDRESS = re.compile(r"[?&]is_ad=1(?:&|$)|/creative/[^/?#]{1,200}_ad/|_ad/creative/", re.IGNORECASE)
#: Hosts that do nothing but serve ads.  Only where an address names one itself: what lies beside a list that such a service made may
#: be anything.
_AD_HOST = re.compile(
    r"(?:https?:)?//(?:[^/?#]{1,200}\.)?(?:dai\.google\.com|doubleclick\.net|2mdn\.net|googlesyndication\.com|fwmrm\.net|innovid\.com"
    r"|adnxs\.com|spotxcdn\.com|springserve\.com|flashtalking\.com|serving-sys\.com|extremereach\.io|smartadserver\.com"
    r"|stickyadstv\.com|tremorhub\.com|videoplaza\.tv|amazon-adsystem\.com|auditude\.com)(?:[:/]|$)",
    re.IGNORECASE,
)
#: One of these is in every such address: looking for them all at once spares most playlists a thousand searches.
_AD_ADDRESS_WORDS = (
    *(
        "dclk_video_ads",
        "dai.google.com",
        ".mediatailor.",
        "segment/",
        "/tm/",
        "is_ad=1",
        "/video/ad",
        "_ad",
        "/tsad/",
        "plutotv_filler",
    ),
    *(
        "doubleclick.",
        "2mdn.",
        "googlesyndication.",
        "fwmrm.",
        "innovid.",
        "adnxs.",
        "spotxcdn.",
        "springserve.",
        "flashtalking.",
    ),
    *(
        "serving-sys.",
        "extremereach.",
        "smartadserver.",
        "stickyadstv.",
        "tremorhub.",
        "videoplaza.",
        "-adsystem.",
        "auditude.",
    ),
)
#: The labels of a segment that its address gives away: for certain, and by what it is called.
_SERVER_LABEL, ADDRESS_LABEL = "ad-server-address", "ad-address"
_TWITCH_TAGS = frozenset(["#EXT-X-TWITCH-LIVE-SEQUENCE", "#EXT-X-TWITCH-ELAPSED-SECS", "#EXT-X-TWITCH-PREFETCH"])


def read_signals(playlist: Playlist, carried: Labelling | None = None) -> Signals:
    """Find every explicit signal, in order, in one pass.  ``carried``: what was in force where the last reload ended."""
    signals = Signals()
    addresses = "\n".join([segment.address for segment in playlist.segments]).lower()
    any_ad_address = any(word in addresses for word in _AD_ADDRESS_WORDS)
    is_twitch = not _TWITCH_TAGS.isdisjoint(playlist.tags)
    # A list of channels is M3U as well, and there a title is somebody's name.
    is_media = any(tag.startswith("#EXT-X-") for tag in playlist.tags)
    for segment in playlist.segments:
        if (
            is_media
            and segment.title
            and (_AD_TITLE.match(segment.title) or (is_twitch and _TWITCH_AD_TITLE.match(segment.title)))
        ):
            _label(signals, segment.index, "title")
        if any_ad_address and (_VENDOR_ADDRESS.search(segment.address) or _AD_HOST.match(segment.uri)):
            _label(signals, segment.index, _SERVER_LABEL)
        elif any_ad_address and _AD_ADDRESS.search(segment.address):
            _label(signals, segment.index, ADDRESS_LABEL)
    if not playlist.tags & AD_TAGS and carried is None:
        return signals
    resumes = carried.next_msn - playlist.segments[0].msn if carried is not None and playlist.segments else -1
    ad_is_stated = vast_is_stated = False  # by this playlist itself; what was carried is older
    ad_state = vast_state = open_id = ""
    # Who writes cue tags from the beginning of a break to its end has read the messages: one left bare is not about a break.
    speaks_in_cues = bool(_BEGINS_OF_CUES & playlist.tags) and bool(_ENDS_OF_CUES & playlist.tags)
    for index, first, last in _groups(playlist):
        if carried is not None and index == resumes:
            ad_state = ad_state if ad_is_stated else carried.ad_state
            vast_state = vast_state if vast_is_stated else carried.vast_state
        if not (ad_state or vast_state) and AD_TAGS.isdisjoint([line.tag for line in playlist.lines[first:last]]):
            continue
        group = [(number, playlist.lines[number]) for number in range(first, last)]
        has_cue_tag = any(line.tag in CUE_TAGS for _, line in group)
        beside = _length_beside(group, index) if has_cue_tag else None
        has_vast = False
        for number, line in group:
            if line.tag in CUE_TAGS:
                signal = _with_length(cue_tag(line, index, number), line, beside)
                open_id, signal = _said_again(line, signal, open_id)
                _add(signals, signal)
            elif line.tag in BINARY_TAGS:
                # Beside a cue tag the binary only repeats it, and on every continuation at that.
                if speaks_in_cues and not _IN_CLEAR.search(line.value):
                    signals.overruled.add(number)
                elif not has_cue_tag:
                    _add(signals, binary_tag(line, index, number))
            elif line.tag == "#EXT-X-DATERANGE":
                signals.date_ranges.append((index, number))
            elif line.tag in _STATE_TAGS:
                ad_state, ad_is_stated = _state_after(line, ad_state), True
                if ad_state:
                    signals.label_lines.add(number)
            elif line.tag in _VAST_TAGS or line.tag.startswith(("#EXT-X-VAST-", "#EXT-X-VMAP-AD-BREAK")):
                has_vast |= line.tag in _VAST_TAGS
                signals.label_lines.add(number)
        if index == len(playlist.segments):
            break
        if has_vast:
            vast_state, vast_is_stated = "vast-tags", True
        elif playlist.segments[index].discontinuity:
            vast_state, vast_is_stated = (
                "",
                True,
            )  # each creative is a discontinuity of its own, announced by tags of its own
        for state in filter(None, (ad_state, vast_state)):
            _label(signals, index, state)
    if playlist.segments and (ad_state or vast_state):
        signals.labelling = Labelling(playlist.segments[-1].msn + 1, ad_state, vast_state)
    return signals


def _label(signals: Signals, index: int, name: str) -> None:
    signals.labels.setdefault(index, []).append(name)


def _add(signals: Signals, signal: AdSignal | None) -> None:
    if signal is not None:
        signals.cues.append(signal)


def _length_beside(group: Sequence[tuple[int, Line]], index: int) -> tuple[int, float] | None:
    """The first message of a group of tags that says how long the break is: its line, and seconds."""
    for number, line in group:
        if line.tag in BINARY_TAGS:
            message = binary_tag(line, index, number)
            if message is not None and message.kind is SignalKind.OUT and message.duration_s:
                return number, message.duration_s
    return None


def _with_length(signal: AdSignal | None, line: Line, beside: tuple[int, float] | None) -> AdSignal | None:
    """A cue-out that does not say how long: the message in it or beside it may, whichever comes first."""
    if signal is None or signal.kind is not SignalKind.OUT or signal.duration_s is not None:
        return signal
    if "=" in line.value and (beside is None or signal.line < beside[0]):
        message = binary_tag(line._replace(tag="#EXT-X-SCTE35"), signal.index, signal.line)
        if message is not None and message.kind is SignalKind.OUT and message.duration_s:
            return replace(signal, duration_s=message.duration_s)
    return signal if beside is None else replace(signal, duration_s=beside[1])


def _said_again(line: Line, signal: AdSignal | None, open_id: str) -> tuple[str, AdSignal | None]:
    """Some packagers repeat the whole tag at every segment of a break: one with the identity of the last is no new break."""
    if signal is None or signal.kind is SignalKind.CONTINUE:
        return open_id, signal
    if signal.kind is SignalKind.IN:
        return "", signal
    identity = attribute_values(line.value).get("ID", "") if "=" in line.value else ""
    if identity and identity == open_id:
        return open_id, replace(signal, kind=SignalKind.CONTINUE, duration_s=None)
    return identity, signal


def _groups(playlist: Playlist) -> Iterator[tuple[int, int, int]]:
    """(segment index, first line, line after the last) for every segment, the header counted to the first, and the trailer."""
    first = 0
    for segment in playlist.segments:
        yield segment.index, first, segment.uri_line
        first = segment.uri_line + 1
    yield len(playlist.segments), first, len(playlist.lines)


def _state_after(line: Line, state: str) -> str:
    """UPLYNK and ANVATO mark where a run of segments of one kind begins."""
    if line.tag == "#UPLYNK-SEGMENT":
        kind = line.value.rpartition(",")[2].strip()
        return "uplynk-segment" if kind == "ad" else "" if kind == "segment" else state
    if "type=ad" in line.value:
        return "anvato-segment-info"
    return "" if "type=master" in line.value else state
