"""What players tell about themselves with each request: Common Media Client Data (CTA-5004).

Either one query argument ``CMCD=bl%3D12000%2Cmtp%3D25400`` or up to four headers ``CMCD-Request: bl=12000,mtp=25400``.  It
comes from outside, so nothing in it may raise: what cannot be read, or is out of any reason, is left out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

HEADERS: Final = ("CMCD-Request", "CMCD-Object", "CMCD-Status", "CMCD-Session")

MAX_CHARACTERS: Final = 2_000
"""A full set of keys takes about 400; more is not telemetry."""
MAX_RATE_BPS: Final = 10_000_000_000
"""10 Gbit/s, above any player's link: a larger number is a bug or a joke."""
MAX_BUFFER_MS: Final = 3_600_000

# key, key=token, key="text with , inside", and the inner lists of version 2: key=(5000;v 128;a).  Bounded, because it is
# tried anew at every letter.
_ITEM: Final = re.compile(
    r'(?<![\s\w.-])\s*([A-Za-z][\w.-]{0,63})(?:=("(?:[^"\\]|\\.){0,200}"|\([^)]{0,200}\)|[^,]*))?(?:\s*(?:,|$))'
)
_NUMBER: Final = re.compile(r"\(?\s*(\d{1,12})")


@dataclass(frozen=True, slots=True)
class PlayerReport:
    """The keys we use, in our units."""

    throughput_bps: int | None = None
    """``mtp``: what the player measured, on the wire."""
    bitrate_bps: int | None = None
    """``br``: of the object asked for."""
    buffer_ms: int | None = None
    """``bl``: media ahead of the playhead."""
    starved: bool = False
    """``bs``: playback stood still for want of data since the last request."""


def parse(texts: Iterable[str]) -> PlayerReport:
    """The report in one query argument or several headers, percent-decoded already."""
    found: dict[str, str] = {}
    for text in texts:
        for item in _ITEM.finditer(text[:MAX_CHARACTERS]):
            found[item[1]] = item[2] if item[2] is not None else "true"
    return PlayerReport(
        throughput_bps=_rate_bps(found.get("mtp")),
        bitrate_bps=_rate_bps(found.get("br")),
        buffer_ms=_number(found.get("bl"), MAX_BUFFER_MS),
        starved=found.get("bs") in ("true", "?1"),
    )


def _rate_bps(text: str | None) -> int | None:
    kilobits = _number(text, MAX_RATE_BPS // 1000)
    return kilobits * 1000 if kilobits else None  # a rate of 0 is "not measured yet"


def _number(text: str | None, maximum: int) -> int | None:
    digits = _NUMBER.match(text) if text else None
    if digits is None or (value := int(digits[1])) > maximum:
        return None
    return value
