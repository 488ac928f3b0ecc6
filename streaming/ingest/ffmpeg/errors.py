"""From what ffmpeg and the packager complain to what a person can act on.  Pure."""

import re
from collections.abc import Sequence
from typing import Final

_KNOWN: Final = (
    # ffmpeg's words → ours; the first that occurs decides, so the particular stand before the general.
    ("moov atom not found", "its index (moov) is missing: it is no video, or a recording or download that was cut off"),
    ("EBML header parsing failed", "its beginning is damaged"),
    ("ot on whitelist", "this kind of file is not a video container we read"),
    ("Error rate", "most of it cannot be decoded"),
    ("Decode error rate", "most of it cannot be decoded"),
    ("partial file", "it ends in the middle"),
    ("Invalid data found when processing input", "it is no video, or damaged from the beginning"),
    ("End of file", "it ends before the first frame"),
)
_UNDECODABLE: Final = (
    "hardware accelerated AV1",
    "Decoder not found",
    "no decoder found",
    "Cannot find a matching decoder",
)
"""ffmpeg knows AV1 by name, and decodes it only with ``libdav1d`` or in hardware, which static builds lack."""
_CUT_OFF: Final = ("ended prematurely", "partial file")
"""What ffmpeg says of Matroska and MP4 whose structure goes on after the end of the file."""
_TORN: Final = "corrupt input packet"
"""…and of other containers, as its last word, when the last packet is not all there."""
_RESTARTED: Final = "timestamp discontinuity"
_UNDECODED: Final = ("Error submitting packet to decoder", "Decoding error")
_TRACK = re.compile(r"\[[av]ist#0:(\d+)/")
"""The track a message is about: ``[aist#0:1/aac @ 0x7f84]``."""
_FULL: Final = ("No space left on device", "Disk quota exceeded")
_SPEAKER = re.compile(r"^(?:\[[^\]]*\] ?)+")
"""``[mov,mp4,m4a @ 0x55d0c0]`` before a message."""


def disk_is_full(stderr: Sequence[str]) -> bool:
    """Whether the process stopped because nothing more could be written."""
    return any(word in line for line in stderr for word in _FULL)


def is_undecodable(stderr: Sequence[str]) -> bool:
    """Whether there is no decoder for a track, which is no fault of the file's."""
    return any(word in line for line in stderr for word in _UNDECODABLE)


def is_cut_off(stderr: Sequence[str]) -> bool:
    """Whether a file that was read to its end has no end of its own."""
    if any(word in line for line in stderr for word in _CUT_OFF):
        return True
    last = stderr[-1] if stderr else ""
    # A transport stream is a recording of something that went on; its last packet is seldom whole.
    return _TORN in last and "/mpeg" not in last


def clock_restarted(line: str) -> bool:
    """Whether ffmpeg says in ``line`` that it put a clock right that went back."""
    return _RESTARTED in line


def undecoded_track(line: str) -> int | None:
    """The index of the track of which ffmpeg says in ``line`` that a packet cannot be decoded."""
    if not any(word in line for word in _UNDECODED):
        return None
    match = _TRACK.match(line)
    return int(match[1]) if match else None


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
