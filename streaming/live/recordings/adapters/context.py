"""The context of the recordings' use cases."""

from kernel.jobs import Jobs
from kernel.scope import Scope
from streaming.ingest.usecases import IngestTargets
from streaming.live.recordings.model import RecordingLimits
from streaming.live.recordings.usecases import RecordingContext, RecordingFiles, Recordings


def context_of(scope: Scope) -> RecordingContext:
    """What the recordings' use cases work with in the transaction of ``scope``, at this moment."""
    return RecordingContext(
        recordings=scope.port(Recordings),
        files=scope.port(RecordingFiles),
        targets=scope.port(IngestTargets),
        orders=scope.port(Jobs),
        limits=scope.port(RecordingLimits),
        now=scope.clock.now(),
    )
