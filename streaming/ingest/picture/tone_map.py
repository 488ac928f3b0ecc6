"""A 3D lookup table from high dynamic range or wide gamut to what every screen shows (BT.709).  Pure arithmetic.

Light is scaled by one factor for all three colours, so that hues stay (a curve on each of them turns blue into violet).  What
is then too bright or too pure for BT.709 is mixed with grey of its own luminance until it fits, which keeps the hue as well.

Sources: ITU-R BT.2100-2 (PQ, HLG and its OOTF), ITU-R BT.2390-10 §5.4.1 (the knee), ITU-R BT.2408-7 (203 cd/m² for white).
"""

from collections.abc import Callable
from functools import lru_cache
from math import exp
from typing import Final

from streaming.ingest.picture.colour import HLG, PQ

SIZE: Final = 33
"""Points on an edge: with PQ's even steps and tetrahedral interpolation within 1 of 255 of the exact value."""

WHITE_NITS: Final = 203
"""Diffuse white of HDR, which becomes white on an ordinary screen."""

_DISPLAY_GAMMA: Final = 2.2
"""Of screens that browsers are shown on."""
_STUDIO_GAMMA: Final = 2.4
"""ITU-R BT.1886, for wide gamut without high dynamic range: undone the same way, so that tones stay."""

_HLG_NITS: Final = 1000
_HLG_GAMMA: Final = 1.2
_HLG_A: Final = 0.17883277
_HLG_B: Final = 1 - 4 * _HLG_A
_HLG_C: Final = 0.55991073

_M1: Final = 2610 / 16384
_M2: Final = 2523 / 4096 * 128
_C1: Final = 3424 / 4096
_C2: Final = 2413 / 4096 * 32
_C3: Final = 2392 / 4096 * 32

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]

_D65: Final = (0.3127, 0.3290)
_CHROMATICITIES: Final = {
    "bt709": ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),
    "bt2020": ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    # DCI P3 with the white of a theatre (431) is shown as Display P3 (432): eyes adapt.
    "smpte431": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    "smpte432": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}


def pq_nits(code: float) -> float:
    """Light in cd/m² of a PQ value from 0 to 1 (SMPTE ST 2084)."""
    power = max(0.0, code) ** (1 / _M2)
    return 10_000 * float((max(0.0, power - _C1) / (_C2 - _C3 * power)) ** (1 / _M1))


