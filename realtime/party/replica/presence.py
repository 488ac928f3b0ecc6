"""Telling a room who is in it: news to those who take them, whole lists to older clients, figures to those who look at them."""

import asyncio
from collections.abc import Callable, Iterable, Mapping

from realtime.party.domain.model import Member, MemberId
from realtime.party.ports import Audience, ClientSink, Json
from realtime.party.replica.member_list import MemberList

ROOM_BYTES_S = 4_000_000
"""What one room may cost the server in each kind of message: 2,500 members are told of 160 bytes every 100 ms."""


class Pace:
    """How long to wait before the next message of a kind, by what the last one weighed."""

    def __init__(self, least_s: float, most_s: float, link_bytes_s: float) -> None:
        """``link_bytes_s``: what one member's line is to carry of it in the long run."""
        self._least_s, self._most_s = least_s, most_s
        self._link_bytes_s = link_bytes_s
        self._not_before_s = 0.0

    def wait_s(self, now_s: float) -> float:
        """Seconds from ``now_s`` until the next message may go."""
        return max(self._not_before_s - now_s, self._least_s)

    def sent(self, now_s: float, message_bytes: int, listeners: int) -> None:
        """A message of this size has gone to so many."""
        wait_s = max(message_bytes / self._link_bytes_s, message_bytes * listeners / ROOM_BYTES_S)
        self._not_before_s = now_s + min(wait_s, self._most_s)


NEWS_PACE = (0.25, 10.0, 4_000.0)
"""Somebody coming is seen at once; what 200 players do after a seek (15 kB) may take its time, so that seeks do not wait behind it."""
LISTS_PACE = (0.25, 10.0, 8_000.0)
"""A whole list of 60 is 15 kB: every 2 s while people come and go, on a line of 256 kbit/s a quarter of it."""
STALE_LISTS_PACE = (0.25, 60.0, 400.0)
"""The same list again because only figures moved: 3.2 kbit/s."""
TELEMETRY_PACE = (1.0, 10.0, 4_000.0)
"""Players report every 2 s; in a room of 200 that is 6 kB a second."""
EXCHANGE_S = 2.0
"""How often the nodes tell each other what players reported."""


