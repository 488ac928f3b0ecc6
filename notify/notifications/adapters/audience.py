"""What the tables of rules are made of."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from kernel.scope import Scope
from notify.notifications.model import Notice


@dataclass(frozen=True, slots=True)
class Sending:
    """A notice, and who it is for: ids, or a query for them where they may be many."""

    notice: Notice
    to: Select[tuple[str]] | Collection[str]


Rule = Callable[[Scope, Any], Awaitable[Sending | Sequence[Sending] | None]]
"""Event → whom to tell what, ``None`` for nobody; several are sent in their order."""
