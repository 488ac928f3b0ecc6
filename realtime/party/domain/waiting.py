"""Waiting for everyone, without letting anyone freeze the room.

A room that waits is paused in its document and remembers whom it waits for.  Every wait ends: when all are ready, when
their deadlines pass (who missed theirs is *excused*: the room goes on and they catch up alone), when they leave, or when
somebody with the permission says play.  A member who has made the room wait too often is excused at once, and a late
joiner is excused until caught up, so that coming in never stops the others.
"""

from collections.abc import Iterable
from dataclasses import replace

from realtime.party.domain.events import Cause, WaitingChanged
from realtime.party.domain.model import Member, MemberId, Party, PlayerState, QueueItem, Wait, Waiting
from realtime.party.domain.requests import Report
from realtime.party.domain.transition import Transition
from realtime.sync.playback import Playback, paused_at, playing_from

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
    transition: Transition,
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
        forget_readiness(transition)
    on = _unready(transition) if transition.party.settings.wait is not Wait.OFF else ()
    if on:
        transition.advance(cause, playback=replace(playback, paused=True, anchor_ms=transition.now_ms), queue=queue)
        _wait_for(transition, on)
    else:
        stop_waiting(transition)
        transition.advance(
            cause, playback=playing_from(playback, transition.start_ms(), playback.position_ms), queue=queue
        )


def stop_waiting(transition: Transition) -> None:
    """Nobody is waited for any more; the playback is the caller's to set."""
    if transition.party.waiting is not None:
        transition.party = replace(transition.party, waiting=None)
        transition.events.append(WaitingChanged())


def go_on_without(transition: Transition, cause: Cause) -> None:
    """Excuse everyone who is waited for, and start."""
    assert transition.party.waiting is not None
    _excuse(transition, tuple(transition.party.waiting.deadlines_ms))
    resume(transition, cause)


def resume(transition: Transition, cause: Cause) -> None:
    """Stop waiting, and start from where the room rests."""
    stop_waiting(transition)
    playback = transition.party.playback
    transition.advance(cause, playback=playing_from(playback, transition.start_ms(), playback.position_ms))


def forget_readiness(transition: Transition) -> None:
    """The position jumped: nobody is ready until they say so again."""
    ready = [
        member
        for member in transition.party.members.values()
        if member.state in (PlayerState.READY, PlayerState.PLAYING)
    ]
    if ready and transition.party.settings.wait is not Wait.OFF:
        transition.put(*(replace(member, state=PlayerState.PAUSED) for member in ready))


def report(transition: Transition, command: Report) -> None:
    """Take in what a member's player says, and whatever follows from it for the room."""
    before = transition.member(command.member_id)
    after = replace(
        before,
        state=command.state,
        position_ms=round(command.position_ms),
        drift_ms=round(command.drift_ms),
        rtt_ms=before.rtt_ms if command.rtt_ms is None else round(command.rtt_ms),
        buffer_ms=round(command.buffer_ms),
        reported_at_ms=transition.now_ms,
        stalled_since_ms=_stalled_since(before, command, transition.now_ms),
        excused=before.excused and not _caught_up(command),
    )
    telemetry_only = before.state is after.state and before.excused is after.excused
    if telemetry_only:
        transition.put_telemetry(after)
    else:
        transition.put(after)
    waiting = transition.party.waiting
    if waiting is not None and command.member_id in waiting.deadlines_ms and _is_ready(command, waiting, transition):
        _no_longer_on(transition, (command.member_id,))
    elif not telemetry_only:
        check(transition, (after,))


def left(transition: Transition) -> None:
    """Nobody waits for those who are not there."""
    if (waiting := transition.party.waiting) is not None:
        members = transition.party.members
        gone = tuple(key for key in waiting.deadlines_ms if key not in members or not members[key].connected)
        if gone:
            _no_longer_on(transition, gone)


