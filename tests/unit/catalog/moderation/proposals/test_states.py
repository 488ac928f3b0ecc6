"""A proposal's life: nothing but the table's steps, by those who may, however they are mixed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from catalog.moderation.proposals import events
from catalog.moderation.proposals.diff import Change
from catalog.moderation.proposals.model import (
    LEASE,
    NothingProposed,
    NotHolder,
    Proposal,
    ProposalHeld,
    ProposalId,
    ProposalKind,
    ProposalStale,
    RollBackConflict,
)
from catalog.moderation.proposals.states import OPEN, TRANSITIONS, ProposalState, Step, WrongState, after

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def proposal(**changes: Any) -> Proposal:
    values: dict[str, Any] = {
        "id": ProposalId("p"),
        "author_id": "author",
        "team_id": None,
        "kind": ProposalKind.RELEASE,
        "target_id": "release",
        "is_new": False,
        "parent_id": None,
        "release_id": "release",
        "title": "Show",
        "note": "",
        "diff": {"year": Change(2008, 2009), "description": Change("", "A rabbit.")},
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Proposal(**{**values, **changes})


@pytest.mark.parametrize("state", ProposalState)
@pytest.mark.parametrize("step", Step)
def test_the_table_is_all_there_is(state: ProposalState, step: Step) -> None:
    if (state, step) in TRANSITIONS:
        assert after(state, step) is TRANSITIONS[state, step]
    else:
        with pytest.raises(WrongState):
            after(state, step)


def test_every_state_can_be_reached_and_every_open_one_left() -> None:
    assert {ProposalState.DRAFT, *TRANSITIONS.values()} == set(ProposalState)
    for state in OPEN:
        assert {after(state, step) for at, step in TRANSITIONS if at is state} - OPEN


def test_a_lease_that_ran_out_is_no_longer_held() -> None:
    held = proposal()
    held.submit(NOW)
    held.take("mod", NOW)
    with pytest.raises(ProposalHeld):
        held.take("other", NOW + LEASE - timedelta(seconds=1))
    lapsed = NOW + LEASE
    assert held.state_at(lapsed) is ProposalState.PENDING
    with pytest.raises(NotHolder):
        held.reject("mod", "late", lapsed)
    held.take("other", lapsed)
    assert held.taken_by == "other"
    with pytest.raises(NotHolder):
        held.accept("mod", {"year": 2008, "description": ""}, lapsed)


def test_asking_again_prolongs_the_hold_and_says_nothing_new() -> None:
    held = proposal()
    held.submit(NOW)
    held.take("mod", NOW)
    held.pull_events()
    held.take("mod", NOW + LEASE / 2)
    assert (held.taken_until, held.pull_events()) == (NOW + LEASE * 1.5, [])


def test_a_stale_field_stops_the_acceptance_and_changes_nothing() -> None:
    stale = proposal()
    stale.submit(NOW)
    stale.take("mod", NOW)
    with pytest.raises(ProposalStale) as refused:
        stale.accept("mod", {"year": 1999, "description": ""}, NOW)
    assert refused.value.details["conflicts"] == ["year"]
    assert (stale.state, stale.applied) == (ProposalState.TAKEN, None)
    stale.rebase("mod", {"year": 1999, "description": ""}, ["year"], NOW)
    assert stale.diff["year"] == Change(1999, 2009)
    assert stale.accept("mod", {"year": 1999, "description": ""}, NOW).keys() == {"year", "description"}


def test_a_rebase_may_drop_what_clashes_but_not_everything() -> None:
    clashing = proposal(diff={"year": Change(2008, 2009)})
    clashing.submit(NOW)
    clashing.take("mod", NOW)
    with pytest.raises(NothingProposed):
        clashing.rebase("mod", {"year": 1999}, [], NOW)
    assert clashing.diff == {"year": Change(2008, 2009)}


def test_what_others_did_already_is_not_taken_back() -> None:
    done = proposal()
    done.submit(NOW)
    done.take("mod", NOW)
    done.accept("mod", {"year": 2009, "description": ""}, NOW)
    assert done.roll_back("mod", {"year": 2009, "description": "A rabbit."}, [], "no", NOW, force=False) == {
        "description": ""
    }


def test_rolling_back_over_later_changes_needs_force() -> None:
    accepted = proposal()
    accepted.submit(NOW)
    accepted.take("mod", NOW)
    accepted.accept("mod", {"year": 2008, "description": ""}, NOW)
    later = {"year": 2010, "description": "A rabbit."}
    with pytest.raises(RollBackConflict) as refused:
        accepted.roll_back("mod", later, [], "no", NOW, force=False)
    assert refused.value.details["conflicts"] == ["year"]
    with pytest.raises(RollBackConflict):
        accepted.roll_back("mod", {"year": 2009, "description": "A rabbit."}, ["episodes"], "no", NOW, force=False)
    accepted.pull_events()
    accepted.roll_back("mod", later, [], "no", NOW, force=True)
    [happened] = accepted.pull_events()
    assert isinstance(happened, events.ProposalRolledBack)
    assert happened.forced


def test_a_withdrawn_draft_is_nobodys_business() -> None:
    draft = proposal()
    draft.withdraw(NOW)
    assert (draft.state, draft.pull_events()) == (ProposalState.WITHDRAWN, [])


PEOPLE = st.sampled_from(["mod", "other"])


class Lives(RuleBasedStateMachine):
    """Moderators, an author and time, in any order, over a document that others edit as well."""

    @initialize()
    def begin(self) -> None:
        self.now = NOW
        self.document: dict[str, Any] = {"year": 2008, "description": ""}
        self.proposal = proposal()
        self.holder: str | None = None
        self.history = [ProposalState.DRAFT]

    def attempt(self, action: Any, *, holder: str | None) -> None:
        before = replace(self.proposal)
        state = self.proposal.state_at(self.now)
        try:
            action()
        except (WrongState, NotHolder, ProposalHeld, ProposalStale, RollBackConflict, NothingProposed):
            for name in ("state", "diff", "applied", "taken_by", "decided_by"):
                assert getattr(self.proposal, name) == getattr(before, name), f"a refusal changed {name}"
        else:
            self.holder = holder
            assert self.proposal.state in {to for (at, _), to in TRANSITIONS.items() if at is state}
            self.history.append(self.proposal.state)

    @rule(minutes=st.integers(1, 40))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(year=st.sampled_from([2008, 2009, 2010]))
    def somebody_edits(self, year: int) -> None:
        self.document["year"] = year

    @rule()
    def submit(self) -> None:
        self.attempt(lambda: self.proposal.submit(self.now), holder=None)

    @rule()
    def withdraw(self) -> None:
        self.attempt(lambda: self.proposal.withdraw(self.now), holder=None)

    @rule(who=PEOPLE)
    def take(self, who: str) -> None:
        self.attempt(lambda: self.proposal.take(who, self.now), holder=who)

    @rule(who=PEOPLE)
    def release(self, who: str) -> None:
        self.attempt(lambda: self.proposal.release(who, self.now), holder=None)

    @rule(who=PEOPLE, keep=st.sets(st.sampled_from(["year", "description"])))
    def rebase(self, who: str, keep: set[str]) -> None:
        self.attempt(lambda: self.proposal.rebase(who, self.document, keep, self.now), holder=who)

    @rule(who=PEOPLE)
    def reject(self, who: str) -> None:
        self.attempt(lambda: self.proposal.reject(who, "no", self.now), holder=None)

    @rule(who=PEOPLE)
    def accept(self, who: str) -> None:
        def accepts() -> None:
            seen = dict(self.document)
            changes = self.proposal.accept(who, self.document, self.now)
            self.document |= {name: change.after for name, change in changes.items()}
            assert all(seen[name] == change.before for name, change in changes.items())

        self.attempt(accepts, holder=None)

    @rule(force=st.booleans())
    def roll_back(self, force: bool) -> None:
        def rolls_back() -> None:
            self.document |= self.proposal.roll_back("mod", self.document, [], "no", self.now, force=force)

        self.attempt(rolls_back, holder=None)

    @invariant()
    def held_by_one(self) -> None:
        state = self.proposal.state_at(self.now)
        assert (self.proposal.taken_by is None) == (self.proposal.state is not ProposalState.TAKEN)
        if state is ProposalState.TAKEN:
            assert self.proposal.taken_by == self.holder

    @invariant()
    def decided_once(self) -> None:
        assert self.history.count(ProposalState.ACCEPTED) + self.history.count(ProposalState.REJECTED) <= 1
        assert (self.proposal.applied is not None) == (ProposalState.ACCEPTED in self.history)


Lives.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestLives = Lives.TestCase