class _Timer:
    """Calls once, some time after it was asked to, however often it was asked."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call
        self._handle: asyncio.TimerHandle | None = None

    def within(self, delay_s: float) -> None:
        loop = asyncio.get_running_loop()
        if self._handle is not None:
            if self._handle.when() <= loop.time() + delay_s:
                return
            self._handle.cancel()
        self._handle = loop.call_later(delay_s, self._run)

    def _run(self) -> None:
        self._handle = None
        self._call()

    def cancel(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


class Presence:
    """What the members here have been told of each other."""

    def __init__(
        self,
        party_id: str,
        members: Mapping[MemberId, Member],
        sink: ClientSink,
        exchange: Callable[[frozenset[MemberId]], None],
    ) -> None:
        """``exchange`` tells the other nodes the figures of these members."""
        self.member_list = MemberList(members)
        self._party_id = party_id
        self._sink = sink
        self._exchange = exchange
        self._audiences: dict[str, set[Audience]] = {}
        """Connection → what it listens to."""
        self._counts = dict.fromkeys(Audience, 0)
        self._news_pace, self._lists_pace = Pace(*NEWS_PACE), Pace(*LISTS_PACE)
        self._stale_pace, self._telemetry_pace = Pace(*STALE_LISTS_PACE), Pace(*TELEMETRY_PACE)
        self._news, self._lists = _Timer(self._send_news), _Timer(self._send_lists)
        self._telemetry_timer, self._exchanges = _Timer(self._send_telemetry), _Timer(self._send_to_nodes)
        self._moved: set[MemberId] = set()
        """Whose figures moved since those who look were told."""
        self._reported: set[MemberId] = set()
        """The same for the other nodes, of those who reported here."""

    def close(self) -> None:
        """Stop the timers."""
        for timer in (self._news, self._lists, self._telemetry_timer, self._exchanges):
            timer.cancel()

    # Who listens

    def add(self, connection: str, member_id: MemberId, *, news: bool) -> Json:
        """A connection came in, or asks again; the list for its snapshot."""
        looked = Audience.TELEMETRY in self._audiences.get(connection, ())
        self.remove(connection)
        self._listen(connection, Audience.NEWS if news else Audience.LISTS)
        if looked:
            self._listen(connection, Audience.TELEMETRY)
        if news:
            return self.member_list.delivered(member_id)
        self.soon()  # as it was before there were news: one's own coming brings a list, too
        return self.member_list.whole()

    def look(self, connection: str, looks: bool) -> None:
        """Whether somebody wants the figures from now on; who does gets all of them at once."""
        listens = Audience.TELEMETRY in self._audiences.get(connection, ())
        if looks and connection in self._audiences:
            if not listens:
                self._listen(connection, Audience.TELEMETRY)
            body = {"figures": self.member_list.telemetry()}
            self._sink.to_connection(connection, self._sink.encode("party:figures", body))
        elif listens and not looks:
            self._audiences[connection].discard(Audience.TELEMETRY)
            self._counts[Audience.TELEMETRY] -= 1
            self._sink.ignore(connection, self._party_id, Audience.TELEMETRY)

    def _listen(self, connection: str, audience: Audience) -> None:
        self._audiences.setdefault(connection, set()).add(audience)
        self._counts[audience] += 1
        self._sink.listen(connection, self._party_id, audience)

    def remove(self, connection: str) -> None:
        """This connection listens to nothing any more."""
        for audience in self._audiences.pop(connection, ()):
            self._counts[audience] -= 1
            self._sink.ignore(connection, self._party_id, audience)

    # What happens

    def replaced(self, members: Mapping[MemberId, Member]) -> None:
        """The document came whole."""
        self.member_list.replace(members)
        self.soon()

    def changed(self, members: Mapping[MemberId, Member], keys: Iterable[MemberId]) -> None:
        """These members came, went or changed; :meth:`soon` tells of it when that may be told."""
        self.member_list.update(members, keys)

    def moved(self, members: Mapping[MemberId, Member], keys: Iterable[MemberId], *, here: bool) -> None:
        """Only figures of these members did; ``here``: they were reported to this node."""
        moved = list(keys)
        self.member_list.update(members, moved)
        now_s = asyncio.get_running_loop().time()
        if here:
            self._reported.update(moved)
            self._exchanges.within(EXCHANGE_S)
        if self._counts[Audience.TELEMETRY]:
            self._moved.update(moved)
            self._telemetry_timer.within(self._telemetry_pace.wait_s(now_s))
        if self._counts[Audience.LISTS]:
            self._lists.within(self._stale_pace.wait_s(now_s))

    def soon(self) -> None:
        """Tell of who came, went and changed, as soon as the pace allows."""
        now_s = asyncio.get_running_loop().time()
        self._news.within(self._news_pace.wait_s(now_s))
        if self._counts[Audience.LISTS]:
            self._lists.within(self._lists_pace.wait_s(now_s))

    # Telling

    def _send_news(self) -> None:
        news = self.member_list.news()  # numbered also while nobody listens: a snapshot names the number it stands at
        if news is not None and self._counts[Audience.NEWS]:
            self._send("party:members", news, Audience.NEWS, [self._news_pace])

    def _send_lists(self) -> None:
        if self._counts[Audience.LISTS]:
            self._send("party:members", self.member_list.whole(), Audience.LISTS, [self._lists_pace, self._stale_pace])

    def _send_telemetry(self) -> None:
        moved, self._moved = self._moved, set()
        if self._counts[Audience.TELEMETRY] and (figures := self.member_list.telemetry(moved)):
            self._send("party:figures", {"figures": figures}, Audience.TELEMETRY, [self._telemetry_pace])

    def _send_to_nodes(self) -> None:
        reported, self._reported = frozenset(self._reported), set()
        if reported:
            self._exchange(reported)

    def _send(self, event: str, body: Json, audience: Audience, paces: Iterable[Pace]) -> None:
        text = self._sink.encode(event, body)
        now_s = asyncio.get_running_loop().time()
        for pace in paces:
            pace.sent(now_s, len(text), self._counts[audience])
        self._sink.to_party(self._party_id, text, to=audience, state_key=f"{event} {audience}")
