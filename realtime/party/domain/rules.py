"""The rule of the party: ``apply(party, request, now_ms) -> (party, events)``.

Pure: the same arguments give the same answer on every node, and nothing outside changes.  Store the new party where its
``revision`` differs from the old one, comparing the old revision; on a lost race load again and apply again.
"""

import math
from collections.abc import Iterable
from dataclasses import replace

from realtime.party.domain import membership, queue, waiting
from realtime.party.domain.commands import (
    BanMember,
    ChangeSettings,
    Close,
    Command,
    Disconnect,
    GiveRole,
    Join,
    Kick,
    Leave,
    Mute,
    Next,
    Pardon,
    Pause,
    Play,
    QueueAdd,
    QueueMove,
    QueueRemove,
    QueueVote,
    Report,
    Request,
    Seek,
    SetMedia,
    SetRate,
    SetTracks,
    Skip,
    Tick,
)
from realtime.party.domain.errors import FounderOnly, PartyIsOver, RateOutOfRange, SettingsNotAcceptable, VersionPassed
from realtime.party.domain.events import Cause, Closed, PartyEvent, TelemetryReported
from realtime.party.domain.model import (
    MAX_MEMBERS,
    MAX_TITLE_CHARACTERS,
    Access,
    Member,
    MemberId,
    Party,
    PartyId,
    Settings,
    Wait,
)
from realtime.party.domain.roles import Action
from realtime.party.domain.transition import Transition, cause_of
from realtime.sync.playback import MAX_RATE, MIN_RATE, Media, Playback, ends_at, paused_at, position_at, with_rate

IN_STEP_MS = 3_000
"""A player further off is moved by a seek, not nudged (``drift.SEEK_MS``, 1.5 s); the rest is for a command on its way."""


def new_party(
    party_id: PartyId,
    founder_id: MemberId,
    now_ms: float,
    *,
    settings: Settings,
    media: Media | None = None,
    founder_name: str = "",
) -> Party:
    """A party nobody has joined yet, paused at the start of ``media``.  Raises SettingsNotAcceptable."""
    _check_settings(settings)
    at_ms = round(now_ms)
    return Party(
        party_id=party_id,
        created_at_ms=at_ms,
        founder_id=founder_id,
        founder_name=founder_name,
        settings=settings,
        playback=Playback(media=media, anchor_ms=at_ms),
        empty_since_ms=at_ms,
    )


