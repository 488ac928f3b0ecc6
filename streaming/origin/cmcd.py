"""What players tell about themselves: Common Media Client Data (CTA-5004, and CTA-5004-B for version 2).

In request mode, with each request: either one query argument ``CMCD=bl%3D12000%2Cmtp%3D25400`` or up to four headers
``CMCD-Request: bl=12000,mtp=25400``.  (Event mode, by themselves: :mod:`streaming.origin.qoe.events`.)  It comes from outside, so
nothing in it may raise: what cannot be read, or is out of any reason, is left out.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

HEADERS: Final = ("CMCD-Request", "CMCD-Object", "CMCD-Status", "CMCD-Session")

MAX_CHARACTERS: Final = 2_000
"""A full set of keys takes about 400; more is not telemetry."""
MAX_EVENTS: Final = 50
"""Of one body, the latest: players send one or a handful at a time, and what a tunnel held back is old."""
MAX_RATE_BPS: Final = 10_000_000_000
"""10 Gbit/s, above any player's link: a larger number is a bug or a joke."""
MAX_BUFFER_MS: Final = 3_600_000

# key, key=token, key="text with , inside", and the inner lists of version 2: key=(5000;v 128;a), key=("a).m4s").  Bounded,
# because it is tried anew at every letter.
_ITEM: Final = re.compile(
    r'(?<![\s\w.-])\s*([A-Za-z][\w.-]{0,63})(?:=("(?:[^"\\]|\\.){0,200}"|\((?:[^)"]|"(?:[^"\\]|\\.){0,200}"){0,200}\)|[^,]*))?(?:\s*(?:,|$))'
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
    pathway: str = ""
    """``cdn``: the edge it is about, by its name; empty: it did not say."""
    failed: bool = False
    """Something could not be loaded from there (event mode, ``e=e``)."""


Keys = Mapping[str, str]
"""What a request holds, by its key, as it was written; a key alone is ``"true"``."""


def keys_of(texts: Iterable[str]) -> Keys:
    """The keys in one query argument or several headers, percent-decoded already."""
    found: dict[str, str] = {}
    for text in texts:
        for item in _ITEM.finditer(text[:MAX_CHARACTERS]):
            found[item[1]] = item[2] if item[2] is not None else "true"
    return found


def link_of(keys: Keys) -> PlayerReport:
    """What they say of the link."""
    return PlayerReport(
        throughput_bps=rate_bps(keys.get("mtp")),
        bitrate_bps=rate_bps(keys.get("br")),
        buffer_ms=number(keys.get("bl"), MAX_BUFFER_MS),
        starved=flag(keys.get("bs")),
    )


def parse(texts: Iterable[str]) -> PlayerReport:
    """What the keys in one query argument or several headers say of the link."""
    return link_of(keys_of(texts))


def flag(text: str | None) -> bool:
    """A boolean, as version 1 and as version 2 writes it (RFC 9651)."""
    return text in ("true", "?1")


def rate_bps(text: str | None) -> int | None:
    """A rate in kbit/s as bit/s; ``None`` where there is none, or it is 0: not measured yet."""
    kilobits = number(text, MAX_RATE_BPS // 1000)
    return kilobits * 1000 if kilobits else None


def number(text: str | None, maximum: int) -> int | None:
    """A whole number, also the first of an inner list of version 2; ``None`` where there is none, or it is beyond reason."""
    digits = _NUMBER.match(text) if text else None
    if digits is None or (value := int(digits[1])) > maximum:
        return None
    return value
