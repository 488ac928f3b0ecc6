"""What the numbers in a picture mean: matrix, range, transfer and primaries (ITU-T H.273), from tags that may be missing.  Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from streaming.ingest.picture.geometry import whole

PQ: Final = "smpte2084"
HLG: Final = "arib-std-b67"
HDR_TRANSFERS: Final = frozenset({PQ, HLG})
"""ITU-R BT.2100: shown as they are on an ordinary screen they look grey and flat."""

WIDE_PRIMARIES: Final = frozenset({"bt2020", "smpte431", "smpte432"})
"""BT.2020, DCI P3 and Display P3: shown as they are they look pale."""

DEFAULT_PEAK_NITS: Final = 1000
"""What most masters and all phones are graded for, where nothing says so."""

_HD_HEIGHT: Final = 720
"""An untagged picture from here on is BT.709, a smaller one BT.601: what cameras, discs and players agree on."""

_MATRICES: Final = {
    "bt709": "bt709",
    "smpte170m": "smpte170m",
    "bt470bg": "bt470bg",
    "smpte240m": "smpte240m",
    "fcc": "fcc",
    "bt2020nc": "bt2020",
    # Constant luminance: a little off in saturated edges, and nothing decodes it better.
    "bt2020c": "bt2020",
}
"""ffprobe's word → the one of ffmpeg's ``scale``."""

_KEPT: Final = frozenset({"bt709", "smpte170m", "bt470bg"})
"""Matrices and primaries that every player knows, so that a picture can stay as it is."""

_UNREADABLE: Final = {
    "ictcp": "ICtCp",
    "ipt-c2": "IPT",
    "ycgco": "YCgCo",
    "ycgco-re": "YCgCo-R",
    "ycgco-ro": "YCgCo-R",
    "ydzdx": "YDzDx",
}
"""ffmpeg decodes such pictures, and no filter of ours can tell their colours."""


@dataclass(frozen=True, slots=True)
class Colour:
    """How to read the colours of a picture."""

    matrix: str | None = "bt709"
    """YCbCr to RGB, in the words of ffmpeg's ``scale``; ``None``: it is RGB."""
    transfer: str | None = None
    primaries: str | None = None
    """As tagged."""
    full_range: bool | None = None
    """``None``: nobody says, which means limited (for RGB full)."""
    peak_nits: int = DEFAULT_PEAK_NITS
    """Its brightest white, for a high dynamic range."""
    unreadable: str | None = None
    """Why nobody without a licence can tell these colours: ``Dolby Vision profile 5``."""

    @property
    def is_hdr(self) -> bool:
        """Whether its transfer is PQ or HLG (BT.2100), which an ordinary screen shows wrongly."""
        return self.transfer in HDR_TRANSFERS

    @property
    def needs_mapping(self) -> bool:
        """Whether an ordinary screen would show something else."""
        return self.is_hdr or self.primaries in WIDE_PRIMARIES

    @property
    def output_matrix(self) -> str:
        """The matrix it leaves us with: its own where every player knows it.

        RGB may choose, and BT.601 comes back exact everywhere: Chromium's software path (libyuv) caps the blue of BT.709.
        """
        if self.needs_mapping:
            return "bt709"
        if self.matrix is None:
            return "smpte170m"
        return self.matrix if self.matrix in _KEPT else "bt709"

    @property
    def output_primaries(self) -> str:
        """Never "unknown": Chromium then forgets the matrix as well, and guesses all of it by the size of the picture."""
        return self.primaries if self.primaries in _KEPT and not self.needs_mapping else "bt709"


def read(stream: Mapping[str, Any]) -> Colour:
    """The colours of a video stream as ffprobe describes it."""
    space, height = str(stream.get("color_space") or ""), whole(stream.get("height")) or 0
    pixels = str(stream.get("pix_fmt") or "")
    primaries = stream.get("color_primaries")
    transfer = stream.get("color_transfer")
    is_rgb = space == "gbr" or pixels.startswith(("gbr", "rgb", "bgr", "argb", "abgr", "0rgb", "0bgr", "pal8"))
    guess = "bt2020" if transfer in HDR_TRANSFERS else "bt709" if height >= _HD_HEIGHT else "smpte170m"
    tagged_range = stream.get("color_range")
    return Colour(
        matrix=None if is_rgb else _MATRICES.get(space, guess),
        transfer=str(transfer) if transfer else None,
        primaries="bt2020" if transfer in HDR_TRANSFERS and primaries not in WIDE_PRIMARIES else primaries,
        full_range=True
        if tagged_range == "pc" or pixels.startswith("yuvj")
        else False
        if tagged_range == "tv"
        else None,
        peak_nits=peak_nits(stream.get("side_data_list") or []) or DEFAULT_PEAK_NITS,
        unreadable=_dolby(stream) or _UNREADABLE.get(space),
    )


def peak_nits(side_data: Any) -> int | None:
    """The brightest white that the side data of a stream or frame tell of."""
    for side in side_data:
        content = whole(side.get("max_content"))
        if content:
            return content
    for side in side_data:
        numerator, _, denominator = str(side.get("max_luminance") or "").partition("/")
        if numerator.isdigit() and (denominator or "1").isdigit() and int(denominator or 1):
            return int(numerator) // int(denominator or 1) or None
    return None


def _dolby(stream: Mapping[str, Any]) -> str | None:
    """A Dolby Vision profile without a base layer that anybody else can show (compatibility id 0: profile 5, 10.0)."""
    for side in stream.get("side_data_list") or []:
        profile = whole(side.get("dv_profile"))
        if profile is not None and whole(side.get("dv_bl_signal_compatibility_id")) == 0:
            return f"Dolby Vision profile {profile}"
    return None
