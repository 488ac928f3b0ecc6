"""Which events go out, and what of them.

A receiver is another company's server.  So this is a list of what may leave, not of what may not: identifiers, numbers, truth
values and moments do, text only in fields that never hold anything personal, and of a change the names of the fields, not
their values.  An event somebody adds tomorrow is safe before anybody has thought about it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from kernel.events import Event
from kernel.ids import is_id

PUBLIC_TEXT: Final = frozenset(
    {"after", "alias", "before", "code", "kind", "language", "name", "role", "slug", "state", "status", "title", "type"}
)
"""Fields whose text is a word of ours, or is what everybody can read on the page of the thing."""

_WITHHELD: Final = re.compile(r"session|address|token|secret|password|email|hash|device|fingerprint|job_id")
"""Fields that never go out, whatever is in them."""

_PERSONAL: Final = frozenset({"user_id", "owner_id", "viewer_id", "reporter_id"})
"""A field of this name makes an event somebody's own business: a filter has to name it in full."""

MAX_ITEMS: Final = 1_000
"""Of one list: a release with more episodes than this is told without them all."""


def is_personal(kind: type[Event]) -> bool:
    """Whether the event is about one person's doings."""
    return any(field.name in _PERSONAL for field in fields(kind))


def matches(kind: type[Event], filters: Iterable[str]) -> bool:
    """Whether an endpoint with these filters hears of ``kind``: a whole name, ``Release*`` or ``*``."""
    for wanted in filters:
        if wanted == kind.__name__:
            return True
        if wanted.endswith("*") and kind.__name__.startswith(wanted[:-1]) and not is_personal(kind):
            return True
    return False


def unknown(filters: Iterable[str]) -> list[str]:
    """Those that no event answers to."""
    return [wanted for wanted in filters if not any(matches(kind, [wanted]) for kind in Event.registry.values())]


def message(event: Event, *, message_id: str, actor_id: str | None) -> dict[str, Any]:
    """What is sent, as JSON values."""
    given = {field.name: getattr(event, field.name) for field in fields(event) if field.name != "at"}
    return {
        "id": message_id,
        "type": event.name,
        "timestamp": event.at.isoformat(),
        "actor_id": actor_id,
        "data": outgoing(given),
    }


def outgoing(given: Mapping[str, Any]) -> dict[str, Any]:
    """What of an event's fields may leave."""
    data: dict[str, Any] = {}
    for name, value in given.items():
        if name == "changes" and isinstance(value, Mapping):
            data["changed"] = sorted(map(str, value))
        elif not _WITHHELD.search(name) and _may_leave(name, value):
            data[name] = _as_json(value)
    return data


def _may_leave(name: str, value: Any) -> bool:
    if value is None or isinstance(value, bool | int | float | datetime):
        return True
    if isinstance(value, str):
        return name in PUBLIC_TEXT or is_id(value)
    if isinstance(value, list | tuple):
        return all(_may_leave(name, one) for one in value)
    return False


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_as_json(one) for one in value[:MAX_ITEMS]]
    return value
