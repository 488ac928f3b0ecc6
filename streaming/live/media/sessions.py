"""The sessions of a node by the secret names in their addresses, and who of them watches without a delay."""

import asyncio
import contextlib
import secrets
from collections.abc import Collection
from typing import Final

from kernel.clock import Clock
from streaming.live.errors import LiveSessionNotFound, ViewersFull
from streaming.live.media.channel import LiveChannel
from streaming.live.media.line_test import LineTest
from streaming.live.media.ports import Connection
from streaming.live.media.publisher import Publisher
from streaming.live.media.viewer import Viewer
from streaming.live.model import ChannelId, Codec
from streaming.live.places.line import LEAVE_WITHIN_MS, Places, to_send_over

SECRET_BYTES: Final = 24
"""Of the address of a session: whoever has it may end the session, so there must be nothing to guess."""
WEBRTC: Final = "webrtc"
HLS: Final = "hls"


class Session:
    """A publisher or a viewer, by the address of its session."""

    def __init__(self, channel: LiveChannel | LineTest, connection: Connection, party: Publisher | Viewer) -> None:
        self.channel = channel
        self.connection = connection
        self.party = party

    @property
    def is_over(self) -> bool:
        """Whether the channel has let go of it."""
        return self.channel.publisher is not self.party and self.party not in self.channel.viewers


class Sessions:
    """See the module.  Who waits for a place has a name as well, without media."""

    def __init__(self, node_id: str, clock: Clock, *, viewers: int) -> None:
        """``viewers``: that this node takes at a time over WebRTC, in all channels."""
        self.places = Places(viewers, clock.monotonic_ms())
        self._node_id = node_id
        self._clock = clock
        self._sessions: dict[str, Session] = {}
        self._asking: dict[str, asyncio.Event] = {}
        """Who waits to be told how to watch."""
        self._holds = True

    def __len__(self) -> int:
        return len(self._sessions)

    def open(self, session: Session) -> str:
        """The name of a new one."""
        name = self._new_name()
        self._sessions[name] = session
        return name

    def _new_name(self) -> str:
        return f"{self._node_id}-{secrets.token_urlsafe(SECRET_BYTES)}"

    def get(self, name: str) -> Session:
        """Raises LiveSessionNotFound."""
        session = self._sessions.get(name)
        if session is None or session.is_over:
            raise LiveSessionNotFound
        return session

    def end(self, name: str) -> Session | None:
        """Take it out; ``None`` for who only waited for a place.  Raises LiveSessionNotFound."""
        self._tell(name)
        if self.places.leave(name):
            return None
        session = self.get(name)
        del self._sessions[name]
        return session

    def forget(self) -> None:
        """Take out those that are over; who was sent over waits for a place from now on."""
        for name, session in list(self._sessions.items()):
            if not session.is_over:
                continue
            del self._sessions[name]
            if isinstance(session.party, Viewer) and session.party.sent_over_ms is not None:
                self.places.wait(name, session.channel.channel_id, self._clock.monotonic_ms(), stay=True)
            self._tell(name)

    def forget_channel(self, channel_id: ChannelId) -> None:
        """A channel is gone, and so is everybody in it."""
        self.forget()
        for name in self.places.forget(channel_id):
            self._tell(name)

    # Who watches how

    def ensure_place(self, name: str, channel_id: ChannelId, *, taken: int, has_hls: bool) -> None:
        """Let somebody in for whom a place is kept under ``name``, or for whom there is one.

        Raises ViewersFull, with the name of who may wait: that ``has_hls``, and the line is not too long.
        """
        if self.places.is_offered(name) or self.places.has_room(taken):
            return
        if has_hls and not self.places.is_waiting(name):
            name = self._new_name()
            if not self.places.wait(name, channel_id, self._clock.monotonic_ms()):
                name = ""
        raise ViewersFull(limit=self.places.limit, session=name if has_hls else "")

    async def how_to_watch(self, name: str, *, now: str, hold_s: float) -> str:
        """How somebody is to watch, as soon as that is not what they do ``now``; the same again after ``hold_s``.

        Raises LiveSessionNotFound.
        """
        asking = self._asking.setdefault(name, asyncio.Event())
        try:
            self.places.heard(name, self._clock.monotonic_ms())
            if (word := self._word(name)) == now and hold_s > 0 and self._holds:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(asking.wait(), hold_s)
                word = self._word(name)
            return word
        finally:
            if self._asking.get(name) is asking:
                del self._asking[name]

    def _word(self, name: str) -> str:
        if self.places.is_waiting(name):
            return WEBRTC if self.places.is_offered(name) else HLS
        party = self.get(name).party
        if not isinstance(party, Viewer):
            raise LiveSessionNotFound
        return WEBRTC if party.sent_over_ms is None else HLS

    def _tell(self, name: str) -> None:
        if (asking := self._asking.pop(name, None)) is not None:
            asking.set()

    def hold_nothing(self) -> None:
        """Answer what is asked at once from now on: the server waits for its requests, and ends."""
        self._holds = False
        for name in list(self._asking):
            self._tell(name)

    def step(self, live: Collection[ChannelId]) -> None:
        """Called each second: send over whom there is no place for any more, and offer what became free to who waits for a ``live`` channel."""
        now_ms = self._clock.monotonic_ms()
        staying: list[tuple[str, Viewer]] = []
        bound = taken = 0
        for name, session in self._sessions.items():
            viewer = session.party
            if session.is_over or not isinstance(viewer, Viewer):
                continue
            taken += 1
            if viewer.sent_over_ms is not None:
                if now_ms - viewer.sent_over_ms > LEAVE_WITHIN_MS:
                    session.channel.remove(viewer)
            elif viewer.has_hls and _is_picture_by_hls(session.channel):
                staying.append((name, viewer))
            else:
                bound += 1
        for index in to_send_over([viewer.since_ms for _, viewer in staying], self.places.limit - bound):
            name, viewer = staying[index]
            viewer.sent_over_ms = now_ms
            self._tell(name)
        self.forget()
        if (offered := self.places.step(taken, live, now_ms)) is not None:
            self._tell(offered)


def _is_picture_by_hls(channel: LiveChannel | LineTest) -> bool:
    """VP8 is a slate there: who watches that has no other way."""
    publisher = channel.publisher
    return publisher is not None and all(track.codec is not Codec.VP8 for track in publisher.tracks)
