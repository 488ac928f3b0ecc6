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
from realtime.party.domain.model import (
    MAX_MEMBERS,
    MAX_TITLE_CHARACTERS,
    Access,
    Cause,
    Closed,
    FiguresReported,
    FounderOnly,
    Media,
    Member,
    MemberId,
    Party,
    PartyEvent,
    PartyId,
    PartyIsOver,
    Playback,
    RateOutOfRange,
    Settings,
    SettingsNotAcceptable,
    VersionPassed,
    Wait,
)
from realtime.party.domain.roles import Action
from realtime.party.domain.transition import Turn, cause_of
from realtime.sync.playback import MAX_RATE, MIN_RATE, ends_at, paused_at, position_at, with_rate

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
    turn = Turn(party, now_ms)
    if party.closed is not None:
        if isinstance(request, Disconnect | Leave | Tick):
            return party, ()
        raise PartyIsOver
    if isinstance(request, Command):
        member = turn.member(request.member_id)
        if accepted_version(party, request) is not None:
            return party, ()
        if request.if_version is not None and request.if_version != party.version:
            raise VersionPassed(version=party.version)
        _command(turn, request, member)
        _remember(turn, request, party.version + 1)
    else:
        _happening(turn, request)
    figures_only = turn.events and all(isinstance(event, FiguresReported) for event in turn.events)
    if turn.party is party or figures_only:
        return turn.party, tuple(turn.events)
    return replace(turn.party, revision=party.revision + 1), tuple(turn.events)


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
    turn = Turn(party, 0)
    if among is None:
        members = list(party.members.values())
    else:
        members = [party.members[key] for key in among if key in party.members]
    moments = [waiting.next_due_ms(turn, members), membership.forget_due_ms(members)]
    moments += [due for due in (membership.succession_due_ms(turn), ends_at(party.playback)) if due is not None]
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


def _command(turn: Turn, command: Command, member: Member) -> None:
    turn.require(member, _ACTIONS[type(command)])
    match command:
        case Play():
            _play(turn, command)
        case Pause():
            _pause(turn, command)
        case Seek():
            _seek(turn, command)
        case SetRate():
            _set_rate(turn, command)
        case SetMedia():
            position_ms = turn.position_within(command.media, command.position_ms)
            queue.put_on(turn, cause_of(command), command.media, position_ms, playing=_is_going(turn))
        case SetTracks():
            _set_tracks(turn, command)
        case ChangeSettings():
            _change_settings(turn, command)
        case QueueAdd():
            queue.add(turn, command)
        case QueueRemove():
            queue.remove(turn, command, member)
        case QueueMove():
            queue.move(turn, command)
        case QueueVote():
            queue.vote(turn, command)
        case Next():
            queue.go_on(turn, command)
        case Skip():
            queue.skip(turn, command)
        case _:
            raise TypeError(command)


def _happening(turn: Turn, request: Request) -> None:
    match request:
        case Report():
            waiting.report(turn, request)
        case Join():
            membership.join(turn, request)
        case Disconnect():
            membership.disconnect(turn, request)
        case Leave():
            membership.leave(turn, request)
        case GiveRole():
            membership.give_role(turn, request)
        case Mute():
            membership.mute(turn, request)
        case Kick():
            membership.kick(turn, request)
        case BanMember():
            membership.ban(turn, request)
        case Pardon():
            membership.pardon(turn, request)
        case Close():
            if request.by is not None:
                turn.require(turn.member(request.by), Action.CLOSE)
                if request.by != turn.party.founder_id:
                    raise FounderOnly
            _close(turn, request.reason)
        case Tick():
            _tick(turn)
        case _:
            raise TypeError(request)


def _is_going(turn: Turn) -> bool:
    """Whether the room plays, or would if it were not waiting for somebody."""
    return not turn.party.playback.paused or turn.party.waiting is not None


def _play(turn: Turn, command: Play) -> None:
    media = turn.media()
    playback = turn.party.playback
    here = round(position_at(playback, turn.now_ms))
    position_ms = here if command.position_ms is None else turn.position_within(media, command.position_ms)
    if position_ms >= media.duration_ms and command.position_ms is None:
        position_ms = 0  # play at the end means: again
    if turn.party.waiting is not None and position_ms == here:
        waiting.go_on_without(turn, cause_of(command))
    elif not playback.paused and position_ms == here:
        turn.advance(cause_of(command))  # already so; still a version, so that the sender's ack has one
    else:
        playback = replace(playback, position_ms=position_ms)
        waiting.start(turn, cause_of(command), playback, everyone_moves=position_ms != here)


