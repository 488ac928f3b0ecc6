"""The queue: what is watched next, and how it gets on."""

from dataclasses import replace

from realtime.party.domain.errors import QueueEmpty, QueueItemNotFound
from realtime.party.domain.events import Cause
from realtime.party.domain.model import ControlMode, LastNext, MemberId, QueueItem
from realtime.party.domain.transition import Transition
from realtime.party.domain.waiting import start, stop_waiting
from realtime.sync.live import newest_ms
from realtime.sync.playback import Media

SAME_WISH_MS = 1_000
"""Two people press "next" at once for one episode that is over: a reaction takes a quarter of a second, the news as long."""


def play_next(transition: Transition, cause: Cause) -> None:
    """Take the next item off the queue and start it: the first, or in the mode ``vote`` the most wanted.

    Raises QueueEmpty.
    """
    queue = transition.party.queue
    if not queue:
        raise QueueEmpty
    by_votes = transition.party.settings.control is ControlMode.VOTE
    play_item(transition, cause, max(queue, key=lambda held: len(held.votes)) if by_votes else queue[0])


def set_media(
    transition: Transition,
    cause: Cause,
    media: Media,
    position_ms: int,
    *,
    playing: bool,
    queue: tuple[QueueItem, ...] | None = None,
) -> None:
    """Change what is on, in one version.  A live channel is where it is live, and goes on."""
    transition.party = replace(transition.party, skip_votes=frozenset(), last_next=None)
    playback = replace(transition.party.playback, media=media, position_ms=position_ms)
    if media.live is not None:
        playback = replace(playback, position_ms=round(newest_ms(media.live, transition.now_ms)), rate=1.0)
    if playing or media.live is not None:
        start(transition, cause, playback, everyone_moves=True, queue=queue)
    else:
        stop_waiting(transition)
        transition.advance(cause, playback=replace(playback, paused=True, anchor_ms=transition.now_ms), queue=queue)


def play_item(transition: Transition, cause: Cause, item: QueueItem) -> None:
    """Take this item off the queue and start it."""
    set_media(transition, cause, item.media, 0, playing=True, queue=without(transition, item))
    last = LastNext(item_id=item.item_id, by=cause.member_id, at_ms=transition.now_ms)
    transition.party = replace(transition.party, last_next=last)


def is_on_already(transition: Transition, member_id: MemberId, item_id: str | None) -> bool:
    """Whether what this member wants next (``item_id``, which they saw in the queue, if given) has just been put on."""
    last = transition.party.last_next
    if last is None:
        return False
    if item_id is not None:
        return item_id == last.item_id
    # From a client that does not say what it saw: what another, or the end of the episode, has just brought about.
    return member_id != last.by and transition.now_ms - last.at_ms < SAME_WISH_MS


def item_of(transition: Transition, item_id: str) -> QueueItem:
    """The item of this id.  Raises QueueItemNotFound."""
    for item in transition.party.queue:
        if item.item_id == item_id:
            return item
    raise QueueItemNotFound


def without(transition: Transition, item: QueueItem) -> tuple[QueueItem, ...]:
    """The queue, but for this item."""
    return tuple(held for held in transition.party.queue if held is not item)
