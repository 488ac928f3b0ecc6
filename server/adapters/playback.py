"""What playback needs of the catalogue, the library and accounts, and what becomes of media when those change."""

from collections.abc import Sequence

from typing_extensions import override

import accounts.library.progress.usecases
import catalog.releases.episodes.queries
import catalog.releases.episodes.usecases
import catalog.releases.usecases
import streaming.ingest.adapters.context as ingest_context
import streaming.ingest.usecases
import streaming.proxy.adapters.context as source_context
import streaming.proxy.usecases
import streaming.uploads.adapters.context as upload_context
import streaming.uploads.usecases
from accounts.identity.events import RoleChanged, UserBanned, UserDeleted
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.model import Episode, EpisodeDeleted, EpisodeNotFound, Span
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.events import ReleaseDeleted, ReleasePurged
from catalog.releases.model import Release
from catalog.releases.usecases import Reader, Releases
from catalog.subtitles.usecases import Subtitles
from kernel.access import Actor, Role
from kernel.scope import Scope
from kernel.storage import MediaStorage
from streaming.ingest.model import AssetReady
from streaming.origin.model import Marker, PlayableEpisode
from streaming.origin.ports import PlaybackRights, ResumePositions
from streaming.origin.tracks.sidecar_subtitles import SidecarText, SidecarTrack
from streaming.player_settings.model import AudioChoice
from streaming.player_settings.track_choice import language_of_titles


def poster_url(asset_id: str) -> str:
    """Where anybody may see the poster of an asset."""
    return f"/posters/{asset_id}.jpg"


def title_of(episode: Episode, release: Release) -> str:
    """What a player calls an episode: «Release», «Release – 2», or «Release – 2. Name»."""
    if release.episodes_total == 1 and not episode.name:
        return release.name.main
    name = f". {episode.name}" if episode.name else ""
    return f"{release.name.main} – {episode.ordinal:g}{name}"


class KnownEpisodes:
    """The episodes of the catalogue, for those who keep media of them."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def exists(self, episode_id: str) -> bool:
        """Whether there is such an episode, published or not."""
        return bool(await catalog.releases.episodes.queries.episodes(self._session, [episode_id]))


class CataloguePlaybackRights(PlaybackRights):
    """Anybody may watch what is published and not blocked where they are; editors may watch everything."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    async def episode_for(self, actor: Actor | None, episode_id: str, *, region: str | None) -> PlayableEpisode | None:
        try:
            episode, release = await catalog.releases.episodes.usecases.episode(
                self._scope.port(Episodes),
                self._scope.port(Releases),
                Reader(sees_drafts=actor is not None and actor.may(Role.EDITOR), region=region),
                episode_id,
            )
        except EpisodeNotFound:
            return None
        return PlayableEpisode(
            episode_id=episode.id,
            title=title_of(episode, release),
            recap=_marker(episode.recap),
            opening=_marker(episode.opening),
            ending=_marker(episode.ending),
            preview=_marker(episode.preview),
            release_id=release.id,
            original_language=language_of_titles([release.name.main, release.name.alternative or ""]),
        )


def _marker(span: Span | None) -> Marker | None:
    return None if span is None else Marker(span.start_ms, span.stop_ms)


class LibraryResumePositions(ResumePositions):
    """Where the library says a viewer stopped, and what they listened to."""

    def __init__(self, scope: Scope) -> None:
        self._history = scope.port(accounts.library.progress.usecases.History)
        self._episodes = scope.port(accounts.library.progress.usecases.CatalogEpisodes)

    @override
    async def position_ms(self, user_id: str, episode_id: str) -> int:
        return await accounts.library.progress.usecases.resume_position_ms(
            self._history, user_id=user_id, episode_id=episode_id
        )

    @override
    async def voice(self, user_id: str, episode_id: str) -> AudioChoice | None:
        audio = await accounts.library.progress.usecases.last_audio(
            self._history, self._episodes, user_id=user_id, episode_id=episode_id
        )
        return None if audio is None else AudioChoice(audio.language, audio.label)


class AddedSubtitles:
    """What was added to an episode, as the origin offers it to players."""

    def __init__(self, scope: Scope) -> None:
        self._subtitles = scope.port(Subtitles)

    async def of_episode(self, episode_id: str) -> Sequence[SidecarTrack]:
        """The tracks that people added to an episode."""
        return [
            SidecarTrack(each.id, each.version, each.language, each.label, each.forced, each.sdh)
            for each in await self._subtitles.of_episode(episode_id)
        ]

    async def text(self, subtitle_id: str) -> SidecarText | None:
        """A whole track; ``None`` where there is none (any more)."""
        found = await self._subtitles.get(subtitle_id)
        return None if found is None else SidecarText(found.episode_id, found.text)


async def mark_episode_playable(scope: Scope, event: AssetReady) -> None:
    """A video was made ready: its episode can be played.  One that stays with its source brings no picture."""
    has_files = await scope.port(MediaStorage).exists(event.asset_id)
    await catalog.releases.episodes.usecases.media_ready(
        context_of(scope),
        event.episode_id,
        duration_ms=event.duration_ms,
        thumbnail_url=poster_url(event.asset_id) if has_files else None,
        former_thumbnail_url=None if event.replaces is None else poster_url(event.replaces),
    )


async def delete_media_of_release(scope: Scope, event: ReleasePurged | ReleaseDeleted) -> None:
    """A release is gone for good: so is the media of its episodes.  In 0.1 a deleted one was, and such rows may still wait."""
    await _remove_media(scope, event.episode_ids)


async def delete_media_of_episode(scope: Scope, event: EpisodeDeleted) -> None:
    """An episode is gone: so is its media."""
    await _remove_media(scope, (event.episode_id,))


async def _remove_media(scope: Scope, episode_ids: Sequence[str]) -> None:
    await streaming.ingest.usecases.remove_media(ingest_context.context_of(scope), episode_ids)
    await streaming.uploads.usecases.remove_for_episodes(upload_context.context_of(scope), episode_ids)
    proxying = source_context.context_of(scope)
    for episode_id in episode_ids:
        source = await proxying.sources.of_episode(episode_id)
        if source is not None:
            await streaming.proxy.usecases.remove(proxying, source.id)


async def delete_uploads_of_user(scope: Scope, event: UserBanned | RoleChanged | UserDeleted) -> None:
    """Somebody may upload no longer: what they sent goes, and an ingest of it ends (it asks by itself)."""
    if isinstance(event, RoleChanged) and Role(event.after).at_least(Role.EDITOR):
        return
    await streaming.uploads.usecases.remove_of_owner(upload_context.context_of(scope), event.user_id)
