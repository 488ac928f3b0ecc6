"""The origin over HTTP: JSON to start and end a stream, raw routes for its media."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final

from aiohttp import hdrs, web
from pydantic import BaseModel, Field

from kernel.errors import TooManyRequests, UnavailableForLegalReasons
from kernel.http import Call, Router
from kernel.http.call import THROTTLE
from kernel.http.payloads import read_body
from kernel.limits import Limit
from streaming.keys import clearkey
from streaming.keys.licences.model import FAIRPLAY, LicenceServers
from streaming.keys.model import Protection
from streaming.origin import dash_manifest, ports, usecases
from streaming.origin.access import identity_keys
from streaming.origin.adapters.serving import MASTER, VERIFY_PATH, Origin
from streaming.origin.interstitials import with_name
from streaming.origin.leases.model import StreamLimitReached
from streaming.origin.model import (
    Marker,
    NothingToPlay,
    NotPlayableYet,
    StreamNotFound,
    StreamOver,
    TooManyReports,
)
from streaming.origin.qoe.schemas import ReportsTakenOut
from streaming.origin.quality import PlayerDevice
from streaming.origin.tracks.preferences import GuestTracks
from streaming.player_settings.model import SubtitleKind
from streaming.player_settings.schemas import PlayerSettingsOut, SeriesChoicePatch, Wishes

router = Router("/api/v1", tag="Playback")
media_router = Router("", tag="Media")

ORIGIN: Final = web.AppKey("origin", Origin)

Identifier = Annotated[str, Field(pattern="^[0-9a-f-]{36}$")]
MAX_GUEST_SERIES: Final = 50
"""Some 5 KB; a browser forgets the oldest."""

Codec = Annotated[str, Field(max_length=64)]


class DeviceIn(BaseModel):
    """What the viewer plays on; whatever is left out is not held against them."""

    width_px: int = Field(0, ge=0, le=16_384, description="Screen width in physical pixels.")
    height_px: int = Field(0, ge=0, le=16_384, description="Screen height in physical pixels.")
    codecs: list[Codec] = Field(
        default_factory=list, max_length=32, description="What it decodes, as RFC 6381 names: avc1.64001f, av01."
    )

    def value(self) -> PlayerDevice:
        """0 pixels and no codecs for what it left out."""
        return PlayerDevice(self.width_px, self.height_px, tuple(self.codecs))


class GuestIn(BaseModel):
    """What a player keeps of somebody who is signed out, as `/me/player-settings` does of others."""

    tracks: Wishes = Field(default_factory=list)
    series: dict[Identifier, SeriesChoicePatch] = Field(
        default_factory=dict,
        max_length=MAX_GUEST_SERIES,
        description="Release → what they chose in it; that of this episode counts.",
    )

    def value(self) -> GuestTracks:
        """Nothing of what it left out."""
        series = {release_id: said.choice() for release_id, said in self.series.items()}
        return GuestTracks(tuple(wish.value() for wish in self.tracks), series)


class PlaybackIn(BaseModel):
    """What a player says before it starts."""

    device: DeviceIn = Field(default_factory=DeviceIn)
    takeover: str | None = Field(
        None,
        max_length=36,
        description="A stream of the same account that ends for this one: of those that the refusal `stream_limit_reached` "
        "lists, or the player's own former one.",
    )
    together: bool = Field(
        False, description="In a watch party: without breaks, for members see different ads, and would not be in step."
    )
    guest: GuestIn = Field(default_factory=GuestIn, description="Of no account: chooses tracks for who is signed out.")
    bandwidth_bps: int | None = Field(
        None, ge=1, le=10_000_000_000, description="What the player expects of its link, from an earlier stream."
    )


class AudioOut(BaseModel):
    """A language of sound."""

    language: str = Field(description="BCP 47.")
    label: str


class OfferedAudioOut(AudioOut):
    """A language of sound that can be chosen."""

    channels: int | None = Field(
        description="The most that a rendition of it has: 6 where there is 5.1 surround sound beside stereo. `null`: not known."
    )


class SubtitlesOut(BaseModel):
    """A language of subtitles."""

    language: str = Field(description="BCP 47.")
    label: str
    url: str = Field(description="The whole track as WebVTT.")


class PreferredSubtitlesOut(BaseModel):
    """Subtitles to begin with, by the language and the name they have in the playlist."""

    language: str = Field(description="BCP 47.")
    label: str
    kind: SubtitleKind


class MarkerOut(BaseModel):
    """A stretch of an episode."""

    start_ms: int
    stop_ms: int

    @classmethod
    def of(cls, marker: Marker | None) -> "MarkerOut | None":
        """``None`` where the episode has none."""
        return None if marker is None else cls(start_ms=marker.start_ms, stop_ms=marker.stop_ms)


class MarkersOut(BaseModel):
    """Where what one may skip is."""

    recap: MarkerOut | None = Field(description="Of what happened in earlier episodes.")
    opening: MarkerOut | None
    ending: MarkerOut | None
    preview: MarkerOut | None = Field(description="Of the next episode.")


class KeySystemOut(BaseModel):
    """Where a content decryption module gets its licences (W3C EME)."""

    key_system: str = Field(description="What EME calls it: org.w3.clearkey.")
    license_url: str = Field(description="For POST; relative to the server, and good for this stream alone.")
    certificate_url: str | None = Field(None, description="Of FairPlay: the certificate that requests are made with.")


class DrmOut(BaseModel):
    """How a player gets the keys of samples that are encrypted by Common Encryption."""

    key_systems: list[KeySystemOut]
    identity_hls_url: str | None = Field(
        description='For players that know no ClearKey in HLS, such as shaka-player: the same with `KEYFORMAT="identity"`, whose '
        "addresses lead to the keys themselves. `null`: this server gives out no keys through ClearKey."
    )

    @classmethod
    def of(cls, playback: usecases.Playback, licences: LicenceServers) -> "DrmOut | None":
        """``None`` for what no content decryption module is needed for."""
        if not playback.asset.protection.is_common_encryption:
            return None
        offered = licences.offered(playback.asset.protection)
        base = f"/hls/{playback.token}/{playback.asset.asset_id}"
        return cls(
            key_systems=[
                KeySystemOut(
                    key_system=system,
                    license_url=f"/api/v1/drm/{path}?session={playback.token}",
                    certificate_url=f"/api/v1/drm/{path}/certificate" if system == FAIRPLAY else None,
                )
                for system, path in offered.items()
            ],
            identity_hls_url=f"{base}/{identity_keys.with_name(MASTER)}" if clearkey.KEY_SYSTEM in offered else None,
        )


class AdsOut(BaseModel):
    """Breaks of this stream, which `hls_url` has as HLS interstitials."""

    breaks_ms: list[int] = Field(description="Where they are; 0 is before it.")
    vast_url: str = Field(
        description="VAST 4.2 of a break, for players without interstitials: `&offset=` is one of `breaks_ms`."
    )


class PlaybackOut(BaseModel):
    """A stream session.  Addresses are relative to the server and valid until ``expires_at``."""

    session_id: str
    hls_url: str
    dash_url: str | None
    protection: Protection = Field(description="How pictures and sound are encrypted.")
    drm: DrmOut | None = Field(description="With cbcs and cenc; keys of aes-128 stand in the playlists.")
    title: str
    release_id: str
    audio: list[OfferedAudioOut]
    subtitles: list[SubtitlesOut]
    storyboard_url: str | None = Field(description="WebVTT whose cues name regions of sprites.")
    poster_url: str | None
    markers: MarkersOut
    resume_position_ms: int
    settings: PlayerSettingsOut | None = Field(
        description="How this viewer watches on this device; `null` for who is signed out: their player knows."
    )
    preferred_audio: AudioOut | None = Field(
        description="The sound to begin with, as the viewer's settings, their choice in this series or what they heard "
        "it in last say; by the language and the name it has in the playlist. `null`: the playlist's own default."
    )
    preferred_subtitles: PreferredSubtitlesOut | None = Field(description="The same for subtitles; `null`: none.")
    duration_ms: int
    ads: AdsOut | None = Field(None, description="`null`: no breaks.")
    pathways: list[str] = Field(
        default_factory=list,
        description="Edges that its playlist names, by `PATHWAY-ID`; none where there is no choice.",
    )
    expires_at: datetime

    @classmethod
    def of(
        cls,
        playback: usecases.Playback,
        licences: LicenceServers,
        pathways: Sequence[str] = (),
        *,
        is_on_edges: bool = False,
    ) -> "PlaybackOut":
        """Its addresses carry the token of the session; ``licences`` says which key systems this server has.

        ``is_on_edges``: whether its media are elsewhere than its manifest.
        """
        asset, episode, wanted = playback.asset, playback.episode, playback.preferences
        base = f"/hls/{playback.token}/{asset.asset_id}"

        def url(path: str | None) -> str | None:
            return None if path is None else f"{base}/{path}"

        return cls(
            session_id=playback.session.id,
            hls_url=f"{base}/{with_name(MASTER, playback.breaks_ms) if playback.breaks_ms else MASTER}",
            dash_url=url(dash_manifest.FILE if asset.dash and (is_on_edges or playback.is_limited) else asset.dash),
            protection=asset.protection,
            drm=DrmOut.of(playback, licences),
            title=episode.title,
            release_id=episode.release_id,
            audio=[
                OfferedAudioOut(language=track.language, label=track.label, channels=track.channels)
                for track in asset.audio
            ],
            subtitles=[
                SubtitlesOut(language=track.language, label=track.label, url=f"{base}/{track.path}")
                for track in asset.subtitles
                if track.path is not None
            ],
            storyboard_url=url(asset.storyboard),
            poster_url=url(asset.poster),
            markers=MarkersOut(
                recap=MarkerOut.of(episode.recap),
                opening=MarkerOut.of(episode.opening),
                ending=MarkerOut.of(episode.ending),
                preview=MarkerOut.of(episode.preview),
            ),
            resume_position_ms=playback.resume_position_ms,
            settings=None if wanted.settings is None else PlayerSettingsOut.of(wanted.settings),
            preferred_audio=None
            if wanted.audio is None
            else AudioOut(language=wanted.audio.language, label=wanted.audio.label),
            preferred_subtitles=None
            if wanted.subtitles is None
            else PreferredSubtitlesOut(
                language=wanted.subtitles.language, label=wanted.subtitles.label, kind=wanted.subtitles.kind
            ),
            duration_ms=asset.duration_ms,
            ads=AdsOut(breaks_ms=list(playback.breaks_ms), vast_url=f"/api/v1/media/vast.xml?session={playback.token}")
            if playback.breaks_ms
            else None,
            pathways=list(pathways),
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
    raises=(NothingToPlay, NotPlayableYet, StreamLimitReached, UnavailableForLegalReasons, TooManyRequests),
)
async def start_playback(call: Call, episode_id: str, body: PlaybackIn) -> PlaybackOut:
    """Signed in or not. The addresses in the answer hold the right to watch, until `expires_at`: they are not for others.

    An account watches so many streams at a time. The refusal `stream_limit_reached` has `limit`, and in `holders` what is
    watched, as `GET /playback` has it: name one of them as `takeover` to end it and start this one.
    """
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
            takeover=body.takeover,
            guest=body.guest.value(),
            keyring=origin.keyring,
        )
        # Streams from elsewhere are as their source made them, and channels have no offsets.
        if not body.together and external.asset is None and playback.asset.duration_ms > 0:
            breaks_ms = await scope.port(ports.AdBreaks).planned(
                playback.session,
                playback.asset.duration_ms,
                language=call.request.headers.get(hdrs.ACCEPT_LANGUAGE, ""),
                address=call.address,
            )
            playback = replace(playback, breaks_ms=tuple(breaks_ms))
        licences = scope.port(LicenceServers)
    steered = origin.steering.is_on and external.asset is None
    return PlaybackOut.of(
        playback,
        licences,
        [edge.name for edge in origin.steering.edges] if steered else (),
        is_on_edges=bool(origin.steering.edges) and external.asset is None,
    )


MAX_EVENT_BYTES: Final = 16 * 1024
"""Twenty reports with every key; parsed on the event loop, in a millisecond."""

EVENTS_OF_STREAM: Final = Limit("stream-events", attempts=600, window_s=600)
"""Bodies of one stream: one every 15 s, and one for each change of state or quality of a link that comes and goes."""


@router.post(
    "/playback/{session_id}/cmcd",
    summary="Tell how playback goes",
    transaction=False,
    media=("application/cmcd",),
    raises=(StreamNotFound, StreamOver, TooManyReports, TooManyRequests),
)
async def take_events(call: Call, session_id: str) -> ReportsTakenOut:
    """Event mode of CMCD version 2 (CTA-5004-B): one report a line, each a structured dictionary (RFC 9651).

    The throughput (`mtp`, `br`, `bs`) decides with which quality the viewer's next stream begins, and each report keeps the stream's
    place among those of its account: send one every 15 s (`e=t`). Startup, rebuffers, bitrate and dropped frames are computed from
    `sta`, `br`, `pb`, `msd`, `bsa`, `bsda` and `dfa`. What is wrong with a report is named and left out, the rest of it counts.
    Where a stream is over the answer is 410, and players stop.
    Whoever knows the id may report: players send no credentials with these.
    """
    if (call.request.content_length or 0) > MAX_EVENT_BYTES:
        raise TooManyReports(limit_bytes=MAX_EVENT_BYTES)
    await call.request.app[THROTTLE].count(EVENTS_OF_STREAM, session_id)
    body = await read_body(call.request)
    if len(body) > MAX_EVENT_BYTES:
        raise TooManyReports(limit_bytes=MAX_EVENT_BYTES)
    return ReportsTakenOut.of(await call.request.app[ORIGIN].take_events(session_id, body))


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