def _pause(turn: Turn, command: Pause) -> None:
    media = turn.media()
    position_ms = None if command.position_ms is None else turn.position_within(media, command.position_ms)
    here_ms = position_at(turn.party.playback, turn.now_ms)
    if position_ms is not None and abs(position_ms - here_ms) > IN_STEP_MS:
        position_ms = None  # a player without a picture yet, or far from the room, does not know where the room is
    waiting.stop_waiting(turn)
    turn.advance(cause_of(command), playback=paused_at(turn.party.playback, turn.now_ms, position_ms))


def _seek(turn: Turn, command: Seek) -> None:
    media = turn.media()
    if command.position_ms is not None:
        position_ms = turn.position_within(media, command.position_ms)
    else:
        wanted_ms = round(position_at(turn.party.playback, turn.now_ms)) + (command.by_ms or 0)
        position_ms = min(max(wanted_ms, 0), media.duration_ms)
    if _is_going(turn):
        playback = replace(turn.party.playback, position_ms=position_ms)
        waiting.start(turn, cause_of(command), playback, everyone_moves=True)
    else:
        waiting.forget_readiness(turn)
        turn.advance(cause_of(command), playback=paused_at(turn.party.playback, turn.now_ms, position_ms))


def _set_rate(turn: Turn, command: SetRate) -> None:
    turn.media()
    if not MIN_RATE <= command.rate <= MAX_RATE:
        raise RateOutOfRange(low=MIN_RATE, high=MAX_RATE)
    turn.advance(cause_of(command), playback=with_rate(turn.party.playback, turn.now_ms, command.rate))


def _set_tracks(turn: Turn, command: SetTracks) -> None:
    tracks = turn.party.tracks
    if command.audio is not None:
        tracks = replace(tracks, audio=command.audio)
    if command.subtitles is not None:
        tracks = replace(tracks, subtitles=command.subtitles)
    turn.advance(cause_of(command), tracks=tracks)


def _change_settings(turn: Turn, command: ChangeSettings) -> None:
    given = {
        name: value
        for name in ("title", "control", "access", "password_hash", "capacity", "wait", "autoplay")
        if (value := getattr(command, name)) is not None
    }
    settings = replace(turn.party.settings, **given)
    if settings.access is not Access.PASSWORD:
        settings = replace(settings, password_hash="")
    _check_settings(settings)
    turn.advance(cause_of(command), settings=settings)
    if settings.wait is Wait.OFF and turn.party.waiting is not None:
        waiting.resume(turn, Cause(kind="resume"))


def _check_settings(settings: Settings) -> None:
    if not 1 <= settings.capacity <= MAX_MEMBERS:
        raise SettingsNotAcceptable(reason=f"The capacity must be between 1 and {MAX_MEMBERS}.")
    if len(settings.title) > MAX_TITLE_CHARACTERS:
        raise SettingsNotAcceptable(reason=f"The title may have {MAX_TITLE_CHARACTERS} characters.")
    if settings.access is Access.PASSWORD and not settings.password_hash:
        raise SettingsNotAcceptable(reason="Access by password needs a password.")


def _close(turn: Turn, reason: str) -> None:
    turn.party = replace(turn.party, closed=reason, waiting=None)
    turn.events.append(Closed(reason=reason))


def _tick(turn: Turn) -> None:
    empty_since_ms = turn.party.empty_since_ms
    if empty_since_ms is not None and empty_since_ms + membership.EMPTY_CLOSE_MS <= turn.now_ms:
        _close(turn, "empty")
        return
    membership.check(turn)
    waiting.check(turn)
    playback = turn.party.playback
    if empty_since_ms is not None and not playback.paused and empty_since_ms + membership.EMPTY_PAUSE_MS <= turn.now_ms:
        # Where they left: nobody has seen what would have come since.
        turn.advance(Cause(kind="empty"), playback=paused_at(playback, empty_since_ms))
    elif (end := ends_at(playback)) is not None and end <= turn.now_ms:
        if turn.party.settings.autoplay and turn.party.queue:
            queue.play_next(turn, Cause(kind="next"))
        else:
            turn.advance(Cause(kind="end"), playback=paused_at(playback, turn.now_ms))


def _remember(turn: Turn, command: Command, version: int) -> None:
    """Keep the command's id with the version it made, so that a retry gets the same answer."""
    member = turn.party.members[command.member_id]
    accepted = member.accepted.having(command.id, version)
    turn.party = replace(
        turn.party, members={**turn.party.members, member.member_id: replace(member, accepted=accepted)}
    )
