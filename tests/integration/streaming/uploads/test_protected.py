"""An upload that asks for protection, and another way of it afterwards: what the studio's switch does, over HTTP."""

from typing import Any

from kernel.outbox.relay import Relay
from server.services import Services
from streaming.ingest.usecases import Assets
from tests.conftest import AppClient
from tests.integration.streaming.uploads.tus_client import Tus, code, finished, metadata


async def protection(http: AppClient, tus: Tus) -> dict[str, Any]:
    answer = await http.get(f"/api/v1/episodes/{tus.episode_id}/protection", headers=tus.headers)
    assert answer.status == 200
    seen: dict[str, Any] = await answer.json()
    return seen


async def test_a_film_that_is_uploaded_protected_in_two_codecs_and_packaged_anew(
    tus: Tus, app_client: AppClient, services: Services, film: bytes
) -> None:
    place = f"/api/v1/episodes/{tus.episode_id}/protection"
    nothing = await app_client.put(place, json={"protection": "cbcs"}, headers=tus.headers)
    assert await code(nothing) == (409, "nothing_published")
    assert await protection(app_client, tus) == {"protection": None, "default": "none"}

    for codecs in ("vp9", "av1,", "h264,hevc,av1,av1", "AV1"):
        wrong = metadata(filename="Film.mp4", episode_id=tus.episode_id, codecs=codecs)
        refused = await tus.create(len(film), **{"Upload-Metadata": wrong})
        assert (refused.status, "h264, hevc, av1" in await refused.text()) == (400, True), codecs
    wanted = metadata(filename="Film.mp4", episode_id=tus.episode_id, protect="cbcs", codecs="av1")
    created = await tus.create(len(film), **{"Upload-Metadata": wanted})
    assert created.status == 201, await created.text()
    url = created.headers["Location"]
    told = (await tus.head(url)).headers["Upload-Metadata"].split(",")
    assert {metadata(protect="cbcs"), metadata(codecs="av1")} <= set(told)
    last = await tus.patch(url, 0, film)
    first = await finished(app_client, tus, last.headers["Upload-Job-Id"])
    assert first["state"] == "succeeded", first
    await Relay(services.container).drain()
    assert (await protection(app_client, tus))["protection"] == "cbcs"
    async with services.container.scope(write=False) as scope:
        made = await scope.port(Assets).get(first["result"]["asset_id"])
    assert made is not None
    assert {each.codecs[:4] for each in made.renditions} == {"avc1", "av01"}

    answer = await app_client.put(place, json={"protection": "aes-128"}, headers=tus.headers)
    assert answer.status == 202, await answer.text()
    second = await finished(app_client, tus, (await answer.json())["job_id"])
    assert (second["state"], second["kind"]) == ("succeeded", "repackage"), second
    assert second["result"]["protection"] == "aes-128"
    assert second["result"]["asset_id"] != first["result"]["asset_id"]
    assert (await protection(app_client, tus))["protection"] == "aes-128"

    for body in ({"protection": "rot13"}, {}):
        assert (await app_client.put(place, json=body, headers=tus.headers)).status == 422
    viewer = await app_client.put(place, json={"protection": "none"})
    assert viewer.status == 401
