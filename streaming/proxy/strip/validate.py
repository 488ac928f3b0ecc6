"""The proxy's check of its own work: what a player would make of the output is compared with what it made of the original.

Written apart from the emitter, from the reader's side: it parses the output like any playlist, and knows only which segments were
meant to stay.
"""

from collections.abc import Iterator

from streaming.proxy.playlist.playlist import Playlist, Segment
from streaming.proxy.playlist.tag_values import IDENTITY, Key
from streaming.proxy.strip.timeline import Numbering, SegmentAction


def violations(upstream: Playlist, output: Playlist, numbering: Numbering) -> list[str]:
    """What is wrong with ``output``; empty if nothing."""
    return list(_violations(upstream, output, numbering))


def _violations(upstream: Playlist, output: Playlist, numbering: Numbering) -> Iterator[str]:
    if output.target_duration_s != upstream.target_duration_s:
        yield "the target duration changed"
    if output.playlist_type != upstream.playlist_type or output.has_endlist != upstream.has_endlist:
        yield "the type of the playlist changed"
    left = [
        (segment, decision, msn)
        for segment, decision, msn in zip(upstream.segments, numbering.decisions, numbering.msns, strict=True)
        if decision.action is not SegmentAction.DELETE
    ]
    if len(left) != len(output.segments):
        yield f"{len(output.segments)} segments are left, not {len(left)}"
        return
    for (before, decision, msn), after in zip(left, output.segments, strict=True):
        if after.duration_s != before.duration_s:
            yield f"the duration of segment {before.msn} changed"
        if after.msn != msn:
            yield f"segment {before.msn} is numbered {after.msn}, not {msn}"
        if after.gap or after.discontinuity:
            yield from _double_tags(upstream, before, output, after)
        if after.discontinuity != decision.discontinuity:
            yield f"a discontinuity is missing or too many at segment {before.msn}"
        if decision.action is SegmentAction.KEEP:
            yield from _differences(before, after)
        elif after.uri == before.uri and not before.gap:
            yield f"the ad of segment {before.msn} is still there"
        elif decision.action is SegmentAction.GAP and not after.gap:
            yield f"segment {before.msn} is not the gap it should be"


def _differences(before: Segment, after: Segment) -> Iterator[str]:
    if after.uri != before.uri or after.title != before.title:
        yield f"segment {before.msn} is another"
    same_keys = after.keys == before.keys and after.msn == before.msn
    if not same_keys and effective_keys(after) != effective_keys(before):
        yield f"segment {before.msn} is under other keys"
    if after.map_value != before.map_value:
        yield f"segment {before.msn} has another initialisation section"
    if (after.byterange and after.byterange[:2]) != (before.byterange and before.byterange[:2]):
        yield f"segment {before.msn} is another byte range"
    if before.program_date and after.program_date != before.program_date:
        yield f"segment {before.msn} has another date"


def effective_keys(segment: Segment) -> frozenset[tuple[str, str, str, str]]:
    """What it takes to decipher a segment: for each key format the method, the key and the IV in use."""
    return frozenset((key.format, key.method, key.uri, _iv(key, segment.msn)) for key in segment.keys)


def _iv(key: Key, msn: int) -> str:
    """The IV in use (RFC 8216 section 5.2): the sequence number where none is stated."""
    if key.iv or key.format != IDENTITY:
        return key.iv.lower().removeprefix("0x").lstrip("0")
    return f"{msn:x}".lstrip("0")


def _double_tags(upstream: Playlist, before: Segment, output: Playlist, after: Segment) -> Iterator[str]:
    for tag in ("#EXT-X-GAP", "#EXT-X-DISCONTINUITY"):
        count = sum(line.tag == tag for line in output.lines[after.first : after.uri_line])
        if count > 1 and count > sum(line.tag == tag for line in upstream.lines[before.first : before.uri_line]):
            yield f"{tag} stands twice at segment {before.msn}"
