"""The rule of the party: ``apply(party, request, now_ms) -> (party, events)``.

Pure: the same arguments give the same answer on every node, and nothing outside changes.  Store the new party where its
``revision`` differs from the old one, comparing the old revision; on a lost race load again and apply again.
"""

import math
from collections.abc import Iterable
from dataclasses import replace

from realtime.party.domain import queue, waiting
from realtime.party.domain.command import Command
from realtime.party.domain.commands import check_settings
from realtime.party.domain.errors import FounderOnly, PartyIsOver, VersionPassed
from realtime.party.domain.events import Cause, Closed, PartyEvent, TelemetryReported
from realtime.party.domain.members import membership
from realtime.party.domain.model import (
    MemberId,
    Party,
    PartyId,
    Settings,
)
from realtime.party.domain.requests import (
    BanMember,
    Close,
    Disconnect,
    GiveRole,
    Join,
    Kick,
    Leave,
    Mute,
    Pardon,
    Report,
    Request,
    Tick,
)
from realtime.party.domain.roles import Action
from realtime.party.domain.transition import Transition
from realtime.sync.live import newest_ms
from realtime.sync.playback import Media, Playback, ends_at, paused_at


def new_party(
    party_id: PartyId,
    founder_id: MemberId,
    now_ms: float,
    *,
    settings: Settings,
    media: Media | None = None,
    founder_name: str = "",
) -> Party:
    """A party nobody has joined yet, paused at the start of ``media``; a live channel goes on.  Raises SettingsNotAcceptable."""
    check_settings(settings)
    at_ms = round(now_ms)
    return Party(
        party_id=party_id,
        created_at_ms=at_ms,
        founder_id=founder_id,
        founder_name=founder_name,
        settings=settings,
        playback=_at_first(media, at_ms),
        empty_since_ms=at_ms,
    )


def apply(party: Party, request: Request, now_ms: float) -> tuple[Party, tuple[PartyEvent, ...]]:
    """What the party becomes, and what happened, in order.

    Raises one of the errors of ``realtime.party.domain.errors`` when refused; then nothing has changed.  A command that this
    member has already had accepted changes nothing and is not an error (see :func:`accepted_version`).
    """
    transition = Transition(party, now_ms)
    if party.closed is not None:
        if isinstance(request, Disconnect | Leave | Tick):
            return party, ()
        raise PartyIsOver
    if isinstance(request, Command):
        member = transition.member(request.member_id)
        if accepted_version(party, request) is not None:
            return party, ()
        if request.if_version is not None and request.if_version != party.version:
            raise VersionPassed(version=party.version)
        transition.require(member, request.action)
        request.apply(transition)
        return _with_accepted(transition.party, request, party), tuple(transition.events)
    _apply_system(transition, request)
    telemetry_only = transition.events and all(isinstance(event, TelemetryReported) for event in transition.events)
    if transition.party is party or telemetry_only:
        return transition.party, tuple(transition.events)
    return replace(transition.party, revision=party.revision + 1), tuple(transition.events)


def accepted_version(party: Party, command: Command) -> int | None:
    """The version ``command`` made, where it was accepted and is still remembered: what its ack says."""
    member = party.members.get(command.member_id)
    return None if member is None else member.accepted.version_of(command.id)


def next_due_ms(party: Party, among: Iterable[MemberId] | None = None) -> float:
    """When a :class:`Tick` next changes something, in room time; infinity for never.

    Ask again after every change of ``revision``; reports that move only figures never bring it forward.  With ``among``,
    the members a change touched: no later than what that change brought forward, whatever the others are due.
    """
    if party.closed is not None:
        return math.inf
    if among is None:
        members = list(party.members.values())
    else:
        members = [party.members[key] for key in among if key in party.members]
    moments = [waiting.next_due_ms(party, members), membership.forget_due_ms(members)]
    moments += [due for due in (membership.succession_due_ms(party), ends_at(party.playback)) if due is not None]
    if party.empty_since_ms is not None:
        moments.append(party.empty_since_ms + membership.EMPTY_CLOSE_MS)
        if _rests_when_empty(party.playback):
            moments.append(party.empty_since_ms + membership.EMPTY_PAUSE_MS)
    return min(moments)


def _at_first(media: Media | None, at_ms: int) -> Playback:
    if media is None or media.live is None:
        return Playback(media=media, anchor_ms=at_ms)
    return Playback(media=media, anchor_ms=at_ms, position_ms=round(newest_ms(media.live, at_ms)), paused=False)


def _rests_when_empty(playback: Playback) -> bool:
    """Whether it waits for people to come back; what is live does not."""
    return not playback.paused and (playback.media is None or playback.media.live is None)


# Inside -------------------------------------------------------------------------------------------------------------


def _apply_system(transition: Transition, request: Request) -> None:
    match request:
        case Report():
            waiting.report(transition, request)
        case Join():
            membership.join(transition, request)
        case Disconnect():
            membership.disconnect(transition, request)
        case Leave():
            membership.leave(transition, request)
        case GiveRole():
            membership.give_role(transition, request)
        case Mute():
            membership.mute(transition, request)
        case Kick():
            membership.kick(transition, request)
        case BanMember():
            membership.ban(transition, request)
        case Pardon():
            membership.pardon(transition, request)
        case Close():
            if request.by is not None:
                transition.require(transition.member(request.by), Action.CLOSE)
                if request.by != transition.party.founder_id:
                    raise FounderOnly
            _close(transition, request.reason)
        case Tick():
            _tick(transition)
        case _:
            raise TypeError(request)


def _close(transition: Transition, reason: str) -> None:
    transition.party = replace(transition.party, closed=reason, waiting=None)
    transition.events.append(Closed(reason=reason))


def _tick(transition: Transition) -> None:
    empty_since_ms = transition.party.empty_since_ms
    if empty_since_ms is not None and empty_since_ms + membership.EMPTY_CLOSE_MS <= transition.now_ms:
        _close(transition, "empty")
        return
    membership.check(transition)
    waiting.check(transition)
    playback = transition.party.playback
    if (
        empty_since_ms is not None
        and _rests_when_empty(playback)
        and empty_since_ms + membership.EMPTY_PAUSE_MS <= transition.now_ms
    ):
        # Where they left: nobody has seen what would have come since.
        transition.advance(Cause(kind="empty"), playback=paused_at(playback, empty_since_ms))
    elif (end := ends_at(playback)) is not None and end <= transition.now_ms:
        if transition.party.settings.autoplay and transition.party.queue:
            queue.play_next(transition, Cause(kind="next"))
        else:
            transition.advance(Cause(kind="end"), playback=paused_at(playback, transition.now_ms))


def _with_accepted(after: Party, command: Command, before: Party) -> Party:
    """The next revision, in which the sender's command is remembered: a retry gets the same answer."""
    member = after.members[command.member_id]
    accepted = member.accepted.having(command.id, before.version + 1)
    members = {**after.members, member.member_id: replace(member, accepted=accepted)}
    return replace(after, members=members, revision=before.revision + 1)
