"""What people are told of episodes: viewers that there is a new one, uploaders what became of their file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Select, select

import accounts.library.queries
import catalog.releases.episodes.queries
import streaming.uploads.queries
from accounts.library.collections.model import ShelfName
from catalog.releases.episodes.model import EpisodePublished
from catalog.schedule.model import EpisodeAired
from kernel.events import Event
from kernel.ids import new_id
from kernel.scope import Scope
from notify.notifications.adapters.audience import Rule, Sending
from notify.notifications.model import MERGES_WITHIN, EpisodeKey, Notice, NotificationKind
from streaming.ingest.model import AssetReady, IngestFailed, IngestInterrupted
from streaming.proxy.usecases import Sources


async def new_episode(scope: Scope, event: EpisodePublished) -> Sequence[Sending] | None:
    """To whoever watches the release or means to, and to those who like it, unless they heard when it aired."""
    session = scope.uow.session
    episode = await catalog.releases.episodes.queries.episode_names(session, event.episode_id, published_only=True)
    if episode is None:
        return None
    fresh = await catalog.releases.episodes.queries.published_within(
        session, event.release_id, until=event.at, period=MERGES_WITHIN
    )
    notice = Notice(
        kind=NotificationKind.EPISODE_PUBLISHED,
        at=event.at,
        params={
            **episode.release_names,
            "ordinal": episode.ordinal,
            "name": episode.name,
            "count": max(1, fresh.count),
            "first": episode.ordinal if fresh.first is None else fresh.first,
            "last": episode.ordinal if fresh.last is None else fresh.last,
        },
        link=f"/watch/{event.episode_id}" if fresh.count <= 1 else f"/releases/{event.release_id}",
        topic=f"release:{event.release_id}",
    )
    watchers = accounts.library.queries.shelved_by(event.release_id, ShelfName.WATCHING, ShelfName.PLANNED)
    return _to_followers(notice, watchers, EpisodeKey(event.release_id, episode.ordinal))


async def aired_episode(scope: Scope, event: EpisodeAired) -> Sequence[Sending] | None:
    """To whoever watches the release, and to those who like it: of a release that plays nothing here.

    Where something plays here, people wait for that, and hear when it is published (:func:`new_episode`).
    """
    session, release_id = scope.uow.session, event.release_id
    names = await catalog.releases.episodes.queries.names_of_published_release(session, release_id)
    if names is None or await catalog.releases.episodes.queries.playable_episode_ids(session, [release_id]):
        return None
    notice = Notice(
        kind=NotificationKind.EPISODE_AIRED,
        at=event.at,
        params={**names, "ordinal": event.ordinal, "site": event.site},
        link=f"/releases/{release_id}",
    )
    watchers = accounts.library.queries.shelved_by(release_id, ShelfName.WATCHING)
    return _to_followers(notice, watchers, EpisodeKey(release_id, event.ordinal))


def _to_followers(notice: Notice, watchers: Select[tuple[str]], episode: EpisodeKey) -> Sequence[Sending]:
    """Two kinds, each with a switch of its own: of what one watches, and of what one only likes."""
    likers = accounts.library.queries.liked_by(episode.release_id).except_(watchers).subquery()
    liked = replace(notice, id=new_id(), kind=NotificationKind.FAVORITE_EPISODE, once=episode)
    return Sending(replace(notice, once=episode), watchers), Sending(liked, select(likers.c[0]))


async def ingest_finished(scope: Scope, event: AssetReady) -> Sending | None:
    """To whoever uploaded the file; nobody did when it came over the command line or from a source."""
    if await scope.port(Sources).get(event.asset_id) is not None:
        return None
    return await _about_upload(scope, NotificationKind.INGEST_FINISHED, event, event.episode_id, {})


async def ingest_failed(scope: Scope, event: IngestFailed) -> Sending | None:
    """As above, unless it is tried again by itself."""
    if event.code == IngestInterrupted.code:
        return None
    reason = {"code": event.code, "reason": event.reason}
    return await _about_upload(scope, NotificationKind.INGEST_FAILED, event, event.episode_id, reason)


async def _about_upload(
    scope: Scope, kind: NotificationKind, event: Event, episode_id: str, params: Mapping[str, str]
) -> Sending | None:
    session = scope.uow.session
    upload = await streaming.uploads.queries.last_ingested(session, episode_id)
    episode = await catalog.releases.episodes.queries.episode_names(session, episode_id)
    if upload is None or episode is None:
        return None
    notice = Notice(
        kind=kind,
        at=event.at,
        params={**episode.release_names, "ordinal": episode.ordinal, "file": upload.file_name, **params},
        link=f"/studio/releases/{episode.release_id}",
        topic=f"upload:{episode_id}",
    )
    return Sending(notice, [upload.owner_id])


RULES: Mapping[type[Event], Rule] = {
    EpisodePublished: new_episode,
    EpisodeAired: aired_episode,
    AssetReady: ingest_finished,
    IngestFailed: ingest_failed,
}
