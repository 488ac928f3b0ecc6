"""A party under test: requests go in one after another, and everything that comes out is kept."""

from typing import Any

from realtime.party.codec import from_json, to_json
from realtime.party.domain.command import Command
from realtime.party.domain.events import PartyEvent, StateChanged, WaitingChanged
from realtime.party.domain.model import Member, MemberId, Party, PartyId, PlayerState, Role, Settings
from realtime.party.domain.requests import Join, Report, Request
from realtime.party.domain.rules import apply, new_party
from realtime.sync.playback import Media

FILM = Media(episode_id="film", title="Film", duration_ms=3_600_000)
SHORT = Media(episode_id="short", title="Short", duration_ms=60_000)


class Scene:
    """Host ``ann`` and whoever else is named, at room time ``now_ms``."""

    def __init__(self, *others: str, media: Media | None = FILM, now_ms: int = 10_000, **settings: Any) -> None:
        self.now_ms = now_ms
        self.events: tuple[PartyEvent, ...] = ()
        self.log: list[StateChanged] = []
        self.party: Party = new_party(
            PartyId("party"), MemberId("ann"), now_ms, settings=Settings(**settings), media=media
        )
        self._ids = 0
        self.join("ann", role=Role.MEMBER)
        for name in others:
            self.join(name, role=Role.MEMBER)

    def join(self, name: str, *, connection: str = "", after_ms: int = 0, **given: Any) -> Member:
        given.setdefault("role", Role.GUEST)
        request = Join(member_id=MemberId(name), connection_id=connection or f"{name}-1", name=name.title(), **given)
        self.do(request, after_ms=after_ms)
        return self[name]

    def do(self, request: Request, *, after_ms: int = 0) -> tuple[PartyEvent, ...]:
        """Apply a request ``after_ms`` from the last; the document must survive storage unchanged each time."""
        self.now_ms += after_ms
        before = self.party
        self.party, self.events = apply(before, request, self.now_ms)
        assert from_json(to_json(self.party)) == self.party
        self.log += [event for event in self.events if isinstance(event, StateChanged)]
        return self.events

    def command(
        self, kind: type[Command], by: str = "ann", *, after_ms: int = 0, **given: Any
    ) -> tuple[PartyEvent, ...]:
        """A command with an id of its own."""
        self._ids += 1
        given.setdefault("id", f"c{self._ids}")
        return self.do(kind(member_id=MemberId(by), **given), after_ms=after_ms)

    def report(self, name: str, state: PlayerState, *, after_ms: int = 0, **given: Any) -> tuple[PartyEvent, ...]:
        """What a well-behaved player would report, unless ``given`` otherwise."""
        self.now_ms += after_ms
        given.setdefault("at_ms", self.now_ms)
        given.setdefault("position_ms", self.party.playback.position_ms)
        given.setdefault("version", self.party.version)
        return self.do(Report(member_id=MemberId(name), state=state, **given))

    def all_ready(self) -> None:
        for member in self.party.connected:
            self.report(member.member_id, PlayerState.READY)

    def __getitem__(self, name: str) -> Member:
        return self.party.members[MemberId(name)]

    @property
    def waits_on(self) -> set[str]:
        return set(self.party.waiting.deadlines_ms) if self.party.waiting else set()

    @property
    def told_to_wait(self) -> list[tuple[str, ...]]:
        """The ``party:waiting`` messages of the last request."""
        return [event.on for event in self.events if isinstance(event, WaitingChanged)]
