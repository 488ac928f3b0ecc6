"""The multivariant playlist as one session gets it.

Section numbers are RFC 8216; draft-pantos-hls-rfc8216bis where it says "bis".
"""

from collections.abc import Iterable, Iterator
from typing import Final

from streaming.keys.model import track_class_of
from streaming.keys.signalling.hls import hdcp_level
from streaming.origin.access.session_keys import NO_SESSION_KEYS, SessionKeys
from streaming.origin.ladder import IFrames, Ladder, Rendition, Variant
from streaming.origin.quality import Selection
from streaming.origin.steering.manifest import stable_id
from streaming.origin.steering.model import HERE, Offer, Pathway, Pathways

VERSION: Final = 6
"""EXT-X-MAP in media playlists of pictures needs 6 (§7), and the packager writes 6 there; nothing here needs more."""


def multivariant_text(
    ladder: Ladder, selection: Selection, keys: SessionKeys = NO_SESSION_KEYS, pathways: Pathways = HERE
) -> str:
    """The playlist text (UTF-8, LF) that offers ``selection`` of ``ladder`` on each of ``pathways``, the best first.

    URIs stay relative to the playlist where a pathway has no address of its own.
    """
    return "\n".join(_lines(ladder, selection, keys, pathways)) + "\n"


def offer_of(ladder: Ladder, selection: Selection) -> Offer:
    """What the playlist of ``selection`` leads to."""
    return Offer(
        tuple(dict.fromkeys(variant.uri for variant in selection.variants)),
        tuple(dict.fromkeys(each.uri for each in _used(ladder, selection) if each.uri is not None)),
        min(variant.bandwidth_bps for variant in selection.variants),
    )


def _lines(ladder: Ladder, selection: Selection, keys: SessionKeys, pathways: Pathways) -> Iterator[str]:
    yield "#EXTM3U"
    yield f"#EXT-X-VERSION:{VERSION}"
    # §4.3.5.1: every segment starts with a key frame; our encoder closes its GOPs there.
    yield "#EXT-X-INDEPENDENT-SEGMENTS"
    if pathways.are_steered:
        yield _content_steering(pathways)
    yield from keys.tags
    used = list(_with_default_audio(_used(ladder, selection)))
    on = [_OnPathway(pathway, pathways.are_steered) for pathway in pathways.entries]
    for number, there in enumerate(on):
        for rendition in used:
            if number == 0 or there.is_own(rendition[0]):
                yield _media(rendition, there)
    for there in on:
        for variant in selection.variants:
            yield _stream_inf(variant, there, hdcp=keys.hdcp)
            yield there.uri(variant.uri)
    for there in on:
        for iframes in _fitting(ladder.iframes, selection.variants):
            yield _iframe_stream_inf(iframes, there, hdcp=keys.hdcp)


class _OnPathway:
    """How things are called on one pathway; without steering as ever."""

    def __init__(self, pathway: Pathway, is_steered: bool) -> None:
        self._pathway = pathway
        self._is_steered = is_steered

    def uri(self, uri: str) -> str:
        return self._pathway.base + uri

    def is_own(self, rendition: Rendition) -> bool:
        """Captions within the picture have no address, and are the same in all pathways."""
        return rendition.kind != "CLOSED-CAPTIONS"

    def group(self, name: str) -> str:
        """bis §7.4: a pathway's variants refer to groups that have that pathway's addresses."""
        return f"{name}@{self._pathway.name}" if self._is_steered else name

    def attributes(self, stable: str, uri: str) -> list[str]:
        """bis §4.4.6.2; with stable names a pathway can be cloned, and what was chosen is found again on another one."""
        if not self._is_steered:
            return []
        return [f"{stable}={_quoted(stable_id(uri))}", f"PATHWAY-ID={_quoted(self._pathway.name)}"]


def _content_steering(pathways: Pathways) -> str:
    """bis §4.4.6.6 EXT-X-CONTENT-STEERING."""
    first = pathways.entries[0].name
    return f"#EXT-X-CONTENT-STEERING:SERVER-URI={_quoted(pathways.server_uri)},PATHWAY-ID={_quoted(first)}"


def _used(ladder: Ladder, selection: Selection) -> list[Rendition]:
    # §4.3.4.1: a group nobody refers to would be fetched by some players all the same.
    groups = {
        group
        for variant in selection.variants
        for group in (variant.audio, variant.subtitles, variant.closed_captions)
        if group is not None
    }
    return [rendition for rendition in ladder.renditions if rendition.group in groups]


def _with_default_audio(renditions: Iterable[Rendition]) -> Iterator[tuple[Rendition, bool]]:
    """Each rendition, and whether it is its group's default.

    §4.3.4.1.1: at most one DEFAULT in a group.  A group of sound without any leaves the choice to chance, so its first
    becomes the default; text stays off until asked for.
    """
    renditions = list(renditions)
    chosen: dict[tuple[str, str], Rendition] = {}
    for rendition in renditions:
        key = (rendition.kind, rendition.group)
        current = chosen.get(key)
        if (rendition.default and (current is None or not current.default)) or (
            rendition.kind == "AUDIO" and current is None
        ):
            chosen[key] = rendition
    for rendition in renditions:
        yield rendition, chosen.get((rendition.kind, rendition.group)) is rendition


