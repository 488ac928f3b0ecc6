"""Where one feature's need meets another feature's knowledge: small adapters, bound in ``wiring.py``."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

import accounts.identity.recovery.usecases
import accounts.library.collections.model
import accounts.library.collections.usecases
import accounts.library.progress.model
import accounts.library.progress.rules
import accounts.library.progress.usecases
import accounts.teams.invitations.model
import accounts.teams.invitations.usecases
import accounts.teams.letters
import accounts.teams.usecases
import catalog.releases.usecases
import notify.audit.usecases
import notify.webhooks.usecases
import realtime.party.chat.repository
import realtime.party.ports
import streaming.ingest.usecases
import streaming.origin.usecases
import streaming.proxy.usecases
import streaming.uploads.usecases
from accounts.identity.model import RoleChanged, SessionRevoked, UserBanned, UserDeleted
from accounts.identity.names import Email
from accounts.identity.repository import users
from catalog.releases.model import Episode, EpisodeDeleted, Release, ReleaseDeleted, Status
from catalog.releases.repository import episode_table, release_table
from catalog.releases.usecases import Episodes, Reader, Releases
from kernel.access import Actor, Role, Standing
from kernel.events import Event
from kernel.jobs import JobNews
from kernel.mail import Mail
from kernel.scope import Container, Scope
from kernel.storage import Storage
from realtime.feature import RealtimeGateway
from streaming.ingest.model import AssetReady
from streaming.origin.model import Marker, PlayableEpisode


def poster_url(asset_id: str) -> str:
    """Where anybody may see the poster of an asset."""
    return f"/posters/{asset_id}.jpg"


def title_of(episode: Episode, release: Release) -> str:
    """What a player calls an episode: «Release», «Release – 2», or «Release – 2. Name»."""
    if release.episodes_total == 1 and not episode.name:
        return release.name.main
    name = f". {episode.name}" if episode.name else ""
    return f"{release.name.main} – {episode.ordinal:g}{name}"


def reader_for(actor: Actor | None) -> Reader:
    """Editors see drafts, everybody else does not."""
    return Reader(sees_drafts=actor is not None and actor.may(Role.EDITOR))


class KnownEpisodes:
    """The catalogue, as ingest and the library need it."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def exists(self, episode_id: str) -> bool:
        return bool(await self.known([episode_id]))

    async def known(self, episode_ids: Collection[str]) -> Mapping[str, accounts.library.progress.model.Episode]:
        found = await self._session.execute(
            select(
                episode_table.c.id, episode_table.c.release_id, episode_table.c.duration_ms, episode_table.c.ending
            ).where(episode_table.c.id.in_(episode_ids))
        )
        return {
            row.id: accounts.library.progress.model.Episode(
                episode_id=row.id,
                release_id=row.release_id,
                duration_ms=row.duration_ms,
                ending_start_ms=None if row.ending is None else row.ending.start_ms,
            )
            for row in found
        }


class PublishedReleases:
    """The catalogue, as favourites, shelves and "continue watching" need it: what viewers can see."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def known(self, release_ids: Collection[str]) -> Mapping[str, accounts.library.collections.model.Release]:
        found = await self._session.execute(
            select(release_table.c.id, release_table.c.episodes_total, release_table.c.is_ongoing).where(
                release_table.c.id.in_(release_ids), release_table.c.status == Status.PUBLISHED
            )
        )
        return {
            row.id: accounts.library.collections.model.Release(
                release_id=row.id, episodes_total=None if row.is_ongoing else row.episodes_total
            )
            for row in found
        }

    async def in_order(self, release_ids: Collection[str]) -> Mapping[str, Sequence[str]]:
        found = await self._session.execute(
            select(episode_table.c.release_id, episode_table.c.id)
            .join(release_table, release_table.c.id == episode_table.c.release_id)
            .where(
                episode_table.c.release_id.in_(release_ids),
                episode_table.c.status == Status.PUBLISHED,
                episode_table.c.playable,
                release_table.c.status == Status.PUBLISHED,
            )
            .order_by(episode_table.c.release_id, episode_table.c.ordinal)
        )
        seasons: dict[str, list[str]] = {}
        for row in found:
            seasons.setdefault(row.release_id, []).append(row.id)
        return seasons


class TeamPeople:
    """Accounts, as teams need to know them."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def known(self, user_ids: Collection[str]) -> Mapping[str, accounts.teams.invitations.model.Person]:
        columns = (users.c.id, users.c.nickname, users.c.avatar_url, users.c.banned_at)
        found = await self._session.execute(
            select(*columns, users.c.email_key, users.c.email_verified_at).where(users.c.id.in_(user_ids))
        )
        return {
            row.id: accounts.teams.invitations.model.Person(
                user_id=row.id,
                nickname=row.nickname,
                avatar_url=row.avatar_url,
                is_banned=row.banned_at is not None,
                verified_email=row.email_key if row.email_verified_at is not None else None,
            )
            for row in found
        }

    async def hold(self, user_id: str) -> None:
        # Not the strongest lock there is: rows elsewhere that refer to this one need not wait.
        query = select(users.c.id).where(users.c.id == user_id).with_for_update(key_share=True)
        await self._session.execute(query)


