"""Subtitles that people send: of any encoding, and none that brings the server down."""

import time

import pytest
from sqlalchemy import update

from catalog.moderation.proposals.trust import DAILY, CountedAction, Trust
from catalog.releases.episodes.repository import episode_table
from kernel.access import Role
from kernel.scope import Container
from tests.conftest import AppClient, MakeUser
from tests.integration.catalog.moderation.moderating import Office
from tests.support.people import Person

TIMING = "1\n00:00:01,000 --> 00:00:02,000\n"
RUSSIAN = f"{TIMING}Добрый вечер!\n\n2\n00:00:03,000 --> 00:00:04,000\nЩука, ёж и объезд.\n"

UNREADABLE = {
    "pysubs2's JSON": '{"events": [{"text": 5}]}',
    "a class of JSON": '{"info": {"__class__": "x"}, "events": []}',
    "nested JSON": "[" * 100_000,
    "TTML": "<tt xmlns='http://www.w3.org/ns/ttml'><body><div><p begin='1f' end='2f'>a</p></div></body></tt>",
    "bad XML": "<?xml version='1.0'?><tt><p begin='00:00:01'>",
    "entities": "<!DOCTYPE a [<!ENTITY b 'b'>]><tt>&b;</tt>",
    "a time too long": "00:00:01,000 --> " + "9" * 5000 + ":00:00,000\na",
    "a cue too long": TIMING + "a" * 20_000,
}


@pytest.fixture
def office(app_client: AppClient, make_user: MakeUser) -> Office:
    return Office(app_client, make_user)


@pytest.fixture
async def episode_id(office: Office, container: Container) -> str:
    """Of an episode that everybody sees."""
    made = await office.episode(await office.release())
    async with container.scope(write=True) as scope:
        await scope.uow.session.execute(update(episode_table).values(playable=True, duration_ms=10_000))
    await office.call(await office.person(Role.EDITOR), "POST", f"/episodes/{made}/release")
    return made


async def refused(office: Office, who: Person, body: object) -> str:
    return (await office.refused(who, "POST", "/moderation/proposals", body))[1]


def proposal(episode_id: str, text: object) -> dict[str, object]:
    fields = {"language": {"after": "ru"}, "label": {"after": "Русские"}, "text": {"after": text}}
    return {"kind": "subtitle", "parent_id": episode_id, "fields": fields}


async def read(
    office: Office, who: Person | None, content: bytes, query: str = ""
) -> tuple[int, dict[str, str | None]]:
    headers = {"Content-Type": "application/octet-stream", **({} if who is None else who.headers)}
    response = await office.client.post(f"/api/v1/subtitles/read{query}", data=content, headers=headers)
    return response.status, await response.json()


class TestProposals:
    async def test_what_is_no_subtitles_is_refused(self, office: Office, episode_id: str) -> None:
        newcomer = await office.person(Role.USER)
        for name, text in UNREADABLE.items():
            assert await refused(office, newcomer, proposal(episode_id, text)) == "subtitle_unreadable", name

    @pytest.mark.both_adapters
    async def test_what_was_made_to_take_long_does_not(self, office: Office, episode_id: str) -> None:
        newcomer = await office.person(Role.USER)
        began = time.process_time()
        made = await office.call(
            newcomer,
            "POST",
            "/moderation/proposals",
            proposal(episode_id, f"{TIMING}a{chr(10) * 380_000}b"),
            status=201,
        )
        assert time.process_time() - began < 10, "it took minutes"
        assert [change["after"] for change in made["changes"] if change["field"] == "text"] == [
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\na\nb\n"
        ]

    async def test_a_text_is_counted_before_it_is_read(self, office: Office, episode_id: str) -> None:
        newcomer = await office.person(Role.USER)
        for _ in range(DAILY[CountedAction.PROPOSAL][Trust.NEW]):
            assert await refused(office, newcomer, proposal(episode_id, "nonsense")) == "subtitle_unreadable"
        assert await refused(office, newcomer, proposal(episode_id, "nonsense")) == "daily_cap"

    async def test_a_proposal_for_nothing_is_not_counted(self, office: Office) -> None:
        release_id = await office.release()
        newcomer = await office.person(Role.USER)
        for _ in range(DAILY[CountedAction.PROPOSAL][Trust.NEW] + 1):
            assert await refused(office, newcomer, proposal(release_id, "nonsense")) == "target_not_found"

    async def test_a_draft_is_read_again(self, office: Office, episode_id: str) -> None:
        newcomer = await office.person(Role.USER)
        made = await office.call(
            newcomer, "POST", "/moderation/proposals", proposal(episode_id, RUSSIAN) | {"submit": False}, status=201
        )
        path = f"/moderation/proposals/{made['id']}"
        fields = {"fields": proposal(episode_id, f"{TIMING}Другое")["fields"]}
        edited = await office.call(newcomer, "PUT", path, fields)
        assert "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nДругое\n" in [each["after"] for each in edited["changes"]]
        nonsense = {"fields": {"text": {"after": "nonsense"}}}
        assert await office.refused(newcomer, "PUT", path, nonsense) == (400, "subtitle_unreadable")

    async def test_another_kind_of_value_is_refused_for_its_type(self, office: Office, episode_id: str) -> None:
        newcomer = await office.person(Role.USER)
        for text in (5, None, "", "a" * 400_001):
            body = proposal(episode_id, text)
            assert (await office.refused(newcomer, "POST", "/moderation/proposals", body))[0] == 422


class TestFiles:
    async def test_of_an_old_encoding(self, office: Office) -> None:
        status, answer = await read(office, await office.person(Role.USER), RUSSIAN.encode("cp1251"))
        assert status == 200
        assert (answer["text"] or "").endswith("\nДобрый вечер!\n\n00:00:03.000 --> 00:00:04.000\nЩука, ёж и объезд.\n")
        assert answer["encoding"] == "windows-1251"
        assert "windows-1251" in (answer["warning"] or "")
        _, answer = await read(office, await office.person(Role.USER), RUSSIAN.encode("cp1251"), "?language=ru")
        assert answer["warning"] is None, "the language settles it"

    async def test_in_the_encoding_somebody_chose(self, office: Office) -> None:
        who = await office.person(Role.USER)
        status, answer = await read(office, who, RUSSIAN.encode("cp866"), "?encoding=IBM866")
        assert (status, answer["encoding"], "Щука" in (answer["text"] or "")) == (200, "IBM866", True)
        status, answer = await read(office, who, RUSSIAN.encode("cp866"), "?encoding=UTF-8")
        assert (status, answer["code"]) == (400, "subtitle_unreadable")

    async def test_refused(self, office: Office) -> None:
        who = await office.person(Role.USER)
        assert (await read(office, who, b"\x89PNG\r\n" + bytes(200)))[1]["code"] == "subtitle_unreadable"
        assert (await read(office, who, b"a" * (4 * 1024 * 1024 + 1)))[1]["code"] == "subtitle_file_too_large"
        assert (await read(office, None, b"a"))[0] == 401
