"""What the tags of colour mean, where they are and where they are not."""

from typing import Any

import pytest

from streaming.ingest.picture import colour
from streaming.ingest.picture.colour import Colour


def read(**stream: Any) -> Colour:
    return colour.read({"height": 720, "pix_fmt": "yuv420p"} | stream)


@pytest.mark.parametrize(
    ("stream", "matrix", "left_with"),
    [
        ({}, "bt709", "bt709"),
        ({"height": 576}, "smpte170m", "smpte170m"),
        ({"color_space": "bt470bg"}, "bt470bg", "bt470bg"),
        ({"color_space": "bt709", "height": 480}, "bt709", "bt709"),
        ({"color_space": "smpte240m"}, "smpte240m", "bt709"),
        ({"color_space": "bt2020nc", "color_primaries": "bt2020"}, "bt2020", "bt709"),
        ({"color_space": "unknown"}, "bt709", "bt709"),
        ({"color_space": "gbr", "pix_fmt": "gbrp"}, None, "smpte170m"),
        ({"pix_fmt": "rgb24"}, None, "smpte170m"),
        ({"color_transfer": "smpte2084"}, "bt2020", "bt709"),
    ],
)
def test_matrix(stream: dict[str, Any], matrix: str | None, left_with: str) -> None:
    found = read(**stream)
    assert (found.matrix, found.output_matrix) == (matrix, left_with)


@pytest.mark.parametrize(
    ("primaries", "left_with"),
    [(None, "bt709"), ("unknown", "bt709"), ("bt470bg", "bt470bg"), ("bt2020", "bt709"), ("film", "bt709")],
)
def test_primaries_are_never_left_open(primaries: str | None, left_with: str) -> None:
    assert read(color_primaries=primaries).output_primaries == left_with


@pytest.mark.parametrize(
    ("stream", "full"),
    [({}, None), ({"color_range": "tv"}, False), ({"color_range": "pc"}, True), ({"pix_fmt": "yuvj420p"}, True)],
)
def test_range(stream: dict[str, Any], full: bool | None) -> None:
    assert read(**stream).full_range is full


@pytest.mark.parametrize("primaries", ["bt2020", "smpte431", "smpte432"])
def test_wide_gamut_is_mapped(primaries: str) -> None:
    assert read(color_primaries=primaries).needs_mapping
    assert not read(color_primaries="bt709").needs_mapping


@pytest.mark.parametrize(
    ("side_data", "nits"),
    [
        ([], None),
        ([{"max_content": 0, "max_average": 0}], None),
        ([{"max_luminance": "40000000/10000"}], 4000),
        ([{"max_luminance": "40000000/10000"}, {"max_content": 1200}], 1200),
        ([{"max_luminance": "1/0"}], None),
        ([{"max_luminance": "nonsense"}], None),
    ],
)
def test_the_brightest_white(side_data: list[dict[str, Any]], nits: int | None) -> None:
    assert colour.peak_nits(side_data) == nits


@pytest.mark.parametrize(
    ("profile", "compatible", "reason"),
    [(5, 0, "Dolby Vision profile 5"), (10, 0, "Dolby Vision profile 10"), (8, 1, None), (8, 4, None), (7, 6, None)],
)
def test_dolby_vision_without_a_picture_for_others(profile: int, compatible: int, reason: str | None) -> None:
    side = {"side_data_type": "DOVI configuration record", "dv_profile": profile}
    assert read(side_data_list=[side | {"dv_bl_signal_compatibility_id": compatible}]).unreadable == reason


def test_colours_that_no_filter_of_ours_can_tell() -> None:
    assert read(color_space="ictcp", color_transfer="smpte2084").unreadable == "ICtCp"
