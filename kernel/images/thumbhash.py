"""ThumbHash: a picture as some 25 bytes, to show a blur of it until it is loaded (https://evanw.github.io/thumbhash/).

A few cosine waves of brightness and of two differences of colour, with 4 bits for each, and the aspect ratio.
"""

from collections.abc import Sequence
from math import floor
from typing import Final

import numpy as np
from numpy.typing import NDArray

MAX_SIDE_PX: Final = 100
"""What the format's own encoder takes; more shows no difference."""

_Channel = tuple[float, list[float], float]
"""The constant part, the waves from 0 to 1, and what they were divided by."""


def thumbhash(width_px: int, height_px: int, rgba: bytes) -> bytes:
    """The hash of a picture of at most 100 × 100 pixels: rows from the top, four bytes a pixel, alpha not multiplied in.

    Raises ``ValueError`` for a larger one, and where the bytes are not as many.
    """
    if not (0 < width_px <= MAX_SIDE_PX and 0 < height_px <= MAX_SIDE_PX):
        raise ValueError(f"{width_px} × {height_px} is no picture of 1 to {MAX_SIDE_PX} pixels a side")
    pixels = np.frombuffer(rgba, dtype=np.uint8).reshape(height_px, width_px, 4).astype(np.float64) / 255
    colour, alpha = pixels[..., :3], pixels[..., 3]
    opaque = float(alpha.sum())
    average = (colour * alpha[..., None]).sum(axis=(0, 1)) / opaque if opaque else np.zeros(3)
    has_alpha = opaque < width_px * height_px
    longer = max(width_px, height_px)
    most = 5 if has_alpha else 7  # fewer waves of brightness leave room for those of alpha
    waves_x, waves_y = max(1, _rounded(most * width_px / longer)), max(1, _rounded(most * height_px / longer))

    # Composited over the average colour, so that what cannot be seen changes nothing.
    red, green, blue = np.moveaxis(average * (1 - alpha[..., None]) + colour * alpha[..., None], 2, 0)
    brightness = _encoded((red + green + blue) / 3, max(3, waves_x), max(3, waves_y))
    yellow_blue = _encoded((red + green) / 2 - blue, 3, 3)
    red_green = _encoded(red - green, 3, 3)

    landscape = width_px > height_px
    header = (
        _rounded(63 * brightness[0])
        | _rounded(31.5 + 31.5 * yellow_blue[0]) << 6
        | _rounded(31.5 + 31.5 * red_green[0]) << 12
        | _rounded(31 * brightness[2]) << 18
        | has_alpha << 23
    )
    more = (
        (waves_y if landscape else waves_x)
        | _rounded(63 * yellow_blue[2]) << 3
        | _rounded(63 * red_green[2]) << 9
        | landscape << 15
    )
    out = bytearray(header.to_bytes(3, "little") + more.to_bytes(2, "little"))
    waves = [*brightness[1], *yellow_blue[1], *red_green[1]]
    if has_alpha:
        transparency = _encoded(alpha, 5, 5)
        out.append(_rounded(15 * transparency[0]) | _rounded(15 * transparency[2]) << 4)
        waves += transparency[1]
    return bytes(out + _nibbles([_rounded(15 * wave) for wave in waves]))


def _encoded(channel: NDArray[np.float64], count_x: int, count_y: int) -> _Channel:
    height_px, width_px = channel.shape
    along_x = _cosines(width_px, count_x)
    along_y = _cosines(height_px, count_y)
    waves = along_y @ channel @ along_x.T / (width_px * height_px)
    # A triangle of them: what is fast in both directions nobody sees in a blur.
    kept = [float(waves[y, x]) for y in range(count_y) for x in range(count_x) if x * count_y < count_x * (count_y - y)]
    constant, rest = kept[0], kept[1:]
    scale = max((abs(wave) for wave in rest), default=0.0)
    return constant, [0.5 + 0.5 * wave / scale if scale else 0.0 for wave in rest], scale


def _cosines(length_px: int, count: int) -> NDArray[np.float64]:
    wave, place = np.arange(count)[:, None], np.arange(length_px)[None, :] + 0.5
    cosines: NDArray[np.float64] = np.cos(np.pi / length_px * wave * place)
    return cosines


def _rounded(value: float) -> int:
    """To the nearest, halves up, as the format's own encoder does."""
    return floor(value + 0.5)


def _nibbles(values: Sequence[int]) -> bytearray:
    packed = bytearray((len(values) + 1) // 2)
    for place, value in enumerate(values):
        packed[place // 2] |= value << 4 * (place % 2)
    return packed
