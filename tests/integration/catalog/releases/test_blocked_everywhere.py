"""What is blocked where a viewer is stands in no list, in no count and in no calendar of theirs: one rule, at every address."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from catalog.ratings.usecases import Ratings
from catalog.releases.episodes import queries as episodes
from catalog.releases.episodes.repository import episode_table
from catalog.schedule import jobs
from catalog.schedule.repository import airing_mark_table, slot_table
from catalog.schedule.usecases import AiringMark
from kernel.access import Role
from kernel.outbox.relay import Relay
from kernel.scope import Container
from notify.notifications.model import NotificationKind
from notify.notifications.repository import SqlNotifications
from server.services import Services
from server.settings import Settings
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.library import Api, Show, add_show
from tests.support.catalog.recommendations import refreshed
from tests.support.catalog.search import soon
from tests.support.people import Person

BLOCKS: dict[str, dict[str, Any]] = {
    "free": {},
    "german": {"regions": ["AT", "DE"]},
    "nowhere": {"copyright": True},
}
SEEN: dict[str | None, set[str]] = {"JP": {"free", "german"}, "DE": {"free"}, None: {"free"}}
"""Region → what a viewer there sees; nobody knows where ``None`` is."""

LISTS = (
    "franchises/all",
    "releases/free/franchise",
    "people/anybody/releases",
    "studios/anybody/releases",
    "tags/anybody/releases",
    "ratings?id={free}&id={german}&id={nowhere}",
    "rankings/popular",
    "rankings/trending",
    "releases/free/similar",
    "schedule?from={day}&to={week}",
    "schedule/month?month={month}",
    "schedule/now",
    "schedule/season?year=2026&season=summer",
    "releases?sort=name",
)
"""Addresses that name releases by their ids."""
COUNTS = (
    ("franchises?search=all", "releases"),
    *((f"{kind}?search=Anybody", "releases") for kind in ("people", "studios", "tags")),
)
"""Lists of what names releases, and what of an item counts them."""
ONE = (
    "releases/{key}",
    "releases/{key}/franchise",
    "releases/{key}/credits",
    "releases/{key}/studios",
    "releases/{key}/tags",
    "releases/{key}/rating",
    "releases/{key}/similar",
    "releases/{key}/schedule",
    "releases/{key}/schedule.ics",
)
"""Addresses of one release."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Behind a proxy that says where viewers are."""
    return settings.model_copy(update={"region_header": "CF-IPCountry", "trusted_proxies": 1})


@dataclass
class Visit:
    """Looks at the catalogue from a region."""

    client: AppClient
    shows: dict[str, Show]
    region: str | None
    person: Person | None = None

    async def ask(self, path: str, method: str = "GET", body: Any = None) -> tuple[int, str]:
        headers = {"X-Forwarded-For": "203.0.113.7"} | ({} if self.region is None else {"CF-IPCountry": self.region})
        headers |= {} if self.person is None else self.person.headers
        async with self.client.request(method, f"/api/v1/{path}", headers=headers, json=body) as answer:
            return answer.status, await answer.text()

    async def named(self, path: str) -> set[str]:
        """Which of the shows an answer names."""
        status, text = await self.ask(path)
        assert status == 200, (path, text)
        return {alias for alias, show in self.shows.items() if show.release_id in text}

    async def suggested(self, text: str, groups: int | None) -> str:
        """What is suggested, as soon as it has so many groups."""

        async def ask() -> str:
            return (await self.ask(f"search/suggestions?query={text}"))[1]

        return await soon(ask, lambda found: groups is None or found.count(f'"{text}"') == groups)


async def filled(services: Services, editor: Api, day: datetime) -> dict[str, Show]:
    """A show of each kind in everything that names releases; what is called "german" there names that one alone."""
    facts: dict[str, Any] = {"year": 2026, "season": "summer", "airing_status": "ongoing", "episodes": 1}
    shows = {
        alias: await add_show(services, editor, alias=alias, blocks=blocks, genres=[f"Genre of {alias}"], **facts)
        for alias, blocks in BLOCKS.items()
    }
    members = [{"release_id": show.release_id, "release_place": at} for at, show in enumerate(shows.values(), start=1)]

    async def done(method: str, path: str, body: Any) -> Any:
        status, answer = await editor(method, path, body)
        assert status in {200, 201, 204}, (path, answer)
        return answer

    await done("POST", "franchises", {"alias": "all", "name": "All", "members": members})
    for kind, one, listed in (
        ("people", "person", "credits"),
        ("studios", "studio", "studios"),
        ("tags", "tag", "tags"),
    ):
        for name in ("Anybody", "Germanly"):
            await done("POST", kind, {"name": name})
        for alias in shows:
            named = ["anybody", "germanly"] if alias == "german" else ["anybody"]
            rest: dict[str, Any] = {"credits": {"role": "music"}, "studios": {"role": "animation"}, "tags": {}}[listed]
            await done("PUT", f"releases/{alias}/{listed}", {"items": [{one: name, **rest} for name in named]})
    for alias, show in shows.items():
        slot = {"recurrence": f"R/{day:%Y-%m-%dT%H:%MZ}/P1D", "episodes": 5}
        await done("PUT", f"releases/{alias}/schedule", {"slots": [slot]})
        if alias != "free":
            await done("POST", "releases/free/similar", {"release_id": show.release_id})
    ids = [show.release_id for show in shows.values()]
    async with services.container.scope(write=True) as scope:
        interest = dict.fromkeys(ids, 4.0)
        await scope.port(Ratings).follow(members={}, interest=interest, epoch_at=scope.clock.now())
    for id_ in ids:
        await done("PUT", f"library/collections/{id_}", {"type": "PLANNED"})
    await Relay(services.container).drain()
    return shows


