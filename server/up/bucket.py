"""SeaweedFS as a part: the bucket of an installation that has no other."""

import asyncio
import contextlib
import re
import shutil
from collections.abc import Mapping, Sequence
from typing import Final

from obstore.exceptions import BaseError

from kernel.storage.bucket import BucketSettings
from server.local_stack import seaweedfs
from server.up.folder import UpFolder
from server.up.part import Part

FOLDER: Final = "seaweedfs"
PORTS: Final = seaweedfs.PORTS
CHATTER: Final = re.compile(r"I\d{4} ")
"""It tells a hundred lines at its start, and some for every volume; warnings and errors begin with W, E and F."""
STOP_TIMEOUT_S: Final = 20.0
"""It says good-bye to itself in several parts, which takes it a quarter of a minute; killed, it loses nothing that was answered."""


def holds_something(folder: UpFolder) -> bool:
    """Whether it ever ran here: then there may be videos in it."""
    return (folder.data_dir / FOLDER).is_dir()


def settings_of(folder: UpFolder, port: int) -> BucketSettings:
    """The bucket on ``port`` of S3."""
    return BucketSettings(
        endpoint=f"http://127.0.0.1:{port}",
        bucket=seaweedfs.BUCKET,
        access_key=seaweedfs.ACCESS_KEY,
        secret_key=folder.password("s3"),
    )


def part(folder: UpFolder, *, ports: Sequence[int]) -> Part:
    """SeaweedFS on :data:`PORTS` ports of 127.0.0.1, the first for S3, with one bucket.  Raises ``ProgramMissing``."""
    data = folder.data_dir / FOLDER
    settings = settings_of(folder, ports[0])
    command = [str(word) for word in seaweedfs.command(data, folder.path / "s3.json", ports)]
    folder.write("s3.json", seaweedfs.identities(settings.access_key, settings.secret_key))
    data.mkdir(mode=0o700, exist_ok=True)
    for left in data.glob("m[0-9]*/"):
        # What the master remembers under its former port; it learns from the volumes what there is.
        shutil.rmtree(left, ignore_errors=True)

    async def ready() -> bool:
        if not await asyncio.to_thread(seaweedfs.answers, ports[0]):
            return False
        with contextlib.suppress(BaseError, OSError):
            await asyncio.to_thread(seaweedfs.make_bucket, settings)
            return True
        return False

    return Part(
        name="seaweedfs",
        command=command,
        ready=ready,
        folder=data,
        stop_timeout_s=STOP_TIMEOUT_S,
        chatter=CHATTER,
        where=f"127.0.0.1:{ports[0]}",
    )


def environment(settings: BucketSettings) -> Mapping[str, str]:
    """As ``ANI_S3_*`` take it."""
    return {
        "ANI_S3_ENDPOINT": settings.endpoint,
        "ANI_S3_BUCKET": settings.bucket,
        "ANI_S3_REGION": settings.region,
        "ANI_S3_PREFIX": settings.prefix,
        "ANI_S3_ACCESS_KEY": settings.access_key,
        "ANI_S3_SECRET_KEY": settings.secret_key,
    }
