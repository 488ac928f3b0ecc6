"""Pictures with the time of their drawing in them, published by one page of Chromium and read in others: what the live benches share.

The publisher draws a canvas; a row of bars, black or white, is the millisecond of the drawing, with a checksum. Whoever plays it reads the
bars of each frame that is shown. All pages have the machine's clock, so that the difference is the delay, good to about a millisecond.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
from playwright.async_api import Browser, Page

from bench.figures import figure
from kernel.access import Role
from tests.support.chromium import launched_chromium
from tests.support.people import Person
from tests.support.servers.live_server import LiveServer

WIDTH_PX, HEIGHT_PX, FRAMES_S = 640, 360, 30
TIME_BITS: Final = 20
"""A quarter of an hour in milliseconds."""
CHECK_BITS: Final = 4

CODE: Final = (
    f"const TIME_BITS = {TIME_BITS}, CHECK_BITS = {CHECK_BITS};"
    """
const BITS = TIME_BITS + CHECK_BITS;
const clock = () => performance.timeOrigin + performance.now();
const checked = (ms) => { let sum = 5; for (let bit = 0; bit < TIME_BITS; bit += CHECK_BITS) sum ^= (ms >> bit) & 15; return sum; };
"""
)

PUBLISH: Final = (
    "async ({ url, key, width, height, rate }) => {"
    + CODE
    + """
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d', { alpha: false });
  const pictures = canvas.captureStream(0);
  const [track] = pictures.getVideoTracks();
  const sound = new AudioContext();
  const tone = sound.createOscillator(), to = sound.createMediaStreamDestination();
  tone.connect(to);
  tone.start();
  window.__drawn = 0;
  const draw = () => {
    // Something moves, or there would be nothing to encode.
    context.fillStyle = `hsl(${window.__drawn % 360} 60% 40%)`;
    context.fillRect(0, height / 3, width, height);
    for (let square = 0; square < 20; square++) {
      context.fillStyle = `hsl(${square * 18} 80% 60%)`;
      context.fillRect((square * 97 + window.__drawn * 3) % width, height / 3 + ((square * 53 + window.__drawn) % (height / 2)), 30, 30);
    }
    const ms = Math.round(clock()) % (1 << TIME_BITS);
    const code = ms + checked(ms) * (1 << TIME_BITS);
    for (let bit = 0; bit < BITS; bit++) {
      context.fillStyle = (code >> bit) & 1 ? '#fff' : '#000';
      context.fillRect((bit * width) / BITS, 0, width / BITS + 1, height / 3);
    }
    track.requestFrame();
    window.__drawn++;
  };
  setInterval(draw, 1000 / rate);
  const pc = (window.__pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' }));
  for (const one of [to.stream.getAudioTracks()[0], track]) {
    const transceiver = pc.addTransceiver(one, { direction: 'sendonly', streams: [pictures] });
    if (one !== track) continue;
    const { codecs } = RTCRtpReceiver.getCapabilities('video');
    transceiver.setCodecPreferences([...codecs].sort((a, b) => (b.mimeType === 'video/H264') - (a.mimeType === 'video/H264')));
  }
  await pc.setLocalDescription();
  const headers = { 'Content-Type': 'application/sdp', Authorization: `Bearer ${key}` };
  const answer = await fetch(url, { method: 'POST', headers, body: pc.localDescription.sdp });
  if (!answer.ok) throw new Error(await answer.text());
  await pc.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
  while (pc.connectionState !== 'connected') await new Promise((go) => setTimeout(go, 50));
}"""
)

READ: Final = (
    "async ({ selector, seconds }) => {"
    + CODE
    + """
  const canvas = new OffscreenCanvas(BITS, 1);
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  const read = { samples: [], unread: 0 };
  const until = performance.now() + seconds * 1000;
  const find = () => document.querySelector(selector);
  await new Promise((done) => {
    const end = setTimeout(done, seconds * 1000 + 2000);
    const look = (_, { expectedDisplayTime }) => {
      const video = find();
      // The middle of each bar, and of their height.
      for (let bit = 0; bit < BITS; bit++) {
        const bar = video.videoWidth / BITS;
        context.drawImage(video, bit * bar + bar / 2, video.videoHeight / 6, 1, 1, bit, 0, 1, 1);
      }
      const { data } = context.getImageData(0, 0, BITS, 1);
      let code = 0;
      for (let bit = 0; bit < BITS; bit++) if (data[4 * bit + 1] > 127) code += 1 << bit;
      const ms = code % (1 << TIME_BITS), sum = code >> TIME_BITS;
      const shown = performance.timeOrigin + Math.max(expectedDisplayTime, performance.now());
      if (sum !== checked(ms)) read.unread++;
      else read.samples.push([shown, ((Math.round(shown) % (1 << TIME_BITS)) - ms + (1 << TIME_BITS)) % (1 << TIME_BITS)]);
      if (performance.now() < until) find().requestVideoFrameCallback(look);
      else { clearTimeout(end); done(); }
    };
    find().requestVideoFrameCallback(look);
  });
  return read;
}"""
)

Sample = tuple[float, float]
"""When a frame was shown, and how old it was then; milliseconds both."""


@dataclass(frozen=True)
class Reading:
    """What one page showed."""

    samples: Sequence[Sample]
    unread: int

    @property
    def ages_ms(self) -> list[float]:
        return sorted(age for _, age in self.samples)


@dataclass
class Stage:
    """A server, a channel that is live, and the browser it is live from."""

    server: LiveServer
    browser: Browser
    channel_id: str
    owner: Person
    admin: Person
    publisher: Page

    @property
    def channel_url(self) -> str:
        return f"{self.server.url}/live/{self.channel_id}"

    async def places(self, viewers: int | None) -> None:
        """How many may watch over WebRTC from now on."""
        async with aiohttp.ClientSession(headers=self.admin.headers, raise_for_status=True) as session:
            await session.put(f"{self.server.url}/api/v1/live/places", json={"viewers": viewers})

    async def page(self, url: str) -> Page:
        """Somebody else's."""
        context = await self.browser.new_context(viewport={"width": 640, "height": 480})
        page = await context.new_page()
        await page.goto(url)
        return page

    async def watching(self, count: int) -> list[Page]:
        """So many who watch the channel, from the moment on when all see it."""
        pages = [await self.page(self.channel_url) for _ in range(count)]
        for page in pages:
            await page.wait_for_selector("[data-testid=live-frame][data-state=playing]", timeout=60_000)
        return pages


