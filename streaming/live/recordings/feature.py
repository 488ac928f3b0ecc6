"""What recordings of live channels bind for themselves."""

from kernel.feature import Feature
from kernel.jobs import JobKind, PeriodicTask
from kernel.outbox.outbox import Subscriber
from kernel.scope import Scope
from streaming.ingest.jobs import PASSES
from streaming.live.adapters.serving import LiveServing
from streaming.live.channels.model import LiveChannelDeleted
from streaming.live.recordings import jobs, routes, usecases
from streaming.live.recordings.adapters.context import context_of
from streaming.live.recordings.adapters.files import LocalRecordings
from streaming.live.recordings.model import RecordingLimits
from streaming.live.recordings.repository import SqlRecordings
from streaming.live.recordings.usecases import EPISODE_JOB, RecordingFiles, Recordings


async def delete_recordings_of_channel(scope: Scope, event: LiveChannelDeleted) -> None:
    """The channel is gone, and with an account all of its channels: so are their recordings."""
    await usecases.remove_of_channel(context_of(scope), event.channel_id)


def declare(serving: LiveServing, files: LocalRecordings, limits: RecordingLimits) -> Feature:
    """Recordings in ``files``."""
    return Feature(
        ports={
            Recordings: lambda scope: SqlRecordings(scope.uow),
            RecordingFiles: lambda _: files,
            RecordingLimits: lambda _: limits,
        },
        routers=routes.routers(serving),
        jobs={EPISODE_JOB: JobKind(jobs.make_episode, is_stoppable=True, waits_out=PASSES)},
        periodic_tasks=[
            PeriodicTask("end_unseen_recordings", 30, jobs.end_unseen),
            PeriodicTask("remove_expired_recordings", 3600, jobs.remove_expired),
        ],
        subscribers={
            LiveChannelDeleted: [Subscriber("delete_recordings_of_live_channel", delete_recordings_of_channel)]
        },
    )
