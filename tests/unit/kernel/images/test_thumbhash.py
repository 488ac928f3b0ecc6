"""ThumbHash against what the format's own encoder (npm package thumbhash 0.1.1) makes of the same pixels."""

import pytest

from kernel.images.thumbhash import thumbhash


def pixels(width: int, height: int, *, alpha: bool = False) -> bytes:
    """Gradients in all channels, the same in every language: integers alone."""
    return bytes(
        value
        for y in range(height)
        for x in range(width)
        for value in (x * 255 // width, y * 255 // height, (x * y * 7) % 256, (x * 255 // width) if alpha else 255)
    )


def fields(packed: bytes) -> list[int]:
    """The numbers in a hash, alpha and the waves of the shorter side at 4 and 5."""
    first, second = int.from_bytes(packed[:3], "little"), int.from_bytes(packed[3:5], "little")
    return [
        *(first >> shift & 63 for shift in (0, 6, 12)), first >> 18 & 31, first >> 23,
        second & 0x8007, second >> 3 & 63, second >> 9 & 63,
        *(nibble for byte in packed[5:] for nibble in (byte & 15, byte >> 4)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("width", "height", "alpha", "expected"),
    [
        (43, 64, False, "1ef809351a7076807777776777877777917008f878"),
        (64, 36, False, "1e080a349a717677707777777776808109f888"),
        (20, 20, True, "a25886150c37b387b087876878d1b03bfb7470777888888877"),
        (1, 3, False, "47590d5a2a08837c8888870c088377cf88"),
        (64, 64, False, "1f080a371a70767780777877776877778877070887808f07"),
    ],
)
def test_the_same_as_the_formats_own_encoder(width: int, height: int, alpha: bool, expected: str) -> None:
    made = fields(thumbhash(width, height, pixels(width, height, alpha=alpha)))
    wanted = fields(bytes.fromhex(expected))
    assert len(made) == len(wanted)
    # What lies half-way between two values may fall to either side, as the order of additions has it.
    assert max(abs(one - other) for one, other in zip(made, wanted, strict=True)) <= 1
    assert made[4:6] == wanted[4:6], "alpha and shape"


def test_what_is_no_picture_of_its_size_is_refused() -> None:
    for width, height, count in ((0, 1, 0), (101, 1, 404), (2, 2, 15)):
        with pytest.raises(ValueError):
            thumbhash(width, height, bytes(count))
