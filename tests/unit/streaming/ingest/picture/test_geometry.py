"""The shape of a picture: crop, pixels, turn."""

from typing import Any

import pytest

from streaming.ingest.picture import geometry
from streaming.ingest.picture.geometry import Crop

CROPPED: dict[str, Any] = {
    "width": 640,
    "height": 480,
    "side_data_list": [
        {"side_data_type": "Frame Cropping", "crop_top": 60, "crop_bottom": 60, "crop_left": 0, "crop_right": 0}
    ],
}


def matrix(a: int, b: int, c: int, d: int, rotation: int) -> dict[str, Any]:
    cells = [(a, b, 0), (c, d, 0), (0, 0, 16384)]
    dump = "\n" + "\n".join(
        f"{row:08x}: " + " ".join(f"{cell * 65536:12d}" for cell in line) for row, line in enumerate(cells)
    )
    return {"width": 320, "height": 180, "side_data_list": [{"displaymatrix": dump + "\n", "rotation": rotation}]}


@pytest.mark.parametrize(
    ("aspect", "shown"),
    [
        (None, (640, 360)),
        ("0:1", (640, 360)),
        ("1:1", (640, 360)),
        # Matroska whose display size is that of the whole picture, and MP4 whose track header has that of the rest.
        ("3:4", (640, 360)),
        ("4:3", (640, 360)),
        # Neither is square, and 64:45 exists.
        ("64:45", (910, 360)),
    ],
)
def test_a_crop_stretches_nothing(aspect: str | None, shown: tuple[int, int]) -> None:
    read = geometry.read(CROPPED | {"sample_aspect_ratio": aspect})
    assert (read.width, read.height) == shown
    assert read.crop == Crop(top=60, bottom=60)


def test_a_crop_that_leaves_nothing_is_none() -> None:
    side = [{"crop_top": 300, "crop_bottom": 300, "crop_left": 0, "crop_right": 0}]
    assert geometry.read(CROPPED | {"side_data_list": side}).height == 480


def test_a_crop_and_a_turn() -> None:
    read = geometry.read(CROPPED | {"side_data_list": [*CROPPED["side_data_list"], {"rotation": -90}]})
    assert (read.width, read.height, read.rotation) == (360, 640, -90)


@pytest.mark.parametrize(
    ("described", "turn"),
    [
        (matrix(0, -1, 1, 0, 90), (180, 320, 90, False)),
        (matrix(0, 1, -1, 0, -90), (180, 320, -90, False)),
        (matrix(-1, 0, 0, 1, 180), (320, 180, 180, True)),
        (matrix(1, 0, 0, -1, 0), (320, 180, 0, True)),
        ({"width": 320, "height": 180, "tags": {"rotate": "90"}}, (180, 320, -90, False)),
        (
            {"width": 320, "height": 180, "side_data_list": [{"rotation": 90, "displaymatrix": "?"}]},
            (180, 320, 90, False),
        ),
    ],
)
def test_turns_and_mirrors(described: dict[str, Any], turn: tuple[int, int, int, bool]) -> None:
    read = geometry.read(described)
    assert (read.width, read.height, read.rotation, read.mirrored) == turn
