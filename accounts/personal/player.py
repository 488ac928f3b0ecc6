"""How somebody watches, for the copy of their data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class SeriesChoiceHeld:
    """What somebody chose in one series."""

    release_id: str
    choice: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class PlayerSettingsHeld:
    """The settings of a player, as JSON has them."""

    settings: Mapping[str, Any]
    devices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Sign-in → what that device has otherwise."""
    series: Sequence[SeriesChoiceHeld] = ()


class PlayerSettingsArchive(Protocol):
    """The settings of one person."""

    async def of_user(self, user_id: str) -> PlayerSettingsHeld:
        """Everything that is kept."""
        ...
