"""Invitations: who may send, who may accept, and when they are over."""

from datetime import timedelta

import pytest

from accounts.teams.errors import (
    AlreadyMember,
    EmailNotVerified,
    InvitationForAnother,
    InvitationOver,
    OutranksYou,
    TeamForbidden,
    TeamRoleNotFound,
)
from accounts.teams.invitations.model import Invitation, InvitationState, hash_token
from accounts.teams.limits import LETTER_LIFETIME
from accounts.teams.model import Person, Team
from accounts.teams.roles import rules
from kernel.access import Role
from tests.unit.accounts.teams.people import NOW, actor, founded, member, titled

HOUR = timedelta(hours=1)


def link(team: Team, by: str = "owner", *, title: str | None = None, max_uses: int = 2) -> Invitation:
    role_id = None if title is None else titled(team, title).id
    return Invitation.by_link(team, actor(by), role_id=role_id, lifetime=HOUR, max_uses=max_uses, now=NOW)[0]


def letter(team: Team, email: str = "anna@example.org") -> Invitation:
    return Invitation.by_letter(
        team, actor("owner"), role_id=None, email=email, email_key=email, language="en", now=NOW
    )


def person(user_id: str = "anna", email: str | None = None) -> Person:
    return Person(user_id=user_id, nickname=user_id, verified_email=email)


class TestSending:
    def test_takes_the_permission_and_a_role_one_may_give(self) -> None:
        team = founded(moderator="Moderator", editor="Editor")
        with pytest.raises(TeamForbidden):
            link(team, "editor")
        with pytest.raises(TeamForbidden):
            link(team, "stranger")
        for title in ("Admin", "Moderator"):
            with pytest.raises(OutranksYou):
                link(team, "moderator", title=title)
        assert link(team, "moderator", title="Editor").state(team, NOW) is InvitationState.OPEN

    def test_is_in_the_teams_name_which_is_not_the_sites_to_use(self) -> None:
        team = founded()
        with pytest.raises(TeamForbidden):
            Invitation.by_link(team, actor("steward", Role.ADMIN), role_id=None, lifetime=HOUR, max_uses=1, now=NOW)

    def test_carries_no_role_of_another_team(self) -> None:
        with pytest.raises(TeamRoleNotFound):
            Invitation.by_link(
                founded(), actor("owner"), role_id=founded().roles[3].id, lifetime=HOUR, max_uses=1, now=NOW
            )

    def test_keeps_nothing_of_the_token_but_a_hash(self) -> None:
        made, token = Invitation.by_link(founded(), actor("owner"), role_id=None, lifetime=HOUR, max_uses=1, now=NOW)
        assert made.token_hash == hash_token(token)
        assert token not in repr(made)
        assert len(token) >= 43  # 256 bits in base64


