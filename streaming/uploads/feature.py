"""What uploads bind for themselves."""

from pathlib import Path

from kernel.feature import Feature
from kernel.jobs import PeriodicTask
from streaming.uploads import jobs, routes
from streaming.uploads.repository import LocalUploads, SqlUploads
from streaming.uploads.usecases import UploadFiles, Uploads


def declare(folder: Path, *, max_upload_bytes: int, quota_bytes: int) -> Feature:
    """Uploads into ``folder``, each of at most ``max_upload_bytes`` and all unfinished ones of at most ``quota_bytes``."""
    files = LocalUploads(folder, max_upload_bytes, quota_bytes)
    return Feature(
        ports={Uploads: lambda scope: SqlUploads(scope.uow), UploadFiles: lambda _: files},
        routers=[routes.router],
        periodic_tasks=[PeriodicTask("delete_expired_uploads", 600, jobs.remove_expired)],
        mounts=[routes.mount],
    )
