"""The context of the uploads' use cases."""

from kernel.jobs import Jobs
from kernel.scope import Scope
from streaming.uploads.usecases import UploadContext, UploadFiles, Uploads, UploadTargets


def context_of(scope: Scope) -> UploadContext:
    """What the uploads' use cases work with in the transaction of ``scope``, at this moment."""
    return UploadContext(
        uploads=scope.port(Uploads),
        files=scope.port(UploadFiles),
        targets=scope.port(UploadTargets),
        orders=scope.port(Jobs),
        now=scope.clock.now(),
    )