@pytest.mark.both_adapters
async def test_a_blocked_release_is_nowhere(
    services: Services, container: Container, app_client: AppClient, make_user: MakeUser
) -> None:
    editor = Api(app_client, await make_user(Role.EDITOR))
    now = container.clock.now()
    shows = await filled(services, editor, now - timedelta(hours=1))
    await refreshed(container)
    values = {alias: show.release_id for alias, show in shows.items()}
    values |= {"day": f"{now:%Y-%m-%d}", "week": f"{now + timedelta(days=6):%Y-%m-%d}", "month": f"{now:%Y-%m}"}
    lists = [path.format(**values) for path in LISTS]
    for region, seen in SEEN.items():
        visit = Visit(app_client, shows, region, await make_user())
        for path in lists:
            wanted = seen - {"free"} if path == "releases/free/similar" else seen
            assert await visit.named(path) - ({"free"} - wanted) == wanted, (region, path)
        for path, key in COUNTS:
            status, text = await visit.ask(path)
            assert (status, f'"{key}": {len(seen)}' in text or f'"{key}":{len(seen)}' in text) == (200, True), text
        for kind in ("people", "studios", "tags"):
            status, _ = await visit.ask(f"{kind}/germanly")
            assert status == (200 if "german" in seen else 404), "who is named by nothing else is not there"
        for path in ("genres", "references"):
            _, genres = await visit.ask(path)
            assert {alias for alias in shows if f"Genre of {alias}" in genres} == seen, (region, path)
        _, seasons = await visit.ask("schedule/seasons")
        assert f'"releases":{len(seen)}' in seasons.replace(" ", "")
        for alias in shows:
            for path in ONE:
                status, text = await visit.ask(path.format(key=alias))
                assert status == (200 if alias in seen else 451), (region, path, alias, text)
            path = f"releases/{alias}/vote"
            assert (await visit.ask(path, "PUT", {"score": 8}))[0] == (200 if alias in seen else 451)
            assert (await visit.ask(path, "DELETE"))[0] == 200, "a vote is its owner's to take back"
        found = await visit.suggested("anybody", 3)
        assert found.replace(" ", "").count(f'"releases":{len(seen)}') == 3, found
        # Asked after the other, which was written later: the index has both by now.
        assert (await visit.suggested("germanly", None)).count("germanly") == (3 if "german" in seen else 0)
    # Of a franchise one release is recommended.
    assert (await editor("DELETE", "franchises/all"))[0] == 204
    await refreshed(container)
    for region, seen in SEEN.items():
        assert await Visit(app_client, shows, region, await make_user()).named("recommendations") == seen
    look = Visit(app_client, shows, None, editor.person)
    for path in [path for path in lists if "franchise" not in path and not path.endswith("similar")]:
        assert await look.named(path) == set(shows), "editors see what is blocked"


async def test_calendars_go_by_the_region_of_the_request(
    services: Services, container: Container, app_client: AppClient, make_user: MakeUser
) -> None:
    editor, viewer = Api(app_client, await make_user(Role.EDITOR)), Api(app_client, await make_user())
    shows = await filled(services, editor, container.clock.now() - timedelta(hours=1))
    for show in shows.values():
        assert (await viewer("PUT", f"library/collections/{show.release_id}", {"type": "WATCHING"}))[0] == 204
    _, made = await viewer("POST", "schedule/feeds", {"label": "Phone"})
    secret = made["url"].partition("/api/v1/")[2]
    for region, seen in SEEN.items():
        assert await Visit(app_client, shows, region).named(secret) == seen
    for alias, control in (("free", "public, max-age=900"), ("german", "private, max-age=900")):
        async with app_client.get(
            f"/api/v1/releases/{alias}/schedule.ics", headers={"X-Forwarded-For": "203.0.113.7", "CF-IPCountry": "JP"}
        ) as answer:
            assert (answer.status, answer.headers["Cache-Control"]) == (200, control), "no cache gives it to Germans"


@pytest.mark.both_adapters
async def test_what_is_shown_somewhere_is_announced(
    services: Services, container: Container, app_client: AppClient, make_user: MakeUser
) -> None:
    """People are told wherever they are, which nobody knows then; of what nobody may see, nobody."""
    editor, viewer = Api(app_client, await make_user(Role.EDITOR)), Api(app_client, await make_user())
    now = container.clock.now()
    shows = await filled(services, editor, now - timedelta(hours=1))
    await Relay(container).drain()
    for show in shows.values():
        assert (await viewer("PUT", f"library/collections/{show.release_id}", {"type": "WATCHING"}))[0] == 204
    async with container.scope(write=True) as scope:
        session = scope.uow.session
        # Of what plays here people hear when it is published.
        await session.execute(update(episode_table).values(playable=False))
        # As if the application's own task had not looked yet.
        await session.execute(update(slot_table).values(due_at=None))
        await session.execute(delete(airing_mark_table))
        await scope.port(AiringMark).begin(now - timedelta(hours=2))
    await jobs.announce_aired(container)
    await Relay(container).drain()
    async with container.scope(write=False) as scope:
        session = scope.uow.session
        page = await SqlNotifications(scope.uow).page(viewer.person.user_id, before=None, unread=False, limit=50)
        links = [one.link for one in page if one.kind == NotificationKind.EPISODE_AIRED]
        assert sorted(links) == sorted(f"/releases/{shows[alias].release_id}" for alias in ("free", "german"))
        for alias, show in shows.items():
            known = await episodes.episode_names(session, show.episodes[0], published_only=True)
            assert (known is not None) == (alias != "nowhere")
            names = await episodes.names_of_published_release(session, show.release_id)
            assert (names is not None) == (alias != "nowhere")
