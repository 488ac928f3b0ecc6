"""Statistics, public profiles and comparisons of taste over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.library.progress.model import Progress
from accounts.library.progress.usecases import History
from accounts.library.statistics.model import ActiveDay, Sharing, WatchedRelease
from accounts.library.statistics.usecases import Sharings, WatchedTime
from kernel.access import Role
from kernel.ids import new_id
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.library import DURATION, Api, add_show
from tests.support.catalog.ratings import add_releases
from tests.support.people import PASSWORD


@pytest.fixture
async def ann(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user(nickname="Ann_A"))


@pytest.fixture
async def bob(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user(nickname="Bob"))


@pytest.mark.both_adapters
async def test_sums_over_the_history(services: Services, make_user: MakeUser) -> None:
    """On both databases: whole days of the viewer's clock, rewatches, and what was taken out."""
    user_id, release_id = (await make_user()).user_id, new_id()
    midnight = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp() * 1000)

    def seen(at_ms: int, **more: int | bool) -> Progress:
        values = {"position_ms": 0, "duration_ms": 100, "finished": False, **more}
        return Progress(user_id=user_id, episode_id=new_id(), release_id=release_id, at_ms=at_ms, **values)  # type: ignore[arg-type]  # of the fields' kinds

    async with services.container.scope(write=True) as scope:
        await scope.port(History).store(
            [
                seen(midnight - 1, position_ms=95, finished=True, watched_at_ms=midnight - 1, completions=3),
                seen(midnight, position_ms=40),
                seen(midnight + 5, position_ms=10, watched_at_ms=midnight + 1, completions=1),  # and begun again
                seen(midnight, position_ms=90, finished=True, removed=True),
            ]
        )
    async with services.container.scope(write=False) as scope:
        watched, since = scope.port(WatchedTime), datetime(2026, 1, 1, tzinfo=UTC)
        assert await watched.releases(user_id) == [WatchedRelease(release_id, 2, 300 + 40 + 110)]
        assert await watched.rewatches(user_id) == 2
        first = datetime(2026, 3, 1, tzinfo=UTC).date()
        utc = [ActiveDay(first, 1), ActiveDay(first + timedelta(days=1), 2)]
        assert await watched.days(user_id, since, 0) == utc
        assert await watched.days(user_id, since, -180) == [ActiveDay(first, 3)]
        assert await watched.days(user_id, since, 540) == [ActiveDay(first + timedelta(days=1), 3)]
        assert await watched.days(user_id, datetime(2026, 3, 3, tzinfo=UTC), 0) == []
        assert await scope.port(Sharings).of(user_id) == Sharing()
    async with services.container.scope(write=True) as scope:
        for wanted in (Sharing(profile=True), Sharing(comparison=True)):
            await scope.port(Sharings).store(user_id, wanted)
            assert await scope.port(Sharings).of(user_id) == wanted


@pytest.mark.both_adapters
async def test_ones_own_statistics(
    services: Services, ann: Api, bob: Api, app_client: AppClient, make_user: MakeUser
) -> None:
    editor = Api(app_client, await make_user(Role.EDITOR))
    show = await add_show(services, editor, episodes=2, genres=["Drama"], year=1998)
    await ann("PUT", f"library/progress/{show.episodes[0]}", {"watched": True})
    await ann("PUT", f"releases/{show.release_id}/vote", {"score": 8})
    found = await ann.get("library/statistics?utc_offset_min=180")
    share = {"releases": 1, "watched_ms": DURATION, "mean_score": 8.0}
    day = (datetime.now(UTC) + timedelta(hours=3)).date().isoformat()
    assert found == {
        "collections": {"WATCHING": 1},
        "releases": 1,
        "episodes": 1,
        "rewatches": 0,
        "watched_ms": DURATION,
        "scores": [0] * 7 + [1, 0, 0],
        "mean_score": 8.0,
        "genres": [{"name": "Drama", **share}],
        "types": [{"name": "TV", **share}],
        "years": [{"name": "1998", **share}],
        "activity": [{"day": day, "episodes": 1}],
    }
    assert (await bob.get("library/statistics"))["releases"] == 0
    assert (await ann("GET", "library/statistics?utc_offset_min=900"))[0] == 422


