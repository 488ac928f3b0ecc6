"""``/api/v1/admin/storage``: what lies where, for administrators; nothing here changes anything."""

from dataclasses import asdict
from typing import Final

from kernel.access import Role
from kernel.http import Call, Router
from kernel.storage import StorageAway
from server.overview.storage import usecases
from server.overview.storage.adapters import context_of
from server.overview.storage.schemas import StorageGarbageOut, StorageOut

router = Router("/api/v1/admin", tag="Administration")

SHOWN: Final = 100


@router.get("/storage", role=Role.ADMIN, summary="How much of what is stored where")
async def get_storage(call: Call) -> StorageOut:
    """Without asking the bucket: what is ready and not in the folder is there."""
    return StorageOut.model_validate(asdict(await usecases.look(context_of(call.scope))))


@router.get(
    "/storage/garbage",
    role=Role.ADMIN,
    summary="What `ani storage gc` would remove",
    raises=(StorageAway,),
)
async def get_storage_garbage(call: Call) -> StorageGarbageOut:
    """Lists folder and bucket, which takes seconds where there is much; what changed in the last day does not count."""
    found = await usecases.garbage(context_of(call.scope))
    largest = sorted(found, key=lambda one: (-one.size_bytes, one.key))[:SHOWN]
    return StorageGarbageOut.model_validate(
        {
            "count": len(found),
            "size_bytes": sum(one.size_bytes for one in found),
            "largest": [asdict(one) for one in largest],
        }
    )
