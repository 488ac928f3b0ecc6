"""Where a page of a list ended."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the sort key of its last item."""

    at: datetime
    id: str