@pytest.mark.both_adapters
async def test_a_profile_is_there_for_those_who_want_one(
    ann: Api, bob: Api, app_client: AppClient, make_user: MakeUser
) -> None:
    async def status(name: str) -> tuple[int, str]:
        async with app_client.get(f"/api/v1/users/{name}/profile") as answer:
            return answer.status, (await answer.json()).get("code", "")

    hidden = (404, "profile_not_found")
    assert await ann.get("library/sharing") == {"profile": False, "comparison": False}
    for name in ("Ann_A", "nobody", "%00", "a" * 400, "Bob"):
        assert await status(name) == hidden
    assert (await ann("PUT", "library/sharing", {"profile": True, "comparison": False}))[0] == 200
    for name in ("Ann_A", "ann%20a"):
        assert (await status(name))[0] == 200
    found = await bob.get("users/Ann_A/profile")
    assert (found["nickname"], found["comparable"], found["statistics"]["releases"]) == ("Ann_A", False, 0)
    assert set(found) == {"nickname", "avatar_url", "member_since", "comparable", "statistics"}
    assert "activity" not in found["statistics"]
    assert ann.person.user_id not in str(found)
    for bad in ({"profile": True}, {"profile": 1, "comparison": False}, {"profile": True, "comparison": True, "x": 1}):
        assert (await ann("PUT", "library/sharing", bad))[0] == 422
    moderator = Api(app_client, await make_user(Role.MODERATOR))
    await moderator("POST", f"admin/users/{ann.person.user_id}/ban", {"reason": "Because."})
    assert await status("Ann_A") == hidden
    await moderator("DELETE", f"admin/users/{ann.person.user_id}/ban")
    assert (await status("Ann_A"))[0] == 200
    await bob("PUT", "library/sharing", {"profile": True, "comparison": True})
    assert (await bob.get("me/data"))["sharing"] == {"profile": True, "comparison": True}
    assert (await bob("POST", "me/delete", {"password": PASSWORD}))[0] == 204
    assert await status("Bob") == hidden


@pytest.mark.both_adapters
async def test_tastes_are_compared_where_both_allow_it(services: Services, ann: Api, bob: Api) -> None:
    releases = await add_releases(services.container, 10)
    for number, release_id in enumerate(releases):
        await ann("PUT", f"releases/{release_id}/vote", {"score": 6 + number % 3})
        if number:
            await bob("PUT", f"releases/{release_id}/vote", {"score": 1 + number % 3})

    async def compared(one: Api, other: str) -> tuple[int, object]:
        status, body = await one("GET", f"users/{other}/compatibility")
        return status, body.get("code") or (body["common"], body["percent"])

    assert await compared(ann, "Bob") == (409, "comparison_off")
    await ann("PUT", "library/sharing", {"profile": False, "comparison": True})
    hidden = (404, "profile_not_found")
    for name in ("Bob", "nobody", "Ann_A"):
        assert await compared(ann, name) == hidden
    await bob("PUT", "library/sharing", {"profile": False, "comparison": True})
    assert await compared(ann, "Bob") == (200, (9, None))
    await bob("PUT", f"releases/{releases[0]}/vote", {"score": 1})
    assert await compared(ann, "Bob") == (200, (10, 75))
    assert await compared(bob, "Ann_A") == (200, (10, 75))
    # For a day it stays as it is, whatever one votes to find out.
    await ann("PUT", f"releases/{releases[0]}/vote", {"score": 10})
    assert await compared(ann, "Bob") == (200, (10, 75))
    # But what one does not allow any more ends at once.
    await bob("PUT", "library/sharing", {"profile": False, "comparison": False})
    assert await compared(ann, "Bob") == hidden
