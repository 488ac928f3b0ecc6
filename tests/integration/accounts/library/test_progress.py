"""Progress in the database and over HTTP: durable, and never older than the newest report."""

import asyncio
import itertools
import random
import time
from typing import Any

import pytest

from accounts.library.collections.model import CatalogRelease
from accounts.library.collections.usecases import CatalogReleases
from accounts.library.progress import usecases
from accounts.library.progress.adapters.context import context_of
from accounts.library.progress.model import CatalogEpisode, Progress, Sample
from accounts.library.progress.repository import SqlHistory
from accounts.library.progress.rules import coalesce, merge
from accounts.library.progress.usecases import CatalogEpisodes, History
from kernel.ids import new_id
from kernel.outbox.outbox import EventTable
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.people import Person

DURATION = 24 * 60_000


class EveryEpisode:
    """A catalogue in which every episode is there: the rules of the catalogue are not what is tested here."""

    async def known(self, episode_ids: Any) -> dict[str, CatalogEpisode]:
        return {
            id_: CatalogEpisode(episode_id=id_, release_id=RELEASE, duration_ms=DURATION)
            for id_ in episode_ids
            if id_ != GONE
        }


RELEASE, GONE = new_id(), new_id()


class EveryRelease:
    async def known(self, release_ids: Any) -> dict[str, CatalogRelease]:
        return {id_: CatalogRelease(release_id=id_) for id_ in release_ids}


@pytest.fixture(autouse=True)
def every_episode(services: Services) -> None:
    everything: dict[type, Any] = {CatalogEpisodes: lambda _: EveryEpisode(), CatalogReleases: lambda _: EveryRelease()}
    services.container.wire({**services.container.bindings, **everything}, EventTable({}))


async def record(services: Services, *samples: Sample) -> list[Progress]:
    async with services.container.scope(write=True) as scope:
        return await usecases.record_progress(context_of(scope), samples)


async def stored(services: Services, user_id: str, episode_id: str) -> Progress | None:
    async with services.container.scope(write=False) as scope:
        return await scope.port(History).get(user_id, episode_id)


async def test_sql_merges_as_the_rule_says(services: Services, make_user: MakeUser) -> None:
    """Every pair and triple of a small set of reports, in every order, one by one and in batches."""
    user = (await make_user()).user_id
    positions = [(1, 60_000), (2, 23 * 60_000), (2, 10 * 60_000), (3, 120_000), (4, 24 * 60_000)]
    chance = random.Random(7)
    for length in (1, 2, 3):
        for order in itertools.permutations(positions, length):
            episode = new_id()
            samples = [Sample(user, episode, position, DURATION, at) for at, position in order]
            cut = chance.randint(0, length)
            expected: Progress | None = None
            for batch in (samples[:cut], samples[cut:]):
                await record(services, *batch)
                for news in coalesce(batch, await EveryEpisode().known([episode])):
                    (row,) = news
                    expected = merge(expected, row)
            found = await stored(services, user, episode)
            assert found is not None
            assert expected is not None
            assert dict_of(found) == dict_of(expected), order


def dict_of(row: Progress) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Progress.__slots__ if name != "revision"}


@pytest.mark.both_adapters
async def test_concurrent_writes_keep_the_newest(services: Services, make_user: MakeUser) -> None:
    users = [(await make_user()).user_id for _ in range(3)]
    episodes = [new_id() for _ in range(4)]
    chance = random.Random(11)
    samples = [
        Sample(chance.choice(users), chance.choice(episodes), chance.randrange(DURATION), DURATION, at)
        for at in range(1, 401)
    ]
    newest = {(sample.user_id, sample.episode_id): sample for sample in samples}
    chance.shuffle(samples)
    batches = [samples[start : start + 8] for start in range(0, len(samples), 8)]
    await asyncio.gather(*(record(services, *batch) for batch in batches))
    for (user_id, episode_id), sample in newest.items():
        found = await stored(services, user_id, episode_id)
        assert found is not None
        assert (found.at_ms, found.position_ms) == (sample.at_ms, sample.position_ms)


async def test_revisions_only_tell_of_changes_and_only_grow(services: Services, make_user: MakeUser) -> None:
    user, episode = (await make_user()).user_id, new_id()
    (first,) = await record(services, Sample(user, episode, 60_000, DURATION, 5))
    assert await record(services, Sample(user, episode, 30_000, DURATION, 4)) == [], "older: nothing changed"
    found = await stored(services, user, episode)
    assert found is not None
    assert found.revision == first.revision
    (second,) = await record(services, Sample(user, episode, 90_000, DURATION, 6))
    assert second.revision > first.revision


async def test_many_users_in_one_statement(services: Services, make_user: MakeUser) -> None:
    users = [(await make_user()).user_id for _ in range(2)]
    episodes = [new_id() for _ in range(1100)]
    changed = await record(services, *(Sample(u, e, 60_000, DURATION, 5) for u in users for e in episodes))
    assert len(changed) == 2200


