"""Releases from their publication to their end: scheduled, unpublished, deleted, restored, purged, blocked."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from accounts.library.progress.usecases import CatalogEpisodes
from catalog.releases.deletion.jobs import purge_expired
from catalog.releases.episodes.repository import episode_table
from catalog.releases.model import RESTORABLE_FOR
from catalog.releases.publication.jobs import publish_due
from catalog.releases.repository import release_table
from kernel.access import Role
from kernel.ids import new_id
from kernel.outbox.relay import Relay
from kernel.scope import Container
from server.services import Services
from server.settings import Settings
from tests.conftest import AddEpisode, AppClient, MakeUser
from tests.integration.catalog.releases.audited import actions_of
from tests.support.catalog.library import Api, add_show


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Behind a proxy that says where viewers are."""
    return settings.model_copy(update={"region_header": "CF-IPCountry", "trusted_proxies": 1})


async def moved(container: Container, release_id: str, **values: Any) -> None:
    """As if it had happened at another time."""
    async with container.scope(write=True) as scope:
        await scope.uow.session.execute(update(release_table).where(release_table.c.id == release_id).values(values))


@pytest.mark.both_adapters
async def test_deleted_and_restored(services: Services, app_client: AppClient, make_user: MakeUser) -> None:
    editor, viewer = Api(app_client, await make_user(Role.MODERATOR)), Api(app_client, await make_user())
    show = await add_show(services, editor, alias="monster", episodes=2)
    kept = await add_show(services, editor, episodes=1)
    await viewer("POST", f"favorites/{show.release_id}")
    path = f"releases/{show.release_id}"
    assert (await editor("DELETE", path, if_match='"v1"'))[0] == 412
    assert (await editor("DELETE", path))[0] == 204
    assert (await editor("DELETE", path))[0] == 404

    for who in (viewer, editor):
        for gone in (
            path,
            f"{path}/episodes",
            f"episodes/{show.episodes[0]}",
            f"episodes/{show.episodes[0]}/subtitles",
        ):
            assert (await who("GET", gone))[0] == 404, gone
        listed = await who.get("releases?search=monster")
        assert listed["items"] == []
        assert [item["id"] for item in (await who.get("releases"))["items"]] == [kept.release_id]
        assert (await who("POST", f"episodes/{show.episodes[0]}/playback", {}))[0] == 404
    assert (await editor("PUT", f"episodes/{show.episodes[0]}", {"ordinal": 9}))[0] == 404
    assert (await editor("POST", f"{path}/publish"))[0] == 404
    async with services.container.scope(write=False) as scope:
        assert await scope.port(CatalogEpisodes).known(show.episodes) == {}

    # Its alias is free meanwhile, so it comes back under another.
    assert (await viewer("GET", "releases/deleted"))[0] == 403
    (row,) = (await editor.get("releases/deleted"))["items"]
    assert (row["id"], row["alias"], row["status"]) == (show.release_id, "monster", "published")
    other = await add_show(services, editor, alias="monster", episodes=1)
    status, problem = await editor("POST", f"{path}/restore", {})
    assert (status, problem["code"]) == (409, "alias_taken")
    status, back = await editor("POST", f"{path}/restore", {"alias": "monster-2004"})
    assert (status, back["status"], back["alias"]) == (200, "published", "monster-2004")
    assert len((await viewer.get(f"{path}/episodes"))["items"]) == 2
    assert (await viewer.get(f"episodes/{show.episodes[0]}"))["playable"]
    assert (await viewer.get("favorites"))["items"][0]["release_id"] == show.release_id
    assert (await editor.get("releases/deleted"))["total"] == 0
    assert (await editor("POST", f"{path}/restore", {}))[0] == 404
    assert await actions_of(services.container, other.release_id) != []
    assert {"ReleaseDeleted", "ReleaseRestored"} <= set(await actions_of(services.container, show.release_id))


