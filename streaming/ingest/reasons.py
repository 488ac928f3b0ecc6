"""From what ffmpeg and the packager complain to what a person can act on.  Pure."""

import re
from collections.abc import Sequence
from typing import Final

_KNOWN: Final = (
    # ffmpeg's words → ours; the first that occurs decides, so the particular stand before the general.
    ("moov atom not found", "its index (moov) is missing, as when a recording or download was cut off"),
    ("doesn't support hardware accelerated AV1", "its picture is AV1, which this ffmpeg cannot decode"),
    ("EBML header parsing failed", "its beginning is damaged"),
    ("not on the format whitelist", "this kind of file is not a video container we read"),
    ("Decoder not found", "its picture or sound is in a format this ffmpeg cannot decode"),
    ("no decoder found", "its picture or sound is in a format this ffmpeg cannot decode"),
    ("Error rate", "most of it cannot be decoded"),
    ("Decode error rate", "most of it cannot be decoded"),
    ("partial file", "it ends in the middle"),
    ("Invalid data found when processing input", "it is no video, or damaged from the beginning"),
    ("End of file", "it ends before the first frame"),
)
_FULL: Final = ("No space left on device", "Disk quota exceeded")
_SPEAKER = re.compile(r"^(?:\[[^\]]*\] ?)+")
"""``[mov,mp4,m4a @ 0x55d0c0]`` before a message."""


def disk_is_full(stderr: Sequence[str]) -> bool:
    """Whether the process stopped because nothing more could be written."""
    return any(word in line for line in stderr for word in _FULL)


def explain(stderr: Sequence[str], *, hide: Sequence[str] = ()) -> str:
    """Why a process failed, in one clause.

    ``stderr`` is its last lines; ``hide`` are paths of ours, of which only the last part may be seen.
    """
    for known, reason in _KNOWN:
        if any(known in line for line in stderr):
            return reason
    last = next((line for line in reversed(stderr) if line.strip()), "")
    last = _SPEAKER.sub("", last.strip())
    for path in hide:
        last = last.replace(f"file:{path}", path).replace(path, path.rstrip("/").rpartition("/")[2])
    return last[:200].rstrip(".") or "ffmpeg gave no reason"
