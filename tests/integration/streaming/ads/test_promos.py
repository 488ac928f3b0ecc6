"""Promos over HTTP: written, shown to whom they are for, counted once."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from kernel.access import Role
from kernel.ids import new_id
from kernel.outbox.relay import Relay
from kernel.scope import Container
from server.services import Services
from streaming.ads.audience import ViewerKeys
from streaming.ads.jobs import forgetting
from streaming.ads.promos.usecases import PromoCounts
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.library import Api, add_show
from tests.support.world import PROMO


def picture(width_px: int = 1200, height_px: int = 500) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width_px, height_px), "#336699").save(file, "PNG")
    return file.getvalue()


class Board:
    """An administrator who writes promos, and readers who see them."""

    def __init__(self, client: AppClient, admin: Api) -> None:
        self.client, self.admin = client, admin

    async def write(self, *, start: bool = True, **fields: Any) -> dict[str, Any]:
        status, promo = await self.admin("POST", "promos", {**PROMO, **fields})
        assert status == 201, promo
        if start:
            status, promo = await self.admin("POST", f"promos/{promo['id']}/start")
            assert status == 200, promo
        return dict(promo)

    async def see(self, placement: str = "home_hero", who: Api | None = None, **query: str) -> list[dict[str, Any]]:
        headers = who.person.headers if who else {}
        params = {"placement": placement, **query}
        async with self.client.get("/api/v1/promos/shown", params=params, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            assert answer.headers["Cache-Control"] == "private, no-store"
            items: list[dict[str, Any]] = (await answer.json())["items"]
            return items

    async def tell(self, *deeds: tuple[str, str]) -> int:
        body = {"events": [{"kind": kind, "ticket": ticket} for kind, ticket in deeds]}
        async with self.client.post("/api/v1/promos/events", json=body) as answer:
            assert answer.status == 200, await answer.text()
            counted: int = (await answer.json())["counted"]
            return counted

    async def report(self, promo: dict[str, Any]) -> tuple[int, int]:
        report = await self.admin.get(f"promos/{promo['id']}/report")
        assert len(report["days"]) == 28
        assert sum(day["impressions"] for day in report["days"]) == report["impressions"]
        return report["impressions"], report["clicks"]


async def views(container: Container, promo: dict[str, Any], who: Api) -> int:
    async with container.scope(write=False) as scope:
        viewer = scope.port(ViewerKeys).of(who.person.user_id)
        seen = await scope.port(PromoCounts).seen(viewer, [promo["id"]], datetime(2026, 1, 1, tzinfo=UTC))
        return len(seen.get(promo["id"], ()))


@pytest.fixture
async def board(app_client: AppClient, make_user: MakeUser) -> Board:
    return Board(app_client, Api(app_client, await make_user(Role.ADMIN)))


@pytest.fixture
async def ann(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user())


@pytest.mark.both_adapters
async def test_a_promo_is_written_shown_counted_and_reported(board: Board, ann: Api, container: Container) -> None:
    promo = await board.write(start=False)
    assert promo["state"] == "stopped"
    assert await board.see() == []
    await board.admin("POST", f"promos/{promo['id']}/start")
    (shown,) = await board.see(who=ann)
    assert {name: shown[name] for name in ("id", "title", "link")} == {
        "id": promo["id"], "title": PROMO["title"], "link": PROMO["link"],
    }  # fmt: skip

    ticket = shown["ticket"]
    assert await board.tell(("impression", ticket), ("impression", ticket)) == 1
    assert await board.tell(("impression", ticket), ("click", ticket), ("click", ticket)) == 1
    (again,) = await board.see(who=ann)
    assert await board.tell(("click", again["ticket"]), ("impression", "nonsense")) == 1, "who follows has seen"
    assert await board.report(promo) == (2, 2)
    listed = await board.admin.get("promos?state=running&placement=home_hero")
    assert [(one["id"], one["impressions"], one["clicks"]) for one in listed["items"]] == [(promo["id"], 2, 2)]
    for state in ("stopped", "scheduled", "ended"):
        assert (await board.admin.get(f"promos?state={state}"))["total"] == 0

    await forgetting("forget_promo_impressions", PromoCounts).run(container)
    assert await views(container, promo, ann) == 2, "a cap may ask for them"
    async with container.scope(write=True) as scope:
        counts = scope.port(PromoCounts)
        await counts.forget_before(scope.clock.now() + timedelta(seconds=1))
        assert (await counts.totals([promo["id"]]))[promo["id"]] == (2, 2)
    assert await views(container, promo, ann) == 0
    assert (await board.admin("DELETE", f"promos/{promo['id']}"))[0] == 204
    assert await board.tell(("impression", ticket)) == 0
    assert await board.see() == []
    await Relay(container).drain()
    log = await board.admin.get("admin/audit?page_size=50")
    events = [entry["event"] for entry in log["items"] if entry["event"].startswith("Promo")]
    assert events == ["PromoDeleted", "PromoStarted", "PromoCreated"]


@pytest.mark.both_adapters
async def test_many_who_tell_the_same_at_once_count_once(board: Board) -> None:
    promo = await board.write()
    tickets = [(await board.see(viewer=f"v{number}"))[0]["ticket"] for number in range(8)]
    told = [[("impression", ticket) for ticket in tickets], [("click", ticket) for ticket in reversed(tickets)]]
    await asyncio.gather(*(board.tell(*told[number % 2]) for number in range(10)))
    assert await board.report(promo) == (8, 8)


@pytest.mark.both_adapters
async def test_who_has_seen_it_often_enough_sees_the_next(board: Board, ann: Api) -> None:
    capped = await board.write(weight=1_000, cap={"impressions": 2, "days": 1})
    other = await board.write(weight=1)
    ids = []
    for _ in range(8):
        (shown,) = await board.see(who=ann)
        ids.append(shown["id"])
        await board.tell(("impression", shown["ticket"]))
    assert ids.count(capped["id"]) in {0, 2}, "nobody sees it more often, whichever is theirs"
    assert ids[-1] == other["id"]
    seen_by_many = {(await board.see(viewer=f"v{number}"))[0]["id"] for number in range(5)}
    assert capped["id"] in seen_by_many, "others have a count of their own"


async def test_the_same_promo_on_each_look_and_all_of_them_in_a_row(board: Board) -> None:
    for number in range(8):
        await board.write(placement="home_row", title=f"Promo {number}")
        await board.write(title=f"Hero {number}")
    hero = [(await board.see(viewer="ann"))[0]["id"] for _ in range(4)]
    assert len(set(hero)) == 1
    row = [[one["id"] for one in await board.see("home_row", viewer="ann")] for _ in range(2)]
    assert row[0] == row[1]
    assert len(set(row[0])) == 6


async def test_promos_are_for_whom_they_are_for(
    services: Services, board: Board, ann: Api, app_client: AppClient, make_user: MakeUser
) -> None:
    editor = Api(app_client, await make_user(Role.EDITOR))
    release_id = (await add_show(services, editor, alias="the-show")).release_id
    for_guests = await board.write(audience={"roles": ["guest"], "languages": ["ru"]})
    assert [one["id"] for one in await board.see(language="ru-RU")] == [for_guests["id"]]
    assert await board.see(language="en") == []
    assert await board.see(who=ann, language="ru") == []

    release = await editor.get(f"releases/{release_id}")
    beside = await board.write(placement="release", audience={"kinds": [release["type"]]})
    await board.write(placement="release", audience={"genres": ["no-such-genre"]})
    for name in (release_id, release["alias"]):
        assert [one["id"] for one in await board.see("release", release=name)] == [beside["id"]]
    assert await board.see("release", release=new_id()) == []
    assert await board.see("release", release="Ärger") == []


async def test_schedules_are_kept(board: Board) -> None:
    now = datetime.now(UTC)
    later = await board.write(starts_at=(now + timedelta(hours=1)).isoformat())
    assert later["state"] == "scheduled"
    over = await board.write(start=False, ends_at=(now - timedelta(hours=1)).isoformat())
    assert over["state"] == "ended"
    status, problem = await board.admin("POST", f"promos/{over['id']}/start")
    assert (status, problem["code"]) == (409, "promo_over")
    assert await board.see() == []


@pytest.mark.both_adapters
async def test_the_exempt_see_nothing_until_they_are_not(board: Board, ann: Api, container: Container) -> None:
    promo = await board.write()
    path = f"promo-exemptions/{ann.person.user_id}"
    for _ in range(2):
        status, exemption = await board.admin("PUT", path, {"reason": "subscribes"})
        assert (status, exemption["nickname"], exemption["reason"]) == (200, ann.person.nickname, "subscribes")
    assert await board.see(who=ann) == []
    assert len(await board.see()) == 1
    assert (await board.admin.get("promo-exemptions"))["total"] == 1
    assert (await ann.get("me/data"))["ad_exemption"]["reason"] == "subscribes"
    assert (await board.admin("DELETE", path))[0] == 204
    assert (await ann.get("me/data"))["ad_exemption"] is None
    assert (await board.admin("DELETE", path))[1]["code"] == "exemption_not_found"
    (shown,) = await board.see(who=ann)
    assert await board.tell(("impression", shown["ticket"])) == 1
    assert await views(container, promo, ann) == 1
    assert (await board.admin("PUT", f"promo-exemptions/{new_id()}", {}))[1]["code"] == "exempted_unknown"

    await board.admin("PUT", path, {})
    (shown,) = await board.see()
    assert (await ann("POST", "me/delete", {"password": ann.person.password}))[0] in {200, 202, 204}
    await Relay(container).drain()
    assert (await board.admin.get("promo-exemptions"))["total"] == 0
    assert await views(container, promo, ann) == 0, "nobody is left whose they were"
    assert await board.report(promo) == (1, 0)
    assert await board.tell(("impression", shown["ticket"])) == 1


async def test_a_picture_comes_in_several_widths_and_goes(board: Board, app_client: AppClient) -> None:
    promo = await board.write()
    path, headers = f"/api/v1/promos/{promo['id']}/image", board.admin.person.headers
    sent = {**headers, "Content-Type": "image/png"}
    async with app_client.put(path, data=picture(), headers={**sent, "If-Match": '"v999"'}) as answer:
        assert answer.status == 412
    async with app_client.put(path, data=picture(), headers=sent) as answer:
        assert answer.status == 200, await answer.text()
        image = (await answer.json())["image"]
    assert [file["width_px"] for file in image["files"]] == [480, 960, 1200]
    assert (image["width_px"], image["height_px"]) == (1200, 500)
    (shown,) = await board.see()
    assert shown["image"] == image
    for file in image["files"]:
        async with app_client.get(file["url"]) as answer:
            assert (answer.status, answer.content_type) == (200, "image/webp")
    for bad, code in (
        (picture(300, 200), "image_too_small"),
        (picture(2000, 480), "image_too_long"),
        (b"no", "not_an_image"),
    ):
        async with app_client.put(path, data=bad, headers=sent) as answer:
            assert (await answer.json())["code"] == code
    assert (await board.admin("DELETE", f"promos/{promo['id']}/image"))[1]["image"] is None
    async with app_client.get(image["files"][0]["url"]) as answer:
        assert answer.status == 404


async def test_edits_take_turns_and_bad_ones_change_nothing(board: Board) -> None:
    promo = await board.write()
    path = f"promos/{promo['id']}"
    await board.admin("GET", path)
    seen = board.admin.etag
    status, edited = await board.admin("PUT", path, {**PROMO, "title": "Other"}, if_match=seen)
    assert (status, edited["title"], edited["state"]) == (200, "Other", "running")
    status, problem = await board.admin("PUT", path, {**PROMO, "title": "Third"}, if_match=seen)
    assert (status, problem["code"]) == (412, "stale")
    bad: list[tuple[dict[str, Any], str]] = [
        ({"link": "javascript:alert(1)"}, "bad_promo_link"),
        ({"ends_at": PROMO["starts_at"]}, "promo_ends_too_early"),
        ({"cap": {"impressions": 1, "days": 0}}, "cap_incomplete"),
        ({"audience": {"genres": ["war"]}}, "target_needs_release"),
        ({"title": ""}, "invalid_payload"),
        ({"title": "a\0b"}, "invalid_payload"),
        ({"starts_at": "2026-01-01T00:00:00"}, "invalid_payload"),
        ({"weight": 0}, "invalid_payload"),
        ({"audience": {"roles": ["king"]}}, "invalid_payload"),
        ({"placement": "moon"}, "invalid_payload"),
    ]
    for fields, code in bad:
        status, problem = await board.admin("PUT", path, {**PROMO, **fields})
        assert (status, problem["code"]) == (422 if code == "invalid_payload" else 400, code), fields
    assert (await board.admin.get(path))["title"] == "Other"
    assert (await board.admin("GET", f"{path}/report?first=2020-01-01&last=2026-01-01"))[1]["code"] == "report_too_long"
    assert (await board.admin("GET", f"{path}/report?first=2026-01-02&last=2026-01-01"))[1]["code"] == "report_too_long"
    assert (await board.admin("GET", f"promos/{new_id()}"))[1]["code"] == "promo_not_found"