async def test_where_to_go_on(services: Services, make_user: MakeUser) -> None:
    user, episode = (await make_user()).user_id, new_id()
    await record(services, Sample(user, episode, 600_000, DURATION, 5))
    async with services.container.scope(write=False) as scope:
        history = scope.port(History)
        assert isinstance(history, SqlHistory)
        assert await usecases.resume_position_ms(history, user_id=user, episode_id=episode) == 600_000
        assert await usecases.resume_position_ms(history, user_id=None, episode_id=episode) == 0
        assert await usecases.resume_position_ms(history, user_id=user, episode_id=new_id()) == 0


# Over HTTP


@pytest.fixture
async def ann(make_user: MakeUser) -> Person:
    return await make_user()


def report(episode_id: str, position_ms: int, at_ms: int | None = None, duration_ms: int = DURATION) -> dict[str, Any]:
    return {
        "episode_id": episode_id,
        "position_ms": position_ms,
        "duration_ms": duration_ms,
        "at_ms": at_ms or int(time.time() * 1000),
    }


async def send(client: AppClient, person: Person, *items: Any) -> tuple[int, Any]:
    async with client.post("/api/v1/library/progress", json={"items": list(items)}, headers=person.headers) as answer:
        return answer.status, await answer.json()


async def fetch(client: AppClient, path: str, person: Person | None) -> tuple[int, Any]:
    async with client.get(f"/api/v1/library/{path}", headers=person.headers if person else {}) as answer:
        return answer.status, await answer.json()


async def test_a_report_comes_back(app_client: AppClient, ann: Person) -> None:
    episode = new_id()
    now = int(time.time() * 1000)
    status, body = await send(app_client, ann, report(episode, 600_000, now - 1000), report(GONE, 1))
    assert status == 200
    (item,) = body["items"]
    assert (item["episode_id"], item["release_id"], item["position_ms"]) == (episode, RELEASE, 600_000)
    assert (item["resume_position_ms"], item["watched"], item["rewatches"]) == (600_000, False, 0)
    assert await fetch(app_client, f"progress/{episode}", ann) == (200, item)
    assert await fetch(app_client, "history", ann) == (200, {"items": [item], "total": 1, "page": 1, "page_size": 20})


async def test_history_is_newest_first_in_pages(app_client: AppClient, ann: Person) -> None:
    now = int(time.time() * 1000)
    episodes = [new_id() for _ in range(5)]
    await send(app_client, ann, *(report(e, 60_000, now - 5000 + i) for i, e in enumerate(episodes)))
    status, body = await fetch(app_client, "history?page=2&page_size=2", ann)
    assert (status, body["total"]) == (200, 5)
    assert [item["episode_id"] for item in body["items"]] == [episodes[2], episodes[1]]


async def test_a_clock_a_year_ahead_wins_for_now_only(app_client: AppClient, ann: Person) -> None:
    episode = new_id()
    now = int(time.time() * 1000)
    await send(app_client, ann, report(episode, 100_000, now + 365 * 24 * 3_600_000))
    await asyncio.sleep(0.01)
    _, body = await send(app_client, ann, report(episode, 200_000))
    assert [item["position_ms"] for item in body["items"]] == [200_000]


async def test_nobody_sees_or_writes_anothers_history(app_client: AppClient, ann: Person, make_user: MakeUser) -> None:
    bob, episode = await make_user(), new_id()
    await send(app_client, ann, report(episode, 600_000))
    assert (await fetch(app_client, "history", bob))[1]["items"] == []
    assert (await fetch(app_client, f"progress/{episode}", bob))[0] == 404
    await send(app_client, bob, report(episode, 700_000))
    assert (await fetch(app_client, f"progress/{episode}", ann))[1]["position_ms"] == 600_000
    for path in ("history", f"progress/{episode}"):
        assert (await fetch(app_client, path, None))[0] == 401


@pytest.mark.parametrize(
    "changed",
    [
        {"position_ms": -1},
        {"position_ms": 2**63},
        {"position_ms": "1e3"},
        {"position_ms": 1.5},
        {"duration_ms": -1},
        {"at_ms": -1},
        {"at_ms": 2**63},
        {"episode_id": "'; --"},
        {"episode_id": "0" * 36},
        {"episode_id": None},
        {"user_id": "somebody"},
    ],
)
async def test_hostile_reports(app_client: AppClient, ann: Person, changed: dict[str, Any]) -> None:
    assert (await send(app_client, ann, {**report(new_id(), 1), **changed}))[0] == 422


async def test_a_batch_has_an_end(app_client: AppClient, ann: Person) -> None:
    assert (await send(app_client, ann, *(report(new_id(), 1) for _ in range(501))))[0] == 422
    assert await send(app_client, ann) == (200, {"items": []})
    assert (await fetch(app_client, f"progress/{GONE}", ann))[1]["code"] == "unknown_episode"
    assert (await fetch(app_client, f"progress/{new_id()}", ann))[1]["code"] == "nothing_watched"
    assert (await fetch(app_client, "progress/../history", ann))[0] in {200, 404}
