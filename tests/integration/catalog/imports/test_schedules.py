"""When imported works air: what a source says, and what people said of it since."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from catalog.imports.runs.jobs import context_of
from catalog.imports.runs.model import ImportRun
from catalog.imports.runs.usecases import Runs
from catalog.releases.usecases import Releases
from catalog.schedule import usecases as schedule_usecases
from catalog.schedule.model import Schedule
from catalog.schedule.timetable import Break
from catalog.schedule.usecases import ScheduleContext, Schedules
from kernel.scope import Scope
from server.services import Services
from tests.support.catalog.imports import run, write

SITES: Final[dict[str, Any]] = {
    "bangumi": {"title": "番组计划", "urlTemplate": "https://bangumi.tv/subject/{{id}}", "type": "info"},
    "nicovideo": {
        "title": "Niconico",
        "urlTemplate": "https://ch.nicovideo.jp/{{id}}",
        "regions": ["JP"],
        "type": "onair",
    },
    "danime": {
        "title": "dアニメストア",
        "urlTemplate": "https://animestore.docomo.ne.jp/animestore/ci_pc?workId={{id}}",
        "regions": ["JP"],
        "type": "onair",
    },
    "unext": {
        "title": "U-NEXT",
        "urlTemplate": "https://video.unext.jp/title/{{id}}",
        "regions": ["JP"],
        "type": "onair",
    },
}
WOLF: Final[dict[str, Any]] = {
    "title": "オオカミさんは食べられたい",
    "titleTranslate": {"zh-Hans": ["大神小姐想被吃掉"], "en": ["Ms. Wolf wants to be eaten"]},
    "type": "tv",
    "lang": "ja",
    "begin": "2020-09-06T16:00:00.000Z",
    "broadcast": "R/2020-09-06T16:00:00.000Z/P7D",
    "end": "2020-09-20T16:05:00.000Z",
    "sites": [
        {"site": "bangumi", "id": "312982"},
        {"site": "nicovideo", "id": "okamisan", "broadcast": "R/2020-09-06T16:00:00.000Z/P7D"},
        {"site": "unext", "id": "SID0051190", "broadcast": "R/2024-11-12T03:00:00.000Z/P7D"},
        {"site": "danime", "id": "24186", "broadcast": "R/2020-09-06T16:00:00.000Z/P7D"},
        {"site": "tmdb", "id": "tv/106342"},
    ],
}
"""Out of bangumi-data, of 2026; its English name is ours."""
ALIAS: Final = "ms-wolf-wants-to-be-eaten"


async def schedule(services: Services) -> Schedule:
    async with services.container.scope(write=False) as scope:
        release = await scope.port(Releases).by_alias(ALIAS)
        assert release is not None
        found = await scope.port(Schedules).get(release.id)
    assert found is not None
    return found


async def _schedules(scope: Scope, done: ImportRun) -> ScheduleContext:
    known = await scope.port(Runs).get(done.id)
    assert known is not None
    return context_of(scope, known).apply.schedules


@pytest.mark.both_adapters
async def test_a_second_run_changes_nothing_and_people_win(services: Services, tmp_path: Path) -> None:
    done = await run(services, write(tmp_path / "data.json", [WOLF], SITES))
    assert done.counts == {"created": 1}
    first = await schedule(services)
    assert [(slot.site, slot.recurrence, slot.address, slot.regions, slot.episodes) for slot in first.slots] == [
        ("", "R/2020-09-06T16:00:00.000Z/P7D", "", (), 3),
        ("Niconico", "R/2020-09-06T16:00:00.000Z/P7D", "https://ch.nicovideo.jp/okamisan", ("JP",), 3),
        ("U-NEXT", "R/2024-11-12T03:00:00.000Z/P7D", "https://video.unext.jp/title/SID0051190", ("JP",), 3),
        (
            "dアニメストア",
            "R/2020-09-06T16:00:00.000Z/P7D",
            "https://animestore.docomo.ne.jp/animestore/ci_pc?workId=24186",
            ("JP",),
            3,
        ),
    ]
    assert (await run(services, tmp_path / "data.json")).counts == {"unchanged": 1}
    # Something else of it changes: its schedule is written no second time.
    renamed = {**WOLF, "titleTranslate": {**WOLF["titleTranslate"], "de": ["Frau Wolf"]}}
    assert (await run(services, write(tmp_path / "renamed.json", [renamed], SITES))).counts == {"updated": 1}
    assert (await schedule(services)).version == first.version
    later = {**renamed, "broadcast": "R/2020-09-06T17:00:00.000Z/P7D"}
    done = await run(services, write(tmp_path / "later.json", [later], SITES))
    assert done.counts == {"updated": 1}
    assert (await schedule(services)).slots[0].recurrence == "R/2020-09-06T17:00:00.000Z/P7D"
    # Without a word of it, it stays.
    silent = {name: value for name, value in later.items() if name != "broadcast"}
    silent["sites"] = WOLF["sites"][:1]
    assert (await run(services, write(tmp_path / "silent.json", [silent], SITES))).counts == {"unchanged": 1}
    assert len((await schedule(services)).slots) == 4

    async with services.container.scope(write=True) as scope:
        found = await schedule(services)
        edited = replace(found.draft, breaks=(Break(date(2020, 9, 13), date(2020, 9, 13)),))
        await schedule_usecases.put_schedule(await _schedules(scope, done), ALIAS, edited, version=found.version)
    again = await run(services, write(tmp_path / "again.json", [WOLF], SITES))
    assert again.counts == {"updated": 1}  # its German name goes
    assert (await schedule(services)).draft == edited


async def test_a_dry_run_shows_it_and_writes_nothing(services: Services, tmp_path: Path) -> None:
    await run(services, write(tmp_path / "bare.json", [{**WOLF, "broadcast": "", "sites": WOLF["sites"][:1]}], SITES))
    done = await run(services, write(tmp_path / "data.json", [WOLF], SITES), dry=True)
    async with services.container.scope(write=False) as scope:
        rows, _ = await scope.port(Runs).rows(done.id, None, offset=0, limit=10)
        release = await scope.port(Releases).by_alias(ALIAS)
        assert release is not None
        assert await scope.port(Schedules).get(release.id) is None
    assert "schedule" in rows[0].changes
