"""``/api/v1/drm/packagers``: who may ask for content keys from outside, for administrators."""

from kernel.access import Role
from kernel.http import Call, Router
from streaming.keys.packagers import usecases
from streaming.keys.packagers.model import PackagerNotFound, TooManyPackagers
from streaming.keys.packagers.schemas import PackagerIn, PackagerOut, PackagersOut, PackagerWithTokenOut
from streaming.keys.packagers.usecases import Packagers

router = Router("/api/v1/drm/packagers", tag="DRM")


@router.get("", role=Role.ADMIN, summary="List the outside packagers")
async def list_packagers(call: Call) -> PackagersOut:
    return PackagersOut(items=[PackagerOut.of(one) for one in await call.port(Packagers).all()])


@router.post(
    "", role=Role.ADMIN, status=201, summary="Let an outside packager ask for keys", raises=(TooManyPackagers,)
)
async def add_packager(call: Call, body: PackagerIn) -> PackagerWithTokenOut:
    """The token comes with this answer and never again; it is good for `POST /api/v1/drm/speke` alone."""
    return PackagerWithTokenOut.with_token(*await usecases.add(call.port(Packagers), body.name, now=call.clock.now()))


@router.delete("/{packager_id}", role=Role.ADMIN, summary="Revoke a packager's token", raises=(PackagerNotFound,))
async def revoke_packager(call: Call, packager_id: str) -> None:
    await usecases.revoke(call.port(Packagers), packager_id, now=call.clock.now())