@pytest.mark.both_adapters
async def test_what_nobody_restores_is_purged(services: Services, app_client: AppClient, make_user: MakeUser) -> None:
    editor = Api(app_client, await make_user(Role.MODERATOR))
    old, young, there = [await add_show(services, editor, published=False, episodes=1) for _ in range(3)]
    for show in (old, young):
        assert (await editor("DELETE", f"releases/{show.release_id}"))[0] == 204
    container = services.container
    now = container.clock.now()
    await moved(container, old.release_id, deleted_at=now - RESTORABLE_FOR - timedelta(minutes=1))
    await moved(container, young.release_id, deleted_at=now - RESTORABLE_FOR + timedelta(minutes=1))
    await purge_expired(container)
    assert [row["id"] for row in (await editor.get("releases/deleted"))["items"]] == [young.release_id]
    assert (await editor("POST", f"releases/{old.release_id}/restore", {}))[0] == 404
    assert (await editor.get(f"releases/{there.release_id}"))["status"] == "draft"
    assert "ReleasePurged" in await actions_of(container, old.release_id)


@pytest.mark.both_adapters
async def test_published_when_its_time_comes(services: Services, app_client: AppClient, make_user: MakeUser) -> None:
    editor = Api(app_client, await make_user(Role.EDITOR))
    due, later, deleted = [await add_show(services, editor, published=False, episodes=1) for _ in range(3)]
    container = services.container
    now = container.clock.now()
    for show in (due, later, deleted):
        status, body = await editor(
            "PUT", f"releases/{show.release_id}/publication", {"publish_at": (now + timedelta(hours=1)).isoformat()}
        )
        assert (status, body["status"]) == (200, "draft")
        assert body["publish_at"] is not None
    moderator = Api(app_client, await make_user(Role.MODERATOR))
    assert (await moderator("DELETE", f"releases/{deleted.release_id}"))[0] == 204
    await publish_due(container)
    assert (await editor.get(f"releases/{due.release_id}"))["status"] == "draft"
    for show in (due, deleted):
        await moved(container, show.release_id, publish_at=now - timedelta(seconds=1))
    await publish_due(container)
    published = await editor.get(f"releases/{due.release_id}")
    assert (published["status"], published["publish_at"]) == ("published", None)
    assert (await editor.get(f"releases/{later.release_id}"))["status"] == "draft"
    assert (await moderator.get("releases/deleted"))["items"][0]["status"] == "draft"
    assert (await actions_of(container, due.release_id))[-1] == "ReleasePublished"


async def test_unpublished_and_scheduled_anew(services: Services, app_client: AppClient, make_user: MakeUser) -> None:
    editor, viewer = Api(app_client, await make_user(Role.EDITOR)), Api(app_client, await make_user())
    show = await add_show(services, editor, episodes=1)
    path, at = f"releases/{show.release_id}", (services.clock.now() + timedelta(hours=1)).isoformat()
    assert (await viewer("GET", path))[0] == 200
    refused = await editor("PUT", f"{path}/publication", {"publish_at": at})
    assert (refused[0], refused[1]["code"]) == (409, "already_published")
    status, body = await editor("POST", f"{path}/unpublish")
    assert (status, body["status"], body["published_at"]) == (200, "draft", None)
    assert (await viewer("GET", path))[0] == 404
    assert (await viewer("GET", f"episodes/{show.episodes[0]}"))[0] == 404
    for wrong, code in (
        ("2020-01-01T00:00:00Z", 400),
        ("9999-12-31T23:59:59Z", 400),
        ("2030-01-01T00:00:00", 422),
        ("soon", 422),
    ):
        assert (await editor("PUT", f"{path}/publication", {"publish_at": wrong}))[0] == code, wrong
    assert (await editor("PUT", f"{path}/publication", {"publish_at": at}, if_match='"v1"'))[0] == 412
    status, body = await editor("PUT", f"{path}/publication", {"publish_at": at})
    assert (status, body["publish_at"] is None) == (200, False)
    assert (await editor("PUT", f"{path}/publication", {"publish_at": None}))[1]["publish_at"] is None


