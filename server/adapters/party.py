"""What parties and sockets need of the catalogue, the library and accounts."""

from collections.abc import Collection, Mapping, Sequence

import accounts.library.progress.rules
import accounts.library.progress.usecases
import catalog.releases.episodes.usecases
import catalog.releases.usecases
import realtime.party.chat.repository
import realtime.party.ports
from accounts.identity.events import UserDeleted
from accounts.library.progress.adapters.context import context_of
from accounts.library.progress.model import Audio, Sample
from catalog.releases.episodes.model import EpisodeNotFound
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.usecases import Reader, Releases
from kernel.access import Role, Standing
from kernel.errors import UnavailableForLegalReasons
from kernel.scope import Container, Scope
from realtime.progress.usecases import ProgressMark
from server.adapters.playback import title_of


class SessionRoles:
    """What the people behind open sockets may do by now."""

    def __init__(self, container: Container) -> None:
        self._container = container

    async def __call__(self, session_ids: Collection[str]) -> Mapping[str, Role]:
        """By session: the role of whoever is signed in with it; those that ended are left out."""
        async with self._container.scope(write=False) as scope:
            return await scope.port(Standing).roles(session_ids)


class PartyEpisodes:
    """What a party may be about: what everybody in it can watch, unless it is blocked where they are."""

    def __init__(self, container: Container) -> None:
        self._container = container

    async def __call__(self, episode_id: str) -> realtime.party.ports.Episode | None:
        """``None`` where not everybody can see it."""
        async with self._container.scope(write=False) as scope:
            try:
                episode, release = await catalog.releases.episodes.usecases.episode(
                    scope.port(Episodes), scope.port(Releases), Reader(sees_drafts=False, everywhere=True), episode_id
                )
            except (EpisodeNotFound, UnavailableForLegalReasons):
                return None
        return realtime.party.ports.Episode(
            title=title_of(episode, release), duration_ms=episode.duration_ms, playable=episode.playable
        )


class LibraryProgressSink:
    """Positions that come over sockets, kept in the library."""

    def __init__(self, container: Container) -> None:
        self._container = container

    async def record(self, marks: Sequence[ProgressMark]) -> None:
        """Keep them, in one transaction."""
        now_ms = self._container.clock.now_ms()
        by_user: dict[str, list[Sample]] = {}
        for mark in marks:
            audio = Audio(mark.audio.language, mark.audio.label) if mark.audio else None
            sample = Sample(mark.user_id, mark.episode_id, mark.position_ms, mark.duration_ms, mark.at_ms, audio)
            by_user.setdefault(mark.user_id, []).append(sample)
        # Each user for themselves: one clock that runs ahead must not move everybody's reports.
        corrected = [
            s for samples in by_user.values() for s in accounts.library.progress.rules.correct_clock(samples, now_ms)
        ]
        async with self._container.scope(write=True) as scope:
            await accounts.library.progress.usecases.record_progress(context_of(scope), corrected)


async def delete_chat_of_user(scope: Scope, event: UserDeleted) -> None:
    """An account is gone: so is what its owner said in parties, where those are not over and gone themselves."""
    await realtime.party.chat.repository.forget_member(scope.uow.session, event.user_id)
