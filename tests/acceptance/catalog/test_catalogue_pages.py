"""The pages of the catalogue in a browser: how viewers find a title, and what editors and administrators decide."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Route, expect

from kernel.access import Role
from tests.acceptance.conftest import shared_fixture
from tests.acceptance.viewers import PATIENCE_S, Sit, Viewer
from tests.conftest import StartServer
from tests.support.catalog.imports import work
from tests.support.people import PASSWORD, Person
from tests.support.servers.live_server import LiveServer

# Of `expect`: two cores may be full of other tests.
SOON = PATIENCE_S * 1000

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(180)]


class Api:
    """The API as an administrator, who may do everything."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"data": body} if isinstance(body, bytes) else {"json": body}
        async with self._session.request(method, path.lstrip("/"), headers=headers, **sent) as answer:
            text = await answer.text()
            assert answer.status < 300, text
            return json.loads(text) if text else None

    async def publish(self, alias: str, title: str, **facts: Any) -> str:
        draft = {"alias": alias, "type": "TV", "name": {"main": title}, **facts}
        release = await self("POST", "/releases", draft)
        await self("POST", f"/releases/{release['id']}/publish", {})
        return str(release["id"])


@shared_fixture
async def admin(live_server: StartServer) -> AsyncIterator[tuple[LiveServer, Person, Api]]:
    server = await live_server()
    person = await server.make_user(Role.ADMIN, "Olga")
    async with aiohttp.ClientSession(f"{server.url}/api/v1/", headers=person.headers) as session:
        yield server, person, Api(session)


async def log_in(viewer: Viewer, server: LiveServer, person: Person, path: str) -> None:
    await viewer.page.goto(f"{server.url}/login?next={path}")
    await viewer.see("login").fill(person.nickname)
    await viewer.see("password").fill(PASSWORD)
    await viewer.see("submit").click()
    await viewer.page.wait_for_url(f"{server.url}{path}")


