"""The ``progress`` event, and ``progress:updated`` to the same person's other devices."""

from typing import Annotated, Any

from pydantic import Field

from kernel.errors import Unauthenticated
from realtime.gateway.adapters.events import Events, Payload
from realtime.gateway.connections import Connection, Connections, Identity
from realtime.gateway.user_channel import UserChannel
from realtime.progress.usecases import Audio, Progress, ProgressMark

_Ms = Annotated[float, Field(ge=0, le=7 * 24 * 3600 * 1000)]


class AudioIn(Payload):
    """What somebody listens to."""

    language: str = Field(min_length=1, max_length=35)  # the longest tag that has to be supported, RFC 5646 §4.4.1
    label: str = Field("", max_length=120)


class ProgressIn(Payload):
    """``progress``: where a player stood at ``at_ms`` (Unix time)."""

    episode_id: str = Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
    position_ms: _Ms
    duration_ms: _Ms
    at_ms: Annotated[float, Field(ge=0, le=2**53)]
    audio: AudioIn | None = None


class GuestsKeepNothing(Unauthenticated):
    """Sign in to have your place remembered."""


class ProgressSockets:
    """The events of viewing progress."""

    def __init__(self, progress: Progress, connections: Connections[Identity], users: UserChannel) -> None:
        self._progress = progress
        self._connections = connections
        self._users = users

    def register(self, events: Events) -> None:
        """Handle the events."""
        events.on("progress", ProgressIn, self.record)
        self._users.handle("progress", self._tell)

    async def record(self, connection: Connection[Identity], given: ProgressIn) -> None:
        """Acknowledged after it is durable."""
        actor = connection.identity.actor
        if actor is None:
            raise GuestsKeepNothing
        mark = ProgressMark(
            user_id=actor.user_id,
            episode_id=given.episode_id,
            position_ms=round(given.position_ms),
            duration_ms=round(given.duration_ms),
            at_ms=round(given.at_ms),
            audio=Audio(given.audio.language, given.audio.label) if given.audio else None,
        )
        await self._progress.record(mark)
        body = {
            "episode_id": mark.episode_id,
            "position_ms": mark.position_ms,
            "duration_ms": mark.duration_ms,
            "at_ms": mark.at_ms,
        }
        await self._users.publish("progress", {"user_id": actor.user_id, "from": connection.name, "body": body})

    def _tell(self, message: dict[str, Any]) -> None:
        others = [held for held in self._connections.of_user(message["user_id"]) if held.name != message["from"]]
        if others:
            text = self._connections.encode("progress:updated", message["body"])
            for connection in others:
                self._connections.to_connection(connection.name, text)
