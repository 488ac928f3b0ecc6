"""Who may do what in moderation: every endpoint with every role, teams, reports and comments."""

from typing import Any

import pytest

from accounts.teams.usecases import Teams, trust
from catalog.moderation.comments.repository import comment_table
from catalog.moderation.limits import COMMENTS_MAX
from kernel.access import Role
from kernel.ids import new_id
from kernel.scope import Container
from tests.conftest import AppClient, MakeUser
from tests.integration.catalog.moderation.moderating import Office
from tests.support.people import Person

BASE = "/moderation"
ROLES = ("nobody", "stranger", "author", "editor", "moderator", "admin")
MATRIX: list[tuple[str, str, Any, str]] = [
    # A status for each of ROLES. 404 hides what is not theirs; 409 and 4xx of the moment mean that they may ask.
    ("GET", "/inbox", None, "401 403 403 403 200 200"),
    ("GET", "/standing", None, "401 200 200 200 200 200"),
    ("GET", "/proposals?box=own", None, "401 200 200 200 200 200"),
    ("GET", "/proposals?box=pending", None, "401 403 403 403 200 200"),
    ("GET", "/proposals?box=taken", None, "401 403 403 403 200 200"),
    ("GET", "/proposals?box=held", None, "401 403 403 403 200 200"),
    ("GET", "/proposals?box=decided", None, "401 403 403 403 200 200"),
    ("GET", "/proposals/{proposal}", None, "401 404 200 404 200 200"),
    ("PUT", "/proposals/{proposal}", {"fields": {"year": {"after": 2010}}}, "401 404 409 404 404 404"),
    ("POST", "/proposals/{proposal}/submit", {}, "401 404 409 404 404 404"),
    ("POST", "/proposals/{proposal}/take", None, "401 404 403 404 200 409"),
    ("POST", "/proposals/{proposal}/rebase", {}, "401 404 403 404 200 409"),
    ("POST", "/proposals/{proposal}/reject", {"reason": ""}, "401 422 422 422 422 422"),
    ("POST", "/proposals/{proposal}/release", None, "401 404 403 404 200 409"),
    ("POST", "/proposals/{proposal}/accept", {}, "401 404 403 404 409 409"),
    ("POST", "/proposals/{proposal}/reject", {"reason": "no"}, "401 404 403 404 409 409"),
    ("POST", "/proposals/{proposal}/roll-back", {"reason": "no"}, "401 403 403 403 409 409"),
    ("GET", "/proposals/{proposal}/comments", None, "401 404 200 404 200 200"),
    ("POST", "/proposals/{proposal}/comments", {"text": "Hm."}, "401 404 201 404 201 201"),
    ("PUT", "/comments/{comment}", {"text": "Hm?"}, "401 404 200 404 403 403"),
    ("DELETE", "/comments/{comment}", None, "401 404 - 404 204 404"),
    ("GET", "/proposals/{draft}", None, "401 404 200 404 404 404"),
    ("POST", "/proposals/{draft}/take", None, "401 404 403 404 404 404"),
    ("POST", "/proposals/{draft}/comments", {"text": "Hm."}, "401 404 409 404 404 404"),
    ("POST", "/proposals/{draft}/withdraw", None, "401 404 - 404 404 404"),
    ("POST", "/proposals/{proposal}/withdraw", None, "401 404 200 404 404 404"),
    ("GET", "/reports", None, "401 403 403 403 200 200"),
    ("GET", "/reports/own", None, "401 200 200 200 200 200"),
    ("POST", "/reports/{report}/resolve", {"outcome": "Done."}, "401 403 403 403 200 409"),
    ("POST", "/reports/{report}/dismiss", {"outcome": "Done."}, "401 403 403 403 409 409"),
]


@pytest.fixture
def office(app_client: AppClient, make_user: MakeUser) -> Office:
    return Office(app_client, make_user)


@pytest.fixture
async def author(office: Office) -> Person:
    return await office.person(Role.USER)


async def report(office: Office, who: Person, kind: str, target_id: str, status: int = 201) -> Any:
    body = {"kind": kind, "target_id": target_id, "reason": "wrong", "text": "Look."}
    return await office.call(who, "POST", f"{BASE}/reports", body, status=status)


async def comment(office: Office, who: Person, proposal: Any, text: str = "Why?", status: int = 201) -> Any:
    return await office.call(who, "POST", f"{BASE}/proposals/{proposal['id']}/comments", {"text": text}, status=status)


