"""What the party looks like on the wire, namespace ``/party``; the same shapes in REST.  Pure."""

from collections.abc import Iterable
from dataclasses import asdict

from realtime.party.domain.events import StateChanged, WaitingChanged
from realtime.party.domain.members.sanctions import barred
from realtime.party.domain.model import Ban, Member, Party, QueueItem, Settings, Tracks, Waiting
from realtime.party.domain.roles import Action, permitted
from realtime.party.ports import ChatLine, InviteLine, Json
from realtime.sync.playback import Media, Playback

LISTED_MEMBERS = 200
"""Members named in one list, the highest roles first: more than anybody reads, 50 kB on the wire."""


def media_json(media: Media | None) -> Json | None:
    """What is on, ``None`` for nothing."""
    if media is None:
        return None
    body: Json = {"episode_id": media.episode_id, "title": media.title, "duration_ms": media.duration_ms}
    if media.live is not None:
        body["live"] = asdict(media.live)
    return body


def playback_json(playback: Playback) -> Json:
    """Where the room stands."""
    return {
        "media": media_json(playback.media),
        "position_ms": playback.position_ms,
        "rate": playback.rate,
        "paused": playback.paused,
        "anchor_ms": playback.anchor_ms,
    }


def settings_json(settings: Settings) -> Json:
    """The settings, without the password's hash."""
    return {
        "title": settings.title,
        "control": settings.control.value,
        "access": settings.access.value,
        "needs_password": bool(settings.password_hash),
        "capacity": settings.capacity,
        "wait": settings.wait.value,
        "autoplay": settings.autoplay,
    }


def tracks_json(tracks: Tracks) -> Json:
    """Sound and subtitles agreed on."""
    return {"audio": tracks.audio, "subtitles": tracks.subtitles}


def queue_json(queue: Iterable[QueueItem]) -> list[Json]:
    """The queue, with how many voted for each item."""
    return [
        {
            "item_id": item.item_id,
            "media": media_json(item.media),
            "added_by": item.added_by,
            "votes": len(item.votes),
        }
        for item in queue
    ]


def state_json(state: StateChanged) -> Json:
    """``party:state``, and an entry of the log."""
    body: Json = {
        "version": state.version,
        "playback": playback_json(state.playback),
        "cause": {
            "member_id": state.cause.member_id,
            "kind": state.cause.kind,
            "command_id": state.cause.command_id,
        },
    }
    if state.settings is not None:
        body["settings"] = settings_json(state.settings)
    if state.queue is not None:
        body["queue"] = queue_json(state.queue)
    if state.tracks is not None:
        body["tracks"] = tracks_json(state.tracks)
    return body


def waiting_changed_json(event: WaitingChanged) -> Json:
    """``party:waiting``."""
    return {"on": list(event.on), "deadline_ms": event.deadline_ms} if event.on else {}


def waiting_json(waiting: Waiting | None) -> Json:
    """Whom the room waits for, empty for nobody."""
    if waiting is None:
        return {}
    return {"on": list(waiting.deadlines_ms), "deadline_ms": min(waiting.deadlines_ms.values())}


def person_json(member: Member) -> Json:
    """A member without the figures of the player, which move all the time."""
    return {
        "member_id": member.member_id,
        "user_id": member.user_id,
        "name": member.name,
        "role": member.role.value,
        "connected": member.connected,
        "state": member.state.value,
        "joined_at_ms": member.joined_at_ms,
        "excused": member.excused,
    }


def member_json(member: Member) -> Json:
    """The same with them."""
    return person_json(member) | {
        "position_ms": member.position_ms,
        "drift_ms": member.drift_ms,
        "rtt_ms": member.rtt_ms,
        "buffer_ms": member.buffer_ms,
    }


def you_json(member: Member, party: Party, guest_token: str | None) -> Json:
    """Who somebody is in the party, and what they may do."""
    permissions = permitted(member.role, party.settings.control)
    if member.member_id != party.founder_id:
        permissions -= {Action.CLOSE}
    body: Json = {
        "member_id": member.member_id,
        "name": member.name,
        "role": member.role.value,
        "permissions": sorted(permissions),
        "founder": member.member_id == party.founder_id,
    }
    if guest_token is not None:
        body["guest_token"] = guest_token
    return body


def barred_json(party: Party) -> list[Json]:
    """Who may not come back, newest last."""
    return [
        {
            "member_id": entry.member_id,
            "user_id": entry.user_id,
            "name": entry.name,
            "why": "banned" if isinstance(entry, Ban) else "kicked",
        }
        for entry in barred(party)
    ]


def invite_json(line: InviteLine) -> Json:
    """An invite as it is listed."""
    invite = line.known.invite
    return {
        "id": invite.invite_id,
        "role": invite.role.value,
        "uses": line.known.uses,
        "max_uses": invite.max_uses,
        "expires_at_ms": invite.expires_at_s * 1000,
        "by": invite.by or None,
        "by_name": line.by_name or None,
        "invite_url": line.url,
    }


def chat_json(line: ChatLine) -> Json:
    """``chat:message``: the text is text, exactly as it was sent."""
    body: Json = {
        "seq": line.seq,
        "id": line.message_id,
        "member_id": line.member_id,
        "name": line.name,
        "text": line.text,
        "reply_to": line.reply_to,
        "position_ms": line.position_ms,
        "sent_at_ms": line.sent_at_ms,
        "deleted": line.deleted,
    }
    if line.channel_id is not None:
        body |= {"channel_id": line.channel_id, "programme_ms": line.programme_ms}
    return body


def party_json(party: Party) -> Json:
    """A party as somebody sees it who is not in it."""
    return {
        "id": party.party_id,
        "title": party.settings.title,
        "access": party.settings.access.value,
        "needs_password": bool(party.settings.password_hash),
        "control": party.settings.control.value,
        "capacity": party.settings.capacity,
        "members_count": party.connected_count,
        "media": media_json(party.playback.media),
        "closed": party.closed,
    }
