"""Proposals over HTTP, from an idea to the catalogue and back."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from catalog.moderation.proposals.jobs import DRAFTS_KEPT, tidy
from catalog.moderation.proposals.model import LEASE
from catalog.moderation.proposals.repository import SqlAllowances, SqlProposals, proposal_table
from catalog.moderation.proposals.states import ProposalState
from catalog.moderation.proposals.trust import DAILY, TRUSTED_FROM, CountedAction, Trust
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.usecases import media_ready
from kernel.access import Role
from kernel.ids import new_id
from kernel.outbox.relay import Relay
from kernel.scope import Container
from notify.audit.usecases import AuditFilter, AuditLog
from streaming.markers.model import Mark, MarkKind, MarkSource
from streaming.markers.usecases import MarkedEpisodes
from tests.conftest import AppClient, MakeUser
from tests.integration.catalog.moderation.moderating import RELEASE, Office
from tests.support.people import Person


@pytest.fixture
def office(app_client: AppClient, make_user: MakeUser) -> Office:
    return Office(app_client, make_user)


@pytest.fixture
async def user(office: Office) -> Person:
    return await office.person(Role.USER)


@pytest.fixture
async def moderator(office: Office) -> Person:
    return await office.person(Role.MODERATOR)


@pytest.mark.both_adapters
async def test_a_change_from_proposal_to_page(
    office: Office, user: Person, moderator: Person, container: Container
) -> None:
    release_id = await office.release()
    proposal = await office.propose(
        user, release_id, year=2009, name__english="  Big Buck Bunny ", alias=RELEASE["alias"]
    )
    assert proposal["state"] == "pending"
    assert proposal["changes"] == [
        {"field": "year", "before": 2008, "after": 2009, "current": 2008, "conflict": False},
        {"field": "name.english", "before": None, "after": "Big Buck Bunny", "current": None, "conflict": False},
    ], "what changes nothing is left out, the rest is as an editor's form would have it"
    assert proposal["steps"] == ["withdraw"]

    inbox = await office.call(moderator, "GET", "/moderation/inbox")
    assert (inbox["pending"], inbox["taken"], inbox["pending_by_kind"]) == (1, 0, {"release": 1})
    assert (await office.step(moderator, proposal, "take"))["steps"] == [
        "take",
        "release",
        "rebase",
        "accept",
        "reject",
    ]
    inbox = await office.call(moderator, "GET", "/moderation/inbox")
    assert (inbox["pending"], inbox["taken"]) == (0, 1)
    accepted = await office.step(moderator, proposal, "accept")
    assert (accepted["state"], accepted["decided_by"]["nickname"]) == ("accepted", moderator.nickname)

    page = await office.call(None, "GET", f"/releases/{release_id}")
    assert (page["year"], page["name"]["english"], page["name"]["main"]) == (2009, "Big Buck Bunny", "Big Buck Bunny")
    assert {genre["name"] for genre in page["genres"]} == {"Comedy", "Short"}

    await Relay(container).drain()
    async with container.scope(write=False) as scope:
        entries, _ = await scope.port(AuditLog).find(AuditFilter(subject_id=proposal["id"]), offset=0, limit=10)
    assert {(entry.event, entry.actor_id) for entry in entries} == {
        ("ProposalSubmitted", user.user_id),
        ("ProposalTaken", moderator.user_id),
        ("ProposalAccepted", moderator.user_id),
    }
    [accepted_entry] = [entry for entry in entries if entry.event == "ProposalAccepted"]
    assert accepted_entry.details["changes"] == {"year": [2008, 2009], "name.english": [None, "Big Buck Bunny"]}


@pytest.mark.both_adapters
async def test_a_rejection_says_why(office: Office, user: Person, moderator: Person) -> None:
    proposal = await office.propose(user, await office.release(), year=1999)
    assert await office.refused(
        moderator, "POST", f"/moderation/proposals/{proposal['id']}/reject", {"reason": "no"}
    ) == (409, "not_holder")
    await office.step(moderator, proposal, "take")
    await office.step(moderator, proposal, "reject", {"reason": " "}, status=422)
    await office.step(moderator, proposal, "reject", {"reason": "It came out in 2008."})
    own = await office.call(user, "GET", "/moderation/proposals?box=own")
    assert [(item["state"], item["reason"]) for item in own["items"]] == [("rejected", "It came out in 2008.")]
    await office.step(user, proposal, "withdraw", status=409)


@pytest.mark.both_adapters
async def test_a_stale_proposal_is_rebased_or_refused(office: Office, user: Person, moderator: Person) -> None:
    release_id = await office.release()
    proposal = await office.propose(user, release_id, year=2009, season="spring", description="A rabbit.")
    await office.call(
        await office.person(Role.EDITOR),
        "PUT",
        f"/releases/{release_id}",
        {**RELEASE, "year": 2010, "season": "winter"},
    )
    held = await office.step(moderator, proposal, "take")
    assert [c["field"] for c in held["changes"] if c["conflict"]] == ["year", "season"]
    response = await office.send(moderator, "POST", f"/moderation/proposals/{proposal['id']}/accept", {})
    problem = await response.json()
    assert (response.status, problem["code"], problem["conflicts"]) == (409, "proposal_stale", ["year", "season"])
    assert (await office.call(None, "GET", f"/releases/{release_id}"))["description"] == ""

    rebased = await office.step(moderator, proposal, "rebase", {"keep": ["season"]})
    assert {c["field"]: c["before"] for c in rebased["changes"]} == {"season": "winter", "description": ""}
    await office.step(moderator, proposal, "accept")
    page = await office.call(None, "GET", f"/releases/{release_id}")
    assert (page["year"], page["season"], page["description"]) == (2010, "spring", "A rabbit.")


async def test_before_is_what_the_author_saw(office: Office, user: Person) -> None:
    release_id = await office.release()
    body = {"kind": "release", "target_id": release_id, "fields": {"year": {"before": 1990, "after": 2001}}}
    made = await office.call(user, "POST", "/moderation/proposals", body, status=201)
    assert made["changes"] == [{"field": "year", "before": 1990, "after": 2001, "current": 2008, "conflict": True}]


@pytest.mark.both_adapters
async def test_rolling_back(office: Office, user: Person, moderator: Person) -> None:
    release_id = await office.release()
    proposal = await office.propose(user, release_id, year=2009, genres=["Fantasy"])
    await office.accepted(moderator, proposal)
    path, body = f"/moderation/proposals/{proposal['id']}/roll-back", {"reason": "It was right before."}
    edited = {**RELEASE, "year": 2011, "genres": ["Fantasy"]}
    await office.call(await office.person(Role.EDITOR), "PUT", f"/releases/{release_id}", edited)
    assert await office.refused(moderator, "POST", path, body) == (409, "roll_back_conflict")
    for who, told in ((moderator, ["year"]), (user, [])):  # before they try, and nobody else's business
        seen = await office.call(who, "GET", f"/moderation/proposals/{proposal['id']}")
        assert [change["field"] for change in seen["changes"] if change["conflict"]] == told
    assert await office.refused(moderator, "POST", path, {**body, "force": True}) == (403, "force_forbidden")
    rolled = await office.call(await office.person(Role.ADMIN), "POST", path, {**body, "force": True})
    assert (rolled["state"], rolled["steps"]) == ("rolled_back", [])
    page = await office.call(None, "GET", f"/releases/{release_id}")
    assert (page["year"], {genre["name"] for genre in page["genres"]}) == (2008, {"Comedy", "Short"})
    assert await office.refused(moderator, "POST", path, body) == (409, "wrong_state")


@pytest.mark.both_adapters
async def test_two_moderators_at_once_and_one_winner(office: Office, user: Person, make_user: MakeUser) -> None:
    proposal = await office.propose(user, await office.release(), year=2009)
    moderators = [await make_user(Role.MODERATOR) for _ in range(4)]
    path = f"/moderation/proposals/{proposal['id']}/take"
    answers = await asyncio.gather(*(office.send(each, "POST", path) for each in moderators))
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]
    winner = next(each for each, answer in zip(moderators, answers, strict=True) if answer.status == 200)
    read = await office.call(user, "GET", f"/moderation/proposals/{proposal['id']}")
    assert read["taken_by"]["id"] == winner.user_id
    decided = await asyncio.gather(
        *(office.send(winner, "POST", f"/moderation/proposals/{proposal['id']}/{step}", body) for step, body in (
            ("accept", {}), ("reject", {"reason": "no"}), ("accept", {}),
        ))
    )  # fmt: skip
    assert sorted(answer.status for answer in decided) == [200, 409, 409]


@pytest.mark.both_adapters
async def test_a_hold_ends_by_itself(
    office: Office, user: Person, moderator: Person, make_user: MakeUser, container: Container
) -> None:
    proposal = await office.propose(user, await office.release(), year=2009)
    await office.step(moderator, proposal, "take")
    other = await make_user(Role.MODERATOR)
    await office.step(other, proposal, "take", status=409)
    async with container.scope(write=True) as scope:
        held = await SqlProposals(scope.uow).get(proposal["id"])
        assert held is not None
        assert held.taken_until is not None
        held.taken_until -= LEASE
    assert (await office.call(other, "GET", "/moderation/inbox"))["pending"] == 1
    listed = await office.call(other, "GET", "/moderation/proposals?box=pending")
    assert [(item["state"], item["taken_by"]) for item in listed["items"]] == [("pending", None)]
    await office.step(moderator, proposal, "accept", status=409)
    await office.step(other, proposal, "take")
    assert [
        item["id"] for item in (await office.call(moderator, "GET", "/moderation/proposals?box=held"))["items"]
    ] == [proposal["id"]]
    assert (await office.step(other, proposal, "release"))["state"] == "pending"


async def test_nobody_decides_on_their_own(office: Office, moderator: Person) -> None:
    release_id = await office.release()
    body = {
        "kind": "release",
        "target_id": release_id,
        "fields": {"year": {"after": 2009}},
        "submit": True,
        "review": True,
    }
    own = await office.call(moderator, "POST", "/moderation/proposals", body, status=201)
    assert (own["state"], own["steps"]) == ("pending", ["withdraw"])
    path = f"/moderation/proposals/{own['id']}/take"
    assert await office.refused(moderator, "POST", path) == (403, "own_proposal")
    admin = await office.person(Role.ADMIN)
    only_one = await office.call(admin, "POST", "/moderation/proposals", body, status=201)
    assert (await office.accepted(admin, only_one))["state"] == "accepted"


async def test_editors_need_no_decision(office: Office, container: Container) -> None:
    editor = await office.person(Role.EDITOR)
    release_id = await office.release()
    done = await office.propose(editor, release_id, year=2009)
    assert (done["state"], done["decided_by"]) == ("accepted", None)
    assert (await office.call(None, "GET", f"/releases/{release_id}"))["year"] == 2009
    # One that is stale when it arrives waits for a person.
    body = {
        "kind": "release",
        "target_id": release_id,
        "fields": {"year": {"before": 1990, "after": 2001}},
        "submit": True,
    }
    stale = await office.call(editor, "POST", "/moderation/proposals", body, status=201)
    assert stale["state"] == "pending"


@pytest.mark.both_adapters
async def test_trust_is_earned_from_others_and_lost_again(
    office: Office, user: Person, moderator: Person, container: Container
) -> None:
    release_id = await office.release()
    await decided(container, user, moderator.user_id, TRUSTED_FROM - 1)
    await decided(container, user, None, 50)  # by itself: proves nothing
    await decided(container, user, user.user_id, 50)
    assert (await office.propose(user, release_id, year=2009))["state"] == "pending"
    await decided(container, user, moderator.user_id, 1)
    standing = await office.call(user, "GET", "/moderation/standing")
    assert (standing["trust"], standing["accepted"], standing["accepted_by_itself"]) == ("trusted", TRUSTED_FROM, True)
    assert (await office.propose(user, release_id, season="spring"))["state"] == "accepted"
    new: dict[str, Any] = {"alias": "new-one", "type": "TV", "name__main": "New"}
    assert (await office.propose(user, None, **new))["state"] == "pending", "what is new, an editor looks at"
    await decided(container, user, moderator.user_id, 3, ProposalState.ROLLED_BACK)
    assert (await office.propose(user, release_id, season="summer"))["state"] == "pending"


async def decided(
    container: Container, author: Person, by: str | None, number: int, state: ProposalState = ProposalState.ACCEPTED
) -> None:
    async with container.scope(write=True) as scope:
        now = scope.clock.now()
        row: dict[str, Any] = {
            "author_id": author.user_id,
            "kind": "release",
            "title": "Show",
            "is_new": False,
            "note": "",
            "diff": {},
            "reason": "",
        }
        row |= {"state": state, "created_at": now, "updated_at": now, "decided_by": by, "decided_at": now, "version": 1}
        rows = [{**row, "id": new_id()} for _ in range(number)]
        await scope.uow.session.execute(proposal_table.insert(), rows)


@pytest.mark.both_adapters
async def test_a_days_worth_is_counted_exactly(office: Office, user: Person, container: Container) -> None:
    release_id = await office.release()
    cap = DAILY[CountedAction.PROPOSAL][Trust.NEW]
    body = {"kind": "release", "target_id": release_id, "fields": {"year": {"after": 2009}}}
    await office.call(user, "POST", "/moderation/proposals", {**body, "fields": {"year": {"after": 1}}}, status=422)
    answers = await asyncio.gather(*(office.send(user, "POST", "/moderation/proposals", body) for _ in range(cap + 4)))
    assert sorted(answer.status for answer in answers) == [201] * cap + [429] * 4, "a refused one counts for nothing"
    refused = next(answer for answer in answers if answer.status == 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 86_400
    assert (await refused.json())["code"] == "daily_cap"
    async with container.scope(write=True) as scope:
        tomorrow = (scope.clock.now() + timedelta(days=1)).date().isoformat()
        assert await SqlAllowances(scope.uow).use(user.user_id, CountedAction.PROPOSAL, tomorrow, cap)


@pytest.mark.both_adapters
async def test_a_draft_is_its_authors_alone(office: Office, user: Person, moderator: Person) -> None:
    release_id = await office.release()
    draft = await office.propose(user, release_id, year=2009, submit=False)
    path = f"/moderation/proposals/{draft['id']}"
    assert (draft["state"], draft["steps"]) == ("draft", ["edit", "submit", "withdraw"])
    for other in (moderator, await office.person(Role.ADMIN)):
        assert await office.refused(other, "GET", path) == (404, "proposal_not_found")
        assert await office.refused(other, "POST", f"{path}/take") == (404, "proposal_not_found")
    first = {"If-Match": '"v1"'}
    change = {"fields": {"year": {"after": 2010}}, "note": "As on the poster."}
    edited = await (await office.send(user, "PUT", path, change, **first)).json()
    assert ([c["after"] for c in edited["changes"]], edited["note"]) == ([2010], "As on the poster.")
    late = await office.send(user, "PUT", path, {"fields": {"year": {"after": 2011}}}, **first)
    assert late.status == 412
    assert await office.refused(user, "PUT", path, {"fields": {"year": {"after": 2008}}}) == (400, "nothing_proposed")
    await office.step(user, draft, "submit")
    assert await office.refused(user, "PUT", path, {"fields": {"year": {"after": 2011}}}) == (409, "wrong_state")
    await office.step(user, draft, "withdraw")
    assert (await office.call(moderator, "GET", "/moderation/inbox"))["pending"] == 0


@pytest.mark.both_adapters
async def test_something_new(office: Office, user: Person, moderator: Person) -> None:
    fields: dict[str, Any] = {
        "alias": "sintel",
        "type": "TV",
        "name__main": "Sintel",
        "genres": ["Fantasy"],
        "year": 2010,
    }
    assert (await office.call(user, "POST", "/moderation/proposals", {
        "kind": "release", "fields": {"alias": {"after": "sintel"}},
    }, status=422))["errors"], "all that a release needs"  # fmt: skip
    proposal = await office.propose(user, None, **fields)
    assert (proposal["title"], proposal["target_id"]) == ("Sintel", None)
    accepted = await office.accepted(moderator, proposal, publish=True)
    release_id = accepted["target_id"]
    assert (await office.call(None, "GET", f"/releases/{release_id}"))["name"]["main"] == "Sintel"

    body = {
        "kind": "episode",
        "parent_id": release_id,
        "fields": {"ordinal": {"after": 1}, "name": {"after": "Snow"}},
        "submit": True,
    }
    episode = await office.call(user, "POST", "/moderation/proposals", body, status=201)
    twin = await office.call(user, "POST", "/moderation/proposals", body, status=201)
    added = await office.accepted(moderator, episode)
    await office.step(moderator, twin, "take")
    assert await office.refused(moderator, "POST", f"/moderation/proposals/{twin['id']}/accept", {}) == (
        409,
        "ordinal_taken",
    )
    assert (await office.call(moderator, "GET", f"/moderation/proposals/{twin['id']}"))["state"] == "taken"

    back = {"reason": "Not ours to show."}
    path = f"/moderation/proposals/{proposal['id']}/roll-back"
    assert await office.refused(moderator, "POST", path, back) == (409, "roll_back_conflict")
    await office.call(moderator, "POST", f"/moderation/proposals/{added['id']}/roll-back", back)
    assert (await office.send(moderator, "GET", f"/episodes/{added['target_id']}")).status == 404
    await office.call(moderator, "POST", path, back)
    assert (await office.send(moderator, "GET", f"/releases/{release_id}")).status == 404


@pytest.mark.both_adapters
async def test_viewers_correct_what_a_program_found(
    office: Office, container: Container, user: Person, moderator: Person
) -> None:
    release_id = await office.release()
    episode_id = await office.episode(release_id)
    found = Mark(1_000, 91_000, MarkSource.SOUND, 0.62)
    async with container.scope(write=True) as scope:
        await media_ready(context_of(scope), episode_id, duration_ms=600_000, thumbnail_url=None)
        await scope.port(MarkedEpisodes).mark(episode_id, dict.fromkeys(MarkKind, found))
    await office.call(await office.person(Role.EDITOR), "POST", f"/episodes/{episode_id}/release")

    async def accepted(**fields: Any) -> Any:
        body = {"kind": "episode", "target_id": episode_id, "fields": fields, "submit": True}
        proposal = await office.call(user, "POST", "/moderation/proposals", body, status=201)
        await office.accepted(moderator, proposal)
        return await office.call(moderator, "GET", f"/episodes/{episode_id}")

    span = {"start_ms": 1_000, "stop_ms": 91_000}
    named = await accepted(name={"before": "One", "after": "Snow"})
    for kind in MarkKind:
        assert named[kind.value] == {**span, "source": "sound", "confidence": 0.62}, "nobody said anything of it"
    later = {"start_ms": 2_000, "stop_ms": 92_000}
    corrected = await accepted(opening={"before": span, "after": later}, ending={"before": span, "after": None})
    assert corrected["opening"] == {**later, "source": "editor", "confidence": 1}
    assert corrected["ending"] is None
    async with container.scope(write=True) as scope:
        await scope.port(MarkedEpisodes).mark(episode_id, dict.fromkeys(MarkKind, found))
    assert await office.call(moderator, "GET", f"/episodes/{episode_id}") == corrected


async def test_what_was_deleted_in_between(office: Office, user: Person, moderator: Person) -> None:
    release_id = await office.release()
    proposal = await office.propose(user, release_id, year=2009)
    await office.call(moderator, "DELETE", f"/releases/{release_id}", status=204)
    held = await office.step(moderator, proposal, "take")
    assert held["target_gone"]
    await office.step(moderator, proposal, "accept", status=409)
    await office.step(moderator, proposal, "rebase", status=409)
    await office.step(moderator, proposal, "reject", {"reason": "It is gone."})


async def test_nobody_proposes_on_what_they_cannot_see(office: Office, user: Person) -> None:
    draft_id = await office.release(publish=False)
    episode_id = await office.episode(draft_id)
    for body in (
        {"kind": "release", "target_id": draft_id, "fields": {"year": {"after": 2009}}},
        {"kind": "episode", "target_id": episode_id, "fields": {"name": {"after": "x"}}},
        {"kind": "episode", "parent_id": draft_id, "fields": {"ordinal": {"after": 9}}},
        {"kind": "translation", "parent_id": draft_id, "fields": {"language": {"after": "ru"}, "name": {"after": "x"}}},
        {"kind": "translation", "target_id": draft_id, "fields": {"name": {"after": "x"}}},
        {"kind": "episode", "fields": {"ordinal": {"after": 9}}},
    ):
        assert await office.refused(user, "POST", "/moderation/proposals", body) == (404, "target_not_found")


@pytest.mark.both_adapters
async def test_the_inbox_is_oldest_first_and_pages(office: Office, user: Person, moderator: Person) -> None:
    release_id = await office.release()
    ids = [(await office.propose(user, release_id, year=2010 + n))["id"] for n in range(5)]
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = await office.call(moderator, "GET", f"/moderation/proposals?page_size=2&kind=release{cursor}")
        seen += [item["id"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert (seen, page["next_cursor"]) == (ids, None)
    own = await office.call(user, "GET", "/moderation/proposals?box=own&page_size=3")
    assert [item["id"] for item in own["items"]] == ids[:1:-1]
    for bad in ("nonsense", "8J-YgA==", "MjAyNg=="):
        assert (await office.send(moderator, "GET", f"/moderation/proposals?cursor={bad}")).status == 422
    assert not (await office.call(moderator, "GET", "/moderation/proposals?kind=episode"))["items"]


NO_CHANGES: list[dict[str, Any]] = [
    {},
    {"year": {"after": 99999}},
    {"year": {"after": "2008 or so"}},
    {"year": {"after": {"$ne": None}}},
    {"year": {}},
    {"poster_url": {"after": "//evil.example"}},
    {"status": {"after": "published"}},
    {"name": {"after": {"main": "x"}}},
    {"name.main": {"after": ""}},
    {"name.main": {"after": "x" * 256}},
    {"name.main": {"after": "a\0b"}},
    {"genres": {"after": ["a\0b"]}},
    {"description": {"after": "x" * 10_001}},
    {"description": {"after": "ok", "before": "x" * 10_001}},
    {"genres": {"after": [["deep"]]}},
    {"name.__class__": {"after": "x"}},
    {".": {"after": 1}},
    {f"f{n}": {"after": 1} for n in range(41)},
]


async def test_what_is_no_change(office: Office, user: Person) -> None:
    release_id = await office.release()
    for fields in NO_CHANGES:
        body = {"kind": "release", "target_id": release_id, "fields": fields}
        refused = await office.refused(user, "POST", "/moderation/proposals", body)
        assert refused == (422, "invalid_payload"), fields


async def test_tidying_forgets_old_drafts(office: Office, user: Person, container: Container) -> None:
    release_id = await office.release()
    old = await office.propose(user, release_id, year=2009, submit=False)
    fresh = await office.propose(user, release_id, year=2010, submit=False)
    async with container.scope(write=True) as scope:
        found = await SqlProposals(scope.uow).get(old["id"])
        assert found is not None
        found.updated_at -= DRAFTS_KEPT + timedelta(hours=1)
    await tidy(container)
    own = await office.call(user, "GET", "/moderation/proposals?box=own")
    assert [item["id"] for item in own["items"]] == [fresh["id"]]


async def test_who_leaves_asks_for_nothing(
    office: Office, user: Person, moderator: Person, container: Container
) -> None:
    proposal = await office.propose(user, await office.release(), year=2009)
    await office.call(user, "POST", "/me/delete", {"password": user.password}, status=204)
    await Relay(container).drain()
    read = await office.call(moderator, "GET", f"/moderation/proposals/{proposal['id']}")
    assert (read["state"], read["author"]) == ("withdrawn", {"id": user.user_id, "nickname": None})
