"""Who gets which keys, and what this needs from outside."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from streaming.keys.model import ContentKey, KeyNotGranted, KeyUnknown, Protection, TrackClass


class ContentKeys(Protocol):
    """All content keys.  Whatever makes one needs a scope that writes."""

    async def get_or_make(self, content_id: str, track_class: TrackClass, period: int = 0) -> ContentKey:
        """The key of a class of tracks in a period: made at the first request, the same ever after."""
        ...

    async def get_or_make_for_kid(self, content_id: str, kid: str, track_class: TrackClass | None = None) -> ContentKey:
        """The key of this id, which somebody else chose: made at the first request, the same ever after."""
        ...

    async def of_content(self, content_id: str) -> Sequence[ContentKey]:
        """Every key of a content, in the order of classes and periods."""
        ...

    async def find(self, content_id: str, kids: Collection[str]) -> Sequence[ContentKey]:
        """Those of ``kids`` that belong to this content."""
        ...

    async def remove(self, content_id: str) -> None:
        """The content is gone: so are its keys, and with them every copy of it that is still somewhere."""
        ...


@dataclass(frozen=True, slots=True)
class ClaimedStream:
    """What a stream token says that we signed and that has not expired; nothing else of it is checked yet."""

    session_id: str
    asset_id: str
    max_height_px: int | None
    """Shorter side of the picture; ``None``: no limit."""


@dataclass(frozen=True, slots=True)
class EntitledStream:
    """A stream whose viewer, as they are now, may go on watching it."""

    session_id: str
    asset_id: str
    episode_id: str
    user_id: str | None
    """``None``: signed out."""
    max_height_px: int | None
    """What they may have by now at most, shorter side of the picture; ``None``: no limit."""
    protection: Protection
    """How its asset is encrypted."""


class StreamRights(Protocol):
    """Streams, as far as keys depend on them."""

    def claimed(self, token: str) -> ClaimedStream:
        """What a stream token says.  Raises ``TokenRefused`` where we did not sign it, ``TokenExpired``."""
        ...

    async def entitled(self, claimed: ClaimedStream, *, region: str | None) -> EntitledStream:
        """The stream, checked anew: session, sign-in, ban, role, publication, and region (ISO 3166-1 alpha-2) then and now.

        Raises ``StreamEnded``, ``NothingToPlay``, ``UnavailableForLegalReasons``.
        """
        ...


@dataclass(frozen=True, slots=True)
class IssuedKeys:
    """Keys for a stream that may have them."""

    stream: EntitledStream
    keys: Sequence[ContentKey]
    """In the order they were asked for, without those of a better picture than this viewer may have."""


async def entitled_keys(
    rights: StreamRights,
    content_keys: ContentKeys,
    claimed: ClaimedStream,
    kids: Sequence[str] | None,
    *,
    region: str | None,
    modes: Collection[Protection],
) -> IssuedKeys:
    """The keys ``kids`` (canonical UUIDs; ``None``: all) of the stream's own asset, as far as its viewer may have them.

    ``modes``: the protection that is opened where they were asked for.  A key of samples is not given out at an address for
    keys of segments, where neither the switch for ClearKey nor a licence server would be asked.

    Players ask for every key that an init section names at once, so what is too good for a viewer is left out; one key of
    another asset among them makes the whole request one of somebody who looks for keys.
    Raises :class:`KeyUnknown`, :class:`KeyNotGranted` where nothing is left, and what :class:`StreamRights` raises.
    """
    stream = await rights.entitled(claimed, region=region)
    if stream.protection not in modes:
        raise KeyUnknown
    if kids is None:
        wanted = await content_keys.of_content(stream.asset_id)
    else:
        found = {each.kid: each for each in await content_keys.find(stream.asset_id, set(kids))}
        if not found.keys() >= set(kids):
            raise KeyUnknown
        wanted = [found[kid] for kid in kids]
    if not wanted:
        raise KeyUnknown
    granted = [key for key in wanted if key.track_class is None or key.track_class.is_within(stream.max_height_px)]
    if not granted:
        raise KeyNotGranted
    return IssuedKeys(stream, granted)
