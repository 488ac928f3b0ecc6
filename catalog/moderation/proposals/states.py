"""The life of a proposal, as a table.  Pure.

::

    draft ──submit──▶ pending ──take──▶ taken ──accept──▶ accepted ──roll back──▶ rolled back
      │                │  ▲ │             │ └───reject──▶ rejected
      │                │  └─┼──release────┤
      └───withdraw─────┴────┼─────────────┴─▶ withdrawn
                            └─auto-accept──▶ accepted
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from kernel.errors import Conflict


class State(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    TAKEN = "taken"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ROLLED_BACK = "rolled_back"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    EDIT = "edit"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    TAKE = "take"
    RELEASE = "release"
    REBASE = "rebase"
    ACCEPT = "accept"
    AUTO_ACCEPT = "auto_accept"
    REJECT = "reject"
    ROLL_BACK = "roll_back"


class WrongState(Conflict):
    """This proposal is {state}."""


TRANSITIONS: Final[Mapping[tuple[State, Step], State]] = {
    (State.DRAFT, Step.EDIT): State.DRAFT,
    (State.DRAFT, Step.SUBMIT): State.PENDING,
    (State.DRAFT, Step.WITHDRAW): State.WITHDRAWN,
    (State.PENDING, Step.WITHDRAW): State.WITHDRAWN,
    (State.PENDING, Step.TAKE): State.TAKEN,
    (State.PENDING, Step.AUTO_ACCEPT): State.ACCEPTED,
    (State.TAKEN, Step.TAKE): State.TAKEN,
    (State.TAKEN, Step.RELEASE): State.PENDING,
    (State.TAKEN, Step.WITHDRAW): State.WITHDRAWN,
    (State.TAKEN, Step.REBASE): State.TAKEN,
    (State.TAKEN, Step.ACCEPT): State.ACCEPTED,
    (State.TAKEN, Step.REJECT): State.REJECTED,
    (State.ACCEPTED, Step.ROLL_BACK): State.ROLLED_BACK,
}
"""Whatever is not in it is refused."""

OPEN: Final = frozenset({State.PENDING, State.TAKEN})
"""Waiting for a decision."""


def after(state: State, step: Step) -> State:
    """The state that ``step`` leads to.  Raises :class:`WrongState`."""
    try:
        return TRANSITIONS[state, step]
    except KeyError:
        raise WrongState(state=state.replace("_", " ")) from None