def pq_code(nits: float) -> float:
    """The PQ value from 0 to 1 of light in cd/m²."""
    power = (max(0.0, nits) / 10_000) ** _M1
    return float(((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2)


@lru_cache(maxsize=8)
def cube(transfer: str | None, primaries: str | None, peak_nits: int) -> str:
    """The table as the text of a ``.cube`` file: from R'G'B' of the source to R'G'B' of BT.709, both from 0 to 1."""
    to_light = _light(transfer)
    to_bt709 = _conversion(primaries or "bt2020")
    tone = _knee(max(peak_nits, WHITE_NITS)) if transfer in {PQ, HLG} else _identity
    gamma = _DISPLAY_GAMMA if transfer in {PQ, HLG} else _STUDIO_GAMMA
    steps = [index / (SIZE - 1) for index in range(SIZE)]
    lines = [f"LUT_3D_SIZE {SIZE}"]
    for blue in steps:
        for green in steps:
            for red in steps:
                shown = _shown(_times(to_bt709, to_light(red, green, blue)), tone, gamma)
                lines.append(f"{shown[0]:.5f} {shown[1]:.5f} {shown[2]:.5f}")
    return "\n".join(lines) + "\n"


def _shown(light: Triple, tone: Callable[[float], float], gamma: float) -> Triple:
    """R'G'B' of ``light`` (BT.709, white at 1) as an ordinary screen can show it: each channel from 0 to 1."""
    luminance = max(0.0, 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2])
    # By the brightest channel alone saturated colours would come out too dark, by luminance alone too pale.
    norm = (luminance + max(light)) / 2
    if norm <= 0:
        return (0.0, 0.0, 0.0)
    factor = tone(norm) / norm
    grey = min(1.0, luminance * factor) ** (1 / gamma)
    code = _each(light, lambda channel: _signed_power(channel * factor, 1 / gamma))
    # Mixed with its own grey until it fits; after the power, because that is where people and players see hues.
    share = 1.0
    if min(code) < 0:
        share = grey / (grey - min(code))
    if max(code) > 1:
        share = min(share, (1 - grey) / (max(code) - grey))
    return _each(code, lambda channel: min(1.0, max(0.0, grey + (channel - grey) * share)))


def _signed_power(value: float, exponent: float) -> float:
    return float(abs(value) ** exponent) if value >= 0 else -float(abs(value) ** exponent)


def _light(transfer: str | None) -> Callable[[float, float, float], Triple]:
    """From R'G'B' to light, in which diffuse white is 1."""
    if transfer == PQ:
        table = {index / (SIZE - 1): pq_nits(index / (SIZE - 1)) / WHITE_NITS for index in range(SIZE)}
        return lambda red, green, blue: (table[red], table[green], table[blue])
    if transfer == HLG:
        return _hlg
    return lambda red, green, blue: (red**_STUDIO_GAMMA, green**_STUDIO_GAMMA, blue**_STUDIO_GAMMA)


def _hlg(red: float, green: float, blue: float) -> Triple:
    """BT.2100 table 5: the inverse OETF, and the OOTF of a display with 1000 cd/m²."""
    scene = _each((red, green, blue), _hlg_scene)
    luminance = 0.2627 * scene[0] + 0.6780 * scene[1] + 0.0593 * scene[2]
    factor = _HLG_NITS / WHITE_NITS * luminance ** (_HLG_GAMMA - 1) if luminance > 0 else 0.0
    return _each(scene, lambda channel: channel * factor)


def _hlg_scene(code: float) -> float:
    return code * code / 3 if code <= 0.5 else (exp((code - _HLG_C) / _HLG_A) + _HLG_B) / 12


def _identity(light: float) -> float:
    return light


def _knee(peak_nits: int) -> Callable[[float], float]:
    """BT.2390's curve from ``peak_nits`` down to :data:`WHITE_NITS`: dark and middle tones stay, highlights are rolled off."""
    peak = pq_code(peak_nits)
    most = pq_code(WHITE_NITS) / peak
    start = max(0.0, 1.5 * most - 0.5)

    def tone(light: float) -> float:
        place = min(1.0, pq_code(light * WHITE_NITS) / peak)
        if place <= start or start >= 1:
            return light
        t = (place - start) / (1 - start)
        spline = (2 * t**3 - 3 * t**2 + 1) * start + (t**3 - 2 * t**2 + t) * (1 - start) + (-2 * t**3 + 3 * t**2) * most
        return pq_nits(spline * peak) / WHITE_NITS

    return tone


def _conversion(primaries: str) -> Matrix:
    """Linear RGB of ``primaries`` to linear RGB of BT.709; both have D65 for white."""
    return _product(_inverse(_to_xyz("bt709")), _to_xyz(primaries if primaries in _CHROMATICITIES else "bt709"))


def _to_xyz(primaries: str) -> Matrix:
    red, green, blue = (_xyz(x, y) for x, y in _CHROMATICITIES[primaries])
    plain = _transposed((red, green, blue))
    scale = _times(_inverse(plain), _xyz(*_D65))
    return (_scaled(plain[0], scale), _scaled(plain[1], scale), _scaled(plain[2], scale))


def _xyz(x: float, y: float) -> Triple:
    """The colour of a chromaticity, at luminance 1."""
    return (x / y, 1.0, (1 - x - y) / y)


def _inverse(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    determinant = a * (e * i - f * h) + b * (f * g - d * i) + c * (d * h - e * g)
    return (
        ((e * i - f * h) / determinant, (c * h - b * i) / determinant, (b * f - c * e) / determinant),
        ((f * g - d * i) / determinant, (a * i - c * g) / determinant, (c * d - a * f) / determinant),
        ((d * h - e * g) / determinant, (b * g - a * h) / determinant, (a * e - b * d) / determinant),
    )


def _product(left: Matrix, right: Matrix) -> Matrix:
    columns = _transposed(right)
    return _transposed((_times(left, columns[0]), _times(left, columns[1]), _times(left, columns[2])))


def _transposed(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    return ((a, d, g), (b, e, h), (c, f, i))


def _times(matrix: Matrix, vector: Triple) -> Triple:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    x, y, z = vector
    return (a * x + b * y + c * z, d * x + e * y + f * z, g * x + h * y + i * z)


def _scaled(row: Triple, by: Triple) -> Triple:
    return (row[0] * by[0], row[1] * by[1], row[2] * by[2])


def _each(values: Triple, function: Callable[[float], float]) -> Triple:
    return (function(values[0]), function(values[1]), function(values[2]))