def apply(party: Party, request: Request, now_ms: float) -> tuple[Party, tuple[PartyEvent, ...]]:
    """What the party becomes, and what happened, in order.

    Raises one of the errors of ``realtime.party.domain.model`` when refused; then nothing has changed.  A command that this
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
        _command(transition, request, member)
        _remember(transition, request, party.version + 1)
    else:
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
    transition = Transition(party, 0)
    if among is None:
        members = list(party.members.values())
    else:
        members = [party.members[key] for key in among if key in party.members]
    moments = [waiting.next_due_ms(transition, members), membership.forget_due_ms(members)]
    moments += [due for due in (membership.succession_due_ms(transition), ends_at(party.playback)) if due is not None]
    if party.empty_since_ms is not None:
        moments.append(party.empty_since_ms + membership.EMPTY_CLOSE_MS)
        if not party.playback.paused:
            moments.append(party.empty_since_ms + membership.EMPTY_PAUSE_MS)
    return min(moments)


# Inside -------------------------------------------------------------------------------------------------------------

_ACTIONS: dict[type[Command], Action] = {
    Play: Action.CONTROL,
    Pause: Action.CONTROL,
    Seek: Action.CONTROL,
    SetRate: Action.CONTROL,
    SetMedia: Action.MEDIA,
    SetTracks: Action.CONTROL,
    ChangeSettings: Action.SETTINGS,
    QueueAdd: Action.QUEUE,
    QueueRemove: Action.QUEUE,
    QueueMove: Action.QUEUE_ORDER,
    QueueVote: Action.QUEUE,
    Next: Action.MEDIA,
    Skip: Action.SKIP,
}


def _command(transition: Transition, command: Command, member: Member) -> None:
    transition.require(member, _ACTIONS[type(command)])
    match command:
        case Play():
            _play(transition, command)
        case Pause():
            _pause(transition, command)
        case Seek():
            _seek(transition, command)
        case SetRate():
            _set_rate(transition, command)
        case SetMedia():
            position_ms = transition.position_within(command.media, command.position_ms)
            queue.set_media(transition, cause_of(command), command.media, position_ms, playing=_is_going(transition))
        case SetTracks():
            _set_tracks(transition, command)
        case ChangeSettings():
            _change_settings(transition, command)
        case QueueAdd():
            queue.add(transition, command)
        case QueueRemove():
            queue.remove(transition, command, member)
        case QueueMove():
            queue.move(transition, command)
        case QueueVote():
            queue.vote(transition, command)
        case Next():
            queue.go_on(transition, command)
        case Skip():
            queue.skip(transition, command)
        case _:
            raise TypeError(command)


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


def _is_going(transition: Transition) -> bool:
    """Whether the room plays, or would if it were not waiting for somebody."""
    return not transition.party.playback.paused or transition.party.waiting is not None


def _play(transition: Transition, command: Play) -> None:
    media = transition.media()
    playback = transition.party.playback
    here = round(position_at(playback, transition.now_ms))
    position_ms = here if command.position_ms is None else transition.position_within(media, command.position_ms)
    if position_ms >= media.duration_ms and command.position_ms is None:
        position_ms = 0  # play at the end means: again
    if transition.party.waiting is not None and position_ms == here:
        waiting.go_on_without(transition, cause_of(command))
    elif not playback.paused and position_ms == here:
        transition.advance(cause_of(command))  # already so; still a version, so that the sender's ack has one
    else:
        playback = replace(playback, position_ms=position_ms)
        waiting.start(transition, cause_of(command), playback, everyone_moves=position_ms != here)


def _pause(transition: Transition, command: Pause) -> None:
    media = transition.media()
    position_ms = None if command.position_ms is None else transition.position_within(media, command.position_ms)
    here_ms = position_at(transition.party.playback, transition.now_ms)
    if position_ms is not None and abs(position_ms - here_ms) > IN_STEP_MS:
        position_ms = None  # a player without a picture yet, or far from the room, does not know where the room is
    waiting.stop_waiting(transition)
    transition.advance(cause_of(command), playback=paused_at(transition.party.playback, transition.now_ms, position_ms))


def _seek(transition: Transition, command: Seek) -> None:
    media = transition.media()
    if command.position_ms is not None:
        position_ms = transition.position_within(media, command.position_ms)
    else:
        wanted_ms = round(position_at(transition.party.playback, transition.now_ms)) + (command.by_ms or 0)
        position_ms = min(max(wanted_ms, 0), media.duration_ms)
    if _is_going(transition):
        playback = replace(transition.party.playback, position_ms=position_ms)
        waiting.start(transition, cause_of(command), playback, everyone_moves=True)
    else:
        waiting.forget_readiness(transition)
        transition.advance(
            cause_of(command), playback=paused_at(transition.party.playback, transition.now_ms, position_ms)
        )


def _set_rate(transition: Transition, command: SetRate) -> None:
    transition.media()
    if not MIN_RATE <= command.rate <= MAX_RATE:
        raise RateOutOfRange(low=MIN_RATE, high=MAX_RATE)
    transition.advance(
        cause_of(command), playback=with_rate(transition.party.playback, transition.now_ms, command.rate)
    )


def _set_tracks(transition: Transition, command: SetTracks) -> None:
    tracks = transition.party.tracks
    if command.audio is not None:
        tracks = replace(tracks, audio=command.audio)
    if command.subtitles is not None:
        tracks = replace(tracks, subtitles=command.subtitles)
    transition.advance(cause_of(command), tracks=tracks)


def _change_settings(transition: Transition, command: ChangeSettings) -> None:
    given = {
        name: value
        for name in ("title", "control", "access", "password_hash", "capacity", "wait", "autoplay")
        if (value := getattr(command, name)) is not None
    }
    settings = replace(transition.party.settings, **given)
    if settings.access is not Access.PASSWORD:
        settings = replace(settings, password_hash="")
    _check_settings(settings)
    transition.advance(cause_of(command), settings=settings)
    if settings.wait is Wait.OFF and transition.party.waiting is not None:
        waiting.resume(transition, Cause(kind="resume"))


def _check_settings(settings: Settings) -> None:
    if not 1 <= settings.capacity <= MAX_MEMBERS:
        raise SettingsNotAcceptable(reason=f"The capacity must be between 1 and {MAX_MEMBERS}.")
    if len(settings.title) > MAX_TITLE_CHARACTERS:
        raise SettingsNotAcceptable(reason=f"The title may have {MAX_TITLE_CHARACTERS} characters.")
    if settings.access is Access.PASSWORD and not settings.password_hash:
        raise SettingsNotAcceptable(reason="Access by password needs a password.")


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
        and not playback.paused
        and empty_since_ms + membership.EMPTY_PAUSE_MS <= transition.now_ms
    ):
        # Where they left: nobody has seen what would have come since.
        transition.advance(Cause(kind="empty"), playback=paused_at(playback, empty_since_ms))
    elif (end := ends_at(playback)) is not None and end <= transition.now_ms:
        if transition.party.settings.autoplay and transition.party.queue:
            queue.play_next(transition, Cause(kind="next"))
        else:
            transition.advance(Cause(kind="end"), playback=paused_at(playback, transition.now_ms))


def _remember(transition: Transition, command: Command, version: int) -> None:
    """Keep the command's id with the version it made, so that a retry gets the same answer."""
    member = transition.party.members[command.member_id]
    accepted = member.accepted.having(command.id, version)
    transition.party = replace(
        transition.party, members={**transition.party.members, member.member_id: replace(member, accepted=accepted)}
    )