@pytest.mark.both_adapters
async def test_every_endpoint_with_every_role(office: Office, author: Person, make_user: MakeUser) -> None:
    release_id = await office.release()
    proposal = await office.propose(author, release_id, year=2009)
    draft = await office.propose(author, release_id, year=2010, submit=False)
    ids = {
        "proposal": proposal["id"],
        "draft": draft["id"],
        "comment": (await comment(office, author, proposal))["id"],
        "report": (await report(office, author, "release", release_id))["id"],
    }
    people = {
        "nobody": None,
        "stranger": await make_user(Role.USER),
        "author": author,
        "editor": await office.person(Role.EDITOR),
        "moderator": await office.person(Role.MODERATOR),
        "admin": await office.person(Role.ADMIN),
    }
    for method, path, body, expected in MATRIX:
        found = []
        for role, status in zip(ROLES, expected.split(), strict=True):
            if status != "-":
                answer = await office.send(people[role], method, BASE + path.format(**ids), body)
                found.append(str(answer.status))
            else:
                found.append("-")
        assert " ".join(found) == expected, f"{method} {path}"


async def test_a_conversation(office: Office, author: Person) -> None:
    moderator = await office.person(Role.MODERATOR)
    proposal = await office.propose(author, await office.release(), year=2009)
    asked = await comment(office, moderator, proposal, "  Where does it say so?  ")
    answered = await comment(office, author, proposal, "<b>On the poster.</b>")
    await office.call(author, "PUT", f"{BASE}/comments/{answered['id']}", {"text": "In the titles."})
    await office.call(moderator, "DELETE", f"{BASE}/comments/{asked['id']}", status=204)
    listed = (await office.call(author, "GET", f"{BASE}/proposals/{proposal['id']}/comments"))["items"]
    assert [(c["author"]["nickname"], c["text"], bool(c["deleted_at"]), bool(c["edited_at"])) for c in listed] == [
        (moderator.nickname, "", True, False),
        (author.nickname, "In the titles.", False, True),
    ]
    for text in ("", " ", "x" * 2001, "a\0b"):
        await comment(office, author, proposal, text, status=422)
    assert await office.refused(moderator, "DELETE", f"{BASE}/comments/{asked['id']}") == (404, "comment_not_found")


@pytest.mark.both_adapters
async def test_a_conversation_ends_somewhere(office: Office, author: Person, container: Container) -> None:
    proposal = await office.propose(author, await office.release(), year=2009)
    async with container.scope(write=True) as scope:
        row = {"proposal_id": proposal["id"], "author_id": author.user_id, "text": "…", "created_at": scope.clock.now()}
        rows = [{**row, "id": new_id()} for _ in range(COMMENTS_MAX)]
        await scope.uow.session.execute(comment_table.insert(), rows)
    await comment(office, author, proposal, status=409)


@pytest.mark.both_adapters
async def test_reports_are_one_for_each_person_and_thing(office: Office, author: Person, make_user: MakeUser) -> None:
    moderator, other = await office.person(Role.MODERATOR), await make_user(Role.USER)
    release_id = await office.release()
    episode_id = await office.episode(release_id)
    proposal = await office.propose(author, release_id, year=2009)
    said = await comment(office, moderator, proposal)
    first = await report(office, author, "release", release_id)
    assert await office.refused(
        author, "POST", f"{BASE}/reports", {"kind": "release", "target_id": release_id, "reason": "spam"}
    ) == (409, "already_reported")
    await report(office, other, "release", release_id)
    await report(office, author, "user", other.user_id)
    await report(office, author, "comment", said["id"])
    await report(office, moderator, "proposal", proposal["id"])
    # What one cannot see, one cannot report: an unpublished episode, others' proposals and what is said of them.
    for kind, target_id in (
        ("episode", episode_id),
        ("proposal", proposal["id"]),
        ("comment", said["id"]),
        ("user", release_id),
        ("team", release_id),
    ):
        await report(office, other, kind, target_id, status=404)

    inbox = await office.call(moderator, "GET", f"{BASE}/inbox")
    assert (inbox["reports"], inbox["reports_by_kind"]) == (5, {"release": 2, "user": 1, "comment": 1, "proposal": 1})
    listed = (await office.call(moderator, "GET", f"{BASE}/reports?kind=release&page_size=1"))["items"]
    assert [(item["id"], item["title"], item["reason"]) for item in listed] == [
        (first["id"], "Big Buck Bunny", "wrong")
    ]
    await office.call(moderator, "POST", f"{BASE}/reports/{first['id']}/resolve", {"outcome": "The year is right now."})
    again = f"{BASE}/reports/{first['id']}/dismiss"
    assert await office.refused(moderator, "POST", again, {"outcome": "no"}) == (409, "report_closed")
    own = (await office.call(author, "GET", f"{BASE}/reports/own?state=resolved"))["items"]
    assert [(item["outcome"], item["closed_by"]) for item in own] == [("The year is right now.", None)]
    assert (await office.call(moderator, "GET", f"{BASE}/inbox"))["reports"] == 4


