"""What a change changed: the fields that are different afterwards, with both values, for the audit log.

An entity takes a :func:`snapshot` of the fields it lets people change before and after, and gives the :func:`differences` to
its event.  Values are as JSON has them, and short: the log says what happened, it is no second copy of the data.  Secrets are
kept out by not being named.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from datetime import date
from enum import Enum
from typing import Any, Final

Changes = dict[str, tuple[Any, Any]]
"""Field → (before, after)."""

WITHHELD: Final = "[withheld]"
"""Stands for both values where only the fact of the change may be kept."""

MAX_CHARACTERS: Final = 500
"""Of one text: enough to recognise a description by, and to see a title whole."""

MAX_ITEMS: Final = 50
"""Of one list or mapping."""


def snapshot(thing: Any, fields: Iterable[str]) -> dict[str, Any]:
    """The values of ``fields`` of ``thing`` now, as JSON has them."""
    return {name: shown(getattr(thing, name)) for name in fields}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """Every field of ``after`` that is different from ``before``."""
    return {name: (before.get(name), value) for name, value in after.items() if before.get(name) != value}


def shown(value: Any) -> Any:
    """``value`` as JSON has it, cut where it is long."""
    if isinstance(value, Enum):
        return shown(value.value)
    if isinstance(value, str):
        return value if len(value) <= MAX_CHARACTERS else value[: MAX_CHARACTERS - 1] + "…"
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return shown({each.name: getattr(value, each.name) for each in fields_of(value)})
    if isinstance(value, Mapping):
        return {str(name): shown(one) for name, one in list(value.items())[:MAX_ITEMS]}
    if isinstance(value, set | frozenset):
        return shown(sorted(value, key=str))
    if isinstance(value, Iterable):
        return [shown(one) for _, one in zip(range(MAX_ITEMS), value, strict=False)]
    return shown(str(value))
