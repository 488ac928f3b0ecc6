"""The origin over HTTP: JSON to start and end a stream, raw routes for its media."""

from datetime import datetime
from typing import Annotated, Final

from aiohttp import hdrs, web
from pydantic import BaseModel, Field

from kernel.access import Role
from kernel.errors import Forbidden, TooManyRequests, UnavailableForLegalReasons
from kernel.http import Call, Router
from kernel.limits import Limit
from streaming.keys.licences.model import FAIRPLAY, LicenceServers
from streaming.keys.model import Protection
from streaming.origin import usecases
from streaming.origin.adapters.serving import MASTER, VERIFY_PATH, Origin
from streaming.origin.model import (
    Marker,
    NothingToPlay,
    NotPlayableYet,
    StreamNotFound,
)
from streaming.origin.quality import PlayerDevice

router = Router("/api/v1", tag="Playback")
media_router = Router("", tag="Media")

ORIGIN: Final = web.AppKey("origin", Origin)

Codec = Annotated[str, Field(max_length=64)]


class DeviceIn(BaseModel):
    """What the viewer plays on; whatever is left out is not held against them."""

    width_px: int = Field(0, ge=0, le=16_384, description="Screen width in physical pixels.")
    height_px: int = Field(0, ge=0, le=16_384, description="Screen height in physical pixels.")
    codecs: list[Codec] = Field(
        default_factory=list, max_length=32, description="What it decodes, as RFC 6381 names: avc1.64001f, av01."
    )

    def value(self) -> PlayerDevice:
        return PlayerDevice(self.width_px, self.height_px, tuple(self.codecs))


class PlaybackIn(BaseModel):
    """What a player says before it starts."""

    device: DeviceIn = Field(default_factory=DeviceIn)
    bandwidth_bps: int | None = Field(
        None, ge=1, le=10_000_000_000, description="What the player expects of its link, from an earlier stream."
    )


class AudioOut(BaseModel):
    """A language of sound."""

    language: str = Field(description="BCP 47.")
    label: str


class SubtitlesOut(BaseModel):
    """A language of subtitles."""

    language: str = Field(description="BCP 47.")
    label: str
    url: str = Field(description="The whole track as WebVTT.")


class MarkerOut(BaseModel):
    """A stretch of an episode."""

    start_ms: int
    stop_ms: int

    @classmethod
    def of(cls, marker: Marker | None) -> "MarkerOut | None":
        return None if marker is None else cls(start_ms=marker.start_ms, stop_ms=marker.stop_ms)


class MarkersOut(BaseModel):
    """Where the opening and the ending are."""

    opening: MarkerOut | None
    ending: MarkerOut | None


class KeySystemOut(BaseModel):
    """Where a content decryption module gets its licences (W3C EME)."""

    key_system: str = Field(description="What EME calls it: org.w3.clearkey.")
    license_url: str = Field(description="For POST; relative to the server, and good for this stream alone.")
    certificate_url: str | None = Field(None, description="Of FairPlay: the certificate that requests are made with.")


class DrmOut(BaseModel):
    """How a player gets the keys of samples that are encrypted by Common Encryption."""

    key_systems: list[KeySystemOut]

    @classmethod
    def of(cls, playback: usecases.Playback, licences: LicenceServers) -> "DrmOut | None":
        if not playback.asset.protection.is_common_encryption:
            return None
        return cls(
            key_systems=[
                KeySystemOut(
                    key_system=system,
                    license_url=f"/api/v1/drm/{path}?session={playback.token}",
                    certificate_url=f"/api/v1/drm/{path}/certificate" if system == FAIRPLAY else None,
                )
                for system, path in licences.offered(playback.asset.protection).items()
            ]
        )