def _media(choice: tuple[Rendition, bool], there: _OnPathway) -> str:
    """§4.3.4.1 EXT-X-MEDIA."""
    rendition, is_default = choice
    group = there.group(rendition.group) if there.is_own(rendition) else rendition.group
    attributes = [f"TYPE={rendition.kind}", f"GROUP-ID={_quoted(group)}"]
    if rendition.language:
        attributes.append(f"LANGUAGE={_quoted(rendition.language)}")
    attributes.append(f"NAME={_quoted(rendition.name)}")
    attributes.append(f"DEFAULT={_yes_no(is_default)}")
    # "If the AUTOSELECT attribute is present, its value MUST be YES if the value of the DEFAULT attribute is YES."
    attributes.append(f"AUTOSELECT={_yes_no(rendition.autoselect or is_default)}")
    if rendition.kind == "SUBTITLES":
        # FORCED "MUST NOT be present unless the TYPE is SUBTITLES".
        attributes.append(f"FORCED={_yes_no(rendition.forced)}")
    if rendition.instream_id:
        attributes.append(f"INSTREAM-ID={_quoted(rendition.instream_id)}")
    if rendition.characteristics:
        attributes.append(f"CHARACTERISTICS={_quoted(rendition.characteristics)}")
    if rendition.channels:
        attributes.append(f"CHANNELS={_quoted(rendition.channels)}")
    if rendition.uri:
        attributes += there.attributes("STABLE-RENDITION-ID", rendition.uri)[:1]  # it belongs to pathways by its group
        attributes.append(f"URI={_quoted(there.uri(rendition.uri))}")
    return "#EXT-X-MEDIA:" + ",".join(attributes)


def _stream_inf(variant: Variant, there: _OnPathway, *, hdcp: bool) -> str:
    """§4.3.4.2 EXT-X-STREAM-INF; its URI is the next line."""
    attributes = _picture(variant, hdcp=hdcp)
    if variant.frame_rate is not None:
        # "rounded to three decimal places"
        attributes.append(f"FRAME-RATE={variant.frame_rate:.3f}")
    if variant.audio:
        attributes.append(f"AUDIO={_quoted(there.group(variant.audio))}")
    if variant.subtitles:
        attributes.append(f"SUBTITLES={_quoted(there.group(variant.subtitles))}")
    if variant.closed_captions:
        # An enumerated string NONE, or a quoted GROUP-ID.
        none = variant.closed_captions == "NONE"
        attributes.append(f"CLOSED-CAPTIONS={'NONE' if none else _quoted(variant.closed_captions)}")
    attributes += there.attributes("STABLE-VARIANT-ID", variant.uri)
    return "#EXT-X-STREAM-INF:" + ",".join(attributes)


def _iframe_stream_inf(iframes: IFrames, there: _OnPathway, *, hdcp: bool) -> str:
    """§4.3.4.3 EXT-X-I-FRAME-STREAM-INF; no FRAME-RATE, AUDIO, SUBTITLES or CLOSED-CAPTIONS there."""
    attributes = [*_picture(iframes, hdcp=hdcp), *there.attributes("STABLE-VARIANT-ID", iframes.uri)]
    return "#EXT-X-I-FRAME-STREAM-INF:" + ",".join([*attributes, f"URI={_quoted(there.uri(iframes.uri))}"])


def _picture(stream: Variant | IFrames, *, hdcp: bool) -> list[str]:
    attributes = [f"BANDWIDTH={stream.bandwidth_bps}"]
    if stream.average_bandwidth_bps is not None:
        attributes.append(f"AVERAGE-BANDWIDTH={stream.average_bandwidth_bps}")
    if stream.codecs:
        attributes.append(f"CODECS={_quoted(','.join(stream.codecs))}")
    if stream.width_px and stream.height_px:
        attributes.append(f"RESOLUTION={stream.width_px}x{stream.height_px}")
    if stream.video_range:
        attributes.append(f"VIDEO-RANGE={stream.video_range}")
    if hdcp and stream.width_px and stream.height_px:
        # bis §4.4.6.2: a player leaves out beforehand what its output may not show, instead of failing at the licence.
        level = hdcp_level(track_class_of(min(stream.width_px, stream.height_px)))
        if level != "NONE":
            attributes.append(f"HDCP-LEVEL={level}")
    return attributes


def _fitting(iframes: Iterable[IFrames], variants: tuple[Variant, ...]) -> list[IFrames]:
    """I-frame playlists of the pictures that are offered: what was left out for a reason stays out here too."""
    offered = {(variant.width_px, variant.height_px, codec) for variant in variants for codec in variant.codecs}
    return [each for each in iframes if any((each.width_px, each.height_px, codec) in offered for codec in each.codecs)]


def _yes_no(value: bool) -> str:
    return "YES" if value else "NO"


def _quoted(text: str) -> str:
    """§4.2: a quoted-string holds no line feed, carriage return or double quote, and there is no way to escape them."""
    return '"' + text.replace('"', "'").replace("\r", " ").replace("\n", " ") + '"'
