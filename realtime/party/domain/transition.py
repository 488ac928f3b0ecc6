"""One application of a request: the party as changed so far, and what has happened, in order.

Local to one call of ``rules.apply``; what goes in and comes out are immutable values.
"""

from collections.abc import Iterable
from dataclasses import replace

from realtime.party.domain.errors import NothingPlaying, NotInParty, NotPermitted
from realtime.party.domain.events import Cause, MembersChanged, Noticed, PartyEvent, StateChanged, TelemetryReported
from realtime.party.domain.model import Member, MemberId, Party, QueueItem, Settings, Tracks
from realtime.party.domain.roles import Action, may
from realtime.sync.live import watchable
from realtime.sync.playback import Media, Playback, lead_ms


class Transition:
    """The working state of one call of ``apply``."""

    def __init__(self, party: Party, now_ms: float) -> None:
        self.party = party
        self.now_ms = round(now_ms)
        self.events: list[PartyEvent] = []

    # Reading

    def member(self, member_id: MemberId) -> Member:
        """The member who asks.  Raises NotInParty."""
        try:
            return self.party.members[member_id]
        except KeyError:
            raise NotInParty from None

    def require(self, member: Member, action: Action) -> None:
        """Raises NotPermitted unless this member may do this now."""
        if not may(member.role, action, self.party.settings.control):
            raise NotPermitted

    def media(self) -> Media:
        """What is on.  Raises NothingPlaying."""
        if self.party.playback.media is None:
            raise NothingPlaying
        return self.party.playback.media

    def watchable(self, media: Media, position_ms: int) -> int:
        """``position_ms``; in a live channel, the position next to it that can be watched now."""
        return position_ms if media.live is None else round(watchable(media.live, position_ms, self.now_ms))

    @property
    def is_going(self) -> bool:
        """Whether the room plays, or would if it were not waiting for somebody."""
        return not self.party.playback.paused or self.party.waiting is not None

    def start_ms(self) -> int:
        """When a start decided now takes effect: late enough for nearly every member to hear of it."""
        rtts = [
            member.rtt_ms for member in self.party.members.values() if member.connections and member.rtt_ms is not None
        ]
        return round(self.now_ms + lead_ms(rtts))

    # Changing

    def advance(
        self,
        cause: Cause,
        *,
        playback: Playback | None = None,
        settings: Settings | None = None,
        queue: tuple[QueueItem, ...] | None = None,
        tracks: Tracks | None = None,
    ) -> None:
        """Make one version: one log entry with whatever is given changed."""
        party = self.party
        self.party = replace(
            party,
            version=party.version + 1,
            playback=party.playback if playback is None else playback,
            settings=party.settings if settings is None else settings,
            queue=party.queue if queue is None else queue,
            tracks=party.tracks if tracks is None else tracks,
        )
        self.events.append(
            StateChanged(
                version=self.party.version,
                playback=self.party.playback,
                cause=cause,
                settings=settings,
                queue=queue,
                tracks=tracks,
            )
        )

    def put(self, *members: Member) -> None:
        """Store these members, new or changed, and tell."""
        self._store(members)
        self.events.append(MembersChanged(member_ids=tuple(member.member_id for member in members)))

    def put_telemetry(self, member: Member) -> None:
        """Store a member of whom only the figures moved."""
        self._store((member,))
        self.events.append(TelemetryReported(member_id=member.member_id))

    def remove(self, member_id: MemberId) -> None:
        """Forget a member, and tell."""
        self.party = replace(
            self.party, members={key: member for key, member in self.party.members.items() if key != member_id}
        )
        self.events.append(MembersChanged(member_ids=(member_id,)))

    def notice(self, code: str, text: str, member_id: MemberId | None = None) -> None:
        """Tell everybody; ``code`` for translation, ``text`` for reading."""
        self.events.append(Noticed(code=code, text=text, member_id=member_id))

    def _store(self, members: Iterable[Member]) -> None:
        self.party = replace(
            self.party, members={**self.party.members, **{member.member_id: member for member in members}}
        )
