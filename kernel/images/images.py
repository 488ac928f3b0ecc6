"""Pictures that people send, made harmless: whatever comes in, what goes out is WebP of our own making, square or in several widths.

Nothing of the file itself is kept: no metadata (a phone writes where the picture was taken), no second format hidden behind
the first one, no bytes a browser could take for a page.
"""

import asyncio
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import Final, TypeVar

import structlog
from PIL import AvifImagePlugin, Image, ImageOps
from PIL.Image import Transpose
from PIL.JpegImagePlugin import JpegImageFile

from kernel.errors import Invalid, TooLarge, Unavailable

log = structlog.get_logger()

MAX_IMAGE_BYTES: Final = 8 * 1024 * 1024
"""A photo as a phone takes it has 3 to 6 MB."""

MAX_PIXELS: Final = 25_000_000
"""A phone's 24 megapixel photo."""

MAX_DECODED_BYTES: Final = 128 * 1024 * 1024
"""What decoding one picture may take, worked out from its header: that photo as a PNG, 100 MB, fits, and a small server does not
notice.  A file says nothing about it: a lossless WebP of 1 KB can hold 25 megapixels of one colour.  One is decoded at a time."""

_WEBP_BYTES_A_PIXEL: Final = 28
"""libwebp's animation decoder keeps two canvases beside the frame it works on, then three copies are handed over, 4 bytes each."""
_AVIF_BYTES_A_PIXEL: Final = 24
"""Measured 13 with 8 bits, all colours and alpha; with 12 bits the planes take twice as much, and the decoder keeps them once more."""
_GIF_BYTES_A_PIXEL: Final = 2  # one of the palette, and a mask
_PNG_BYTES_A_PIXEL: Final = 4  # Pillow has three channels in four bytes

MAX_JPEG_SCANS: Final = 100
"""Progressive pictures have about ten.  Each goes over the whole picture, so a small file with 100,000 of them would keep a
core busy for hours."""

MAX_WAITING: Final = 16
"""At half a second for the largest there are.  A flood beyond that is told to come back, instead of growing a queue."""

WEBP_QUALITY: Final = 82  # no visible loss at the size of an avatar, 10 to 20 kB

AVATAR_KINDS: Final = frozenset({"JPEG", "PNG", "WEBP", "GIF"})
PICTURE_KINDS: Final = frozenset({"JPEG", "PNG", "WEBP", "AVIF"})
"""What somebody makes with a program for pictures, and no animations."""

PREVIEW_PX: Final = 64
"""The longer side of the preview: a ThumbHash keeps 7 waves of it at most (``kernel.images.thumbhash``)."""

_START_OF_SCAN: Final = b"\xff\xda"  # ITU-T T.81, table B.1; inside scan data an FF is followed by 00
_DRAFT_FACTOR: Final = 2  # a JPEG is decoded at the scale of 1/2, 1/4 or 1/8 that leaves this much to scale down well

_STRIP_PX: Final = 1_000_000  # converted at a time: 4 MB, and few enough strips
_ORIENTATION: Final = 0x0112  # Exif 2.32 §4.6.4
_TURNS: Final = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_LYING: Final = {5, 6, 7, 8}  # on one side: width and height change places

AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # as many pictures as cores are too much for a server that does something else

T = TypeVar("T")

_decoder = ThreadPoolExecutor(1, thread_name_prefix="images")
_waiting = threading.BoundedSemaphore(MAX_WAITING)


class NotAnImage(Invalid):
    """This is not a picture we can read here. Send a whole JPEG, PNG or WebP file."""


class ImageTooLarge(TooLarge):
    """A picture of this kind may have at most {max_bytes} bytes and {max_pixels} pixels. Make it smaller, or send a JPEG."""

    def __init__(self, message: str | None = None, *, max_pixels: int = MAX_PIXELS, **_details: int) -> None:
        super().__init__(message, max_bytes=MAX_IMAGE_BYTES, max_pixels=max_pixels)


class ImageTooSmall(Invalid):
    """A picture of this kind must be at least {min_width_px} pixels wide."""


