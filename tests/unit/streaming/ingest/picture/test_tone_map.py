"""Hues stay, dark tones stay, highlights fit."""

import colorsys
from itertools import product

import pytest

from streaming.ingest.picture import tone_map
from streaming.ingest.picture.colour import HLG, PQ

Table = list[tuple[float, float, float]]


@pytest.fixture(scope="module")
def pq() -> Table:
    return parsed(tone_map.cube(PQ, "bt2020", 1000))


def parsed(text: str) -> Table:
    head, *lines = text.splitlines()
    assert head == f"LUT_3D_SIZE {tone_map.SIZE}"
    assert len(lines) == tone_map.SIZE**3
    table = []
    for line in lines:
        red, green, blue = (float(cell) for cell in line.split())
        table.append((red, green, blue))
    return table


def test_grey_stays_grey_and_grows(pq: Table) -> None:
    size = tone_map.SIZE
    greys = [pq[index * (1 + size + size * size)] for index in range(size)]
    assert all(max(grey) - min(grey) < 0.002 for grey in greys)
    assert [max(grey) for grey in greys] == sorted(max(grey) for grey in greys)
    assert greys[0] == (0, 0, 0)
    assert max(greys[-1]) == pytest.approx(1, abs=0.001)


def test_every_colour_fits(pq: Table) -> None:
    assert all(0 <= channel <= 1 for colour in pq for channel in colour)


def test_hues_stay() -> None:
    """Of every colour that BT.709 can show, from dark to far beyond white."""
    for hue, saturation, nits in product(range(0, 360, 15), (0.3, 0.7, 0.95), (20, 203, 600, 3000)):
        light = [channel**2.2 * nits / tone_map.WHITE_NITS for channel in colorsys.hsv_to_rgb(hue / 360, saturation, 1)]
        tone = tone_map._knee(1000)
        shown = tone_map._shown((light[0], light[1], light[2]), tone, 2.2)
        found = colorsys.rgb_to_hsv(*shown)[0] * 360
        assert max(shown) - min(shown) > 0.02 or nits > 1000
        assert min(abs(found - hue), 360 - abs(found - hue)) < 1


def test_dark_and_middle_tones_stay_as_bright_as_they_are() -> None:
    tone = tone_map._knee(1000)
    assert [tone(light) for light in (0.01, 0.1, 0.3)] == [0.01, 0.1, 0.3]
    assert 0.7 < tone(1) < 0.9
    assert tone(1000 / tone_map.WHITE_NITS) == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize("nits", [0.01, 1, 100, 203, 1000, 10_000])
def test_pq_there_and_back(nits: float) -> None:
    assert tone_map.pq_nits(tone_map.pq_code(nits)) == pytest.approx(nits, rel=1e-6)


def test_pq_of_the_standard() -> None:
    assert tone_map.pq_code(203) == pytest.approx(0.5807, abs=0.0001), "58 % of BT.2408"


def test_hlg_of_the_standard() -> None:
    """75 % of HLG is diffuse white: 203 cd/m² (BT.2408)."""
    assert tone_map._hlg(0.75, 0.75, 0.75)[0] == pytest.approx(1, abs=0.01)
    assert tone_map._hlg(1, 1, 1)[0] * tone_map.WHITE_NITS == pytest.approx(1000, rel=0.01)
    assert max(parsed(tone_map.cube(HLG, "bt2020", 1000))[-1]) == pytest.approx(1, abs=0.001)


def test_wide_gamut_alone_keeps_its_tones() -> None:
    table = parsed(tone_map.cube(None, "smpte432", 1000))
    size = tone_map.SIZE
    middle = table[16 * (1 + size + size * size)]
    assert middle == pytest.approx((0.5, 0.5, 0.5), abs=0.001)


def test_bt2020_to_bt709_as_the_standard_has_it() -> None:
    """ITU-R BT.2087-0 §4, the inverse matrix of annex 1."""
    assert tone_map._conversion("bt2020")[0] == pytest.approx((1.6605, -0.5876, -0.0728), abs=0.0001)