@pytest.mark.both_adapters
async def test_blocked_where_viewers_are(services: Services, app_client: AppClient, make_user: MakeUser) -> None:
    person = await make_user(Role.EDITOR)
    editor = Api(app_client, person)
    shows = {
        "free": await add_show(services, editor, alias="free", episodes=1),
        "german": await add_show(services, editor, alias="german", episodes=1, blocks={"regions": ["DE", "AT"]}),
        "nowhere": await add_show(services, editor, alias="nowhere", episodes=1, blocks={"copyright": True}),
    }

    async def seen(region: str | None) -> list[str]:
        headers = {"X-Forwarded-For": "203.0.113.7"} | ({} if region is None else {"CF-IPCountry": region})
        async with app_client.get("/api/v1/releases?sort=name", headers=headers) as answer:
            listed = {item["alias"] for item in (await answer.json())["items"]}
        opened, playable = set(), set()
        for alias, show in shows.items():
            async with app_client.get(f"/api/v1/releases/{show.release_id}", headers=headers) as answer:
                body = await answer.json()
                if answer.status == 200:
                    opened.add(alias)
                else:
                    assert (answer.status, body["reason"]) == (451, "copyright" if alias == "nowhere" else "region")
                    assert body.get("region", (region or "").upper()) == (region or "").upper()
            async with app_client.get(f"/api/v1/releases/{show.release_id}/episodes", headers=headers) as answer:
                assert (answer.status == 200) == (alias in opened)
            async with app_client.post(
                f"/api/v1/episodes/{show.episodes[0]}/playback", json={}, headers=headers
            ) as answer:
                # There is no video: whoever is let in is told that instead.
                playable |= {alias} if answer.status != 451 else set()
        assert opened == listed == playable
        return sorted(listed)

    assert await seen("JP") == ["free", "german"]
    assert await seen("at") == ["free"]
    for unknown in (None, "XX", "T1", "Austria", "А1"):
        assert await seen(unknown) == ["free"]
    assert len((await editor.get("releases"))["items"]) == 3, "editors see what is blocked"
    german = await editor.get(f"releases/{shows['german'].release_id}")
    assert german["blocks"] == {"regions": ["AT", "DE"], "copyright": False}
    async with services.container.scope(write=True) as scope:
        for show in shows.values():
            await scope.uow.session.execute(
                update(episode_table).where(episode_table.c.id == show.episodes[0]).values(playable=True)
            )
    for alias, status in (("free", 201), ("german", 201), ("nowhere", 404)):
        party = {"media": {"episode_id": shows[alias].episodes[0]}}
        assert (await editor("POST", "parties", party))[0] == status, "in a party everybody plays by their own region"


async def test_who_does_not_know_of_blocks_leaves_them(app_client: AppClient, make_user: MakeUser) -> None:
    editor = Api(app_client, await make_user(Role.EDITOR))
    body = {"alias": "show", "type": "TV", "name": {"main": "Show"}}
    status, made = await editor("POST", "releases", {**body, "blocks": {"regions": ["JP"]}, "airing_status": "paused"})
    assert (status, made["is_ongoing"], made["airing_status"]) == (201, False, "paused")
    path = f"releases/{made['id']}"
    edited = (await editor("PUT", path, {**body, "is_ongoing": True}))[1]
    assert (edited["blocks"]["regions"], edited["airing_status"]) == (["JP"], "ongoing")
    edited = (await editor("PUT", path, {**body, "blocks": {}}))[1]
    assert (edited["blocks"]["regions"], edited["airing_status"]) == ([], "finished")
    for blocks in ({"regions": ["ZZ"]}, {"regions": ["de"]}):
        status, problem = await editor("PUT", path, {**body, "blocks": blocks})
        assert (status, problem["code"]) == (400, "bad_region")


async def test_nothing_is_published_that_the_editor_has_not_seen(app_client: AppClient, make_user: MakeUser) -> None:
    editor = Api(app_client, await make_user(Role.EDITOR))
    body = {"alias": "monster", "type": "TV", "name": {"main": "Monster"}}
    made = (await editor("POST", "releases", body))[1]
    path = f"releases/{made['id']}"
    assert (await editor("PUT", path, {**body, "year": 2004}, if_match=f'"v{made["version"]}"'))[0] == 200
    status, problem = await editor("POST", f"{path}/publish", if_match=f'"v{made["version"]}"')
    assert (status, problem["current"]["year"], problem["current"]["status"]) == (412, 2004, "draft")
    tag = f'"v{problem["current"]["version"]}"'
    status, published = await editor("POST", f"{path}/publish", if_match=tag)
    assert (status, published["status"]) == (200, "published")