class ImageTooLong(Invalid):
    """A picture of this kind may be at most {max_ratio} times as long as it is wide, or as wide as it is high."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """One picture in several widths, upright; ``webps`` is width in pixels → file, the last one is the largest."""

    webps: Mapping[int, bytes]
    width_px: int
    height_px: int
    """Of the largest."""
    preview_rgba: bytes
    """Rows from the top, four bytes a pixel, the longer side :data:`PREVIEW_PX`."""
    preview_size_px: tuple[int, int]


def format_of(data: bytes) -> str | None:
    """What the first bytes say ``data`` is, in Pillow's words; ``None`` for everything we do not take."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:12] in (b"ftypavif", b"ftypavis"):  # the major brand, AV1 Image File Format §6
        return "AVIF"
    return None


async def square_webp(data: bytes, *, size_px: int) -> bytes:
    """The middle of a picture as a WebP of ``size_px`` × ``size_px``, upright and without metadata; of an animation the
    first frame.

    Raises :class:`NotAnImage`, :class:`ImageTooLarge`, :class:`kernel.errors.Unavailable` when too many wait already.
    """
    target = (_DRAFT_FACTOR * size_px, _DRAFT_FACTOR * size_px)
    return await _decoded(data, AVATAR_KINDS, lambda _: target, lambda image: _encode(_upright_square(image, size_px)))


async def scaled_webps(data: bytes, *, widths_px: Sequence[int], max_ratio: float) -> Scaled:
    """A whole picture in those of ``widths_px`` (ascending) that it is wide enough for, upright and without metadata; one that is
    narrower than the largest is also kept in its own width.

    Raises :class:`NotAnImage`, :class:`ImageTooLarge`, :class:`ImageTooSmall` where it is narrower than the smallest,
    :class:`ImageTooLong` where a side is more than ``max_ratio`` times the other, :class:`kernel.errors.Unavailable` when too many
    wait already.
    """

    def target(image: Image.Image) -> tuple[int, int]:
        width_px, height_px = _upright_size(image)
        if max(width_px, height_px) > max_ratio * min(width_px, height_px):
            raise ImageTooLong(max_ratio=max_ratio)
        if width_px < widths_px[0]:
            raise ImageTooSmall(min_width_px=widths_px[0])
        # Before it is turned, it may be the height that will be the width.
        scale = _DRAFT_FACTOR * widths_px[-1] / width_px
        return round(image.width * scale), round(image.height * scale)

    return await _decoded(data, PICTURE_KINDS, target, lambda image: _scaled(image, widths_px))


async def _decoded(
    data: bytes,
    kinds: Collection[str],
    target_px: Callable[[Image.Image], tuple[int, int]],
    make: Callable[[Image.Image], T],
) -> T:
    """``make`` of the picture, which is decoded no larger than it must for ``target_px``; in the thread for pictures."""
    if len(data) > MAX_IMAGE_BYTES:
        raise ImageTooLarge
    kind = format_of(data)
    if kind is None or kind not in kinds or (kind == "JPEG" and data.count(_START_OF_SCAN) > MAX_JPEG_SCANS):
        raise NotAnImage
    return await _run(lambda: _made(data, kind, target_px, make))


async def _run(work: Callable[[], T]) -> T:
    if not _waiting.acquire(blocking=False):
        raise Unavailable(retry_after_s=5)
    try:
        return await asyncio.get_running_loop().run_in_executor(_decoder, work)
    finally:
        _waiting.release()


def _made(
    data: bytes,
    kind: str,
    target_px: Callable[[Image.Image], tuple[int, int]],
    make: Callable[[Image.Image], T],
) -> T:
    try:
        # One decoder, the one the first bytes name: none of the many others Pillow has gets to see the file.
        with Image.open(BytesIO(data), formats=[kind]) as image:
            whole_px = image.width * image.height
            image.draft("RGB", target_px(image))
            _ensure_affordable(image, kind, whole_px)
            return make(image)
    except (ImageTooLarge, ImageTooSmall, ImageTooLong):
        raise
    except Image.DecompressionBombError as error:
        raise ImageTooLarge from error
    # A damaged file trips its decoder anywhere: OSError, SyntaxError, struct.error, KeyError, ZeroDivisionError and more.
    except Exception as error:
        log.info("picture refused", kind=kind, reason=f"{type(error).__name__}: {error}")
        raise NotAnImage from error


