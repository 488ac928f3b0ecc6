"""Registered sources: how tests register, publish and play them, over the API and in a browser."""

from pathlib import Path
from typing import Any

import catalog.releases.episodes.usecases
import catalog.releases.usecases
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.model import EpisodeDraft
from catalog.releases.model import ReleaseDraft, ReleaseType
from catalog.releases.names import Names
from kernel.outbox.relay import Relay
from server.boot import open_services
from server.services import Services
from tests.conftest import AppClient
from tests.integration.streaming.proxy.conftest import Upstream
from tests.support.people import Person
from tests.support.servers.live_server import LiveServer

Json = dict[str, Any]

HLS_JS = Path(__file__).parents[4] / "web" / "node_modules" / "hls.js" / "dist" / "hls.min.js"

PLAYER = """
async (url) => {
  const video = document.body.appendChild(document.createElement("video"));
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  video.muted = true;
  const seen = { red: 0, green: 0, other: 0, stalls: 0, errors: [] };
  const look = () => {
    canvas.drawImage(video, 0, 0, 1, 1);
    const [red, green] = canvas.getImageData(0, 0, 1, 1).data;
    if (red > 100 && green < 100) seen.red += 1;
    else if (green > 80) seen.green += 1;
    else seen.other += 1;
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  const hls = new Hls();
  hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) seen.errors.push(data.details); });
  // Where more is there, it is the machine that holds the picture up, and not a hole in what is played.
  const goesOn = () => Array.from({ length: video.buffered.length }, (_, at) => at).some(
    (at) => video.buffered.start(at) <= video.currentTime && video.buffered.end(at) > video.currentTime + 0.3);
  video.addEventListener("waiting", () => { if (video.currentTime > 0.5 && !goesOn()) seen.stalls += 1; });
  hls.loadSource(url);
  hls.attachMedia(video);
  await new Promise((resolve) => {
    // All is there by then, or as much as is read ahead: what comes late on a busy machine is no hole either.
    hls.on(Hls.Events.BUFFERED_TO_END, () => { video.playbackRate = 2; video.play(); });
    hls.on(Hls.Events.MANIFEST_PARSED, () => setTimeout(() => video.play(), 4000));
    video.addEventListener("ended", resolve);
    setTimeout(resolve, 60000);
  });
  return { ...seen, ended: video.ended, duration: video.duration, time: video.currentTime };
}
"""


async def register(client: AppClient, admin: Person, upstream: Upstream, episode_id: str, **more: Any) -> Json:
    body = {"name": "Channel", "url": upstream.base + "master.m3u8", "episode_id": episode_id, **more}
    answer = await client.post("/api/v1/sources", json=body, headers=admin.headers)
    assert answer.status == 201, await answer.text()
    registered: Json = await answer.json()
    return registered


async def publish(services: Services, episode_id: str) -> None:
    await Relay(services.container).drain()
    async with services.container.scope(write=True) as scope:
        await catalog.releases.episodes.usecases.publish_episode(context_of(scope), episode_id)


async def play(client: AppClient, episode_id: str) -> str:
    answer = await client.post(f"/api/v1/episodes/{episode_id}/playback", json={})
    assert answer.status == 200, await answer.text()
    return str((await answer.json())["hls_url"])


async def sourced_episode(server: LiveServer) -> str:
    async with open_services(server.settings()) as services, services.container.scope(write=True) as scope:
        context = context_of(scope)
        draft = ReleaseDraft("sourced", ReleaseType.WEB, Names("Sourced"), episodes_total=1)
        release = await catalog.releases.usecases.create_release(context, draft, ())
        episode = await catalog.releases.episodes.usecases.add_episode(context, release.id, EpisodeDraft(ordinal=1))
        await catalog.releases.usecases.publish_release(context, release.id)
    return str(episode.id)


async def media_playlist(client: AppClient, hls_url: str) -> tuple[str, str]:
    """The address of the first variant's media playlist, and its text."""
    master = await (await client.get(hls_url)).text()
    variant = next(line for line in master.splitlines() if line and not line.startswith("#"))
    url = hls_url.rpartition("/")[0] + "/" + variant
    answer = await client.get(url)
    assert answer.status == 200, await answer.text()
    return url, await answer.text()
