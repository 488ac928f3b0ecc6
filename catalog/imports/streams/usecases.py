"""Which streams become video sources, and what stays as somebody else made it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol

from catalog.imports.records.model import SourceStream

SWITCH: Final = "attach_streams"
"""The option of a source that has its streams attached; it is off until somebody says ``true``."""
NAME_MAX: Final = 100


class Attachment(StrEnum):
    """What became of a stream."""

    ATTACHED = "attached"
    REDIRECTED = "redirected"
    """The source lists another address than before."""
    UNCHANGED = "unchanged"
    KEPT = "kept"
    """The episode has a video of another origin, or one that somebody made theirs."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class KnownStream:
    """The video source that an episode is played from."""

    source_id: str
    name: str
    url: str
    has_credentials: bool
    version: int


class VideoSources(Protocol):
    """Registered video sources; bound in ``server/wiring.py``."""

    async def of_episode(self, episode_id: str) -> KnownStream | None:
        """``None`` where it has none."""
        ...

    async def register(self, episode_id: str, name: str, url: str) -> int:
        """Look at the stream and play the episode from it; returns how long it is, in ms.  Raises what says that it cannot be."""
        ...

    async def redirect(self, known: KnownStream, url: str) -> int:
        """Play it from another address, with everything else as it was said.  Raises the same, and ``Stale``."""
        ...


def is_switched_on(options: Mapping[str, Any]) -> bool:
    """Whether a source's streams are attached."""
    return options.get(SWITCH) is True


def wanted(streams: Sequence[SourceStream]) -> list[SourceStream]:
    """One for each episode, by ordinal: the translation that the source names first."""
    found: dict[float, SourceStream] = {}
    for stream in streams:
        found.setdefault(stream.ordinal, stream)
    return [found[ordinal] for ordinal in sorted(found)]


def name_of(title: str, stream: SourceStream) -> str:
    """What the video source is called: while it is called so, the import may redirect it."""
    return f"{title}: {stream.translation}"[:NAME_MAX] if stream.translation else title[:NAME_MAX]


async def attach(
    sources: VideoSources, episode_id: str, name: str, url: str, *, has_video: bool
) -> tuple[Attachment, int]:
    """Play an episode from a stream, if nothing speaks against it; returns what became of it, and its length in ms if it is new.

    Raises what :class:`VideoSources` raises.
    """
    known = await sources.of_episode(episode_id)
    if known is None:
        if has_video:
            return Attachment.KEPT, 0
        return Attachment.ATTACHED, await sources.register(episode_id, name, url)
    if known.url == url:
        return Attachment.UNCHANGED, 0
    if known.name != name or known.has_credentials:
        return Attachment.KEPT, 0
    return Attachment.REDIRECTED, await sources.redirect(known, url)