def _ensure_affordable(image: Image.Image, kind: str, whole_px: int) -> None:
    """Before anything is decoded.  ``whole_px`` are the picture's own pixels, of which a JPEG may be decoded at a smaller scale.

    Raises :class:`ImageTooLarge`.
    """
    per_pixel = _bytes_a_pixel(image, kind, whole_px)
    max_pixels = min(MAX_PIXELS, int(MAX_DECODED_BYTES / per_pixel))
    if whole_px > max_pixels:
        raise ImageTooLarge(max_pixels=max_pixels)


def _bytes_a_pixel(image: Image.Image, kind: str, whole_px: int) -> float:
    """What decoding takes for each pixel of the whole picture."""
    if kind == "WEBP":
        return _WEBP_BYTES_A_PIXEL
    if kind == "AVIF":
        return _AVIF_BYTES_A_PIXEL
    if kind == "GIF":
        return _GIF_BYTES_A_PIXEL
    if kind == "PNG":
        return _PNG_BYTES_A_PIXEL
    assert isinstance(image, JpegImageFile)
    scaled = 4 * image.width * image.height / max(whole_px, 1)
    if not image.info.get("progressive"):
        return scaled
    # Its scans refine one another: two bytes for each coefficient of each component wait for the last one (T.81 §G.1).
    areas = [h * v for _, h, v, _ in image.layer]
    return scaled + 2 * sum(areas) / max(*areas, 1)


def _upright_square(image: Image.Image, size_px: int) -> Image.Image:
    mode = "RGBA" if image.has_transparency_data else "RGB"
    # Small before anything else: turning and converting make copies, and a copy of the whole would cost as much as decoding it.
    side_px = min(image.width, image.height)
    left, top = (image.width - side_px) // 2, (image.height - side_px) // 2
    reduction = max(side_px // (_DRAFT_FACTOR * size_px), 1)
    square = _reduced(image, (left, top, left + side_px, top + side_px), reduction, mode)
    return ImageOps.fit(_turned(square, image), (size_px, size_px))


def _turned(part: Image.Image, image: Image.Image) -> Image.Image:
    """``part`` of ``image``, upright."""
    turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    return part if turn is None else part.transpose(turn)


def _upright_size(image: Image.Image) -> tuple[int, int]:
    lying = image.getexif().get(_ORIENTATION, 1) in _LYING
    return (image.height, image.width) if lying else image.size


def _scaled(image: Image.Image, widths_px: Sequence[int]) -> Scaled:
    mode = "RGBA" if image.has_transparency_data else "RGB"
    width_px, _ = _upright_size(image)
    reduction = max(width_px // (_DRAFT_FACTOR * widths_px[-1]), 1)
    upright = _turned(_reduced(image, (0, 0, image.width, image.height), reduction, mode), image)
    largest = min(widths_px[-1], upright.width)
    webps, height_px = dict[int, bytes](), 0
    for width in dict.fromkeys((*(width for width in widths_px if width <= largest), largest)):
        height_px = max(round(upright.height * width / upright.width), 1)
        webps[width] = _encode(upright.resize((width, height_px), Image.Resampling.LANCZOS))
    preview = upright.convert("RGBA")
    preview.thumbnail((PREVIEW_PX, PREVIEW_PX))
    return Scaled(webps, largest, height_px, preview.tobytes(), preview.size)


def _reduced(image: Image.Image, box: tuple[int, int, int, int], reduction: int, mode: str) -> Image.Image:
    """The part of ``image`` in ``box``, at one ``reduction``-th of its size, in strips that cost next to nothing."""
    left, top, right, bottom = box
    width_px, height_px = -(-(right - left) // reduction), -(-(bottom - top) // reduction)
    out = Image.new(mode, (width_px, height_px))
    step_px = reduction * max(_STRIP_PX // (reduction * (right - left)), 1)
    for strip_top in range(top, bottom, step_px):
        strip = image.crop((left, strip_top, right, min(strip_top + step_px, bottom))).convert(mode)
        out.paste(strip.reduce(reduction) if reduction > 1 else strip, (0, (strip_top - top) // reduction))
    return out


def _encode(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "WEBP", quality=WEBP_QUALITY)  # writes the metadata it is given, and it is given none
    return out.getvalue()
