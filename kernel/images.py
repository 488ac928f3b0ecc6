"""Pictures that people send, made harmless: whatever comes in, what goes out is a small square WebP of our own making.

Nothing of the file itself is kept: no metadata (a phone writes where the picture was taken), no second format hidden behind
the first one, no bytes a browser could take for a page.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Final

import structlog
from PIL import Image, ImageOps

from kernel.errors import Invalid, TooLarge, Unavailable

log = structlog.get_logger()

MAX_IMAGE_BYTES: Final = 8 * 1024 * 1024
"""A photo as a phone takes it has 3 to 6 MB."""

MAX_PIXELS: Final = 25_000_000
"""A phone's 24 megapixel photo; 100 MB once decoded, which is why one is decoded at a time."""

MAX_JPEG_SCANS: Final = 100
"""Progressive pictures have about ten.  Each goes over the whole picture, so a small file with 100,000 of them would keep a
core busy for hours."""

MAX_WAITING: Final = 16
"""At half a second for the largest there are.  A flood beyond that is told to come back, instead of growing a queue."""

WEBP_QUALITY: Final = 82  # no visible loss at the size of an avatar, 10 to 20 kB

_START_OF_SCAN: Final = b"\xff\xda"  # ITU-T T.81, table B.1; inside scan data an FF is followed by 00
_DRAFT_FACTOR: Final = 2  # a JPEG is decoded at the scale of 1/2, 1/4 or 1/8 that leaves this much to scale down well

_decoder = ThreadPoolExecutor(1, thread_name_prefix="images")
_waiting = threading.BoundedSemaphore(MAX_WAITING)


class NotAnImage(Invalid):
    """This is not a picture we can read. Send a whole JPEG, PNG, WebP or GIF file."""


class ImageTooLarge(TooLarge):
    """A picture may have at most {max_bytes} bytes and {max_pixels} pixels."""

    def __init__(self, message: str | None = None, **_details: int) -> None:
        super().__init__(message, max_bytes=MAX_IMAGE_BYTES, max_pixels=MAX_PIXELS)


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
    return None


async def square_webp(data: bytes, *, size_px: int) -> bytes:
    """The middle of a picture as a WebP of ``size_px`` × ``size_px``, upright and without metadata; of an animation the
    first frame.

    Raises :class:`NotAnImage`, :class:`ImageTooLarge`, :class:`kernel.errors.Unavailable` when too many wait already.
    """
    if len(data) > MAX_IMAGE_BYTES:
        raise ImageTooLarge
    kind = format_of(data)
    if kind is None or (kind == "JPEG" and data.count(_START_OF_SCAN) > MAX_JPEG_SCANS):
        raise NotAnImage
    return await _run(lambda: _square_webp(data, kind, size_px))


async def _run(work: Callable[[], bytes]) -> bytes:
    if not _waiting.acquire(blocking=False):
        raise Unavailable(retry_after_s=5)
    try:
        return await asyncio.get_running_loop().run_in_executor(_decoder, work)
    finally:
        _waiting.release()


def _square_webp(data: bytes, kind: str, size_px: int) -> bytes:
    try:
        # One decoder, the one the first bytes name: none of the many others Pillow has gets to see the file.
        with Image.open(BytesIO(data), formats=[kind]) as image:
            _ensure_size(image)
            image.draft("RGB", (_DRAFT_FACTOR * size_px, _DRAFT_FACTOR * size_px))
            return _encode(_upright_square(image, size_px))
    except ImageTooLarge:
        raise
    except Image.DecompressionBombError as error:
        raise ImageTooLarge from error
    # A damaged file trips its decoder anywhere: OSError, SyntaxError, struct.error, KeyError, ZeroDivisionError and more.
    except Exception as error:
        log.info("picture refused", kind=kind, reason=f"{type(error).__name__}: {error}")
        raise NotAnImage from error


def _ensure_size(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise ImageTooLarge


def _upright_square(image: Image.Image, size_px: int) -> Image.Image:
    transparent = image.has_transparency_data
    upright = ImageOps.exif_transpose(image)
    return ImageOps.fit(upright.convert("RGBA" if transparent else "RGB"), (size_px, size_px))


def _encode(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "WEBP", quality=WEBP_QUALITY)  # writes the metadata it is given, and it is given none
    return out.getvalue()
