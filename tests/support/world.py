"""One thing of each kind that the API has, made over the API: for tests that go through all of it."""

import base64
import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientSession
from sqlalchemy import insert

from catalog.search.learning.model import AliasCandidate, CandidateId
from catalog.search.learning.usecases import AliasCandidates
from kernel.ids import new_id
from kernel.jobs.table import job_table
from kernel.scope import Container
from notify.notifications.model import Notice, NotificationKind
from notify.notifications.usecases import Notifications
from streaming.live.recordings.model import EndedBy, Recording
from streaming.live.recordings.usecases import Recordings
from streaming.origin.model import LEASE, StreamSession, StreamSessionId
from streaming.origin.ports import StreamSessions
from tests.conftest import AppClient
from tests.support.people import Person

Ids = dict[str, str]

PROMO = {
    "name": "Autumn", "placement": "home_hero", "title": "New this autumn", "link": "/schedule", "starts_at": "2026-01-01T00:00:00Z",
}  # fmt: skip
"""What an administrator may send."""

_numbers = itertools.count(1)


class World:
    """Makes things for ``owner``, and what only editors or administrators make with the rights of ``editor``.

    With a ``container`` also what takes a player or time to come to be: streams, jobs, notifications.
    """

    def __init__(
        self, client: ClientSession | AppClient, *, owner: Person, editor: Person, container: Container | None = None
    ) -> None:
        self._client = client
        self.owner = owner
        self.editor = editor
        self._container = container

    @property
    def number(self) -> int:
        """A new number each time, for what has to be unique."""
        return next(_numbers)

    async def ask(self, method: str, path: str, who: Person | None, body: Any = None, **headers: str) -> Any:
        """The JSON of a call that must succeed, or its headers where there is none."""
        sent = {**(who.headers if who else {}), **headers}
        async with self._client.request(method, f"/api/v1{path}", json=body, headers=sent) as answer:
            text = await answer.text()
            assert answer.status < 300, f"{method} {path} → {answer.status} {text}"
            return await answer.json() if text else dict(answer.headers)

    async def thing(self, path: str) -> Ids:
        """Path parameter → id of a fresh thing, for every parameter of ``/api/v1/releases/{release_id}`` and the like."""
        if "{" not in path:
            return {}
        for prefix, make in MAKERS.items():
            if path.removeprefix("/api/v1").startswith(prefix):
                return await make(self)
        raise LookupError(f"nobody said how to make something for {path}: add it to MAKERS in tests/support/world.py")

    async def one_of_each(self) -> Ids:
        """Path parameter → id."""
        ids: Ids = {}
        for make in reversed(MAKERS.values()):
            ids.update(await make(self))
        return ids

    # Accounts

    async def login(self) -> Ids:
        await self.ask("POST", "/auth/login", None, {"login": self.owner.email, "password": self.owner.password})
        sessions = await self.ask("GET", "/auth/sessions", self.owner)
        return {"session_id": next(found["id"] for found in sessions["items"] if not found["current"])}

    async def device(self) -> Ids:
        return {"user_code": (await self.ask("POST", "/auth/device", None))["user_code"]}

    async def provider(self) -> Ids:
        return {"provider": "nobody", "identity_id": new_id()}

    async def somebody(self) -> Ids:
        """A user to do things to."""
        name = f"target{self.number}{self.owner.user_id[-6:]}"
        body = {"email": f"{name}@example.org", "password": self.owner.password, "nickname": name}
        return {"user_id": (await self.ask("POST", "/auth/register", None, body))["user"]["id"]}

    async def oneself(self) -> Ids:
        return {"user_id": self.owner.user_id, "nickname": self.owner.nickname}

    async def notification(self) -> Ids:
        if self._container is None:
            return {"notification_id": new_id()}
        async with self._container.scope(write=True) as scope:
            notice = Notice(
                kind=NotificationKind.ROLE_CHANGED, at=scope.clock.now(), params={"before": "user", "after": "user"}
            )
            await scope.port(Notifications).send(notice, [self.owner.user_id])
        return {"notification_id": notice.id}

    async def delivery(self) -> Ids:
        return {"delivery_id": new_id()}  # only a subscriber that fails ten times makes a real one

    # Library

    async def user_list(self) -> Ids:
        release = await self.release()
        made = await self.ask("POST", "/library/lists", self.owner, {"title": "Mine", "visibility": "private"})
        await self.ask("PUT", f"/library/lists/{made['id']}/items/{release['release_id']}", self.owner, {})
        return {**release, "list_id": made["id"]}

    async def shared_list(self) -> Ids:
        made = await self.ask("POST", "/library/lists", self.owner, {"title": "Ours", "visibility": "unlisted"})
        return {"token": made["share_token"]}

    async def calendar(self) -> Ids:
        return {"feed_id": (await self.ask("POST", "/schedule/feeds", self.owner, {"label": "Phone"}))["id"]}

    async def import_file(self) -> Ids:
        document = await self.ask("GET", "/library/export", self.owner)
        return {"import_id": (await self.ask("POST", "/library/import", self.owner, document))["id"]}

    # Teams

    async def team(self) -> Ids:
        """A private one, with a second member, a role and an invitation."""
        slug = f"team-{self.number}-{self.owner.user_id[-6:]}"
        body = {"name": f"Team {slug}", "slug": slug, "visibility": "private"}
        team = (await self.ask("POST", "/teams", self.owner, body))["id"]
        role = {"title": "Helper", "colour": "#112233", "level": "user", "permissions": []}
        role_id = (await self.ask("POST", f"/teams/{team}/roles", self.owner, role))["id"]
        link = await self.ask("POST", f"/teams/{team}/invitations", self.owner, {"kind": "link"})
        return {
            "team_id": team,
            "slug": slug,
            "role_id": role_id,
            "invitation_id": link["id"],
            "user_id": self.owner.user_id,
        }

    # Catalogue

    def release_body(self) -> dict[str, Any]:
        number = self.number
        return {"alias": f"show-{number}-{self.owner.user_id[-6:]}", "type": "TV", "name": {"main": f"Show {number}"}}

    async def release(self) -> Ids:
        made = await self.ask("POST", "/releases", self.editor, self.release_body())
        await self.ask("POST", f"/releases/{made['id']}/publish", self.editor)
        translation = {"name": "Ein Titel"}
        await self.ask("PUT", f"/releases/{made['id']}/translations/de", self.editor, translation)
        return {"release_id": made["id"], "release": made["alias"], "language": "de"}

    async def scheduled_release(self) -> Ids:
        release_id = (await self.release())["release_id"]
        slot = {"recurrence": "R/2026-01-02T25:15/P7D"}
        await self.ask("PUT", f"/releases/{release_id}/schedule", self.editor, {"slots": [slot]})
        return {"release": release_id}

    async def similar(self) -> Ids:
        """Two releases, which the owner finds similar."""
        one, other = await self.release(), await self.release()
        path = f"/releases/{one['release_id']}/similar"
        await self.ask("POST", path, self.owner, {"release_id": other["release_id"]})
        return {"release": one["release_id"], "other_id": other["release_id"]}

    async def merge_lock(self) -> Ids:
        one, other = (await self.release())["release_id"], (await self.release())["release_id"]
        await self.ask("POST", "/merge-locks", self.editor, {"release_id": one, "other_id": other})
        return {"release_id": one, "other_id": other}

    async def merge(self) -> Ids:
        one, other = (await self.release())["release_id"], (await self.release())["release_id"]
        body = {"source_id": one, "target_id": other}
        return {"merge_id": (await self.ask("POST", "/merges", self.editor, body))["id"]}

    async def split(self) -> Ids:
        release_id = (await self.release())["release_id"]
        made = [
            await self.ask("POST", "/episodes", self.editor, {"release_id": release_id, "ordinal": ordinal})
            for ordinal in (1, 2)
        ]
        body = {**self.release_body(), "episode_ids": [made[1]["id"]]}
        return {"split_id": (await self.ask("POST", f"/releases/{release_id}/split", self.editor, body))["id"]}

    async def franchise(self) -> Ids:
        release = await self.release()
        number = self.number
        body = {
            "alias": f"world-{number}-{self.owner.user_id[-6:]}",
            "name": f"World {number}",
            "members": [{"release_id": release["release_id"], "release_place": 1}],
        }
        return {**release, "franchise": (await self.ask("POST", "/franchises", self.editor, body))["id"]}

    async def episode(self) -> Ids:
        release = await self.release()
        body = {"ordinal": 1, "name": "Pilot", "release_id": release["release_id"]}
        return {**release, "name": "a-en", "episode_id": (await self.ask("POST", "/episodes", self.editor, body))["id"]}

    async def translated_episode(self) -> Ids:
        episode = await self.episode()
        path = f"/episodes/{episode['episode_id']}/translations/de"
        await self.ask("PUT", path, self.editor, {"name": "Ein Titel"})
        return episode

    async def subtitled_episode(self) -> Ids:
        episode = await self.episode()
        track = {"language": "de", "label": "Deutsch", "text": "WEBVTT\n\n00:01.000 --> 00:02.000\nHallo"}
        path = f"/episodes/{episode['episode_id']}/subtitles"
        return {**episode, "subtitle_id": (await self.ask("POST", path, self.editor, track))["id"]}

    async def proposal(self, *, submit: bool = True) -> Ids:
        release = await self.release()
        fields = {"description": {"after": f"Better {self.number}."}}
        body = {"kind": "release", "target_id": release["release_id"], "fields": fields, "submit": submit}
        made = await self.ask("POST", "/moderation/proposals", self.owner, body)
        return {**release, "proposal_id": made["id"]}

    async def comment(self) -> Ids:
        proposal = await self.proposal()
        path = f"/moderation/proposals/{proposal['proposal_id']}/comments"
        return {**proposal, "comment_id": (await self.ask("POST", path, self.owner, {"text": "Because."}))["id"]}

    async def report(self) -> Ids:
        release = await self.release()
        body = {"kind": "release", "target_id": release["release_id"], "reason": "other", "text": "Look at this."}
        return {**release, "report_id": (await self.ask("POST", "/moderation/reports", self.owner, body))["id"]}

    async def _named(self, path: str, key: str, **more: Any) -> Ids:
        """An entry of a reference list that a published release names."""
        release = await self.release()
        made = await self.ask("POST", f"/{path}", self.editor, {"name": f"Somebody {self.number}"})
        items = [{key: made["id"], **more}]
        of = "credits" if path == "people" else path
        await self.ask("PUT", f"/releases/{release['release_id']}/{of}", self.editor, {"items": items})
        return {**release, key: made["alias" if key != "tag" else "slug"]}

    async def made_by(self) -> Ids:
        return await self._named("people", "person", role="director")

    async def studio(self) -> Ids:
        return await self._named("studios", "studio")

    async def tag(self) -> Ids:
        return await self._named("tags", "tag")

    # Media

    async def stream(self) -> Ids:
        session_id = StreamSessionId(new_id())
        if self._container is not None:
            async with self._container.scope(write=True) as scope:
                now = scope.clock.now()
                scope.port(StreamSessions).add(
                    StreamSession(
                        id=session_id,
                        episode_id=new_id(),
                        asset_id=new_id(),
                        started_at=now,
                        expires_at=now + timedelta(hours=1),
                        leased_until=now + LEASE,
                        user_id=self.owner.user_id,
                    )
                )
        return {"session_id": session_id}

    async def upload(self) -> Ids:
        """An administrator's, whatever the role of the owner: users cannot upload."""
        episode = await self.episode()
        metadata = "episode_id " + base64.b64encode(episode["episode_id"].encode()).decode()
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "100", "Upload-Metadata": metadata}
        made = await self.ask("POST", "/uploads", self.editor, **headers)
        return {"upload_id": made["Location"].rpartition("/")[2]}

    async def imports(self) -> Ids:
        """For administrators alone, who find nothing there."""
        return {"source_id": new_id(), "run_id": new_id(), "conflict_id": new_id(), "entry_id": new_id()}

    async def source(self) -> Ids:
        return {
            "source_id": new_id(),
            "correction_id": new_id(),
        }  # a real one needs an upstream; administrators alone get near it

    async def webhook(self) -> Ids:
        """An administrator's; all administrators share them."""
        body = {"url": "https://hooks.example/ani", "events": ["*"]}
        made = await self.ask("POST", "/webhooks", self.editor, body)
        return {"webhook_id": made["id"], "delivery_id": new_id()}

    async def alias_candidate(self) -> Ids:
        """What people call a release, as several searches would have proposed it."""
        release = await self.release()
        if self._container is None:
            return {"candidate_id": new_id()}
        async with self._container.scope(write=True) as scope:
            candidate = AliasCandidate(
                id=CandidateId(new_id()),
                key=f"name {self.number}",
                text="What people say",
                release_id=release["release_id"],
                voices=3,
                created_at=scope.clock.now(),
            )
            await scope.port(AliasCandidates).propose(candidate)
        return {"candidate_id": candidate.id}

    async def packager(self) -> Ids:
        """An administrator's, as webhooks are."""
        return {"packager_id": (await self.ask("POST", "/drm/packagers", self.editor, {"name": "MediaPackage"}))["id"]}

    async def live_channel(self) -> Ids:
        """One editor's, who has few; of its sessions there is none."""
        mine = (await self.ask("GET", "/live/channels?mine=true", self.owner))["items"]
        made = mine[0] if mine else await self.ask("POST", "/live/channels", self.owner, {"title": "Evenings"})
        return {"channel_id": made["id"], "session": "nothing"}

    async def recording(self) -> Ids:
        """One editor's, with nothing in it."""
        if self._container is None:
            return {"recording_id": new_id()}
        made = Recording.begin(
            channel_id=new_id(), owner_id=self.owner.user_id, title="Evenings", node_id="", now=datetime.now(UTC)
        )
        made.end(EndedBy.LEFT, duration_ms=1, size_bytes=1, kept_for=timedelta(days=1), now=made.started_at)
        async with self._container.scope(write=True) as scope:
            scope.port(Recordings).add(made)
        return {"recording_id": made.id}

    async def promo(self) -> Ids:
        """An administrator's, as webhooks are."""
        return {"promo_id": (await self.ask("POST", "/promos", self.editor, PROMO))["id"]}

    async def linear_ad(self) -> Ids:
        return {"ad_id": new_id()}  # a real one needs a video; administrators alone get near it

    async def beacon(self) -> Ids:
        return {"ticket": "nobody's", "event": "start"}

    async def exempted(self) -> Ids:
        """An account that is shown no ads."""
        somebody = await self.somebody()
        await self.ask("PUT", f"/promo-exemptions/{somebody['user_id']}", self.editor, {"reason": "pays"})
        return somebody

    async def party(self) -> Ids:
        party_id = (await self.ask("POST", "/parties", self.owner, {"title": "Ours"}))["party_id"]
        invite = await self.ask("POST", f"/parties/{party_id}/invites", self.owner, {"role": "member"})
        return {"party_id": party_id, "invite_id": invite["id"]}

    async def job(self) -> Ids:
        if self._container is None:
            return {"job_id": new_id()}
        async with self._container.scope(write=True) as scope:
            # One that failed: a worker would take one that waits, and change it while somebody looks.
            job_id, now = new_id(), scope.clock.now()
            await scope.uow.session.execute(
                insert(job_table).values(
                    id=job_id,
                    kind="ingest",
                    owner_id=self.owner.user_id,
                    payload={},
                    state="failed",
                    error={"code": "source_missing", "message": "There is no such file."},
                    created_at=now,
                    not_before=now,
                    ended_at=now,
                )
            )
            return {"job_id": job_id}