class TeamPost:
    """Invitations to teams, carried by the letter box of identity."""

    def __init__(self, scope: Scope) -> None:
        self._postbox = scope.port(accounts.identity.recovery.usecases.Postbox)

    def address(self, text: str) -> tuple[str, str]:
        email = Email.parse(text)
        return email, email.key

    async def send(self, invitation: accounts.teams.invitations.model.Invitation, now: datetime) -> None:
        letter = accounts.identity.recovery.usecases.Letter.order(
            "team_invitation", Email(invitation.email), invitation.language, about_id=invitation.id
        )
        await self._postbox.put(letter, now)


class TeamLetters:
    """Writes the letters that :class:`TeamPost` ordered."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    async def __call__(
        self, scope: Scope, letter: accounts.identity.recovery.usecases.Letter, now: datetime
    ) -> Mail | None:
        found = await accounts.teams.invitations.usecases.letter_of(
            scope.port(accounts.teams.usecases.Teams),
            scope.port(accounts.teams.invitations.usecases.Invitations),
            scope.port(accounts.teams.usecases.People),
            letter.about_id or "",
            now,
        )
        if found is None:
            return None
        seen, token = found
        link = accounts.teams.letters.link(public_url=self._public_url, token=token)
        inviter = "" if seen.inviter is None else seen.inviter.nickname
        return Mail(
            letter.email,
            *accounts.teams.letters.write(letter.language, inviter=inviter, team=seen.team.name, link=link),
        )


class CataloguePlaybackRights:
    """Anybody may watch what is published; editors may watch drafts."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    async def episode_for(self, actor: Actor | None, episode_id: str) -> PlayableEpisode | None:
        try:
            episode, release = await catalog.releases.usecases.episode(
                self._scope.port(Episodes), self._scope.port(Releases), reader_for(actor), episode_id
            )
        except catalog.releases.model.EpisodeNotFound:
            return None
        return PlayableEpisode(
            episode_id=episode.id,
            title=title_of(episode, release),
            opening=None if episode.opening is None else Marker(episode.opening.start_ms, episode.opening.stop_ms),
            ending=None if episode.ending is None else Marker(episode.ending.start_ms, episode.ending.stop_ms),
        )


class SessionRoles:
    """What the people behind open sockets may do by now."""

    def __init__(self, container: Container) -> None:
        self._container = container

    async def __call__(self, session_ids: Collection[str]) -> Mapping[str, Role]:
        async with self._container.scope(write=False) as scope:
            return await scope.port(Standing).roles(session_ids)


class PartyEpisodes:
    """What a party may be about: what everybody in it can watch."""

    def __init__(self, container: Container) -> None:
        self._container = container

    async def __call__(self, episode_id: str) -> realtime.party.ports.Episode | None:
        async with self._container.scope(write=False) as scope:
            try:
                episode, release = await catalog.releases.usecases.episode(
                    scope.port(Episodes), scope.port(Releases), Reader(sees_drafts=False), episode_id
                )
            except catalog.releases.model.EpisodeNotFound:
                return None
        return realtime.party.ports.Episode(
            title=title_of(episode, release), duration_ms=episode.duration_ms, playable=episode.playable
        )


