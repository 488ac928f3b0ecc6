"""What a party command is: one class that declares its kind, its permission, its fields and its effect.

The dispatch, the permission table and the wire (``realtime.party.schemas``) are derived from the declarations in
``realtime.party.domain.commands``.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from realtime.party.domain.events import Cause
from realtime.party.domain.model import MemberId
from realtime.party.domain.requests import Request
from realtime.party.domain.roles import Action
from realtime.party.domain.transition import Transition

COMMANDS: dict[str, type["Command"]] = {}
"""Every command by its kind, in the order of their declaration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Request, ABC):
    """Sent by a member as ``party:command``; makes one version when it is accepted.

    ``id`` is made by the client: the same id of the same member is applied once.  With ``if_version`` the command is
    refused unless the party is still at that version.  A subclass declares ``kind`` and ``action``, its fields with types of
    ``realtime.party.domain.fields``, and :meth:`apply`; ``TypeError`` at import where one of them is missing.
    """

    kind: ClassVar[str]
    action: ClassVar[Action]
    """The permission its sender needs."""

    member_id: MemberId
    id: str
    if_version: int | None = None

    def __init_subclass__(cls) -> None:
        for name in ("kind", "action", "apply"):
            if name not in cls.__dict__:
                raise TypeError(f"the command {cls.__name__} declares no {name}")
        # A dataclass with slots is made twice, the second time in the place of the first.
        known = COMMANDS.get(cls.kind, cls)
        if (known.__module__, known.__name__) != (cls.__module__, cls.__name__):
            raise TypeError(f"{known.__name__} and {cls.__name__} are both of the kind {cls.kind}")
        COMMANDS[cls.kind] = cls

    @property
    def cause(self) -> Cause:
        """Why the versions it makes were made."""
        return Cause(kind=self.kind, member_id=self.member_id, command_id=self.id)

    @classmethod
    def fault(cls, given: Mapping[str, object]) -> str | None:  # noqa: ARG003 - for those that override it
        """What is wrong with fields that are each in order, as ``code: text``; ``None`` for nothing."""
        return None

    @abstractmethod
    def apply(self, transition: Transition) -> None:
        """Make the version this command is about; its sender is in the party and has the permission.

        Raises an error of ``realtime.party.domain.errors`` when refused.
        """
