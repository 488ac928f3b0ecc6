"""``/api/v1/live/channels/{id}/line-test``: what the test of a line found.  It begins with ``?test=true`` at the addresses of WHIP."""

from kernel.access import Role
from kernel.errors import Unavailable
from kernel.http import Call, Router
from streaming.live.adapters.serving import LiveServing
from streaming.live.channels import usecases
from streaming.live.channels.usecases import Channels
from streaming.live.errors import ChannelNotFound
from streaming.live.line_tests.schemas import LineReportOut, LineTestOut


def routers(serving: LiveServing) -> list[Router]:
    """The routes over the live channels of this process."""
    router = Router("/api/v1/live/channels", tag="Live")

    @router.get(
        "/{channel_id}/line-test",
        role=Role.USER,
        summary="What the last test of the line found, for the owner of a channel and those who watch over it",
        raises=(ChannelNotFound, Unavailable),
        transaction=False,
    )
    async def get_line_test(call: Call, channel_id: str) -> LineTestOut:
        """A test is a session of WHIP with `?test=true`: ten seconds of what the encoder sends, which nobody is shown."""
        async with call.container.scope(write=False, actor=call.actor) as scope:
            channel = await usecases.watched_over(scope.port(Channels), call.user, channel_id)
        running, report = await serving.line_test(channel)
        return LineTestOut(
            running=running,
            max_kbps=serving.max_kbps,
            report=None if report is None else LineReportOut.of(report),
        )

    return [router]