class PlaybackOut(BaseModel):
    """A stream session.  Addresses are relative to the server and valid until ``expires_at``."""

    session_id: str
    hls_url: str
    dash_url: str | None
    protection: Protection = Field(description="How pictures and sound are encrypted.")
    drm: DrmOut | None = Field(description="With cbcs and cenc; keys of aes-128 stand in the playlists.")
    title: str
    audio: list[AudioOut]
    subtitles: list[SubtitlesOut]
    storyboard_url: str | None = Field(description="WebVTT whose cues name regions of sprites.")
    poster_url: str | None
    markers: MarkersOut
    resume_position_ms: int
    preferred_audio: AudioOut | None = Field(description="The voice-over this viewer heard the series in last")
    duration_ms: int
    expires_at: datetime

    @classmethod
    def of(cls, playback: usecases.Playback, licences: LicenceServers) -> "PlaybackOut":
        asset, episode = playback.asset, playback.episode
        base = f"/hls/{playback.token}/{asset.asset_id}"

        def url(path: str | None) -> str | None:
            return None if path is None else f"{base}/{path}"

        return cls(
            session_id=playback.session.id,
            hls_url=f"{base}/{MASTER}",
            dash_url=url(asset.dash),
            protection=asset.protection,
            drm=DrmOut.of(playback, licences),
            title=episode.title,
            audio=[AudioOut(language=track.language, label=track.label) for track in asset.audio],
            subtitles=[
                SubtitlesOut(language=track.language, label=track.label, url=f"{base}/{track.path}")
                for track in asset.subtitles
                if track.path is not None
            ],
            storyboard_url=url(asset.storyboard),
            poster_url=url(asset.poster),
            markers=MarkersOut(opening=MarkerOut.of(episode.opening), ending=MarkerOut.of(episode.ending)),
            resume_position_ms=playback.resume_position_ms,
            preferred_audio=None
            if playback.preferred_audio is None
            else AudioOut(language=playback.preferred_audio.language, label=playback.preferred_audio.label),
            duration_ms=asset.duration_ms,
            expires_at=playback.session.expires_at,
        )


PLAYBACKS: Final = Limit("playbacks", attempts=600, window_s=3600)
"""Streams begun by one account, or by one address where nobody is signed in: a class that zaps through episodes; each is a row
that is kept for half a day."""


@router.post(
    "/episodes/{episode_id}/playback",
    summary="Start a stream of an episode",
    transaction=False,
    limit=PLAYBACKS,
    raises=(NothingToPlay, NotPlayableYet, UnavailableForLegalReasons, TooManyRequests),
)
async def start_playback(call: Call, episode_id: str, body: PlaybackIn) -> PlaybackOut:
    """Signed in or not. The addresses in the answer hold the right to watch, until `expires_at`: they are not for others."""
    origin = call.request.app[ORIGIN]
    external = await origin.external.of_episode(episode_id)
    async with call.write_scope() as scope:
        playback = await usecases.open_playback(
            usecases.Context.of(scope),
            episode_id,
            external=external,
            viewer=call.actor,
            region=call.region,
            device=body.device.value(),
            user_agent=call.request.headers.get(hdrs.USER_AGENT, ""),
            declared_bps=body.bandwidth_bps,
            keyring=origin.keyring,
        )
        licences = scope.port(LicenceServers)
    return PlaybackOut.of(playback, licences)


@router.delete("/playback/{session_id}", summary="End a stream", role=Role.USER, raises=(StreamNotFound, Forbidden))
async def end_playback(call: Call, session_id: str) -> None:
    await usecases.end_stream(
        session_id, actor=call.user, sessions=call.port(usecases.StreamSessions), now=call.clock.now()
    )
    origin = call.request.app[ORIGIN]
    call.scope.uow.after_commit(lambda: origin.gate.forget(session_id))


async def _media(request: web.Request) -> web.StreamResponse:
    return await request.app[ORIGIN].serve(request)


async def _verify(request: web.Request) -> web.StreamResponse:
    return await request.app[ORIGIN].verify(request)


for _method in (hdrs.METH_GET, hdrs.METH_OPTIONS):  # aiohttp adds HEAD to every GET
    media_router.raw(_method, "/hls/{token}/{asset}/{path:.+}", _media)
media_router.raw(hdrs.METH_GET, VERIFY_PATH, _verify)


def mount(app: web.Application, origin: Origin) -> None:
    """Give ``app`` its origin, which starts and stops with it."""
    app[ORIGIN] = origin
    app.cleanup_ctx.append(origin.running)


def install_fast_path(runner: web.AppRunner) -> None:
    """Let the origin answer from memory before routing and middleware.  After ``runner.setup()``."""
    server = runner.server
    assert server is not None, "the runner is not set up"
    server.request_handler = runner.app[ORIGIN].with_fast_path(server.request_handler)
