"""Blocking reloads: what a playlist request waits for (rfc8216bis §6.2.5.2).  Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from streaming.live.llhls.model import ADVANCE_PARTS, ReloadNotPossible
from streaming.live.llhls.rendition import Rendition

MSN: Final = "_HLS_msn"
PART: Final = "_HLS_part"
SKIP: Final = "_HLS_skip"

_MAX_DIGITS: Final = 15


@dataclass(frozen=True, slots=True)
class Reload:
    """What was asked for."""

    msn: int | None = None
    part: int | None = None
    delta: bool = False


def parse(query: Mapping[str, str]) -> Reload:
    """Read the delivery directives (§6.2.5).  Raises ReloadNotPossible."""
    msn, part = _number(query, MSN), _number(query, PART)
    if part is not None and msn is None:
        raise ReloadNotPossible(reason=f"{PART} without {MSN}")
    skip = query.get(SKIP)
    if skip not in (None, "YES", "v2"):
        raise ReloadNotPossible(reason=f"{SKIP} is YES or v2")
    return Reload(msn, part, skip is not None)


def is_there(rendition: Rendition, reload: Reload) -> bool:
    """Whether the playlist has what was asked for.  Raises ReloadNotPossible where it is too far ahead to be waited for."""
    if reload.msn is None or rendition.ended:
        return True
    msn, part = reload.msn, reload.part
    last, last_part = rendition.edge()
    edge = rendition.segment(last)
    complete = last if edge is None or edge.is_complete else last - 1
    if msn > complete + 2:
        raise ReloadNotPossible(reason=f"{MSN} is more than two segments ahead")
    if part is None:
        return msn <= complete
    asked = rendition.segment(msn)
    if asked is not None and asked.is_complete and part >= asked.part_count:
        msn, part = msn + 1, 0  # a part past the end of its segment is the first of the next
    if part > (last_part if msn == last else -1) + ADVANCE_PARTS and msn > complete:
        raise ReloadNotPossible(reason=f"{PART} is more than {ADVANCE_PARTS} parts ahead")
    return (msn, part) <= (last, last_part) or msn <= complete


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > _MAX_DIGITS:
        raise ReloadNotPossible(reason=f"{name} is a number")
    return int(text)