Maker = Callable[[World], Awaitable[Ids]]
MAKERS: dict[str, Maker] = {
    "/auth/sessions/": World.login,
    "/auth/device/": World.device,
    "/auth/oidc/": World.provider,
    "/admin/users/": World.somebody,
    "/admin/jobs/": World.job,
    "/admin/deliveries/": World.delivery,
    "/users/": World.oneself,
    "/notifications/": World.notification,
    "/library/progress/": World.episode,
    "/library/continue/": World.release,
    "/library/collections/": World.release,
    "/favorites/": World.release,
    "/library/releases/": World.release,
    "/library/lists/": World.user_list,
    "/lists/shared/": World.shared_list,
    "/lists/": World.user_list,
    "/library/import/": World.import_file,
    "/schedule/feeds/": World.calendar,
    "/teams/": World.team,
    "/releases/{release}/schedule": World.scheduled_release,
    "/releases/{release}/similar": World.similar,
    "/recommendations/not-interested/": World.release,
    "/me/player-settings/series/": World.release,
    "/releases/{release}/franchise": World.franchise,
    "/releases/": World.release,
    "/franchises/": World.franchise,
    "/merge-locks/": World.merge_lock,
    "/merges/": World.merge,
    "/splits/": World.split,
    "/episodes/{episode_id}/translations": World.translated_episode,
    "/episodes/": World.episode,
    "/subtitles/": World.subtitled_episode,
    "/moderation/proposals/": World.proposal,
    "/moderation/comments/": World.comment,
    "/moderation/reports/": World.report,
    "/people/": World.made_by,
    "/studios/": World.studio,
    "/tags/": World.tag,
    "/playback/": World.stream,
    "/uploads/": World.upload,
    "/sources/": World.source,
    "/imports/": World.imports,
    "/webhooks/": World.webhook,
    "/drm/packagers/": World.packager,
    "/promos/": World.promo,
    "/linear-ads/": World.linear_ad,
    "/media/beacons/": World.beacon,
    "/promo-exemptions/": World.exempted,
    "/search/alias-candidates/": World.alias_candidate,
    "/live/recordings/": World.recording,
    "/live/": World.live_channel,
    "/parties/": World.party,
    "/jobs/": World.job,
}
"""Beginning of a path → how to make what its parameters name; the first that fits."""
