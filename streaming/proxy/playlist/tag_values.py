"""Values of single tags, read as leniently as they are met: durations, dates, keys, byte ranges (RFC 8216 section 4.3)."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from streaming.proxy.playlist.attributes import attribute_values, decimal

# More digits than 2^63 needs, and int() of a megabyte of digits would be quadratic.
_INTEGER = re.compile(r"\s*(\d{1,19})")
_BYTERANGE = re.compile(r"\s*\"?(\d{1,19})(?:@(\d{1,19}))?")
#: Beyond ten days a duration is a joke, and sums of jokes are no dates.
_LONGEST_SEGMENT_S = 1e6

#: The key format that is meant when a KEY tag names none (RFC 8216 section 4.3.2.4).
IDENTITY = "identity"
#: Key formats in force at once.  Packagers write up to five; each is carried along to every segment (RFC 8216 section 4.3.2.4), so a
#: list with one more at each would cost its square.
MAX_KEY_FORMATS = 16


class Key(NamedTuple):
    """An ``EXT-X-KEY`` in force.  ``value`` is its attribute list as written; ``iv`` is empty where the sequence number is the IV."""

    value: str
    method: str
    uri: str
    iv: str
    format: str

    @property
    def iv_is_sequence_number(self) -> bool:
        """Whether the IV is the media sequence number, so that renumbering the segment would make it undecipherable."""
        return not self.iv and self.format == IDENTITY and self.method in ("AES-128", "SAMPLE-AES")


def parse_date(text: str) -> float | None:
    """Seconds since the epoch of an ISO 8601 date (RFC 8216 section 4.3.2.6); UTC where the zone was forgotten."""
    try:
        try:
            date = datetime.fromisoformat(text)
        except ValueError:
            date = datetime.fromisoformat(text.strip().strip('"'))
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def format_date(epoch_s: float) -> str | None:
    """An ``EXT-X-PROGRAM-DATE-TIME`` value with the milliseconds that the specification recommends; ``None`` beyond the year 9999."""
    try:
        date = datetime.fromtimestamp(round(epoch_s, 3), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return date.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_extinf(value: str) -> tuple[float, str]:
    """Duration and title of ``EXTINF``.  IPTV lists put attributes with commas in quotes before the title, and ``-1`` for live."""
    duration = decimal(value)
    if '"' not in value:
        title = value.partition(",")[2]
    else:
        position, quoted = 0, False
        while position < len(value) and (quoted or value[position] != ","):
            quoted ^= value[position] == '"'
            position += 1
        title = value[position + 1 :]
    return min(max(duration or 0.0, 0.0), _LONGEST_SEGMENT_S), title.strip()


def parse_integer(text: str) -> int:
    """A decimal-integer (RFC 8216 section 4.2) at the beginning of ``text``; 0 where there is none."""
    match = _INTEGER.match(text)
    return int(match.group(1)) if match else 0


def parse_byterange(value: str) -> tuple[int, int | None] | None:
    """Length and offset in bytes of ``n[@o]`` (RFC 8216 section 4.3.2.2); ``None`` for what is neither."""
    match = _BYTERANGE.match(value)
    if match is None:
        return None
    offset = match.group(2)
    return int(match.group(1)), int(offset) if offset is not None else None


def parse_key(value: str) -> Key:
    """Read the attribute list of an ``EXT-X-KEY`` (RFC 8216 section 4.3.2.4)."""
    attributes = attribute_values(value)
    return Key(
        value,
        attributes.get("METHOD", ""),
        attributes.get("URI", ""),
        attributes.get("IV", ""),
        attributes.get("KEYFORMAT", IDENTITY),
    )


def keys_after(keys: tuple[Key, ...], key: Key) -> tuple[Key, ...]:
    """What is in force once ``key`` was read: one of each format, the newest ``MAX_KEY_FORMATS``."""
    if key.method == "NONE":
        return ()
    return (*(known for known in keys if known.format != key.format), key)[-MAX_KEY_FORMATS:]
