"""How playback went: told by players, kept by stream, summed up by hour."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kernel.access import Role
from kernel.ids import new_id
from kernel.scope import Container
from server.services import Services
from streaming.origin.model import StreamSession, StreamSessionId
from streaming.origin.qoe import usecases
from streaming.origin.qoe.events import PlaybackEvent, PlayerState
from streaming.origin.qoe.jobs import forget_playback_quality
from streaming.origin.qoe.model import KEPT, PlaybackQuality, QualitySummary
from streaming.origin.qoe.usecases import QualityRecords
from tests.conftest import AppClient, MakeUser
from tests.integration.streaming.origin.conftest import Play

NOON = datetime(2026, 11, 30, 12, 0, 30, tzinfo=UTC)
AT_MS = 1_764_500_000_000


def viewing(started_at: datetime, *events: PlaybackEvent) -> PlaybackQuality:
    session = StreamSession(
        id=StreamSessionId(new_id()),
        episode_id=new_id(),
        asset_id=new_id(),
        started_at=started_at,
        expires_at=started_at,
        leased_until=started_at,
        title="Moon Road – 3",
        browser="Firefox",
        platform="Linux",
    )
    quality = PlaybackQuality.of(session, started_at)
    quality.observe(events, started_at)
    return quality


def played(startup_ms: int, *, seconds: int = 60, bitrate_bps: int | None = 2_000_000) -> Iterable[PlaybackEvent]:
    yield PlaybackEvent(AT_MS, 0, PlayerState.STARTING, bitrate_bps)
    yield PlaybackEvent(AT_MS + startup_ms, 1, PlayerState.PLAYING)
    yield PlaybackEvent(AT_MS + startup_ms + seconds * 1000, 2, PlayerState.REBUFFERING)
    yield PlaybackEvent(AT_MS + startup_ms + seconds * 1000 + 1_000, 3, PlayerState.PLAYING, dropped_frames=3)


async def keep(container: Container, *kept: PlaybackQuality) -> None:
    async with container.scope(write=True) as scope:
        for quality in kept:
            scope.port(QualityRecords).add(quality)


@pytest.mark.both_adapters
async def test_hours_and_the_whole(container: Container) -> None:
    before = NOON - timedelta(hours=2)
    failed = PlaybackEvent(AT_MS, 0, PlayerState.FATAL_ERROR, error="network")
    await keep(
        container,
        *(viewing(NOON, *played(startup_ms)) for startup_ms in range(100, 2_100, 100)),
        viewing(NOON, *played(2_500, seconds=20, bitrate_bps=10_000_000_000)),
        viewing(NOON, failed),
        viewing(NOON),
        viewing(before, *played(4_000, seconds=30, bitrate_bps=None)),
        viewing(before, *played(300, seconds=30), PlaybackEvent(AT_MS + 80_000, 9, PlayerState.FATAL_ERROR)),
        viewing(NOON - timedelta(hours=30), *played(9_000)),
    )
    async with container.scope(write=False) as scope:
        records = scope.port(QualityRecords)
        window = await usecases.window(records, 24, NOON)
        nothing = await usecases.window(records, 1, NOON + timedelta(hours=3))
    assert (window.since, window.until) == (datetime(2026, 11, 29, 13, tzinfo=UTC), NOON)
    (early, first), (noon, second) = window.hours
    assert (early, noon) == (datetime(2026, 11, 30, 10, tzinfo=UTC), datetime(2026, 11, 30, 12, tzinfo=UTC))
    assert (first.sessions, first.played, first.failed, first.failed_starts) == (2, 2, 1, 0)
    assert (first.startup_p50_ms, first.startup_p95_ms) == (300, 4_000)
    assert first.mean_bitrate_bps == 2_000_000, "of what is known"
    assert second == QualitySummary(
        sessions=23,
        played=21,
        failed_starts=1,
        startup_p50_ms=1_100,
        startup_p95_ms=2_000,
        played_ms=20 * 60_000 + 20_000,
        rebuffers=21,
        rebuffered_ms=21_000,
        mean_bitrate_bps=round((20 * 60 * 2e6 + 20 * 1e10) / (20 * 60 + 20)),
        dropped_frames=63,
    )
    assert window.whole.sessions == 25
    assert (window.whole.startup_p50_ms, window.whole.startup_p95_ms) == (1_100, 2_500)
    assert window.whole.failure_ratio == pytest.approx(2 / 24)
    assert window.whole.rebuffer_ratio == pytest.approx(23 / (1_220 + 60 + 23 + 48.7), abs=0.001)
    assert (nothing.whole, nothing.hours) == (QualitySummary(), ())


@pytest.mark.both_adapters
async def test_what_is_told_in_parts_is_put_together_and_forgotten_in_time(
    app_client: AppClient, services: Services, play: Play, make_user: MakeUser, container: Container
) -> None:
    admin, origin = await make_user(Role.ADMIN), services.components.streaming.origin
    playback = await play()
    path = f"/api/v1/playback/{playback['session_id']}/cmcd"

    async def tell(*lines: str) -> dict[str, Any]:
        body, headers = "\n".join(lines), {"Content-Type": "application/cmcd"}
        async with app_client.post(path, data=body, headers=headers) as answer:
            assert answer.status == 200
            taken: dict[str, Any] = await answer.json()
            return taken

    async def get(query: str) -> dict[str, Any]:
        async with app_client.get(f"/api/v1/admin/playback/quality{query}", headers=admin.headers) as answer:
            assert answer.status == 200, await answer.text()
            found: dict[str, Any] = await answer.json()
            return found

    starting = f"e=ps,sn=0,sta=s,ts={AT_MS},v=2"
    assert await tell(starting, f"e=ps,msd=640,sn=1,sta=p,ts={AT_MS + 700},v=2") == {"taken": 2, "faults": []}
    await origin.flush()
    late = f"br=(1500),e=bc,sn=2,ts={AT_MS + 800},v=2"
    await tell(f"bsa=(1),bsda=(900),dfa=4,e=ps,sn=4,sta=e,ts={AT_MS + 20_800},v=2")
    await tell(starting, f"e=ps,sn=3,sta=r,ts={AT_MS + 10_800},v=2", f"e=ps,sn=5,sta=p,ts={AT_MS + 11_700},v=2", late)
    await origin.flush()
    taken = await tell("e=t,bl=5", "nonsense")
    assert taken["taken"] == 2
    assert {(fault["line"], fault["key"]) for fault in taken["faults"]} >= {(1, "bl"), (1, "ts"), (2, "nonsense")}

    (item,) = (await get("/sessions"))["items"]
    assert item.pop("updated_at") >= item.pop("started_at")
    assert item == {
        "session_id": playback["session_id"],
        "episode_id": item["episode_id"],
        "title": playback["title"],
        "browser": "Python",
        "device": None,
        "outcome": "played",
        "startup_ms": 640,
        "played_ms": 100 + 10_000 + 9_100,
        "rebuffers": 1,
        "rebuffered_ms": 900,
        "rebuffer_ratio": pytest.approx(900 / 20_100),
        "mean_bitrate_bps": 1_500_000,
        "switches": 0,
        "dropped_frames": 4,
        "error": "",
        "estimated": False,
    }
    assert (await get("/sessions?failed=true"))["total"] == 0
    window = await get("?hours=1")
    assert window["whole"]["startup_p95_ms"] == 640
    assert [hour["sessions"] for hour in window["hours"]] == [1]

    await forget_playback_quality(container)
    assert (await get("/sessions"))["total"] == 1
    async with container.scope(write=True) as scope:
        quality = (await scope.port(QualityRecords).held([playback["session_id"]]))[playback["session_id"]]
        quality.started_at -= KEPT
    await forget_playback_quality(container)
    assert (await get("/sessions"))["total"] == 0


async def test_reports_that_could_not_be_written_are_written_later(
    app_client: AppClient, services: Services, play: Play, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin, session_id = services.components.streaming.origin, (await play())["session_id"]
    path, headers = f"/api/v1/playback/{session_id}/cmcd", {"Content-Type": "application/cmcd"}
    with monkeypatch.context() as broken:
        broken.setattr(usecases, "record", None)  # also for the flush that comes by itself every 5 s
        async with app_client.post(path, data=f"e=ps,sn=0,sta=p,ts={AT_MS},v=2", headers=headers) as answer:
            assert answer.status == 200
        await origin.flush()
        async with container.scope(write=True) as scope:
            assert await scope.port(QualityRecords).held([session_id]) == {}
    await origin.flush()
    async with container.scope(write=True) as scope:
        assert session_id in await scope.port(QualityRecords).held([session_id])


async def test_how_playback_ended_is_taken_down_after_the_stream_is_over(
    app_client: AppClient, services: Services, play: Play, make_user: MakeUser, container: Container
) -> None:
    moderator, session_id = await make_user(Role.MODERATOR), (await play())["session_id"]
    path, headers = f"/api/v1/playback/{session_id}", {"Content-Type": "application/cmcd"}
    for status, line in (
        (200, f"e=ps,sn=0,sta=p,ts={AT_MS},v=2"),
        (410, f"e=ps,sn=1,sta=q,ts={AT_MS + 9_000},v=2"),
    ):
        async with app_client.post(f"{path}/cmcd", data=line, headers=headers) as answer:
            assert answer.status == status
        await app_client.delete(path, headers=moderator.headers)
    await services.components.streaming.origin.flush()
    async with container.scope(write=True) as scope:
        quality = (await scope.port(QualityRecords).held([session_id]))[session_id]
        assert quality.played_ms == 9_000
