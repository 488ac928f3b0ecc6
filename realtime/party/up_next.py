"""The queue: what is watched next, in which order, and the votes for it."""

from dataclasses import replace

from realtime.party.commands import QueueAdd, QueueMove, QueueRemove, QueueVote, Skip
from realtime.party.model import (
    MAX_QUEUE_ITEMS,
    Cause,
    ControlMode,
    Media,
    Member,
    QueueEmpty,
    QueueFull,
    QueueItem,
    QueueItemNotFound,
)
from realtime.party.roles import Action
from realtime.party.turn import Turn, cause_of
from realtime.party.waiting import start, stop_waiting


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


def skip(turn: Turn, command: Skip) -> None:
    """Count the vote; with more than half of those connected, go on."""
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
    item = max(queue, key=lambda held: len(held.votes)) if by_votes else queue[0]
    rest = _without(turn, item)
    put_on(turn, cause, item.media, 0, playing=True, queue=rest)


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
    turn.party = replace(turn.party, skip_votes=frozenset())
    playback = replace(turn.party.playback, media=media, position_ms=position_ms)
    if playing:
        start(turn, cause, playback, everyone_moves=True, queue=queue)
    else:
        stop_waiting(turn)
        turn.advance(cause, playback=replace(playback, paused=True, anchor_ms=turn.now_ms), queue=queue)


def _item(turn: Turn, item_id: str) -> QueueItem:
    for item in turn.party.queue:
        if item.item_id == item_id:
            return item
    raise QueueItemNotFound


def _without(turn: Turn, item: QueueItem) -> tuple[QueueItem, ...]:
    return tuple(held for held in turn.party.queue if held is not item)
