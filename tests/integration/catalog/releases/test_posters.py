"""Uploaded posters, and what is shown without one."""

import io
from typing import Any

import pytest
from aiohttp import ClientResponse
from PIL import Image

from catalog.releases.posters.feature import delete_unused_posters
from catalog.releases.posters.usecases import UNUSED_AFTER, PosterRecords
from catalog.releases.usecases import Releases
from kernel.access import Role
from kernel.outbox.relay import Relay
from kernel.scope import Container
from kernel.storage import LocalStorage
from tests.conftest import AppClient, MakeUser
from tests.integration.catalog.moderation.moderating import Office


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 1350), colour: str = "#336699", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind, **options)
    return file.getvalue()


class Wall(Office):
    """Editors who hang up posters."""

    async def hang(self, release: str, data: bytes, kind: str = "image/png", **headers: str) -> ClientResponse:
        editor = await self.person(Role.EDITOR)
        sent = {**editor.headers, "Content-Type": kind, **headers}
        return await self.client.post(f"/api/v1/releases/{release}/poster", data=data, headers=sent)

    async def file(self, url: str) -> tuple[int, bytes, str]:
        answer = await self.client.get(url)
        return answer.status, await answer.read(), answer.headers.get("Cache-Control", "")


@pytest.fixture
def wall(app_client: AppClient, make_user: MakeUser) -> Wall:
    return Wall(app_client, make_user)


@pytest.mark.both_adapters
async def test_a_poster_comes_in_several_widths_and_goes(wall: Wall, container: Container) -> None:
    release_id = await wall.release(publish=False)
    before = (await wall.call(await wall.person(Role.EDITOR), "GET", f"/releases/{release_id}"))["poster"]
    assert before["kind"] == "generated"
    status, svg, caching = await wall.file(before["url"])
    assert (status, b"Big Buck" in svg, "immutable" in caching) == (200, True, True)
    assert (await wall.file(before["url"].replace(".svg", "0.svg")))[0] == 404
    digest = before["url"][-20:-4]
    wrong = before["url"].replace(digest, "0" * 16)
    assert (await wall.file(wrong))[0] == 404, "who does not know the title of a draft learns nothing"

    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "where I live"
    answer = await wall.hang("big-buck-bunny", picture("JPEG", (1350, 900), exif=exif), "image/jpeg")
    shown = (await answer.json())["poster"]
    assert (answer.status, shown["kind"], shown["width_px"], shown["height_px"]) == (200, "uploaded", 720, 1080)
    for source in shown["sources"]:
        status, webp, caching = await wall.file(source["url"])
        assert (status, caching) == (200, "public, max-age=31536000, immutable")
        with Image.open(io.BytesIO(webp)) as image:
            assert (image.format, image.width, len(image.getexif())) == ("WEBP", source["width_px"], 0)
            assert image.height == image.width * 3 // 2, "upright"
            assert b"where I live" not in webp
    assert [source["width_px"] for source in shown["sources"]] == [180, 360, 720]
    assert (await answer.json())["poster_url"] == shown["url"] == shown["sources"][1]["url"]

    second = await (await wall.hang(release_id, picture(colour="#993366"))).json()
    await Relay(container).drain()
    assert (await wall.file(shown["url"]))[0] == 404, "the former one is gone"
    assert (await wall.file(second["poster"]["url"]))[0] == 200
    editor = await wall.person(Role.EDITOR)
    removed = await wall.call(editor, "DELETE", f"/releases/{release_id}/poster")
    assert (removed["poster"], removed["poster_url"]) == (before, None), "back to what it was"
    await Relay(container).drain()
    assert (await wall.file(second["poster"]["url"]))[0] == 404


async def test_an_upload_beats_the_picture_of_an_episode_and_gives_it_back(wall: Wall, container: Container) -> None:
    release_id = await wall.release()

    async def adopt(url: str) -> None:
        async with container.scope(write=True) as scope:
            release = await scope.port(Releases).get(release_id)
            assert release is not None
            release.adopt_poster(url)

    async def shown() -> tuple[str, str]:
        release = await wall.call(None, "GET", f"/releases/{release_id}")
        return release["poster"]["kind"], release["poster_url"]

    await wall.hang(release_id, picture())
    await adopt("/posters/x.jpg")
    assert (await shown())[0] == "uploaded"
    await wall.call(await wall.person(Role.EDITOR), "DELETE", f"/releases/{release_id}/poster")
    assert await shown() == ("episode", "/posters/x.jpg")


async def test_files_that_nobody_shows_are_removed(wall: Wall, container: Container) -> None:
    release_id = await wall.release()
    shown = (await (await wall.hang(release_id, picture())).json())["poster"]
    async with container.scope(write=True) as scope:
        now = scope.clock.now() - 2 * UNUSED_AFTER
        await scope.port(PosterRecords).note("f" * 32, now)  # an upload that was cut off
        await scope.port(PosterRecords).note(shown["url"].split("/")[2], now)
        storage = scope.port(LocalStorage)
    staging = storage.staging("cut-off")
    staging.mkdir(parents=True)
    await storage.publish(staging, "poster-" + "f" * 32)
    await delete_unused_posters(container)
    assert not await storage.exists("poster-" + "f" * 32)
    assert (await wall.file(shown["url"]))[0] == 200
    async with container.scope(write=False) as scope:
        left = await scope.port(PosterRecords).unused(before=scope.clock.now(), limit=10)
    assert left == []


async def test_what_is_no_poster(wall: Wall) -> None:
    release_id = await wall.release()
    bomb = picture(size=(5_100, 5_000))
    assert len(bomb) < 200_000
    for data, kind, refusal in (
        (b"GIF89a" + bytes(100), "image/png", (400, "not_an_image")),
        (b"<svg/>", "image/svg+xml", (415, "unsupported_media_type")),
        (b"<html>", "image/png", (400, "not_an_image")),
        (picture()[:500], "image/png", (400, "not_an_image")),
        (picture("AVIF")[:100], "image/avif", (400, "not_an_image")),
        (bomb, "image/png", (413, "image_too_large")),
        (picture("AVIF", (2_400, 2_400), speed=10), "image/avif", (413, "image_too_large")),
        (picture(size=(179, 250)), "image/png", (400, "image_too_small")),
        (picture(size=(200, 601)), "image/png", (400, "image_too_long")),
    ):
        answer = await wall.hang(release_id, data, kind)
        assert (answer.status, (await answer.json())["code"]) == refusal
    assert (await wall.hang("nothing", picture())).status == 404
    stale = await wall.hang(release_id, picture(), **{"If-Match": '"v99"'})
    assert stale.status == 412
    assert (await wall.call(None, "GET", f"/releases/{release_id}"))["poster"]["kind"] == "generated"


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
async def test_kinds_of_pictures(wall: Wall, kind: str) -> None:
    release_id = await wall.release()
    answer = await wall.hang(release_id, picture(kind, (300, 420)), f"image/{kind.lower()}")
    shown = (await answer.json())["poster"]
    assert [source["width_px"] for source in shown["sources"]] == [180, 300]
    for path in ("/posters/" + "0" * 32 + "/360.webp", shown["url"] + "x", shown["url"].replace("300", "..%2f300")):
        assert (await wall.file(path))[0] == 404