async def mark_episode_playable(scope: Scope, event: AssetReady) -> None:
    """A video was made ready: its episode can be played.  One that stays with its source brings no picture."""
    has_files = await scope.port(Storage).exists(event.asset_id)
    await catalog.releases.usecases.media_ready(
        scope.port(Releases),
        scope.port(Episodes),
        event.episode_id,
        duration_ms=event.duration_ms,
        thumbnail_url=poster_url(event.asset_id) if has_files else None,
        now=scope.clock.now(),
    )


async def delete_media_of_release(scope: Scope, event: ReleaseDeleted) -> None:
    """A release is gone: so is the media of its episodes."""
    await _remove_media(scope, event.episode_ids)


async def delete_media_of_episode(scope: Scope, event: EpisodeDeleted) -> None:
    """An episode is gone: so is its media."""
    await _remove_media(scope, (event.episode_id,))


async def delete_chat_of_user(scope: Scope, event: UserDeleted) -> None:
    """An account is gone: so is what its owner said in parties, where those are not over and gone themselves."""
    await realtime.party.chat.repository.forget_member(scope.uow.session, event.user_id)


async def _remove_media(scope: Scope, episode_ids: Sequence[str]) -> None:
    await streaming.ingest.usecases.remove_media(
        scope.port(streaming.ingest.usecases.Assets), scope.port(Storage), episode_ids
    )
    await streaming.uploads.usecases.remove_for_episodes(
        episode_ids,
        uploads=scope.port(streaming.uploads.usecases.Uploads),
        files=scope.port(streaming.uploads.usecases.UploadFiles),
    )
    sources = scope.port(streaming.proxy.usecases.Sources)
    for episode_id in episode_ids:
        source = await sources.of_episode(episode_id)
        if source is not None:
            await streaming.proxy.usecases.remove(sources, source.id, now=scope.clock.now())


async def record_audit(scope: Scope, event: Event) -> None:
    """Whatever happens is written down, with who caused it."""
    await scope.port(notify.audit.usecases.AuditLog).append(event, scope.origin)


async def enqueue_webhooks(scope: Scope, event: Event) -> None:
    """Other programs hear of what they asked for."""
    await notify.webhooks.usecases.hear(
        scope.port(notify.webhooks.usecases.Webhooks),
        scope.port(notify.webhooks.usecases.Deliveries),
        event,
        scope.origin,
        now=scope.clock.now(),
    )


async def audit_and_enqueue(scope: Scope, event: Event) -> None:
    """Both in one: what a row means that was written before they were two."""
    await record_audit(scope, event)
    await enqueue_webhooks(scope, event)


async def end_streams_of_session(scope: Scope, event: SessionRevoked) -> None:
    """A sign-in is over: so are the streams started from it."""
    await streaming.origin.usecases.end_streams_of_login(
        event.session_id, sessions=scope.port(streaming.origin.usecases.Sessions), now=scope.clock.now()
    )


async def delete_uploads_of_user(scope: Scope, event: UserBanned | RoleChanged | UserDeleted) -> None:
    """Somebody may upload no longer: what they sent goes, and an ingest of it ends (it asks by itself)."""
    if isinstance(event, RoleChanged) and Role(event.after).at_least(Role.EDITOR):
        return
    await streaming.uploads.usecases.remove_of_owner(
        event.user_id,
        uploads=scope.port(streaming.uploads.usecases.Uploads),
        files=scope.port(streaming.uploads.usecases.UploadFiles),
    )


class JobOwners:
    """Who ordered a job sees it go on, wherever they are connected."""

    def __init__(self, gateway: RealtimeGateway) -> None:
        self._gateway = gateway

    async def __call__(self, news: JobNews) -> None:
        body = {
            "job_id": news.job_id,
            "kind": news.kind,
            "state": news.state,
            "stage": news.stage,
            "progress": news.progress,
        }
        await self._gateway.tell_user(news.owner_id, "job:progress", body)


class SocketsOfUsers:
    """Closes the sockets of people whose rights changed; they come back with what they may now."""

    def __init__(self, gateway: RealtimeGateway) -> None:
        self._gateway = gateway

    async def session_revoked(self, _scope: Scope, event: SessionRevoked) -> None:
        await self._gateway.close_user(event.user_id, session_id=event.session_id)

    async def role_changed(self, _scope: Scope, event: RoleChanged) -> None:
        await self._gateway.close_user(event.user_id)
