"""What keys need from outside."""

from collections.abc import Collection, Sequence
from typing import Protocol

from streaming.keys.model import ContentKey, TrackClass


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
