"""Content keys: what has one of its own, and who may have which."""

import pytest

from streaming.keys.model import ContentKey, TrackClass, track_class_of


@pytest.mark.parametrize(
    ("short_side_px", "expected"),
    [
        (144, TrackClass.SD),
        (576, TrackClass.SD),
        (577, TrackClass.HD),
        (1080, TrackClass.HD),
        (1081, TrackClass.UHD),
        (2160, TrackClass.UHD),
    ],
)
def test_the_class_of_a_picture(short_side_px: int, expected: TrackClass) -> None:
    assert track_class_of(short_side_px) is expected


@pytest.mark.parametrize(
    ("max_height_px", "allowed"),
    [
        (None, {"sd", "hd", "uhd", "audio"}),
        (2160, {"sd", "hd", "uhd", "audio"}),
        (1080, {"sd", "hd", "audio"}),
        (720, {"sd", "hd", "audio"}),
        (576, {"sd", "audio"}),
        (240, {"sd", "audio"}),
    ],
)
def test_what_a_limit_of_height_allows(max_height_px: int | None, allowed: set[str]) -> None:
    assert {each.value for each in TrackClass if each.is_within(max_height_px)} == allowed


def test_a_key_is_random_and_hidden() -> None:
    one, other = (ContentKey.make("film", TrackClass.HD, 0) for _ in range(2))
    assert len({one.key, other.key, one.iv, other.iv, one.kid_bytes, other.kid_bytes}) == 6
    assert {len(part) for part in (one.key, one.iv, one.kid_bytes)} == {16}
    shown = f"{one!r} {one}"
    assert one.kid in shown
    assert repr(one.key) not in shown
    assert one.key.hex() not in shown
