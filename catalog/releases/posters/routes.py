"""Posters over HTTP: the picture itself is the body."""

from base64 import b64encode
from typing import Final

from catalog.releases.model import ReleaseNotFound
from catalog.releases.poster import WIDTHS_PX, Poster, poster_key
from catalog.releases.posters import usecases
from catalog.releases.posters.adapters.context import context_of
from catalog.releases.posters.usecases import PosterFiles, PosterRecords
from catalog.releases.schemas import ReleaseOut
from catalog.releases.usecases import Releases, release_called
from kernel.access import Role
from kernel.errors import Stale, TooManyRequests, Unavailable
from kernel.http import Call, Reply, Router, versioned
from kernel.images.images import ImageTooLarge, ImageTooLong, ImageTooSmall, NotAnImage, scaled_webps
from kernel.images.pictures import read_image
from kernel.images.thumbhash import thumbhash
from kernel.limits import Limit

router = Router(tag="Catalog")

POSTERS: Final = Limit("posters", attempts=600, window_s=3600)
"""Of one editor: one each six seconds, some 100 MB an hour, of which only the last of a release is kept."""
MEDIA_TYPES: Final = ("image/jpeg", "image/png", "image/webp", "image/avif")
"""What a client may say it sends; what it really is the first bytes tell."""
MAX_RATIO: Final = 3.0
"""A poster is 1.4 to 1.5 times as high as it is wide, a banner twice as wide as high; the rest is a mistake."""


@router.post(
    "/releases/{release}/poster",
    role=Role.EDITOR,
    transaction=False,
    limit=POSTERS,
    media=MEDIA_TYPES,
    summary="Give a release a poster",
    raises=(
        ReleaseNotFound, NotAnImage, ImageTooLarge, ImageTooSmall, ImageTooLong, Stale, TooManyRequests, Unavailable,
    ),
)  # fmt: skip
async def post_poster(call: Call, release: str) -> Reply[ReleaseOut]:
    """The body is the picture: JPEG, PNG, WebP or AVIF, at most 8 MiB and 25 megapixels, at least 180 pixels wide. It is kept in up
    to three widths as WebP; nothing else of the file is."""
    async with call.container.scope(write=False) as scope:
        release_id = (await release_called(scope.port(Releases), release)).id
        files = scope.port(PosterFiles)
    scaled = await scaled_webps(await read_image(call.request, MEDIA_TYPES), widths_px=WIDTHS_PX, max_ratio=MAX_RATIO)
    key = poster_key(release_id, scaled.webps[scaled.width_px])
    preview = b64encode(thumbhash(*scaled.preview_size_px, scaled.preview_rgba)).decode()
    poster = Poster(key, scaled.width_px, scaled.height_px, preview)
    async with call.write_scope() as scope:
        await scope.port(PosterRecords).note(key, call.clock.now())
    await files.write(key, scaled.webps)
    async with call.write_scope() as scope:
        shown = await usecases.show(context_of(scope), release_id, poster, version=call.if_match())
        await scope.flush()
    return versioned(ReleaseOut.of(shown), shown.version)


@router.delete(
    "/releases/{release}/poster",
    role=Role.EDITOR,
    summary="Take a release's poster away",
    raises=(ReleaseNotFound, Stale),
)
async def delete_poster(call: Call, release: str) -> Reply[ReleaseOut]:
    """What is shown then is the picture of an episode, or one made of the title."""
    shown = await usecases.remove(context_of(call.scope), release, version=call.if_match())
    await call.scope.flush()
    return versioned(ReleaseOut.of(shown), shown.version)
