"""Playing protected media over HTTP."""

import re
from typing import Any

from tests.conftest import AppClient
from tests.support.media.episodes import IngestedEpisode


async def play(client: AppClient, film: IngestedEpisode) -> dict[str, Any]:
    answer = await client.post(f"/api/v1/episodes/{film.episode_id}/playback", json={"bandwidth_bps": 50_000_000})
    assert answer.status == 200, await answer.text()
    playback: dict[str, Any] = await answer.json()
    return playback


async def playlists(client: AppClient, master_url: str) -> dict[str, str]:
    base = master_url.rpartition("/")[0]
    found = {"master.m3u8": await text(client, master_url)}
    for uri in re.findall(r'^[^#\n].*|(?<=URI=")(?!data:|skd:)[^"]+', found["master.m3u8"], re.MULTILINE):
        found[uri] = await text(client, f"{base}/{uri}")
    return found


async def text(client: AppClient, url: str) -> str:
    answer = await client.get(url)
    assert answer.status == 200, url
    return await answer.text()
