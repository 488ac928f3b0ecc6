"""The queue: what is watched next, in which order, and the votes for it."""

from dataclasses import replace

from realtime.party.domain.commands import Next, QueueAdd, QueueMove, QueueRemove, QueueVote, Skip
from realtime.party.domain.errors import QueueEmpty, QueueFull, QueueItemNotFound
from realtime.party.domain.events import Cause
from realtime.party.domain.model import MAX_QUEUE_ITEMS, ControlMode, LastNext, Member, QueueItem
from realtime.party.domain.roles import Action
from realtime.party.domain.transition import Transition, cause_of
from realtime.party.domain.waiting import start, stop_waiting
from realtime.sync.playback import Media


def add(transition: Transition, command: QueueAdd) -> None:
    if len(transition.party.queue) >= MAX_QUEUE_ITEMS:
        raise QueueFull(limit=MAX_QUEUE_ITEMS)
    item = QueueItem(item_id=f"{command.member_id}:{command.id}", media=command.media, added_by=command.member_id)
    transition.advance(cause_of(command), queue=(*transition.party.queue, item))


def remove(transition: Transition, command: QueueRemove, member: Member) -> None:
    item = _item(transition, command.item_id)
    if item.added_by != member.member_id:
        transition.require(member, Action.QUEUE_ORDER)
    transition.advance(cause_of(command), queue=_without(transition, item))


def move(transition: Transition, command: QueueMove) -> None:
    item = _item(transition, command.item_id)
    others = _without(transition, item)
    index = max(command.index, 0)
    transition.advance(cause_of(command), queue=(*others[:index], item, *others[index:]))


def vote(transition: Transition, command: QueueVote) -> None:
    item = _item(transition, command.item_id)
    voter = frozenset({command.member_id})
    voted = replace(item, votes=item.votes | voter if command.wanted else item.votes - voter)
    transition.advance(
        cause_of(command), queue=tuple(voted if held is item else held for held in transition.party.queue)
    )


SAME_WISH_MS = 1_000
"""Two people press "next" at once for one episode that is over: a reaction takes a quarter of a second, the news as long."""


def go_on(transition: Transition, command: Next) -> None:
    """Put on the next item, unless it is on already because somebody else wanted the same.

    Raises QueueEmpty, and QueueItemNotFound where the item meant is gone.
    """
    if _is_on_already(transition, command):
        transition.advance(cause_of(command))
    elif command.item_id is None:
        play_next(transition, cause_of(command))
    else:
        _play_item(transition, cause_of(command), _item(transition, command.item_id))


def skip(transition: Transition, command: Skip) -> None:
    """Count the vote; with more than half of those connected, go on."""
    if _is_on_already(transition, command):
        transition.advance(cause_of(command))
        return
    if not transition.party.queue:
        raise QueueEmpty
    connected = {member.member_id for member in transition.party.connected}
    votes = (transition.party.skip_votes | {command.member_id}) & connected
    if len(votes) * 2 > len(connected):
        play_next(transition, cause_of(command))
        return
    transition.party = replace(transition.party, skip_votes=votes)
    transition.advance(cause_of(command))
    transition.notice("skip_votes", f"{len(votes)} of {len(connected)} want the next one.", command.member_id)


def play_next(transition: Transition, cause: Cause) -> None:
    """Take the next item off the queue and start it: the first, or in the mode ``vote`` the most wanted."""
    queue = transition.party.queue
    if not queue:
        raise QueueEmpty
    by_votes = transition.party.settings.control is ControlMode.VOTE
    _play_item(transition, cause, max(queue, key=lambda held: len(held.votes)) if by_votes else queue[0])


def set_media(
    transition: Transition,
    cause: Cause,
    media: Media,
    position_ms: int,
    *,
    playing: bool,
    queue: tuple[QueueItem, ...] | None = None,
) -> None:
    """Change what is on, in one version."""
    transition.party = replace(transition.party, skip_votes=frozenset(), last_next=None)
    playback = replace(transition.party.playback, media=media, position_ms=position_ms)
    if playing:
        start(transition, cause, playback, everyone_moves=True, queue=queue)
    else:
        stop_waiting(transition)
        transition.advance(cause, playback=replace(playback, paused=True, anchor_ms=transition.now_ms), queue=queue)


def _play_item(transition: Transition, cause: Cause, item: QueueItem) -> None:
    set_media(transition, cause, item.media, 0, playing=True, queue=_without(transition, item))
    last = LastNext(item_id=item.item_id, by=cause.member_id, at_ms=transition.now_ms)
    transition.party = replace(transition.party, last_next=last)


def _is_on_already(transition: Transition, command: Next | Skip) -> bool:
    last = transition.party.last_next
    if last is None:
        return False
    if command.item_id is not None:
        return command.item_id == last.item_id
    # From a client that does not say what it saw: what another, or the end of the episode, has just brought about.
    return command.member_id != last.by and transition.now_ms - last.at_ms < SAME_WISH_MS


def _item(transition: Transition, item_id: str) -> QueueItem:
    for item in transition.party.queue:
        if item.item_id == item_id:
            return item
    raise QueueItemNotFound


def _without(transition: Transition, item: QueueItem) -> tuple[QueueItem, ...]:
    return tuple(held for held in transition.party.queue if held is not item)
