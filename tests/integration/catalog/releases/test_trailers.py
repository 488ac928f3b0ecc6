"""Trailers of releases: edited, merged, split, imported and proposed."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from catalog.releases.locks.model import LockedField
from kernel.access import Role
from server.cli import imports
from server.http.middleware import content_security_policy
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.library import Api, add_show

BUNNY: Final = "https://www.youtube.com/watch?v=aqz-KE-bpKQ"
TEASER: Final = "https://vimeo.com/1084537"
SECOND: Final = "https://www.bilibili.com/video/BV1xx411c7mD/"


@pytest.fixture
async def boss(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user(Role.MODERATOR))


@pytest.fixture
async def ann(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user())


def draft(**said: Any) -> dict[str, Any]:
    return {"alias": "bunny", "type": "MOVIE", "name": {"main": "Big Buck Bunny"}, **said}


async def urls(who: Api, release_id: str) -> list[str]:
    return [one["url"] for one in (await who.get(f"releases/{release_id}"))["trailers"]]


async def test_written_read_and_kept(boss: Api) -> None:
    said = [{"url": "https://youtu.be/aqz-KE-bpKQ?t=3", "title": " Trailer ", "language": "EN"}, {"url": TEASER}]
    status, made = await boss("POST", "releases", draft(trailers=[*said, {"url": BUNNY, "title": "again"}]))
    assert status == 201, made
    assert made["trailers"] == [
        {
            "host": "youtube",
            "url": BUNNY,
            "embed_url": "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?autoplay=1&rel=0",
            "title": "Trailer",
            "language": "en",
        },
        {
            "host": "vimeo",
            "url": TEASER,
            "embed_url": "https://player.vimeo.com/video/1084537?dnt=1&autoplay=1",
            "title": "",
            "language": None,
        },
    ], "in their order, each video once"
    address, seen = f"releases/{made['id']}", boss.etag
    assert await boss.get(f"{address}?include=trailers.host") == {"trailers": [{"host": "youtube"}, {"host": "vimeo"}]}

    status, kept = await boss("PUT", address, draft(year=2008), if_match=seen)
    assert (status, len(kept["trailers"])) == (200, 2), "whoever does not name them leaves them"
    status, stale = await boss("PUT", address, draft(trailers=[]), if_match=seen)
    assert (status, len(stale["current"]["trailers"])) == (412, 2)
    status, turned = await boss("PUT", address, draft(trailers=said[::-1]), if_match=boss.etag or None)
    assert (status, [one["url"] for one in turned["trailers"]]) == (200, [TEASER, BUNNY])
    status, emptied = await boss("PUT", address, draft(trailers=[]))
    assert (status, emptied["trailers"]) == (200, [])


@pytest.mark.parametrize(
    ("trailers", "code"),
    [
        ([{"url": "https://evil.example/embed/1"}], "bad_trailer"),
        ([{"url": f"javascript:alert('{BUNNY}')"}], "bad_trailer"),
        ([{"url": ""}], "invalid_payload"),
        ([{"url": BUNNY, "width": 3}], "invalid_payload"),
        ([{"url": BUNNY, "language": "English"}], "invalid_payload"),
        ([{"url": BUNNY, "title": "x" * 121}], "invalid_payload"),
        ([{"url": f"https://youtu.be/{n:011}"} for n in range(11)], "invalid_payload"),
    ],
)
async def test_what_is_refused(boss: Api, trailers: Any, code: str) -> None:
    status, problem = await boss("POST", "releases", draft(trailers=trailers))
    assert (status, problem["code"]) == (422 if code == "invalid_payload" else 400, code)


def test_pages_frame_the_hosts_alone() -> None:
    [frames] = [
        one for one in content_security_policy("https://ani.example").split("; ") if one.startswith("frame-src")
    ]
    assert frames.split()[1:] == [
        "https://www.youtube-nocookie.com",
        "https://player.vimeo.com",
        "https://geo.dailymotion.com",
        "https://rutube.ru",
        "https://player.bilibili.com",
    ]


@pytest.mark.both_adapters
async def test_they_go_along_with_merges_and_splits_and_come_back(services: Services, boss: Api) -> None:
    source = await add_show(
        services, boss, episodes=1, alias="copy", trailers=[{"url": BUNNY}, {"url": TEASER, "title": "T"}]
    )
    target = await add_show(services, boss, episodes=3, alias="work", trailers=[{"url": TEASER, "title": "Own"}])
    pair = {"source_id": source.release_id, "target_id": target.release_id}
    status, shown = await boss("POST", "merges/preview", pair)
    assert (status, shown["trailers"]) == (200, [BUNNY])
    status, merged = await boss("POST", "merges", pair)
    assert status == 201, merged
    both = (await boss.get(f"releases/{target.release_id}"))["trailers"]
    assert [(one["url"], one["title"]) for one in both] == [(TEASER, "Own"), (BUNNY, "")]
    assert (await boss("POST", f"merges/{merged['id']}/undo"))[0] == 200
    assert await urls(boss, target.release_id) == [TEASER]
    assert await urls(boss, source.release_id) == [BUNNY, TEASER]

    new = {"episode_ids": target.episodes[2:], "alias": "second", "type": "TV", "name": {"main": "Second"}}
    status, problem = await boss("POST", f"releases/{target.release_id}/split", {**new, "trailers": [BUNNY]})
    assert (status, problem["code"]) == (400, "foreign_trailers")
    status, done = await boss("POST", f"releases/{target.release_id}/split", {**new, "trailers": [TEASER]})
    assert status == 201, done
    assert (await urls(boss, target.release_id), await urls(boss, done["target_id"])) == ([], [TEASER])
    locks = (await boss.get(f"releases/{target.release_id}/locks"))["items"]
    assert LockedField.TRAILERS in {one["field"] for one in locks}, "no import brings back what went"
    assert (await boss("POST", f"splits/{done['id']}/undo", {}))[0] == 200
    assert await urls(boss, target.release_id) == [TEASER]


@pytest.mark.both_adapters
async def test_a_source_adds_its_own_and_people_win(services: Services, boss: Api, tmp_path: Path) -> None:
    async def read(*trailers: str) -> None:
        rows = [
            {
                "key": "1",
                "title": "Bunny",
                "type": "movie",
                "trailers": [{"url": one, "title": "PV"} for one in trailers],
            }
        ]
        file = tmp_path / "works.json"
        file.write_text(json.dumps(rows))
        await imports.run(services, "table", file, lambda *_: None, publish=True)

    await read(BUNNY, "https://evil.example/1")
    [release] = (await boss.get("releases"))["items"]
    address, said = f"releases/{release['id']}", draft(alias=release["alias"], name={"main": "Bunny"})
    assert [(one["url"], one["title"]) for one in release["trailers"]] == [(BUNNY, "PV")]
    assert (await boss("PUT", address, {**said, "trailers": [{"url": TEASER}]}))[0] == 200
    await read(BUNNY, SECOND)
    assert await urls(boss, release["id"]) == [TEASER, SECOND], (
        "what somebody took out stays out, and what they added stays"
    )
    assert (await boss("PUT", f"{address}/locks", {"fields": ["trailers"]}))[0] == 200
    await read(BUNNY, SECOND, "https://vimeo.com/7")
    assert await urls(boss, release["id"]) == [TEASER, SECOND]


async def test_proposed_and_accepted(boss: Api, ann: Api) -> None:
    status, made = await boss("POST", "releases", draft(trailers=[{"url": TEASER, "title": "Teaser"}]))
    assert status == 201
    await boss("POST", f"releases/{made['id']}/publish")
    wanted = [{"url": "https://youtu.be/aqz-KE-bpKQ", "title": "Trailer", "language": None}]
    body = {"kind": "release", "target_id": made["id"], "submit": True}
    evil = {"trailers": {"after": [{"url": "https://evil.example"}]}}
    status, bad = await ann("POST", "moderation/proposals", {**body, "fields": evil})
    assert (status, bad["code"]) == (400, "bad_trailer")
    status, proposal = await ann("POST", "moderation/proposals", {**body, "fields": {"trailers": {"after": wanted}}})
    assert status == 201, proposal
    assert proposal["changes"][0]["before"] == [{"url": TEASER, "title": "Teaser", "language": None}]
    for step in ("take", "accept"):
        status, decided = await boss("POST", f"moderation/proposals/{proposal['id']}/{step}", {})
        assert status == 200, decided
    assert await urls(ann, made["id"]) == [BUNNY]