def check(transition: Transition, among: Iterable[Member] | None = None) -> None:
    """Whatever is due by now: deadlines missed, stalls (of ``among``, where only they can have one) that lasted."""
    if (waiting := transition.party.waiting) is not None:
        missed = tuple(key for key, deadline in waiting.deadlines_ms.items() if deadline <= transition.now_ms)
        if missed:
            _excuse(transition, missed)
            _no_longer_on(transition, missed)
        return
    members = transition.party.members.values() if among is None else among
    stalled = [member for member in members if _stall_due_ms(transition.party, member) <= transition.now_ms]
    hopeless = [member for member in stalled if len(_recent_pauses(member, transition.now_ms)) >= MAX_STALL_PAUSES]
    if hopeless:
        _excuse(transition, tuple(member.member_id for member in hopeless))
    on = [member for member in stalled if member not in hopeless]
    if on:
        transition.put(
            *(
                replace(member, stall_pauses_ms=(*_recent_pauses(member, transition.now_ms), transition.now_ms))
                for member in on
            )
        )
        transition.advance(
            Cause(kind="wait", member_id=on[0].member_id),
            playback=paused_at(transition.party.playback, transition.now_ms),
        )
        _wait_for(transition, tuple(member.member_id for member in on))


def next_due_ms(party: Party, among: Iterable[Member]) -> float:
    """When :func:`check` next has something to do for one of these members; infinity for never."""
    if (waiting := party.waiting) is not None:
        return min(waiting.deadlines_ms.values())
    return min((_stall_due_ms(party, member) for member in among), default=float("inf"))


# Inside -------------------------------------------------------------------------------------------------------------


def _stall_due_ms(party: Party, member: Member) -> float:
    """When this member's stall makes the room wait; infinity for never."""
    playback = party.playback
    if (
        member.stalled_since_ms is None
        or member.excused
        or not member.connected
        or playback.paused
        or party.settings.wait is not Wait.STALL
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


def _is_ready(command: Report, waiting: Waiting, transition: Transition) -> bool:
    if command.state not in (PlayerState.READY, PlayerState.PLAYING):
        return False
    if command.version is not None:
        return command.version >= waiting.version
    near = abs(command.position_ms - transition.party.playback.position_ms) <= CAUGHT_UP_MS
    return near and command.at_ms >= waiting.since_ms


def _recent_pauses(member: Member, now_ms: int) -> tuple[int, ...]:
    return tuple(at for at in member.stall_pauses_ms if at > now_ms - STALL_PAUSES_WINDOW_MS)


def _unready(transition: Transition) -> tuple[MemberId, ...]:
    return tuple(
        member.member_id
        for member in transition.party.connected
        if not member.excused and member.state not in (PlayerState.READY, PlayerState.PLAYING)
    )


def _wait_for(transition: Transition, on: tuple[MemberId, ...]) -> None:
    deadline = transition.now_ms + DEADLINE_MS
    transition.party = replace(
        transition.party,
        waiting=Waiting(
            deadlines_ms=dict.fromkeys(on, deadline), since_ms=transition.now_ms, version=transition.party.version
        ),
    )
    transition.events.append(WaitingChanged(on=on, deadline_ms=deadline))


def _excuse(transition: Transition, member_ids: tuple[MemberId, ...]) -> None:
    members = [transition.party.members[key] for key in member_ids if key in transition.party.members]
    transition.put(*(replace(member, excused=True) for member in members))
    for member in members:
        transition.notice("excused", f"Going on without {member.name}, who will catch up.", member.member_id)


def _no_longer_on(transition: Transition, member_ids: tuple[MemberId, ...]) -> None:
    waiting = transition.party.waiting
    assert waiting is not None
    left_on = {key: deadline for key, deadline in waiting.deadlines_ms.items() if key not in member_ids}
    if left_on:
        transition.party = replace(transition.party, waiting=replace(waiting, deadlines_ms=left_on))
        transition.events.append(WaitingChanged(on=tuple(left_on), deadline_ms=min(left_on.values())))
    else:
        resume(transition, Cause(kind="resume"))
