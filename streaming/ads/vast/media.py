"""Which file of a creative is taken.  Pure."""

from collections.abc import Iterable
from typing import Final

from streaming.ads.vast.document import MediaFile

TYPES: Final = frozenset({"video/mp4", "video/webm", "video/quicktime", "video/x-m4v"})
FULL_HD_PX: Final = 1080
"""More than that is more to fetch and to encode, and nobody looks at an ad so closely."""


def choose(files: Iterable[MediaFile]) -> MediaFile | None:
    """The best one that is one whole video file: up to :data:`FULL_HD_PX` the largest, else the smallest; then by bitrate.

    The mezzanine (§3.9.2) where there is nothing else: it is made for this, and may have gigabytes.  Programs are left out, and so
    is HLS: another server's playlists would have to be asked by viewers' browsers.
    """

    def rank(file: MediaFile) -> tuple[bool, bool, int, int]:
        fits = file.height_px <= FULL_HD_PX
        return not file.is_mezzanine, fits, file.height_px if fits else -file.height_px, file.bitrate_kbps

    whole = [file for file in files if file.is_progressive and file.type in TYPES and not file.api_framework]
    return max(whole, key=rank, default=None)
