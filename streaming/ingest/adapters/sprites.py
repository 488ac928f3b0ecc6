"""Thumbnails put together into the sprites of a storyboard, and the one of them that stands for the film."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageStat

from streaming.ingest.picture import storyboard
from streaming.ingest.picture.storyboard import Storyboard

_QUALITY: Final = 80
"""Of JPEG, out of 95: about 4 kB a thumbnail."""

_CANDIDATES: Final = 24
"""Thumbnails among which the poster is looked for."""

_SPOILER_FREE: Final = 0.5
"""The part of the film from which its poster comes: what happens later is not for the front page."""


def chosen(thumbnails: Sequence[Path], board: Storyboard) -> list[Path]:
    """One of ``thumbnails`` for each interval, given those of the beginning and of the middle of each interval.

    The beginning serves where it is all there is; a last interval that ends before its middle shows the one before it.
    """
    middles = list(thumbnails[1:] or thumbnails)[: board.count]
    return middles + middles[-1:] * (board.count - len(middles))


def tile(thumbnails: Sequence[Path], board: Storyboard, folder: Path) -> None:
    """Write the sprites of ``thumbnails`` (in order, each of the board's size) into ``folder``."""
    per_sprite = board.columns * board.rows
    for begin in range(0, len(thumbnails), per_sprite):
        some = thumbnails[begin : begin + per_sprite]
        rows = -(-len(some) // board.columns)
        with Image.new("RGB", (board.columns * board.width, rows * board.height)) as sprite:
            for place, path in enumerate(some):
                row, column = divmod(place, board.columns)
                with Image.open(path) as thumbnail:
                    sprite.paste(thumbnail, (column * board.width, row * board.height))
            sprite.save(folder / storyboard.sprite_name(begin // per_sprite + 1), quality=_QUALITY)


def most_typical(thumbnails: Sequence[Path]) -> int:
    """The index of the thumbnail most like the others of the first half: no fade, no title card, no flash.

    Of the candidates the half with more contrast is considered; the one whose histogram is nearest to their mean is taken.
    """
    known = max(1, int(len(thumbnails) * _SPOILER_FREE))
    places = sorted({known * place // _CANDIDATES for place in range(_CANDIDATES)})
    looks: list[tuple[float, int, list[float]]] = []
    for place in places:
        with Image.open(thumbnails[place]) as thumbnail:
            contrast = sum(ImageStat.Stat(thumbnail).stddev)
            looks.append((contrast, place, [count / thumbnail.width for count in thumbnail.histogram()]))
    looks.sort(reverse=True)
    looks = looks[: -(-len(looks) // 2)]
    mean: list[float] = [
        sum(counts) / len(looks) for counts in zip(*(histogram for _, _, histogram in looks), strict=True)
    ]

    def distance(look: tuple[float, int, list[float]]) -> float:
        return sum((count - expected) * (count - expected) for count, expected in zip(look[2], mean, strict=True))

    return min(looks, key=distance)[1]
