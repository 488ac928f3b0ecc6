"""The party commands, each one declaration.  ``CONTRIBUTING.md`` tells what a new one needs besides."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from typing_extensions import override

from realtime.party.domain import queue, waiting
from realtime.party.domain.command import Command
from realtime.party.domain.errors import (
    LiveHasOneRate,
    PositionOutOfRange,
    QueueEmpty,
    QueueFull,
    RateOutOfRange,
    SettingsNotAcceptable,
)
from realtime.party.domain.events import Cause
from realtime.party.domain.fields import (
    Capacity,
    ItemId,
    LanguageTag,
    PasswordHash,
    PositionMs,
    QueueIndex,
    Rate,
    ShiftMs,
    Title,
)
from realtime.party.domain.model import (
    MAX_MEMBERS,
    MAX_QUEUE_ITEMS,
    MAX_TITLE_CHARACTERS,
    Access,
    ControlMode,
    QueueItem,
    Settings,
    Wait,
)
from realtime.party.domain.roles import Action
from realtime.party.domain.transition import Transition
from realtime.sync.playback import MAX_RATE, MIN_RATE, Media, paused_at, position_at, with_rate

IN_STEP_MS = 3_000
"""A player further off is moved by a seek, not nudged (1.5 s, ``web/src/sync/drift.ts``); the rest is for a command on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Play(Command):
    """Start, from ``position_ms`` if given.  While the room waits for somebody: go on without them.

    Raises NothingPlaying, PositionOutOfRange.
    """

    kind: ClassVar[str] = "play"
    action: ClassVar[Action] = Action.CONTROL
    position_ms: PositionMs | None = None

    @override
    def apply(self, transition: Transition) -> None:
        media = transition.media()
        playback = transition.party.playback
        here_ms = round(position_at(playback, transition.now_ms))
        position_ms = here_ms if self.position_ms is None else position_within(media, self.position_ms)
        if position_ms >= media.duration_ms and self.position_ms is None:
            position_ms = 0  # play at the end means: again
        if playback.paused or self.position_ms is not None:
            position_ms = transition.watchable(media, position_ms)
        if transition.party.waiting is not None and position_ms == here_ms:
            waiting.go_on_without(transition, self.cause)
        elif not playback.paused and position_ms == here_ms:
            transition.advance(self.cause)  # already so; still a version, so that the sender's ack has one
        else:
            playback = replace(playback, position_ms=position_ms)
            waiting.start(transition, self.cause, playback, everyone_moves=position_ms != here_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Command):
    """Stop where the room is; at ``position_ms`` where the sender's picture stands, if that is in step with the room.

    Raises NothingPlaying, PositionOutOfRange.
    """

    kind: ClassVar[str] = "pause"
    action: ClassVar[Action] = Action.CONTROL
    position_ms: PositionMs | None = None

    @override
    def apply(self, transition: Transition) -> None:
        media = transition.media()
        position_ms = None if self.position_ms is None else position_within(media, self.position_ms)
        here_ms = position_at(transition.party.playback, transition.now_ms)
        if position_ms is not None and abs(position_ms - here_ms) > IN_STEP_MS:
            position_ms = None  # a player without a picture yet, or far from the room, does not know where the room is
        waiting.stop_waiting(transition)
        playback = paused_at(transition.party.playback, transition.now_ms, position_ms)
        transition.advance(self.cause, playback=playback)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seek(Command):
    """Go to ``position_ms``, or ``by_ms`` on from where the room is, within the media; plays on if it was playing.

    Raises NothingPlaying, PositionOutOfRange.
    """

    kind: ClassVar[str] = "seek"
    action: ClassVar[Action] = Action.CONTROL
    position_ms: PositionMs | None = None
    by_ms: ShiftMs | None = None

    @classmethod
    def fault(cls, given: Mapping[str, object]) -> str | None:
        """Exactly one of the two says where."""
        both_or_none = (given["position_ms"] is None) == (given["by_ms"] is None)
        return "seek_where: either position_ms or by_ms" if both_or_none else None

    @override
    def apply(self, transition: Transition) -> None:
        media, playback = transition.media(), transition.party.playback
        if self.position_ms is not None:
            position_ms = position_within(media, self.position_ms)
        else:
            wanted_ms = round(position_at(playback, transition.now_ms)) + (self.by_ms or 0)
            position_ms = min(max(wanted_ms, 0), media.duration_ms)
        position_ms = transition.watchable(media, position_ms)
        if transition.is_going:
            waiting.start(transition, self.cause, replace(playback, position_ms=position_ms), everyone_moves=True)
        else:
            waiting.forget_readiness(transition)
            transition.advance(self.cause, playback=paused_at(playback, transition.now_ms, position_ms))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRate(Command):
    """Watch at ``rate`` (0.25 to 4).  Raises LiveHasOneRate, NothingPlaying, RateOutOfRange."""

    kind: ClassVar[str] = "rate"
    action: ClassVar[Action] = Action.CONTROL
    rate: Rate

    @override
    def apply(self, transition: Transition) -> None:
        if transition.media().live is not None:
            raise LiveHasOneRate
        if not MIN_RATE <= self.rate <= MAX_RATE:
            raise RateOutOfRange(low=MIN_RATE, high=MAX_RATE)
        transition.advance(self.cause, playback=with_rate(transition.party.playback, transition.now_ms, self.rate))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMedia(Command):
    """Put something else on, paused or playing as before.  Raises PositionOutOfRange."""

    kind: ClassVar[str] = "media"
    action: ClassVar[Action] = Action.MEDIA
    media: Media
    position_ms: PositionMs | None = None

    @override
    def apply(self, transition: Transition) -> None:
        position_ms = position_within(self.media, self.position_ms or 0)
        queue.set_media(transition, self.cause, self.media, position_ms, playing=transition.is_going)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSettings(Command):
    """Change what is given, keep what is ``None``.  Raises SettingsNotAcceptable."""

    kind: ClassVar[str] = "settings"
    action: ClassVar[Action] = Action.SETTINGS
    title: Title | None = None
    control: ControlMode | None = None
    access: Access | None = None
    password_hash: PasswordHash | None = None
    capacity: Capacity | None = None
    wait: Wait | None = None
    autoplay: bool | None = None

    @override
    def apply(self, transition: Transition) -> None:
        names = ("title", "control", "access", "password_hash", "capacity", "wait", "autoplay")
        given = {name: value for name in names if (value := getattr(self, name)) is not None}
        settings = replace(transition.party.settings, **given)
        if settings.access is not Access.PASSWORD:
            settings = replace(settings, password_hash="")
        check_settings(settings)
        transition.advance(self.cause, settings=settings)
        if settings.wait is Wait.OFF and transition.party.waiting is not None:
            waiting.resume(transition, Cause(kind="resume"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTracks(Command):
    """Choose sound and subtitles for everybody (see :class:`realtime.party.domain.model.Tracks`); keeps what is ``None``."""

    kind: ClassVar[str] = "tracks"
    action: ClassVar[Action] = Action.CONTROL
    audio: LanguageTag | Literal[""] | None = None
    subtitles: LanguageTag | Literal["", "off"] | None = None

    @override
    def apply(self, transition: Transition) -> None:
        tracks = transition.party.tracks
        if self.audio is not None:
            tracks = replace(tracks, audio=self.audio)
        if self.subtitles is not None:
            tracks = replace(tracks, subtitles=self.subtitles)
        transition.advance(self.cause, tracks=tracks)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueAdd(Command):
    """Add to the end of the queue.  The item's id is made of the command's, so that a retry cannot add it twice.

    Raises QueueFull.
    """

    kind: ClassVar[str] = "queue.add"
    action: ClassVar[Action] = Action.QUEUE
    media: Media

    @override
    def apply(self, transition: Transition) -> None:
        held = transition.party.queue
        if len(held) >= MAX_QUEUE_ITEMS:
            raise QueueFull(limit=MAX_QUEUE_ITEMS)
        item = QueueItem(item_id=f"{self.member_id}:{self.id}", media=self.media, added_by=self.member_id)
        transition.advance(self.cause, queue=(*held, item))


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRemove(Command):
    """Take something out of the queue (one's own, or anything with the permission).

    Raises QueueItemNotFound, NotPermitted.
    """

    kind: ClassVar[str] = "queue.remove"
    action: ClassVar[Action] = Action.QUEUE
    item_id: ItemId

    @override
    def apply(self, transition: Transition) -> None:
        item = queue.item_of(transition, self.item_id)
        if item.added_by != self.member_id:
            transition.require(transition.member(self.member_id), Action.QUEUE_ORDER)
        transition.advance(self.cause, queue=queue.without(transition, item))


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMove(Command):
    """Move an item to ``index`` (0 is next; clamped to the queue).  Raises QueueItemNotFound."""

    kind: ClassVar[str] = "queue.move"
    action: ClassVar[Action] = Action.QUEUE_ORDER
    item_id: ItemId
    index: QueueIndex

    @override
    def apply(self, transition: Transition) -> None:
        item = queue.item_of(transition, self.item_id)
        others, index = queue.without(transition, item), max(self.index, 0)
        transition.advance(self.cause, queue=(*others[:index], item, *others[index:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueVote(Command):
    """Vote for an item, or take the vote back.  In the mode ``vote`` the most wanted item is next.

    Raises QueueItemNotFound.
    """

    kind: ClassVar[str] = "queue.vote"
    action: ClassVar[Action] = Action.QUEUE
    item_id: ItemId
    wanted: bool = True

    @override
    def apply(self, transition: Transition) -> None:
        item = queue.item_of(transition, self.item_id)
        voter = frozenset({self.member_id})
        voted = replace(item, votes=item.votes | voter if self.wanted else item.votes - voter)
        items = tuple(voted if held is item else held for held in transition.party.queue)
        transition.advance(self.cause, queue=items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Next(Command):
    """Put on the next in the queue: ``item_id``, which the sender saw there, if given.

    What somebody else put on at the same moment is on already, and nothing more happens.
    Raises QueueEmpty, and QueueItemNotFound where the item meant is gone.
    """

    kind: ClassVar[str] = "next"
    action: ClassVar[Action] = Action.MEDIA
    item_id: ItemId | None = None

    @override
    def apply(self, transition: Transition) -> None:
        if queue.is_on_already(transition, self.member_id, self.item_id):
            transition.advance(self.cause)
        elif self.item_id is None:
            queue.play_next(transition, self.cause)
        else:
            queue.play_item(transition, self.cause, queue.item_of(transition, self.item_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip(Command):
    """Vote to go on to the next in the queue; happens when more than half of those connected want it.

    ``item_id`` as in :class:`Next`: a vote that comes when it is on already is not one against it.  Raises QueueEmpty.
    """

    kind: ClassVar[str] = "skip"
    action: ClassVar[Action] = Action.SKIP
    item_id: ItemId | None = None

    @override
    def apply(self, transition: Transition) -> None:
        party = transition.party
        if queue.is_on_already(transition, self.member_id, self.item_id):
            transition.advance(self.cause)
            return
        if not party.queue:
            raise QueueEmpty
        connected = {member.member_id for member in party.connected}
        votes = (party.skip_votes | {self.member_id}) & connected
        if len(votes) * 2 > len(connected):
            queue.play_next(transition, self.cause)
            return
        transition.party = replace(party, skip_votes=votes)
        transition.advance(self.cause)
        transition.notice("skip_votes", f"{len(votes)} of {len(connected)} want the next one.", self.member_id)


# What they share ----------------------------------------------------------------------------------------------------


def position_within(media: Media, position_ms: int) -> int:
    """``position_ms`` itself.  Raises PositionOutOfRange."""
    if not 0 <= position_ms <= media.duration_ms:
        raise PositionOutOfRange(duration_ms=media.duration_ms)
    return position_ms


def check_settings(settings: Settings) -> None:
    """Raises SettingsNotAcceptable."""
    if not 1 <= settings.capacity <= MAX_MEMBERS:
        raise SettingsNotAcceptable(reason=f"The capacity must be between 1 and {MAX_MEMBERS}.")
    if len(settings.title) > MAX_TITLE_CHARACTERS:
        raise SettingsNotAcceptable(reason=f"The title may have {MAX_TITLE_CHARACTERS} characters.")
    if settings.access is Access.PASSWORD and not settings.password_hash:
        raise SettingsNotAcceptable(reason="Access by password needs a password.")
