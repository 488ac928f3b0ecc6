"""Waiting for everyone, without letting anyone freeze the room.

A room that waits is paused in its document and remembers whom it waits for.  Every wait ends: when all are ready, when
their deadlines pass (who missed theirs is *excused*: the room goes on and they catch up alone), when they leave, or when
somebody with the permission says play.  A member who has made the room wait too often is excused at once, and a late
joiner is excused until caught up, so that coming in never stops the others.
"""

from collections.abc import Iterable
from dataclasses import replace

from realtime.party.domain.commands import Report
from realtime.party.domain.model import (
    Cause,
    Member,
    MemberId,
    Playback,
    PlayerState,
    QueueItem,
    Wait,
    Waiting,
    WaitingChanged,
)
from realtime.party.domain.transition import Turn
from realtime.sync.playback import paused_at, playing_from

STALL_MS = 500
"""A shorter hiccup is caught up by a nudge without anyone noticing; after half a second people do notice."""
DEADLINE_MS = 10_000
"""About what one lost segment takes to come again; longer, and the others start to ask."""
MAX_STALL_PAUSES = 3
STALL_PAUSES_WINDOW_MS = 600_000
"""The fourth stall in ten minutes is a connection that cannot carry this: waiting more would not help."""
CAUGHT_UP_MS = 1_500
"""Within this of the room a player is nudged, not moved, so it is with the others (the seek threshold of ``drift``)."""


def start(
    turn: Turn,
    cause: Cause,
    playback: Playback,
    *,
    everyone_moves: bool,
    queue: tuple[QueueItem, ...] | None = None,
) -> None:
    """Make the version in which ``playback`` starts, now or when all are ready.

    ``everyone_moves``: the position jumped, so what players said about their buffers before is void.
    """
    if everyone_moves:
        forget_readiness(turn)
    on = _unready(turn) if turn.party.settings.wait is not Wait.OFF else ()
    if on:
        turn.advance(cause, playback=replace(playback, paused=True, anchor_ms=turn.now_ms), queue=queue)
        _wait_for(turn, on)
    else:
        stop_waiting(turn)
        turn.advance(cause, playback=playing_from(playback, turn.start_ms(), playback.position_ms), queue=queue)


def stop_waiting(turn: Turn) -> None:
    """Nobody is waited for any more; the playback is the caller's to set."""
    if turn.party.waiting is not None:
        turn.party = replace(turn.party, waiting=None)
        turn.events.append(WaitingChanged())


def go_on_without(turn: Turn, cause: Cause) -> None:
    """Excuse everyone who is waited for, and start."""
    assert turn.party.waiting is not None
    _excuse(turn, tuple(turn.party.waiting.deadlines_ms))
    resume(turn, cause)


def resume(turn: Turn, cause: Cause) -> None:
    """Stop waiting, and start from where the room rests."""
    stop_waiting(turn)
    playback = turn.party.playback
    turn.advance(cause, playback=playing_from(playback, turn.start_ms(), playback.position_ms))


def forget_readiness(turn: Turn) -> None:
    """The position jumped: nobody is ready until they say so again."""
    ready = [
        member for member in turn.party.members.values() if member.state in (PlayerState.READY, PlayerState.PLAYING)
    ]
    if ready and turn.party.settings.wait is not Wait.OFF:
        turn.put(*(replace(member, state=PlayerState.PAUSED) for member in ready))


def report(turn: Turn, command: Report) -> None:
    """Take in what a member's player says, and whatever follows from it for the room."""
    before = turn.member(command.member_id)
    after = replace(
        before,
        state=command.state,
        position_ms=round(command.position_ms),
        drift_ms=round(command.drift_ms),
        rtt_ms=before.rtt_ms if command.rtt_ms is None else round(command.rtt_ms),
        buffer_ms=round(command.buffer_ms),
        reported_at_ms=turn.now_ms,
        stalled_since_ms=_stalled_since(before, command, turn.now_ms),
        excused=before.excused and not _caught_up(command),
    )
    figures_only = before.state is after.state and before.excused is after.excused
    if figures_only:
        turn.put_figures(after)
    else:
        turn.put(after)
    waiting = turn.party.waiting
    if waiting is not None and command.member_id in waiting.deadlines_ms and _is_ready(command, waiting, turn):
        _no_longer_on(turn, (command.member_id,))
    elif not figures_only:
        check(turn, (after,))


def left(turn: Turn) -> None:
    """Nobody waits for those who are not there."""
    if (waiting := turn.party.waiting) is not None:
        members = turn.party.members
        gone = tuple(key for key in waiting.deadlines_ms if key not in members or not members[key].connected)
        if gone:
            _no_longer_on(turn, gone)