class TestAccepting:
    def test_a_link_brings_in_whoever_has_it_as_often_as_it_says(self) -> None:
        team = founded()
        invitation = link(team, title="Editor")
        invitation.accept(team, person("anna"), NOW)
        invitation.accept(team, person("bob"), NOW)
        assert [role.title for role in member(team, "bob").roles] == ["Editor"]
        with pytest.raises(InvitationOver):
            invitation.accept(team, person("carl"), NOW)

    def test_by_somebody_who_is_in_already_uses_up_nothing(self) -> None:
        team = founded(anna=None)
        invitation = link(team)
        with pytest.raises(AlreadyMember):
            invitation.accept(team, person("anna"), NOW)
        assert invitation.uses == 0

    def test_after_its_time_is_too_late(self) -> None:
        team = founded()
        invitation = link(team)
        assert invitation.state(team, NOW + HOUR - timedelta(seconds=1)) is InvitationState.OPEN
        with pytest.raises(InvitationOver):
            invitation.accept(team, person(), NOW + HOUR)

    def test_of_one_that_was_taken_back_is_refused(self) -> None:
        team = founded()
        invitation = link(team)
        invitation.revoke("owner", NOW)
        with pytest.raises(InvitationOver):
            invitation.accept(team, person(), NOW)

    def test_takes_the_address_the_letter_went_to(self) -> None:
        team = founded()
        invitation = letter(team)
        with pytest.raises(EmailNotVerified):
            invitation.accept(team, person(), NOW)
        with pytest.raises(InvitationForAnother):
            invitation.accept(team, person(email="eve@example.org"), NOW)
        assert team.member("anna") is None
        invitation.accept(team, person(email="anna@example.org"), NOW)
        assert team.member("anna") is not None

    def test_of_one_whose_sender_may_not_give_that_any_more_is_refused(self) -> None:
        team = founded(moderator="Moderator")
        invitation = link(team, "moderator", title="Editor")
        team.set_roles(actor("owner"), "moderator", [], NOW, version=None)
        assert invitation.state(team, NOW) is InvitationState.VOID
        with pytest.raises(InvitationOver):
            invitation.accept(team, person(), NOW)

    def test_of_one_whose_sender_left_is_refused(self) -> None:
        team = founded(moderator="Moderator")
        invitation = link(team, "moderator")
        team.leave("moderator", NOW)
        with pytest.raises(InvitationOver):
            invitation.accept(team, person(), NOW)

    def test_of_one_whose_role_is_gone_is_refused(self) -> None:
        team = founded()
        invitation = link(team, title="Editor")
        rules.delete_role(team, actor("owner"), titled(team, "Editor").id, NOW)
        with pytest.raises(InvitationOver):
            invitation.accept(team, person(), NOW)

    def test_of_one_whose_role_became_stronger_than_its_sender_is_refused(self) -> None:
        team = founded(moderator="Moderator")
        invitation = link(team, "moderator", title="Editor")
        editor, admin = titled(team, "Editor"), titled(team, "Admin")
        editor.permissions = admin.permissions
        with pytest.raises(InvitationOver):
            invitation.accept(team, person(), NOW)


class TestEnding:
    def test_a_letter_can_be_declined_once(self) -> None:
        team = founded()
        invitation = letter(team)
        invitation.pull_events()
        invitation.decline(team, "anna", NOW)
        assert invitation.state(team, NOW) is InvitationState.DECLINED
        with pytest.raises(InvitationOver):
            invitation.decline(team, "anna", NOW)
        assert [event.name for event in invitation.pull_events()] == ["InvitationDeclined"]

    def test_nobody_declines_a_link_for_all_others(self) -> None:
        team = founded()
        invitation = link(team)
        invitation.decline(team, "eve", NOW)
        assert invitation.state(team, NOW) is InvitationState.OPEN

    def test_what_is_over_is_not_taken_back(self) -> None:
        team = founded()
        invitation = link(team, max_uses=1)
        invitation.accept(team, person(), NOW)
        invitation.revoke("owner", NOW)
        assert invitation.state(team, NOW) is InvitationState.USED_UP

    def test_a_letter_sent_again_has_its_time_anew_and_another_token(self) -> None:
        team = founded(moderator="Moderator")
        invitation = letter(team)
        old, later = invitation.issue_token(), NOW + LETTER_LIFETIME
        assert invitation.state(team, later) is InvitationState.EXPIRED
        invitation.send_again(team, actor("moderator"), later)
        assert invitation.state(team, later) is InvitationState.OPEN
        assert invitation.inviter_id == "moderator"
        assert invitation.issue_token() != old
        assert invitation.token_hash != hash_token(old)

    def test_only_letters_that_nobody_answered_are_sent_again(self) -> None:
        team = founded(editor="Editor")
        with pytest.raises(InvitationOver):
            link(team).send_again(team, actor("owner"), NOW)
        declined = letter(team)
        declined.decline(team, "", NOW)
        with pytest.raises(InvitationOver):
            declined.send_again(team, actor("owner"), NOW)
        with pytest.raises(TeamForbidden):
            letter(team).send_again(team, actor("editor"), NOW)