async def test_a_viewer_finds_a_title_in_every_way(admin: tuple[LiveServer, Person, Api], sit: Sit) -> None:
    server, olga, api = admin
    now = datetime.now(UTC)
    season = ("winter", "spring", "summer", "autumn")[(now.month - 1) // 3]
    bebop = await api.publish("bebop", "Cowboy Bebop", year=1998, genres=["Space"])
    lain = await api.publish("lain", "Serial Lain", year=now.year, season=season, genres=["Mystery"], is_ongoing=True)
    # Each day at noon: whatever day it is while this runs, something airs on it.
    airs = (now - timedelta(days=7)).replace(hour=12, minute=0, second=0, microsecond=0)
    slot = {"recurrence": f"R/{airs:%Y-%m-%dT%H:%M:%SZ}/P1D"}
    await api("PUT", f"/releases/{lain}/schedule", {"slots": [slot]}, **{"If-Match": "*"})
    watched = await api.publish("watch", "Night Watch", year=2020, is_ongoing=True)
    late = {"recurrence": f"R/{now - timedelta(days=9):%Y-%m-%d}T25:15/P1D"}
    await api("PUT", f"/releases/{watched}/schedule", {"zone": "Asia/Tokyo", "slots": [late]}, **{"If-Match": "*"})
    await api("PUT", f"/library/collections/{watched}", {"type": "WATCHING"})
    await api("PUT", f"/library/collections/{bebop}", {"type": "PLANNED"})
    await api("PUT", f"/releases/{bebop}/vote", {"score": 9})
    sunrise = await api("POST", "/studios", {"name": "Sunrise"})
    await api("PUT", f"/releases/{bebop}/studios", {"items": [{"studio": sunrise["id"]}]}, **{"If-Match": "*"})

    ann = await sit()
    await log_in(ann, server, olga, "/")
    # Home has a row of each: what this season began, what is wanted, what airs.
    await expect(ann.see("season").get_by_test_id("release-card")).to_contain_text(["Serial Lain"], timeout=SOON)
    await expect(ann.see("trending").get_by_test_id("release-card")).to_contain_text(["Cowboy Bebop"])
    await expect(ann.see("airing-today")).to_contain_text("Serial Lain")

    # By the keyboard alone, once the index has heard of the title.
    async with asyncio.timeout(PATIENCE_S):
        while not (await api("GET", "/search/suggestions?query=cowboy"))["titles"]:
            await asyncio.sleep(0.05)
    await ann.see("search").focus()
    await ann.page.keyboard.type("cowboy")
    await expect(ann.see("suggestions").get_by_role("option", name=re.compile("Cowboy Bebop"))).to_be_visible()
    await ann.page.keyboard.press("ArrowDown")
    await ann.page.keyboard.press("Enter")
    await expect(ann.page.get_by_role("heading", level=1)).to_have_text("Cowboy Bebop", timeout=SOON)
    assert ann.page.url.endswith(f"/releases/{bebop}")

    # On a phone by a finger: all of the list is on the screen.
    await ann.page.set_viewport_size({"width": 390, "height": 800})
    await ann.page.goto(server.url)
    await ann.see("search").click(timeout=SOON)
    await ann.page.keyboard.type("cowboy")
    option = ann.see("suggestions").get_by_role("option", name=re.compile("Cowboy Bebop"))
    await expect(option).to_be_in_viewport(ratio=1)
    box = await ann.see("suggestions").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    await option.click()
    await expect(ann.page.get_by_role("heading", level=1)).to_have_text("Cowboy Bebop", timeout=SOON)
    await ann.page.set_viewport_size({"width": 1280, "height": 800})

    # A filter stands in the address, and the way back takes it away.
    await ann.page.goto(f"{server.url}/catalogue")
    cards = ann.see("catalogue").get_by_test_id("release-card")
    await expect(cards).to_have_count(3, timeout=SOON)
    await ann.see("filter-genre-space").click()
    await expect(cards).to_contain_text(["Cowboy Bebop"])
    await expect(ann.page).to_have_url(re.compile(r"genre=space"))
    await ann.see("score_from").select_option("10")
    await expect(ann.page).to_have_url(re.compile(r"score_from=10"))
    await expect(ann.page.get_by_text("Nothing fits these filters")).to_be_visible()
    await ann.page.go_back()
    await expect(cards).to_contain_text(["Cowboy Bebop"])
    await ann.page.go_back()
    await expect(cards).to_have_count(3)
    assert ann.page.url.endswith("/catalogue")

    # No title is called so, and a studio is.
    async with asyncio.timeout(PATIENCE_S):
        while not (await api("GET", "/search/suggestions?query=sunrise"))["studios"]:
            await asyncio.sleep(0.05)
    await ann.see("catalogue-search").fill("sunrise")
    await ann.see("entry-instead").click()
    await expect(ann.page.get_by_role("heading", level=1)).to_have_text("Sunrise", timeout=SOON)
    assert ann.page.url.endswith("/studios/sunrise")

    await ann.page.goto(f"{server.url}/schedule")
    await expect(ann.see("week")).to_contain_text("Serial Lain", timeout=SOON)
    await expect(ann.see("week")).to_contain_text("Night Watch")
    await ann.see("only-mine").check()
    await expect(ann.see("week")).not_to_contain_text("Serial Lain")
    await expect(ann.see("week")).to_contain_text("Night Watch")
    # The same moment by another clock, and by that of the broadcaster, whose day is longer.
    await ann.see("zone").select_option("Asia/Tokyo")
    await expect(ann.see("week")).to_contain_text("1:15 AM")
    await ann.see("zone").select_option("America/Lima")
    await expect(ann.see("week")).to_contain_text("11:15 AM")
    await ann.see("days").select_option("broadcast")
    await expect(ann.see("week")).to_contain_text("25:15")
    assert re.search(r"\?days=broadcast&mine=true&tz=America%2FLima$", ann.page.url), "for a link to it"
    await ann.page.goto(f"{server.url}/schedule")
    await ann.see("calendar").click(timeout=SOON)
    await ann.see("feed-label").fill("Phone")
    await ann.see("feed-create").click()
    await expect(ann.see("feed-address")).to_have_value(re.compile(r"/api/v1/calendar/.+\.ics$"))
    await ann.page.goto(f"{server.url}/schedule")
    await ann.see("view").select_option("month", timeout=SOON)
    await expect(ann.see("month")).to_contain_text("Serial Lain", timeout=SOON)
    await ann.page.goto(f"{server.url}/releases/{lain}")
    await expect(ann.see("release-schedule")).to_be_visible(timeout=SOON)


async def test_what_editors_and_administrators_decide(admin: tuple[LiveServer, Person, Api], sit: Sit) -> None:
    server, olga, api = admin
    release_id = await api.publish("moon", "Moon Road", year=2001)
    editor = await sit()
    await log_in(editor, server, olga, f"/studio/releases/{release_id}")
    await expect(editor.see("release-name")).to_have_value("Moon Road", timeout=SOON)

    # A line of the schedule that is not saved yet stays, whatever is saved of the rest.
    await editor.see("add-slot").click()
    await editor.see("recurrence").fill("R/2026-07-04T23:30/P7D")

    # Somebody else is quicker: both versions are shown, and the choice is saved.
    theirs = {"alias": "moon", "type": "TV", "name": {"main": "Moon Street"}, "year": 2002}
    await api("PUT", f"/releases/{release_id}", theirs)
    await editor.see("release-name").fill("Moon Lane")
    await editor.see("save-release").click()
    await expect(editor.see("stale")).to_contain_text("Moon Street", timeout=SOON)
    await editor.see("keep-mine").click()
    await editor.see("save-merged").click()
    await expect(editor.see("stale")).to_have_count(0)
    await expect(editor.page.get_by_text("Saved", exact=True)).to_be_visible()
    assert (await api("GET", f"/releases/{release_id}"))["name"]["main"] == "Moon Lane"

    # As for its schedule, where one side is taken as a whole.
    slot = {"site": "TV", "recurrence": "R/2026-07-03T22:00/P7D"}
    await editor.page.wait_for_load_state("networkidle")
    await expect(editor.see("recurrence")).to_have_value("R/2026-07-04T23:30/P7D")
    await api("PUT", f"/releases/{release_id}/schedule", {"zone": "Asia/Tokyo", "slots": [slot]})
    await editor.see("save-schedule").click()
    await expect(editor.see("stale-notice")).to_contain_text("R/2026-07-04T23:30/P7D", timeout=SOON)
    await expect(editor.see("stale-notice")).to_contain_text("R/2026-07-03T22:00/P7D")
    await editor.see("take-theirs").click()
    await expect(editor.see("recurrence")).to_have_value(re.compile(r"^R/2026-07-03T22:00"))
    await expect(editor.see("save-schedule")).to_be_enabled()

    # And for a franchise.
    member = {"release_id": release_id, "release_place": 1, "chronological_place": 1, "recommended_place": 1}
    franchise = {"alias": "moons", "name": "Moons", "members": [member]}
    made = await api("POST", "/franchises", franchise)
    await editor.page.goto(f"{server.url}/studio/franchises/{made['id']}")
    await editor.see("franchise-name").fill("All Moons", timeout=SOON)
    await api("PUT", f"/franchises/{made['id']}", {**franchise, "name": "Half Moons"})
    await editor.see("save-franchise").click()
    await expect(editor.see("stale-notice")).to_contain_text("Half Moons", timeout=SOON)
    await editor.see("keep-mine").click()
    await expect(editor.page.get_by_text("Saved", exact=True)).to_be_visible(timeout=SOON)
    assert (await api("GET", "/franchises/moons"))["name"] == "All Moons"
    await editor.page.goto(f"{server.url}/studio/releases/{release_id}")

    # A lock against imports says whose it is.
    await editor.see("lock-name").click()
    await expect(editor.see("lock-name")).to_have_text("Olga")
    assert [lock["field"] for lock in (await api("GET", f"/releases/{release_id}/locks"))["items"]] == ["name"]

    # A tag is made, and becomes one with another.
    for name in ("Moon", "The Moon"):
        await editor.page.goto(f"{server.url}/studio/lists/tags/new")
        await editor.see("entry-name").fill(name)
        await editor.see("save-entry").click()
        await expect(editor.page.get_by_role("heading", level=1)).to_have_text(name, timeout=SOON)
    await editor.see("merge-entry").click()
    await editor.see("pick-tags").fill("moon")
    await editor.page.get_by_role("option", name="Moon", exact=True).click()
    await editor.see("confirm-merge").click()
    await expect(editor.page.get_by_role("heading", level=1)).to_have_text("Moon")
    (tag,) = (await api("GET", "/tags"))["items"]
    assert tag["name"] == "Moon"

    # A release's list of them is edited by two as well.
    await editor.page.goto(f"{server.url}/studio/releases/{release_id}")
    await editor.see("pick-tags").fill("moon", timeout=SOON)
    await editor.page.get_by_role("option", name="Moon", exact=True).click()
    await api("PUT", f"/releases/{release_id}/tags", {"items": [{"tag": tag["id"], "rank": 20}]})
    await editor.see("save-tags").click()
    await expect(editor.see("stale-notice")).to_contain_text("Moon · 50", timeout=SOON)
    await expect(editor.see("stale-notice")).to_contain_text("Moon · 20")
    await editor.see("keep-mine").click()
    await expect(editor.see("saved-tags")).to_have_text("Saved")
    assert (await api("GET", f"/releases/{release_id}/tags"))["items"][0]["rank"] == 50

    # An imported record that may be a release of ours is decided, and one is kept out for good.
    source = await api("POST", "/imports/sources", {"slug": "bgm", "title": "Bangumi", "kind": "bangumi-data"})
    ours = await api.publish("ours", "作品 0001 号")
    data = json.dumps({"items": [work(1)]}).encode()
    path = f"/imports/sources/{source['id']}"
    await api("POST", f"{path}/file?name=data.json", data, **{"Content-Type": "application/json"})
    run = await api("POST", f"{path}/runs", {})
    async with asyncio.timeout(PATIENCE_S):
        while (await api("GET", f"/imports/runs/{run['id']}"))["state"] in {"queued", "running"}:
            await asyncio.sleep(0.05)
    await editor.page.goto(f"{server.url}/admin/imports?part=conflicts")
    conflict = editor.see("conflict")
    await expect(conflict).to_have_count(1, timeout=SOON)
    await conflict.get_by_role("button", name="It is this one").click()
    await expect(editor.page.get_by_text("Nothing to decide")).to_be_visible()
    assert (await api("GET", f"/releases/{ours}"))["external_ids"]["mal"] == "2"
    await editor.see("never-tab").click()
    await editor.see("blacklist-value").fill("Nobody's title")
    await editor.see("blacklist-add").click()
    await expect(editor.see("blacklist")).to_contain_text("Nobody's title")


async def test_two_releases_are_merged_by_the_mouse_and_parted_again(
    admin: tuple[LiveServer, Person, Api], sit: Sit
) -> None:
    server, olga, api = admin
    twins = [await api.publish(alias, "Star Ferry", year=2018) for alias in ("star-ferry", "star-ferry-2018")]
    editor = await sit()
    await log_in(editor, server, olga, "/admin/merges")
    for side, address in (("source", "star-ferry"), ("target", "star-ferry-2018")):
        await editor.see(f"merge-{side}").fill("star ferry")
        # They look the same, so that each says its address.
        suggested = editor.page.locator(f"#merge-{side}-list").get_by_role("option")
        await expect(suggested).to_have_count(2, timeout=SOON)
        await suggested.filter(has_text=re.compile(rf"{address}$")).click()
        await expect(editor.see(f"chosen-{side}")).to_have_attribute("href", re.compile("/releases/"))
    await editor.see("merge").click()
    await editor.see("confirm-merge").click()
    said = editor.page.get_by_role("status").filter(has_text="is part of")
    await expect(said).to_be_visible()
    assert (await api("GET", "/releases/star-ferry"))["id"] == twins[1]
    await editor.see("undo-merge").click()
    await expect(editor.see("lock-row")).to_contain_text("Their merge was undone.")
    await expect(said).to_have_count(0)
    assert (await api("GET", "/releases/star-ferry"))["id"] == twins[0]

    # A list of suggestions that is left lies over nothing.
    await editor.see("merge-source").fill("star ferry")
    await expect(editor.page.locator("#merge-source-list")).to_be_visible()
    await editor.see("merge-target").focus()
    await expect(editor.page.locator("#merge-source-list")).to_be_hidden()


async def test_a_trailer_is_asked_of_its_host_by_a_click_alone(admin: tuple[LiveServer, Person, Api], sit: Sit) -> None:
    server, olga, api = admin
    bunny = await api.publish("bunny", "Big Buck Bunny", trailers=[{"url": "https://vimeo.com/1084537"}])
    editor = await sit()
    asked: list[str] = []

    async def answer(route: Route) -> None:
        asked.append(route.request.url)
        await route.fulfill(status=200, content_type="text/html", body="<title>A player</title>")

    await editor.page.route(lambda url: not url.startswith(server.url), answer)
    await log_in(editor, server, olga, f"/studio/releases/{bunny}")
    await editor.see("add-trailer").click()
    second = editor.see("trailer-url").nth(1)
    await second.fill("https://youtu.be/aqz-KE-bpKQ?t=7")
    await editor.page.get_by_label("Move trailer 2 up").click()
    await editor.see("save-release").click()
    await expect(editor.see("trailer-url").first).to_have_value(
        "https://www.youtube.com/watch?v=aqz-KE-bpKQ", timeout=SOON
    )

    await editor.page.goto(f"{server.url}/releases/{bunny}")
    await editor.see("trailer").first.scroll_into_view_if_needed(timeout=SOON)
    await expect(editor.see("trailer")).to_have_count(2)
    assert asked == [], "nothing before somebody wants it"
    await editor.see("trailer").first.click()
    await expect(editor.see("trailer-frame")).to_be_focused(timeout=SOON)
    frame = await editor.see("trailer-frame").element_handle()
    player = await frame.content_frame() if frame else None
    assert player is not None
    await player.wait_for_function("document.title === 'A player'")  # the policy of the page let it in
    assert asked == ["https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?autoplay=1&rel=0"]
    await editor.see("close-trailer").click()
    await expect(editor.see("trailer").first).to_be_focused()


async def test_who_made_it_what_belongs_to_it_and_what_one_may_like(
    admin: tuple[LiveServer, Person, Api], sit: Sit
) -> None:
    """A release's page and those it leads to: person, studio, genre, season, franchise, profile, recommendations."""
    server, olga, api = admin
    facts: dict[str, Any] = {"genres": ["Jazz"], "year": 1998, "season": "spring"}
    show = await api.publish("jazz", "Jazz Club", **facts)
    film = await api.publish("jazz-film", "Jazz Club: The Film", **facts)
    other = await api.publish("trumpet", "Trumpet Boy", **facts)
    await api("POST", "/people", {"name": "Ann Lee", "alias": "ann-lee"})
    await api("POST", "/studios", {"name": "Bones", "alias": "bones"})
    await api("PUT", f"/releases/{show}/credits", {"items": [{"person": "ann-lee", "role": "director"}]})
    await api("PUT", f"/releases/{show}/studios", {"items": [{"studio": "bones", "role": "animation"}]})
    members = [
        {"release_id": one, "release_place": place, "chronological_place": 3 - place, "recommended_place": place}
        for place, one in enumerate((show, film), 1)
    ]
    await api("POST", "/franchises", {"alias": "clubs", "name": "The Clubs", "members": members})
    await api("POST", f"/favorites/{show}")
    await api("PUT", f"/releases/{show}/vote", {"score": 9})
    await api("POST", f"/releases/{show}/similar", {"release_id": other})
    await api("PUT", "/library/sharing", {"profile": True, "comparison": False})

    ann = await sit()
    await log_in(ann, server, olga, f"/releases/{show}")
    await ann.see("rating").scroll_into_view_if_needed(timeout=SOON)
    await expect(ann.see("rating").get_by_test_id("histogram")).to_be_visible()
    await expect(ann.see("vote-9")).to_be_checked()
    order = ann.see("watch-order").locator("strong")
    await expect(order).to_have_text(["Jazz Club", "Jazz Club: The Film"], timeout=SOON)
    await ann.see("order-chronological").click()
    await expect(order).to_have_text(["Jazz Club: The Film", "Jazz Club"])
    await ann.page.keyboard.press("End")
    await expect(ann.see("similar-voted")).to_contain_text(["Trumpet Boy"], timeout=SOON)
    await expect(ann.see("similar-vote")).to_have_text("1")

    # Both who made it lead to what else they made.
    await expect(ann.see("release-credits")).to_contain_text("Director")
    for link, path in (("Ann Lee", "/people/ann-lee"), ("Bones", "/studios/bones")):
        await ann.see("release-credits").get_by_role("link", name=link).click()
        await expect(ann.page.get_by_role("heading", level=1)).to_have_text(link, timeout=SOON)
        assert ann.page.url == server.url + path
        await expect(ann.see("entry-releases").get_by_test_id("release-card")).to_contain_text(["Jazz Club"])
        await ann.page.go_back()
        await ann.see("rating").scroll_into_view_if_needed(timeout=SOON)
        await ann.page.keyboard.press("End")
    for path, heading in (("/genres/jazz", "Jazz"), ("/seasons/1998/spring", "Spring 1998")):
        await ann.page.goto(server.url + path)
        await expect(ann.page.get_by_role("heading", level=1)).to_contain_text(heading, timeout=SOON, ignore_case=True)
        await expect(ann.see("catalogue").get_by_test_id("release-card")).to_have_count(3)
    await ann.page.goto(f"{server.url}/franchises/clubs")
    await expect(ann.see("watch-order").locator("li")).to_have_count(2, timeout=SOON)
    await ann.page.goto(f"{server.url}/users/Olga")
    await expect(ann.see("numbers")).to_contain_text("9", timeout=SOON)
    await expect(ann.page.get_by_role("heading", level=1)).to_have_text("Olga")
    await ann.page.goto(f"{server.url}/library/statistics")
    await expect(ann.see("numbers")).to_contain_text("9.00", timeout=SOON)
    await expect(ann.see("activity")).to_be_visible()

    # How far two agree is said once both let it be, and have rated enough.
    bob = await server.make_user(Role.USER, "Bob")
    await api("PUT", "/library/sharing", {"profile": True, "comparison": True}, **bob.headers)
    for allowed in (False, True):
        await api("PUT", "/library/sharing", {"profile": True, "comparison": allowed})
        await ann.page.goto(f"{server.url}/users/Bob")
        await ann.see("compare").click(timeout=SOON)
        if allowed:
            await expect(ann.page.get_by_text("Too little to compare yet")).to_be_visible()
        else:
            await expect(ann.page.get_by_role("alert")).to_be_visible()

    # What is like what she likes is on the way in, with the reason, and goes for good when she does not want it.
    async with asyncio.timeout(PATIENCE_S):
        while (await api("GET", "/recommendations"))["items"][:1] == []:
            await asyncio.sleep(0.05)
    await ann.page.goto(server.url)
    card = ann.see("recommended").get_by_test_id("recommendation").filter(has_text="Trumpet Boy")
    await expect(card.get_by_test_id("reason")).to_contain_text("Jazz Club", timeout=SOON)
    await card.get_by_test_id("not-this").click()
    await expect(card).to_have_count(0)
    await ann.page.goto(f"{server.url}/recommendations")
    await expect(ann.see("recommendation-settings")).to_be_visible(timeout=SOON)
    hidden = await api("GET", "/recommendations/not-interested")
    assert [one["release"]["alias"] for one in hidden["items"]] == ["trumpet"]


async def test_many_are_changed_at_once_and_a_source_is_read(admin: tuple[LiveServer, Person, Api], sit: Sit) -> None:
    server, olga, api = admin
    shows = [await api.publish(f"night-{number}", f"Night {number}", genres=["Drama"]) for number in range(2)]
    editor = await sit()
    await log_in(editor, server, olga, "/studio/releases")
    await editor.see("bulk-search").fill("night")
    await editor.see("bulk-search").press("Enter")
    await expect(editor.see("pick-release")).to_have_count(2, timeout=SOON)
    await editor.see("pick-all").check()
    await editor.see("bulk-add-genres").fill("Mystery")
    await editor.see("bulk-year").fill("2003")
    await editor.see("bulk-preview").click()
    await expect(editor.see("bulk-item")).to_contain_text(["2003", "2003"], timeout=SOON)
    assert (await api("GET", f"/releases/{shows[0]}"))["year"] is None, "looked at first"
    await editor.see("bulk-apply").click()
    await expect(editor.see("bulk-apply")).to_have_count(0)
    await editor.see("bulk-close").click()
    for show in shows:
        changed = await api("GET", f"/releases/{show}")
        assert (changed["year"], [genre["name"] for genre in changed["genres"]]) == (2003, ["Drama", "Mystery"])

    # A run that changes nothing shows what it would, and then one that does.
    source = await api("POST", "/imports/sources", {"slug": "bgm", "title": "Bangumi", "kind": "bangumi-data"})
    data = json.dumps({"items": [work(1), work(2)]}).encode()
    path = f"/imports/sources/{source['id']}/file?name=data.json"
    await api("POST", path, data, **{"Content-Type": "application/json"})
    await editor.page.goto(f"{server.url}/admin/imports")
    await expect(editor.see("import-source")).to_contain_text("Bangumi", timeout=SOON)
    await editor.see("dry-run").click()
    await editor.see("show-rows").click()
    run = editor.see("import-run")
    await expect(run).to_contain_text([re.compile("作品 0002 号")])
    assert (await api("GET", "/releases?search=type:tv&published=false"))["total"] == 0
    await editor.see("start-import").click()
    await expect(run).to_have_count(2, timeout=SOON)
    async with asyncio.timeout(PATIENCE_S):
        while (await api("GET", "/releases?published=false"))["total"] != 2:
            await asyncio.sleep(0.05)