def check(turn: Turn, among: Iterable[Member] | None = None) -> None:
    """Whatever is due by now: deadlines missed, stalls (of ``among``, where only they can have one) that lasted."""
    if (waiting := turn.party.waiting) is not None:
        missed = tuple(key for key, deadline in waiting.deadlines_ms.items() if deadline <= turn.now_ms)
        if missed:
            _excuse(turn, missed)
            _no_longer_on(turn, missed)
        return
    members = turn.party.members.values() if among is None else among
    stalled = [member for member in members if _stall_due_ms(turn, member) <= turn.now_ms]
    hopeless = [member for member in stalled if len(_recent_pauses(member, turn.now_ms)) >= MAX_STALL_PAUSES]
    if hopeless:
        _excuse(turn, tuple(member.member_id for member in hopeless))
    on = [member for member in stalled if member not in hopeless]
    if on:
        turn.put(
            *(replace(member, stall_pauses_ms=(*_recent_pauses(member, turn.now_ms), turn.now_ms)) for member in on)
        )
        turn.advance(
            Cause(kind="wait", member_id=on[0].member_id), playback=paused_at(turn.party.playback, turn.now_ms)
        )
        _wait_for(turn, tuple(member.member_id for member in on))


def next_due_ms(turn: Turn, among: Iterable[Member]) -> float:
    """When :func:`check` next has something to do for one of these members; infinity for never."""
    if (waiting := turn.party.waiting) is not None:
        return min(waiting.deadlines_ms.values())
    return min((_stall_due_ms(turn, member) for member in among), default=float("inf"))


# Inside -------------------------------------------------------------------------------------------------------------


def _stall_due_ms(turn: Turn, member: Member) -> float:
    """When this member's stall makes the room wait; infinity for never."""
    playback = turn.party.playback
    if (
        member.stalled_since_ms is None
        or member.excused
        or not member.connected
        or playback.paused
        or turn.party.settings.wait is not Wait.STALL
    ):
        return float("inf")
    return max(member.stalled_since_ms, playback.anchor_ms) + STALL_MS


def _stalled_since(member: Member, command: Report, now_ms: int) -> int | None:
    if command.state is not PlayerState.STALLED:
        return None
    if member.stalled_since_ms is not None:
        return member.stalled_since_ms
    # A client's clock may be a little off, and its report a little late; neither makes a stall long by itself.
    return round(min(max(command.at_ms, now_ms - STALL_MS), now_ms))


def _caught_up(command: Report) -> bool:
    return command.state is PlayerState.READY or (
        command.state is PlayerState.PLAYING and abs(command.drift_ms) <= CAUGHT_UP_MS
    )


def _is_ready(command: Report, waiting: Waiting, turn: Turn) -> bool:
    if command.state not in (PlayerState.READY, PlayerState.PLAYING):
        return False
    if command.version is not None:
        return command.version >= waiting.version
    near = abs(command.position_ms - turn.party.playback.position_ms) <= CAUGHT_UP_MS
    return near and command.at_ms >= waiting.since_ms


def _recent_pauses(member: Member, now_ms: int) -> tuple[int, ...]:
    return tuple(at for at in member.stall_pauses_ms if at > now_ms - STALL_PAUSES_WINDOW_MS)


def _unready(turn: Turn) -> tuple[MemberId, ...]:
    return tuple(
        member.member_id
        for member in turn.party.connected
        if not member.excused and member.state not in (PlayerState.READY, PlayerState.PLAYING)
    )


def _wait_for(turn: Turn, on: tuple[MemberId, ...]) -> None:
    deadline = turn.now_ms + DEADLINE_MS
    turn.party = replace(
        turn.party,
        waiting=Waiting(deadlines_ms=dict.fromkeys(on, deadline), since_ms=turn.now_ms, version=turn.party.version),
    )
    turn.events.append(WaitingChanged(on=on, deadline_ms=deadline))


def _excuse(turn: Turn, member_ids: tuple[MemberId, ...]) -> None:
    members = [turn.party.members[key] for key in member_ids if key in turn.party.members]
    turn.put(*(replace(member, excused=True) for member in members))
    for member in members:
        turn.notice("excused", f"Going on without {member.name}, who will catch up.", member.member_id)


def _no_longer_on(turn: Turn, member_ids: tuple[MemberId, ...]) -> None:
    waiting = turn.party.waiting
    assert waiting is not None
    left_on = {key: deadline for key, deadline in waiting.deadlines_ms.items() if key not in member_ids}
    if left_on:
        turn.party = replace(turn.party, waiting=replace(waiting, deadlines_ms=left_on))
        turn.events.append(WaitingChanged(on=tuple(left_on), deadline_ms=min(left_on.values())))
    else:
        resume(turn, Cause(kind="resume"))
