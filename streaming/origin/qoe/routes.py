"""``/api/v1/admin/playback/quality``: how playback goes for viewers."""

from kernel.access import Role
from kernel.http import Call, Router
from streaming.origin.qoe import usecases
from streaming.origin.qoe.schemas import (
    PlaybackQualitiesOut,
    PlaybackQualityOut,
    QualityPageIn,
    QualityWindowIn,
    QualityWindowOut,
)
from streaming.origin.qoe.usecases import QualityRecords

router = Router("/api/v1/admin/playback/quality", tag="Playback")


@router.get("", summary="How playback goes: startup, rebuffers, bitrate, failures", role=Role.ADMIN)
async def playback_quality(call: Call, query: QualityWindowIn) -> QualityWindowOut:
    """Of streams whose players report by CMCD; kept for 30 days. A stream counts in the hour in which it began."""
    return QualityWindowOut.of(await usecases.window(call.port(QualityRecords), query.hours, call.clock.now()))


@router.get("/sessions", summary="How each stream went, the newest first", role=Role.ADMIN)
async def playback_quality_of_sessions(call: Call, query: QualityPageIn) -> PlaybackQualitiesOut:
    """Who watched is not kept."""
    found, total = await call.port(QualityRecords).page(failed=query.failed, offset=query.offset, limit=query.page_size)
    return PlaybackQualitiesOut(
        items=[PlaybackQualityOut.of(each) for each in found], total=total, page=query.page, page_size=query.page_size
    )
