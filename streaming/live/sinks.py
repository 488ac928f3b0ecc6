"""Who takes the packets of live channels besides their viewers."""

from collections.abc import Sequence

from streaming.live.model import ChannelId, LiveSink, LiveSinks, LiveSource


class ManySinks:
    """A :class:`~streaming.live.model.LiveSinks` of several."""

    def __init__(self, makers: Sequence[LiveSinks]) -> None:
        self._makers = makers

    def open(self, channel_id: ChannelId, source: LiveSource) -> Sequence[LiveSink]:
        """See :class:`~streaming.live.model.LiveSinks`."""
        return [sink for maker in self._makers for sink in maker.open(channel_id, source)]
