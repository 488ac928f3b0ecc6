"""The queue: what is watched next, in which order, and the votes for it."""

from dataclasses import replace

from realtime.party.domain.commands import Next, QueueAdd, QueueMove, QueueRemove, QueueVote, Skip
from realtime.party.domain.model import (
    MAX_QUEUE_ITEMS,
    Cause,
    ControlMode,
    LastNext,
    Media,
    Member,
    QueueEmpty,
    QueueFull,
    QueueItem,
    QueueItemNotFound,
)
from realtime.party.domain.roles import Action
from realtime.party.domain.transition import Turn, cause_of
from realtime.party.domain.waiting import start, stop_waiting


def add(turn: Turn, command: QueueAdd) -> None:
    if len(turn.party.queue) >= MAX_QUEUE_ITEMS:
        raise QueueFull(limit=MAX_QUEUE_ITEMS)
    item = QueueItem(item_id=f"{command.member_id}:{command.id}", media=command.media, added_by=command.member_id)
    turn.advance(cause_of(command), queue=(*turn.party.queue, item))


def remove(turn: Turn, command: QueueRemove, member: Member) -> None:
    item = _item(turn, command.item_id)
    if item.added_by != member.member_id:
        turn.require(member, Action.QUEUE_ORDER)
    turn.advance(cause_of(command), queue=_without(turn, item))


def move(turn: Turn, command: QueueMove) -> None:
    item = _item(turn, command.item_id)
    others = _without(turn, item)
    index = max(command.index, 0)
    turn.advance(cause_of(command), queue=(*others[:index], item, *others[index:]))


def vote(turn: Turn, command: QueueVote) -> None:
    item = _item(turn, command.item_id)
    voter = frozenset({command.member_id})
    voted = replace(item, votes=item.votes | voter if command.wanted else item.votes - voter)
    turn.advance(cause_of(command), queue=tuple(voted if held is item else held for held in turn.party.queue))


SAME_WISH_MS = 1_000
"""Two people press "next" at once for one episode that is over: a reaction takes a quarter of a second, the news as long."""


def go_on(turn: Turn, command: Next) -> None:
    """Put on the next item, unless it is on already because somebody else wanted the same.

    Raises QueueEmpty, and QueueItemNotFound where the item meant is gone.
    """
    if _is_on_already(turn, command):
        turn.advance(cause_of(command))
    elif command.item_id is None:
        play_next(turn, cause_of(command))
    else:
        _put_on_item(turn, cause_of(command), _item(turn, command.item_id))


def skip(turn: Turn, command: Skip) -> None:
    """Count the vote; with more than half of those connected, go on."""
    if _is_on_already(turn, command):
        turn.advance(cause_of(command))
        return
    if not turn.party.queue:
        raise QueueEmpty
    connected = {member.member_id for member in turn.party.connected}
    votes = (turn.party.skip_votes | {command.member_id}) & connected
    if len(votes) * 2 > len(connected):
        play_next(turn, cause_of(command))
        return
    turn.party = replace(turn.party, skip_votes=votes)
    turn.advance(cause_of(command))
    turn.notice("skip_votes", f"{len(votes)} of {len(connected)} want the next one.", command.member_id)


def play_next(turn: Turn, cause: Cause) -> None:
    """Take the next item off the queue and start it: the first, or in the mode ``vote`` the most wanted."""
    queue = turn.party.queue
    if not queue:
        raise QueueEmpty
    by_votes = turn.party.settings.control is ControlMode.VOTE
    _put_on_item(turn, cause, max(queue, key=lambda held: len(held.votes)) if by_votes else queue[0])


def put_on(
    turn: Turn,
    cause: Cause,
    media: Media,
    position_ms: int,
    *,
    playing: bool,
    queue: tuple[QueueItem, ...] | None = None,
) -> None:
    """Change what is on, in one version."""
    turn.party = replace(turn.party, skip_votes=frozenset(), last_next=None)
    playback = replace(turn.party.playback, media=media, position_ms=position_ms)
    if playing:
        start(turn, cause, playback, everyone_moves=True, queue=queue)
    else:
        stop_waiting(turn)
        turn.advance(cause, playback=replace(playback, paused=True, anchor_ms=turn.now_ms), queue=queue)


def _put_on_item(turn: Turn, cause: Cause, item: QueueItem) -> None:
    put_on(turn, cause, item.media, 0, playing=True, queue=_without(turn, item))
    last = LastNext(item_id=item.item_id, by=cause.member_id, at_ms=turn.now_ms)
    turn.party = replace(turn.party, last_next=last)


def _is_on_already(turn: Turn, command: Next | Skip) -> bool:
    last = turn.party.last_next
    if last is None:
        return False
    if command.item_id is not None:
        return command.item_id == last.item_id
    # From a client that does not say what it saw: what another, or the end of the episode, has just brought about.
    return command.member_id != last.by and turn.now_ms - last.at_ms < SAME_WISH_MS


def _item(turn: Turn, item_id: str) -> QueueItem:
    for item in turn.party.queue:
        if item.item_id == item_id:
            return item
    raise QueueItemNotFound


def _without(turn: Turn, item: QueueItem) -> tuple[QueueItem, ...]:
    return tuple(held for held in turn.party.queue if held is not item)
