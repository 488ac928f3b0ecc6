"""Forgetting how streams went."""

import structlog

from kernel.scope import Container
from streaming.origin.qoe.model import KEPT
from streaming.origin.qoe.usecases import QualityRecords

log = structlog.get_logger()


async def forget_playback_quality(container: Container) -> None:
    """A periodic task: remove what is older than :data:`KEPT`."""
    async with container.scope(write=True) as scope:
        forgotten = await scope.port(QualityRecords).forget_before(scope.clock.now() - KEPT)
    if forgotten:
        log.info("figures of streams forgotten", count=forgotten)
