"""The shape of a picture as people see it: cropped as its container asks, with square pixels, turned upright.  Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

_ASPECTS: Final = tuple(
    Fraction(*pair)
    for pair in (
        *((12, 11), (10, 11), (16, 11), (40, 33), (24, 11), (20, 11), (32, 11), (80, 33), (18, 11), (15, 11)),
        *((64, 33), (160, 99), (4, 3), (3, 2), (2, 1), (64, 45), (16, 15), (32, 27), (8, 9), (59, 54), (118, 81)),
    )
)
"""Shapes of pixels that exist (ITU-T H.264 table E-1, and what discs use)."""

_NEAR: Final = 0.02
"""Rounded display sizes miss a standard shape by less."""


@dataclass(frozen=True, slots=True)
class Crop:
    """Columns and lines to take away, in the picture as it is coded."""

    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0


@dataclass(frozen=True, slots=True)
class Geometry:
    """How to get from the coded picture to what is shown."""

    width: int
    height: int
    """As people see it."""
    crop: Crop = field(default_factory=Crop)
    rotation: int = 0
    """Degrees counter-clockwise by which it is turned upright."""
    mirrored: bool = False
    """Whether it is turned upside down as in a mirror, before it is turned upright."""


def read(stream: Mapping[str, Any]) -> Geometry:
    """The geometry of a video stream as ffprobe describes it."""
    coded_width, coded_height = whole(stream.get("width")) or 0, whole(stream.get("height")) or 0
    crop = _crop(stream, coded_width, coded_height)
    width, height = coded_width - crop.left - crop.right, coded_height - crop.top - crop.bottom
    aspect = _aspect(ratio(stream.get("sample_aspect_ratio"), ":"), coded_width, coded_height, width, height)
    # Wider pixels: more columns; taller pixels: more lines.  Nothing of the source is thrown away.
    if aspect > 1:
        width = round(width * aspect)
    else:
        height = round(height / aspect)
    rotation, mirrored = _turn(stream)
    if rotation % 180 == 90:
        width, height = height, width
    return Geometry(width, height, crop, rotation, mirrored)


def whole(value: Any) -> int | None:
    """An integer out of a report; ``None`` for anything else."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def ratio(value: Any, separator: str) -> Fraction | None:
    """``24000/1001``; ``None`` for ``0/0``, which is how ffprobe says that it does not know."""
    try:
        numerator, denominator = (int(part) for part in str(value).split(separator))
    except ValueError:
        return None
    return Fraction(numerator, denominator) if numerator > 0 and denominator > 0 else None


def _crop(stream: Mapping[str, Any], width: int, height: int) -> Crop:
    """What Matroska's PixelCrop or MP4's ``clap`` takes away; nothing where it would leave nothing."""
    for side in stream.get("side_data_list") or []:
        if "crop_top" in side:
            left, right, top, bottom = (
                max(0, whole(side.get(f"crop_{edge}")) or 0) for edge in ("left", "right", "top", "bottom")
            )
            if left + right < width and top + bottom < height:
                return Crop(left, right, top, bottom)
    return Crop()


def _aspect(stated: Fraction | None, coded_width: int, coded_height: int, width: int, height: int) -> Fraction:
    """The shape of a pixel.

    With a crop, files disagree on whether the size to display is that of the whole picture or of what is left of it: of the
    three readings the first that gives square pixels, or a shape that exists, is taken.
    """
    if stated is None or not Fraction(1, 10) < stated < 10:
        return Fraction(1)
    if (width, height) == (coded_width, coded_height):
        return stated
    change = Fraction(coded_width * height, coded_height * width)
    readings = (stated, stated / change, stated * change)
    for shapes in ((Fraction(1),), _ASPECTS):
        for reading in readings:
            if any(abs(reading / shape - 1) < _NEAR for shape in shapes):
                return reading
    return stated


def _turn(stream: Mapping[str, Any]) -> tuple[int, bool]:
    """Degrees, from the display matrix (phones) or the older tag; and whether the matrix mirrors."""
    for side in stream.get("side_data_list") or []:
        if "rotation" in side:
            return whole(side["rotation"]) or 0, _mirrors(str(side.get("displaymatrix") or ""))
    # The old tag counts clockwise.
    return -(whole((stream.get("tags") or {}).get("rotate")) or 0), False


def _mirrors(matrix: str) -> bool:
    """Whether the 3×3 matrix that ffprobe dumps has a negative determinant."""
    rows = [line.partition(":")[2].split() for line in matrix.strip().splitlines()]
    try:
        (a, b, _), (c, d, _) = ([int(cell) for cell in row] for row in rows[:2])
    except ValueError:
        return False
    return a * d - b * c < 0