@asynccontextmanager
async def on_stage(folder: Path) -> AsyncIterator[Stage]:
    """Somebody is live."""
    server = LiveServer(folder / "server", {})
    await server.start()
    try:
        owner, admin = await server.make_user(Role.EDITOR), await server.make_user(Role.ADMIN)
        async with (
            aiohttp.ClientSession(headers=owner.headers, raise_for_status=True) as session,
            session.post(f"{server.url}/api/v1/live/channels", json={"title": "Time"}) as answer,
        ):
            channel = await answer.json()
        async with launched_chromium() as browser:
            publisher = await (await browser.new_context()).new_page()
            await publisher.goto(f"{server.url}/healthz")
            wish = {"url": "/api/v1/live/whip", "key": channel["stream_key"], "rate": FRAMES_S}
            await publisher.evaluate(PUBLISH, {**wish, "width": WIDTH_PX, "height": HEIGHT_PX})
            yield Stage(server, browser, channel["id"], owner, admin, publisher)
    finally:
        await server.stop()


async def read(pages: Sequence[Page], seconds: float, selector: str = "[data-testid=live-video]") -> list[Reading]:
    """What all of them show over the same time."""
    wish: dict[str, Any] = {"selector": selector, "seconds": seconds}
    found = await asyncio.gather(*(page.evaluate(READ, wish) for page in pages))
    return [Reading([(at, age) for at, age in one["samples"]], one["unread"]) for one in found]


def percentile(values: Sequence[float], share: float) -> float:
    """Of sorted values."""
    return values[min(int(share * len(values)), len(values) - 1)]


def load() -> dict[str, Any]:
    """What else the machine does: without it nobody can tell what the other rows are worth."""
    return figure(f"load average of the machine then (1 min, {os.cpu_count()} cores)", os.getloadavg()[0], "")
