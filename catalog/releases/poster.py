"""The poster of a release: which files of it there are, and where; and the one that is made up where there is none."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

WIDTHS_PX: Final = (180, 360, 720)
"""A card on a phone is 170 CSS pixels wide, the poster of a release's page 260, on screens with up to three of their own for each."""
USUAL_WIDTH_PX: Final = 360
"""For clients that know one address alone."""
GENERATED_WIDTH_PX: Final = 720
GENERATED_HEIGHT_PX: Final = 1080
STYLE: Final = 1
"""Of generated posters: counted up by whoever makes them look different, so that caches ask again."""
DIGEST_DIGITS: Final = 16  # hexadecimal: 64 bits, which nobody finds who does not know the title


@dataclass(frozen=True)
class Poster:
    """An uploaded one: its files have the widths of :data:`WIDTHS_PX` that are below its own, and its own."""

    key: str
    """Names the files: a digest of what is in them, and of whose they are."""
    width_px: int
    height_px: int
    preview: str
    """ThumbHash, in base64."""

    @property
    def widths_px(self) -> tuple[int, ...]:
        """The files there are, ascending."""
        return (*(width for width in WIDTHS_PX if width < self.width_px), self.width_px)

    def url(self, width_px: int) -> str:
        """Where the file of one width is."""
        return f"/posters/{self.key}/{width_px}.webp"

    @property
    def usual_url(self) -> str:
        """Where the file is that most can use."""
        return self.url(min(USUAL_WIDTH_PX, self.width_px))


class PosterKind(StrEnum):
    """Where a poster comes from."""

    UPLOADED = "uploaded"
    EPISODE = "episode"
    GENERATED = "generated"


@dataclass(frozen=True, slots=True)
class PosterFile:
    """One width of a poster."""

    url: str
    width_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPoster:
    """What to show for a release; ``width_px`` and ``height_px`` are ``None`` where nobody knows, ``preview`` is a ThumbHash in base64."""

    kind: PosterKind
    url: str
    sources: tuple[PosterFile, ...] = ()
    width_px: int | None = None
    height_px: int | None = None
    preview: str | None = None
    colour: str
    """``#rrggbb``, for what is behind it."""


def shown_poster(release_id: str, title: str, *, uploaded: Poster | None, adopted_url: str | None) -> ShownPoster:
    """The uploaded poster beats the picture of an episode, and that beats one made of the title."""
    colour = colour_of(release_id)
    if uploaded is not None:
        return ShownPoster(
            kind=PosterKind.UPLOADED,
            url=uploaded.usual_url,
            sources=tuple(PosterFile(uploaded.url(width_px), width_px) for width_px in uploaded.widths_px),
            width_px=uploaded.width_px,
            height_px=uploaded.height_px,
            preview=uploaded.preview,
            colour=colour,
        )
    if adopted_url is not None:
        return ShownPoster(kind=PosterKind.EPISODE, url=adopted_url, colour=colour)
    return ShownPoster(
        kind=PosterKind.GENERATED,
        url=generated_url(release_id, title),
        width_px=GENERATED_WIDTH_PX,
        height_px=GENERATED_HEIGHT_PX,
        colour=colour,
    )


def poster_key(release_id: str, picture: bytes) -> str:
    """The key of the poster of a release with this file as its largest."""
    return sha256(release_id.encode() + b"\0" + picture).hexdigest()[:32]


def generated_digest(release_id: str, title: str) -> str:
    """What the address of a generated poster ends with: whoever knows it knows the title, so a draft's tells nobody anything."""
    return sha256(f"{STYLE}\0{release_id}\0{title}".encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_DIGITS]


def generated_url(release_id: str, title: str) -> str:
    """Where the poster is that is made of a release's title."""
    return f"/posters/{release_id}/{generated_digest(release_id, title)}.svg"


def hue_of(release_id: str) -> int:
    """The colour of a release, in degrees: the same each time, and far from that of its neighbours."""
    return int.from_bytes(sha256(release_id.encode()).digest()[:4], "big") % 360


def colour_of(release_id: str) -> str:
    """``#rrggbb`` of :func:`hue_of`, dark enough for white letters (contrast 7 : 1 at least)."""
    return hsl_hex(hue_of(release_id), 0.45, 0.26)


def hsl_hex(hue_degrees: float, saturation: float, lightness: float) -> str:
    """``#rrggbb`` (CSS Color 4 §7.1, the sample code of HSL to RGB)."""

    def channel(n: int) -> int:
        k = (n + hue_degrees / 30) % 12
        return round(255 * (lightness - saturation * min(lightness, 1 - lightness) * max(-1, min(k - 3, 9 - k, 1))))

    return f"#{channel(0):02x}{channel(8):02x}{channel(4):02x}"
