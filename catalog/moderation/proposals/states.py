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


class ProposalState(StrEnum):
    """How far a proposal is."""

    DRAFT = "draft"
    PENDING = "pending"
    TAKEN = "taken"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ROLLED_BACK = "rolled_back"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What somebody does with a proposal."""

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


TRANSITIONS: Final[Mapping[tuple[ProposalState, Step], ProposalState]] = {
    (ProposalState.DRAFT, Step.EDIT): ProposalState.DRAFT,
    (ProposalState.DRAFT, Step.SUBMIT): ProposalState.PENDING,
    (ProposalState.DRAFT, Step.WITHDRAW): ProposalState.WITHDRAWN,
    (ProposalState.PENDING, Step.WITHDRAW): ProposalState.WITHDRAWN,
    (ProposalState.PENDING, Step.TAKE): ProposalState.TAKEN,
    (ProposalState.PENDING, Step.AUTO_ACCEPT): ProposalState.ACCEPTED,
    (ProposalState.TAKEN, Step.TAKE): ProposalState.TAKEN,
    (ProposalState.TAKEN, Step.RELEASE): ProposalState.PENDING,
    (ProposalState.TAKEN, Step.WITHDRAW): ProposalState.WITHDRAWN,
    (ProposalState.TAKEN, Step.REBASE): ProposalState.TAKEN,
    (ProposalState.TAKEN, Step.ACCEPT): ProposalState.ACCEPTED,
    (ProposalState.TAKEN, Step.REJECT): ProposalState.REJECTED,
    (ProposalState.ACCEPTED, Step.ROLL_BACK): ProposalState.ROLLED_BACK,
}
"""Whatever is not in it is refused."""

OPEN: Final = frozenset({ProposalState.PENDING, ProposalState.TAKEN})
"""Waiting for a decision."""


def after(state: ProposalState, step: Step) -> ProposalState:
    """The state that ``step`` leads to.  Raises :class:`WrongState`."""
    try:
        return TRANSITIONS[state, step]
    except KeyError:
        raise WrongState(state=state.replace("_", " ")) from None
