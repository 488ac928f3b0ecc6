"""streaming.origin: starting, continuing and ending a stream, over ports in memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest

from kernel.access import Actor, Role
from kernel.errors import Unavailable
from kernel.ids import new_id
from streaming.keys.licences.model import LicenceServers
from streaming.keys.model import ContentKey
from streaming.origin.access.token import Caps, Keyring, StreamToken, verify
from streaming.origin.ladder import Ladder, Rendition, Variant
from streaming.origin.leases.model import StreamLimitReached, StreamLimits
from streaming.origin.model import (
    LEASE,
    LIFETIME,
    Marker,
    NothingToPlay,
    NotPlayableYet,
    PlayableEpisode,
    Prefetched,
    StopReason,
    StreamableAsset,
    StreamEnded,
    StreamLapsed,
    StreamSession,
    StreamStarted,
    Track,
    device_key,
)
from streaming.origin.quality import PlayerDevice, Throughput
from streaming.origin.tracks.preferences import GuestTracks
from streaming.origin.tracks.sidecar_subtitles import SidecarText, SidecarTrack
from streaming.origin.usecases import Context, Playback, open_master, open_playback, record_throughput, sidecar_file
from streaming.player_settings.model import (
    AudioChoice,
    OwnSettings,
    PlayerSettings,
    RememberedSeries,
    SeriesChoice,
    SubtitleChoice,
    SubtitleKind,
    TrackWish,
)
from streaming.player_settings.track_choice import OfferedAudio, OfferedSubtitles
from tests.unit.streaming.origin.leases.memory import MemoryLeases
from tests.unit.streaming.player_settings.memory import MemoryPlayerSettings

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEYS = Keyring({7: b"k" * 32}, current=7)
EPISODE = new_id()
ANY_DEVICE = PlayerDevice()
VIEWER = Actor(new_id(), "viewer", Role.USER, new_id())
LADDER = Ladder(
    tuple(
        Variant(
            uri=f"v{height}/main.m3u8",
            bandwidth_bps=bps,
            width_px=height * 16 // 9,
            height_px=height,
            codecs=("avc1.x",),
        )
        for height, bps in ((2160, 16_000_000), (720, 3_000_000), (360, 700_000))
    )
)
ASSET = StreamableAsset(new_id(), EPISODE, 60_000, LADDER)


class World:
    """Every port at once."""

    def __init__(self) -> None:
        self.episode: PlayableEpisode | None = PlayableEpisode(EPISODE, "One", opening=Marker(0, 90_000))
        self.asset: StreamableAsset | None = ASSET
        self.external = Prefetched()
        self.sidecars: list[SidecarTrack] = []
        self.sessions: dict[str, StreamSession] = {}
        self.memory: dict[tuple[str, str], Throughput] = {}
        self.heard: AudioChoice | None = None
        self.asked_for: list[Actor | None] = []
        self.regions: list[str | None] = []
        self.people: dict[str, Actor] = {VIEWER.session_id: VIEWER}
        self.leases = MemoryLeases(self.sessions)
        self.settings = MemoryPlayerSettings()

    async def episode_for(self, actor: Actor | None, episode_id: str, *, region: str | None) -> PlayableEpisode | None:
        self.regions.append(region)
        self.asked_for.append(actor)
        return self.episode if episode_id == EPISODE else None

    async def position_ms(self, user_id: str, episode_id: str) -> int:
        return 42_000

    async def voice(self, user_id: str, episode_id: str) -> AudioChoice | None:
        return self.heard

    async def current(self, episode_id: str) -> StreamableAsset | None:
        return self.asset

    async def get(self, key: str) -> StreamSession | None:
        return self.sessions.get(key)

    def add(self, session: StreamSession) -> None:
        self.sessions[session.id] = session

    async def unexpired_ids(self, episode_ids: Sequence[str], *, now: datetime) -> Sequence[str]:
        return [each.id for each in self.sessions.values() if each.expires_at > now and each.episode_id in episode_ids]

    async def remembered(self, user_id: str, device_key: str) -> Throughput | None:
        return self.memory.get((user_id, device_key))

    async def remember(self, user_id: str, device_key: str, throughput: Throughput) -> None:
        self.memory[user_id, device_key] = throughput

    async def delete_expired(self, before: datetime) -> int:
        return 0

    async def forget_links(self, before: datetime) -> None:
        self.memory.clear()

    async def play(
        self,
        viewer: Actor | None = VIEWER,
        device: PlayerDevice = ANY_DEVICE,
        declared_bps: int | None = None,
        takeover: str | None = None,
        guest: GuestTracks | None = None,
        now: datetime = NOW,
    ) -> Playback:
        return await open_playback(
            self.context(now),
            EPISODE,
            external=self.external,
            viewer=viewer,
            region="JP",
            device=device,
            user_agent="test",
            declared_bps=declared_bps,
            takeover=takeover,
            guest=guest,
            keyring=KEYS,
        )

    async def master(self, token: StreamToken, now: datetime = NOW) -> str:
        return (await open_master(self.context(now), token, external=self.external)).master

    def context(self, now: datetime = NOW) -> Context:
        return Context(
            rights=self,
            assets=_Assets(self),
            sidecar_subtitles=_Sidecars(self),
            sessions=self,
            resume=self,
            player_settings=self.settings,
            standing=self,
            content_keys=self,
            licences=LicenceServers(),
            leasing=lambda: self.leases.context(now),
            now=now,
        )

    async def of_content(self, _content_id: str) -> Sequence[ContentKey]:
        return ()

    async def of_session(self, actor: Actor) -> Actor | None:
        return self.people.get(actor.session_id)

    async def of_user(self, user_id: str) -> Actor | None:
        raise NotImplementedError

    async def roles(self, session_ids: Collection[str]) -> Mapping[str, Role]:
        raise NotImplementedError


class _Sidecars:
    def __init__(self, world: World) -> None:
        self._world = world

    async def of_episode(self, episode_id: str) -> Sequence[SidecarTrack]:
        return self._world.sidecars if episode_id == EPISODE else []

    async def text(self, subtitle_id: str) -> SidecarText | None:
        known = [each for each in self._world.sidecars if each.id == subtitle_id]
        return SidecarText(EPISODE, "WEBVTT") if known else None


class _Assets:
    def __init__(self, world: World) -> None:
        self._world = world

    async def current(self, episode_id: str) -> StreamableAsset | None:
        return self._world.asset

    async def get(self, asset_id: str) -> StreamableAsset | None:
        return self._world.asset


@pytest.fixture
def world() -> World:
    return World()


def token_of(playback: Playback) -> StreamToken:
    return verify(playback.token, KEYS, now_s=NOW.timestamp())


def offered(master: str) -> list[str]:
    return [line for line in master.splitlines() if line.endswith("main.m3u8")]


async def test_playback_says_what_a_player_needs(world: World) -> None:
    playback = await world.play()

    assert playback.resume_position_ms == 42_000
    assert playback.episode.opening == Marker(0, 90_000)
    assert playback.asset is ASSET
    assert token_of(playback) == StreamToken(
        playback.session.id, ASSET.asset_id, int((NOW + LIFETIME).timestamp()), Caps()
    )
    assert world.sessions[playback.session.id] is playback.session


async def test_the_voice_heard_last_is_offered_where_there_is_a_choice(world: World) -> None:
    japanese, russian = Track("ja", "日本語"), Track("ru", "Studio")
    world.heard = AudioChoice("ru", "Studio")
    world.asset = replace(ASSET, audio=(japanese, russian))
    assert (await world.play()).preferences.audio == OfferedAudio("ru", "Studio")
    assert (await world.play(viewer=None)).preferences.audio is None
    world.asset = replace(ASSET, audio=(russian,))
    assert (await world.play()).preferences.audio is None


def rendition(kind: Literal["AUDIO", "SUBTITLES"], language: str, name: str, **more: Any) -> Rendition:
    return Rendition(kind=kind, group=more.pop("group", "a"), name=name, language=language, uri=f"{name}.m3u8", **more)


async def test_settings_and_what_was_chosen_in_the_series_choose_the_tracks(world: World) -> None:
    sdh = "public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"
    renditions = (
        rendition("AUDIO", "ru", "Studio"),
        rendition("AUDIO", "ja", "Japanese"),
        rendition("AUDIO", "ja", "Japanese", group="surround", channels="6"),
        rendition("SUBTITLES", "ru", "Signs", forced=True),
        rendition("SUBTITLES", "ru", "All"),
        rendition("SUBTITLES", "ru", "All with sounds", characteristics=sdh),
    )
    world.asset = replace(ASSET, ladder=replace(LADDER, renditions=renditions))
    assert world.episode is not None
    world.episode = replace(world.episode, release_id="r", original_language="ja")
    wishes = (TrackWish("original", "ru", SubtitleKind.SDH),)
    world.settings.owns[VIEWER.user_id] = OwnSettings(PlayerSettings(tracks=wishes, rate=1.5), 1)

    by_table = (await world.play()).preferences
    assert by_table.settings == PlayerSettings(tracks=wishes, rate=1.5)
    assert by_table.audio == OfferedAudio("ja", "Japanese")
    assert by_table.subtitles == OfferedSubtitles("ru", "All with sounds", SubtitleKind.SDH)

    choice = SeriesChoice(AudioChoice("ru", "Studio"), SubtitleChoice("ru", "Signs", SubtitleKind.FORCED))
    await world.settings.remember(VIEWER.user_id, RememberedSeries("r", choice, NOW))
    by_choice = (await world.play()).preferences
    assert by_choice.audio == OfferedAudio("ru", "Studio")
    assert by_choice.subtitles == OfferedSubtitles("ru", "Signs", SubtitleKind.FORCED)

    said = GuestTracks((TrackWish("ja", "ru"),))
    guest = (await world.play(viewer=None, guest=said)).preferences
    assert (guest.settings, guest.audio) == (None, OfferedAudio("ja", "Japanese"))
    assert guest.subtitles == OfferedSubtitles("ru", "All")
    assert (await world.play(guest=said)).preferences == by_choice, "an account speaks for itself"


async def test_a_started_stream_is_an_event(world: World) -> None:
    playback = await world.play()

    assert playback.session.pull_events() == [
        StreamStarted(
            at=NOW,
            session_id=playback.session.id,
            episode_id=EPISODE,
            asset_id=ASSET.asset_id,
            user_id=VIEWER.user_id,
        )
    ]


async def test_signed_out_viewers_start_at_zero_without_uhd(world: World) -> None:
    playback = await world.play(viewer=None, declared_bps=100_000_000)

    assert playback.resume_position_ms == 0
    assert playback.session.user_id is None
    assert offered(await world.master(token_of(playback))) == ["v720/main.m3u8", "v360/main.m3u8"]


async def test_nothing_is_started_of_what_one_may_not_watch(world: World) -> None:
    world.episode = None
    with pytest.raises(NothingToPlay):
        await world.play()
    assert not world.sessions


async def test_an_episode_without_video_is_a_conflict(world: World) -> None:
    world.asset = None
    with pytest.raises(NotPlayableYet):
        await world.play()


async def test_master_starts_as_the_link_allows(world: World) -> None:
    fast, slow = await world.play(declared_bps=50_000_000), await world.play(declared_bps=500_000)

    assert offered(await world.master(token_of(fast)))[0] == "v2160/main.m3u8"
    assert offered(await world.master(token_of(slow)))[0] == "v360/main.m3u8"


async def test_master_fits_the_device(world: World) -> None:
    playback = await world.play(device=PlayerDevice(640, 360))

    assert offered(await world.master(token_of(playback))) == ["v360/main.m3u8"]


async def test_rights_are_asked_again_for_the_same_viewer(world: World) -> None:
    playback = await world.play()
    await world.master(token_of(playback))
    asked = world.asked_for[-1]
    assert asked is not None
    assert (asked.user_id, asked.role, asked.session_id) == (VIEWER.user_id, VIEWER.role, VIEWER.session_id)
    assert world.regions == ["JP", "JP"], "where they were when they began"

    world.episode = None
    with pytest.raises(NothingToPlay):
        await world.master(token_of(playback))


async def test_a_stream_has_the_role_its_viewer_has_now(world: World) -> None:
    editor = replace(VIEWER, role=Role.EDITOR)
    world.people[VIEWER.session_id] = editor
    playback = await world.play(viewer=editor)
    world.people[VIEWER.session_id] = VIEWER
    await world.master(token_of(playback))
    assert world.asked_for[-1] == VIEWER

    del world.people[VIEWER.session_id]
    with pytest.raises(StreamEnded):
        await world.master(token_of(playback))


async def test_an_ended_stream_is_over(world: World) -> None:
    playback = await world.play()
    playback.session.end(NOW, StopReason.STOPPED)
    with pytest.raises(StreamEnded):
        await world.master(token_of(playback))


async def test_a_stream_that_stood_still_goes_on_only_where_there_is_a_place(world: World) -> None:
    world.leases.limits = StreamLimits(1)
    playback, later = await world.play(), NOW + LEASE
    assert await world.master(token_of(playback), now=later), "nobody else wants its place"

    other = await world.play(now=later)
    with pytest.raises(StreamLapsed):
        await world.master(token_of(playback), now=later)
    other.session.end(later, StopReason.STOPPED)
    assert await world.master(token_of(playback), now=later)


async def test_one_stream_too_many_is_refused_whole(world: World) -> None:
    world.leases.limits = StreamLimits(1)
    first = await world.play()
    with pytest.raises(StreamLimitReached) as refused:
        await world.play()
    assert refused.value.details["limit"] == 1
    assert [each["session_id"] for each in refused.value.details["holders"]] == [first.session.id]
    assert list(world.sessions) == [first.session.id]
    assert (await world.play(viewer=None)).session.user_id is None, "nobody's account has no limit"

    second = await world.play(takeover=first.session.id)
    assert first.session.ended_at == NOW
    assert not second.session.is_over(NOW)


async def test_sessions_expire(world: World) -> None:
    playback = await world.play()

    assert await world.master(token_of(playback), now=NOW + LIFETIME - timedelta(seconds=1))
    with pytest.raises(StreamEnded):
        await world.master(token_of(playback), now=NOW + LIFETIME)


async def test_a_lost_session_is_over(world: World) -> None:
    playback = await world.play()
    world.sessions.clear()

    with pytest.raises(StreamEnded):
        await world.master(token_of(playback))


async def test_measured_throughput_counts_now_and_at_the_next_start(world: World) -> None:
    first, phone = await world.play(), PlayerDevice(750, 1334)
    assert offered(await world.master(token_of(first)))[0] == "v360/main.m3u8"
    measured = Throughput(50e6, int(NOW.timestamp() * 1000))

    await record_throughput({first.session.id: measured, new_id(): measured}, sessions=world)

    assert offered(await world.master(token_of(first)))[0] == "v2160/main.m3u8"
    assert (await world.play()).session.throughput_bps == 50e6
    assert (await world.play(device=phone)).session.throughput_bps != 50e6
    assert (await world.play(declared_bps=1_000)).session.throughput_bps == 1_000


async def test_nothing_is_remembered_of_signed_out_viewers(world: World) -> None:
    playback = await world.play(viewer=None)

    await record_throughput({playback.session.id: Throughput(5e6, 0)}, sessions=world)

    assert playback.session.throughput_bps == 5e6
    assert not world.memory


def test_a_device_is_its_browser_and_screen() -> None:
    keys = {
        device_key("a", PlayerDevice(1, 2)),
        device_key("a", PlayerDevice(1, 3)),
        device_key("b", PlayerDevice(1, 2)),
    }

    assert len(keys) == 3
    assert device_key("a", PlayerDevice(1, 2)) == device_key("a", PlayerDevice(1, 2, ("avc1",)))


class TestExternalMedia:
    """What another host serves goes before what is published here."""

    outside = replace(ASSET, asset_id=new_id())

    async def test_a_source_of_the_episode_is_played_instead(self, world: World) -> None:
        world.external = Prefetched(self.outside)
        playback = await world.play()
        assert playback.asset is self.outside
        world.asset = None  # nothing is published under a source's id
        assert offered(await world.master(token_of(playback)))

    async def test_why_it_cannot_be_played_is_told_to_those_who_may_watch(self, world: World) -> None:
        world.external = Prefetched(refusal=Unavailable())
        with pytest.raises(Unavailable):
            await world.play()
        world.episode = None
        with pytest.raises(NothingToPlay):
            await world.play()


class TestSidecarSubtitles:
    track = SidecarTrack("01a20000-0000-7000-8000-000000000000", 3, "ru", "Русские")

    async def test_are_offered_beside_those_of_the_video(self, world: World) -> None:
        world.sidecars = [self.track]
        playback = await world.play()
        assert [track.label for track in playback.asset.subtitles] == ["Русские"]
        assert 'NAME="Русские"' in await world.master(token_of(playback))

    async def test_a_live_channel_has_no_beginning_to_count_from(self, world: World) -> None:
        world.sidecars, world.asset = [self.track], replace(ASSET, duration_ms=0)
        assert (await world.play()).asset.subtitles == ()

    async def test_are_served_in_streams_of_their_episode_alone(self, world: World) -> None:
        world.sidecars = [self.track]
        token = token_of(await world.play())

        async def file(suffix: str) -> str | None:
            path = self.track.path(suffix)
            return await sidecar_file(world.context(), token, path, self.track.id, suffix, external=world.external)

        assert await file("vtt") == "WEBVTT"
        assert "#EXTINF:60.000," in (await file("m3u8") or "")
        world.asset = replace(ASSET, episode_id=new_id())
        assert await file("vtt") is None
        world.asset, world.sidecars = ASSET, []
        assert await file("vtt") is None
