"""Requests for keys and licences: ``python -m bench.keys [--json]``.

One server process on embedded defaults, eight players at once, each request checked anew and written into the audit log before it
is answered.  Licence servers are in this process, answer at once and check every field, so what is measured is Ani's part and the way
there and back.  Processor time is the server's own.
"""

import argparse
import asyncio
import itertools
import tempfile
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from bench._watching import cpu_s
from bench.figures import figure, show
from server.boot import open_services
from server.settings import Settings
from streaming.ingest.engine import Engine
from streaming.keys.clearkey import base64url
from streaming.keys.model import ContentKey, Protection, TrackClass
from streaming.keys.usecases import ContentKeys
from tests.support.media.clips import Clip, make_clip
from tests.support.media.episodes import IngestedEpisode, add_episode, package_as
from tests.support.servers.licence_servers import LicenceUpstream, challenge, licence_upstream, naming
from tests.support.servers.live_server import LiveServer

REQUESTS = 1_000
"""Of each kind."""
PLAYERS = 8
OF_STREAM = 500
"""A stream may ask 600 times in ten minutes."""
WAYS = {
    "key of aes-128": Protection.AES_128,
    "clearkey": Protection.CBCS,
    "widevine": Protection.CBCS,
    "playready": Protection.CBCS,
    "fairplay": Protection.CBCS,
}
P99_TARGET_MS = 150.0
"""A picture waits for a key: what nobody notices on top of the network."""


def environment(upstream: LicenceUpstream, folder: Path) -> dict[str, str]:
    """The settings that name ``upstream``, as a process is given them."""
    named = naming(upstream, Settings.load(_env_file=None), folder)
    texts = {"widevine_signer": named.widevine_signer, "fairplay_certificate": str(named.fairplay_certificate)}
    texts |= {f"{system}_url": getattr(named, f"{system}_url") for system in ("widevine", "playready", "fairplay")}
    for secret in ("widevine_key", "widevine_iv", "playready_key", "fairplay_key"):
        texts[secret] = getattr(named, secret).get_secret_value()
    return {f"ANI_{name.upper()}": text for name, text in texts.items()}


async def prepare(settings: Settings, folder: Path) -> dict[Protection, tuple[IngestedEpisode, list[ContentKey]]]:
    """Two films with keys, one for each way to be protected."""
    films = {}
    async with open_services(settings) as services:
        clip = make_clip(folder, Clip(seconds=1))
        for mode in (Protection.AES_128, Protection.CBCS):
            film = await add_episode(services, clip, Engine())
            await package_as(services, mode, film)
            async with services.container.scope(write=True) as scope:
                store = scope.port(ContentKeys)
                keys = [await store.get_or_make(film.asset_id, each) for each in (TrackClass.SD, TrackClass.AUDIO)]
            films[mode] = film, keys
    return films


async def measure(folder: Path) -> list[dict[str, Any]]:
    addresses = itertools.count(1)
    rows = []
    async with licence_upstream() as upstream:
        own = {"ANI_TRUSTED_PROXIES": "1", "ANI_LOG_LEVEL": "warning", "ANI_CLEARKEY": "true"}
        server = LiveServer(folder / "server", {**own, **environment(upstream, folder)})
        await server.start()
        try:
            films = await prepare(server.settings(), folder)
            async with aiohttp.ClientSession(server.url) as session:
                for way, mode in WAYS.items():
                    film, keys = films[mode]
                    tokens = [await stream(session, film, next(addresses)) for _ in range(-(-REQUESTS // OF_STREAM))]
                    requests = (
                        ask(session, way, tokens[number // OF_STREAM], film, keys, next(addresses))
                        for number in range(REQUESTS)
                    )
                    before_s = cpu_s(server.pid)
                    taken_ms = await asked_by_players(requests)
                    each_ms = (cpu_s(server.pid) - before_s) * 1000 / REQUESTS
                    rows.append(figure(f"{way}: processor time of a request", each_ms, "ms"))
                    rows.append(figure("– p50", taken_ms[REQUESTS // 2], "ms"))
                    rows.append(figure("– p99", taken_ms[REQUESTS * 99 // 100], "ms", P99_TARGET_MS))
        finally:
            await server.stop()
    return rows


async def asked_by_players(requests: Iterator[Coroutine[Any, Any, float]]) -> list[float]:
    """How long each took, the quickest first; as many are under way as there are players."""

    async def player() -> list[float]:
        return [await request for request in requests]

    return sorted(itertools.chain(*await asyncio.gather(*(player() for _ in range(PLAYERS)))))


async def stream(session: aiohttp.ClientSession, film: IngestedEpisode, number: int) -> str:
    url = f"/api/v1/episodes/{film.episode_id}/playback"
    async with session.post(url, json={}, headers=from_address(number)) as answer:
        answer.raise_for_status()
        return str((await answer.json())["hls_url"]).split("/")[2]


async def ask(
    session: aiohttp.ClientSession, way: str, token: str, film: IngestedEpisode, keys: list[ContentKey], number: int
) -> float:
    """One request that must be granted; milliseconds."""
    started = time.perf_counter()
    headers = from_address(number)
    if way == "key of aes-128":
        request = session.get(f"/hls/{token}/{film.asset_id}/keys/{keys[0].kid}", headers=headers)
    elif way == "clearkey":
        body = {"kids": [base64url(key.kid_bytes) for key in keys]}
        request = session.post("/api/v1/drm/clearkey", params={"session": token}, json=body, headers=headers)
    else:
        data = challenge(way, *(key.kid for key in keys))
        request = session.post(f"/api/v1/drm/{way}", params={"session": token}, data=data, headers=headers)
    async with request as answer:
        body_given = await answer.read()
    taken_ms = (time.perf_counter() - started) * 1000
    assert answer.status == 200, body_given
    return taken_ms


def from_address(number: int) -> dict[str, str]:
    """As from a viewer of their own: an address has an allowance."""
    return {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        show(uvloop.run(measure(Path(folder))), as_json=arguments.json)


if __name__ == "__main__":
    main()