async def test_who_edits_second_sees_both_versions(app_client: AppClient, make_user: MakeUser) -> None:
    editor = Api(app_client, await make_user(Role.EDITOR))
    body = {"alias": "show", "type": "TV", "name": {"main": "Show"}}
    _, made = await editor("POST", "releases", body)
    path, tag = f"releases/{made['id']}", editor.etag
    assert (await editor("PUT", path, {**body, "year": 2009}, if_match=tag))[0] == 200
    status, problem = await editor("PUT", path, {**body, "year": 1999}, if_match=tag)
    assert (status, problem["code"]) == (412, "stale")
    assert (problem["expected_version"], problem["current_version"]) == (1, 2)
    assert problem["current"] == await editor.get(path)


async def test_media_goes_with_a_purge_and_not_before(
    services: Services, app_client: AppClient, make_user: MakeUser, ingested_episode: AddEpisode
) -> None:
    episode = await ingested_episode(services)
    moderator = Api(app_client, await make_user(Role.MODERATOR))
    poster = f"/posters/{episode.asset_id}.jpg"
    status, started = await moderator("POST", f"episodes/{episode.episode_id}/playback", {})
    assert status == 200
    assert (await moderator("DELETE", f"releases/{episode.release_id}"))[0] == 204
    await Relay(services.container).drain()
    assert (await moderator("POST", f"episodes/{episode.episode_id}/playback", {}))[0] == 404
    assert (await app_client.get(started["hls_url"])).status == 403, "a stream that was begun is stopped"
    assert (await app_client.get(poster)).status == 200, "kept for whoever restores it"
    assert (await moderator("POST", f"releases/{episode.release_id}/restore", {}))[0] == 200
    assert (await moderator("POST", f"episodes/{episode.episode_id}/playback", {}))[0] == 200
    assert (await moderator("DELETE", f"releases/{episode.release_id}"))[0] == 204
    await moved(
        services.container,
        episode.release_id,
        deleted_at=services.clock.now() - RESTORABLE_FOR - timedelta(seconds=1),
    )
    await purge_expired(services.container)
    await Relay(services.container).drain()
    assert not await services.storage.exists(episode.asset_id)
    assert (await app_client.get(poster)).status == 404


async def test_hostile_and_invisible_texts(app_client: AppClient, make_user: MakeUser) -> None:
    editor = Api(app_client, await make_user(Role.EDITOR))
    body = {"alias": "show", "type": "TV", "name": {"main": "Show"}}
    hostile = "<p>One &amp; two</p><script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt;three&lt;/b&gt;"
    status, made = await editor("POST", "releases", {**body, "description": hostile})
    assert (status, made["description"]) == (201, "One & two\nthree")
    path = f"releases/{made['id']}/translations/de"
    assert (await editor("PUT", path, {"description": "<b>Eins</b>"}))[1]["description"] == "Eins"
    assert (await editor("PUT", path, {"description": "<b></b>"}))[0] == 400, "nothing is left to translate"
    for name in ("\u200b", " \u3000 ", "\u0301"):
        assert (await editor("POST", "releases", {**body, "alias": "other", "name": {"main": name}}))[0] == 422


async def test_some_releases_are_read_without_all_others(services: Services) -> None:
    """SQLite knows nothing of how often a value is there, and takes an equality for few rows: nearly all are not deleted."""
    some = [new_id() for _ in range(100)]
    c = release_table.c
    asked = {
        "by identifier": select(c.id).where(c.id.in_(some), c.deleted_at.is_(None)),
        "a page": select(c.id).where(c.deleted_at.is_(None), c.id > some[0]).order_by(c.id).limit(100),
        "deleted ones": select(c.id)
        .where(c.deleted_at.is_not(None), c.merged_into_id.is_(None))
        .order_by(c.deleted_at),
        "merged ones": select(c.id).where(c.merged_into_id == some[0]),
    }
    plans = {}
    async with services.container.scope(write=False) as scope:
        session = scope.uow.session
        for name, query in asked.items():
            written = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
            rows = (await session.execute(text(f"EXPLAIN QUERY PLAN {written}"))).all()
            plans[name] = " ".join(row[3] for row in rows)
    for name in ("by identifier", "a page"):
        assert "sqlite_autoindex_release_1" in plans[name], plans[name]
    assert "ix_release_deleted_at" in plans["deleted ones"], plans["deleted ones"]
    assert "ix_release_merged_into_id" in plans["merged ones"], plans["merged ones"]