@pytest.mark.both_adapters
async def test_trusted_teams_decide_on_what_is_asked_in_their_name(
    office: Office, author: Person, make_user: MakeUser, container: Container
) -> None:
    owner, admin = await make_user(Role.USER), await office.person(Role.ADMIN)
    body = {"name": "Sub Marine", "slug": "sub-marine", "visibility": "public"}
    team = await office.call(owner, "POST", "/teams", body, status=201)
    release_id = await office.release()
    ask = {
        "kind": "release",
        "target_id": release_id,
        "fields": {"year": {"after": 2009}},
        "team_id": team["id"],
        "submit": True,
    }
    assert await office.refused(author, "POST", f"{BASE}/proposals", ask) == (403, "forbidden")
    waiting = await office.call(owner, "POST", f"{BASE}/proposals", ask, status=201)
    assert waiting["state"] == "pending", "anybody can found a team and own it"
    listing = f"{BASE}/proposals?team_id={team['id']}"
    assert await office.refused(owner, "GET", listing) == (403, "forbidden")

    async with container.scope(write=True, actor=admin.actor) as scope:
        await trust(scope.port(Teams), admin.actor, team["id"], trusted=True, now=scope.clock.now())
    assert (await office.call(owner, "GET", f"{BASE}/inbox"))["pending"] == 0, "one's own are for others"
    assert (await office.call(owner, "GET", listing))["items"] == []
    assert await office.refused(owner, "POST", f"{BASE}/proposals/{waiting['id']}/take") == (403, "own_proposal")
    ask["fields"] = {"year": {"after": 2010}}
    done = await office.call(owner, "POST", f"{BASE}/proposals", ask, status=201)
    assert (done["state"], done["decided_by"]) == ("accepted", None)

    member = await make_user(Role.USER)
    link = await office.call(owner, "POST", f"/teams/{team['id']}/invitations", {"kind": "link"}, status=201)
    await office.call(member, "POST", "/teams/invitations/accept", {"token": link["url"].partition("#")[2]})
    roles = (await office.call(owner, "GET", f"/teams/{team['id']}/roles"))["items"]
    editor = next(role for role in roles if role["permissions"] == ["propose"])
    path = f"/teams/{team['id']}/members/{member.user_id}/roles"
    await office.call(owner, "PUT", path, {"role_ids": [editor["id"]]})
    ask["fields"] = {"year": {"after": 2011}}
    asked = await office.call(member, "POST", f"{BASE}/proposals", ask, status=201)
    assert asked["team"] == {"id": team["id"], "name": "Sub Marine", "slug": "sub-marine", "avatar_url": None}
    await office.propose(member, release_id, year=2012)
    for path in (listing, f"{BASE}/proposals"):  # without a team: of all teams one decides for, and of nobody else
        assert [item["id"] for item in (await office.call(owner, "GET", path))["items"]] == [asked["id"]]
    for path in (f"{BASE}/inbox?team_id={team['id']}", f"{BASE}/inbox"):
        counts = await office.call(owner, "GET", path)
        assert (counts["pending"], counts["reports"]) == (1, 0)
    assert (await office.call(admin, "GET", f"{BASE}/inbox"))["pending"] == 3
    await office.accepted(owner, asked)
    assert [item["id"] for item in (await office.call(owner, "GET", f"{BASE}/proposals?box=decided"))["items"]] == [
        asked["id"],
        done["id"],
    ]
    assert await office.refused(member, "GET", f"{BASE}/inbox") == (403, "forbidden")
    assert await office.refused(owner, "GET", f"{BASE}/inbox?team_id={new_id()}") == (403, "forbidden")


async def test_a_reported_comment_says_where_it_is(office: Office, author: Person) -> None:
    moderator = await office.person(Role.MODERATOR)
    proposal = await office.propose(author, release_id := await office.release(), year=2009)
    said = await comment(office, moderator, proposal)
    filed = await report(office, author, "comment", said["id"])
    assert filed["proposal_id"] == proposal["id"]
    await report(office, author, "release", release_id)
    listed = (await office.call(moderator, "GET", f"{BASE}/reports"))["items"]
    assert [item["proposal_id"] for item in listed] == [proposal["id"], None]
