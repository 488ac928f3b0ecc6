"""Who may change what in a team."""

import pytest

from accounts.teams import events
from accounts.teams.errors import (
    AlreadyMember,
    AlreadyOwner,
    LastOwner,
    MemberNotFound,
    OutranksYou,
    OwnerBanned,
    RoleOrderInvalid,
    RoleTitleTaken,
    TeamForbidden,
    TeamNotFound,
    TeamRoleNotFound,
    TooManyMembers,
    TooManyRoles,
)
from accounts.teams.limits import MAX_MEMBERS, MAX_ROLES
from accounts.teams.model import Team, end_with_account
from accounts.teams.permissions import ALL, OF_TRUSTED_TEAMS, Level, Permission
from accounts.teams.roles import rules
from kernel.access import Role
from kernel.errors import Stale
from tests.unit.accounts.teams.people import NOW, actor, draft, founded, member, role_draft, titled


class TestFounding:
    def test_the_founder_owns_the_team_and_is_its_first_admin(self) -> None:
        team = Team.found(draft(), "owner", NOW)
        assert team.owner_ids == ["owner"]
        assert [role.title for role in member(team, "owner").roles] == ["Admin"]
        assert [role.title for role in team.roles_in_order()] == ["Admin", "Moderator", "Editor", "Member"]
        assert [event.name for event in team.pull_events()] == ["TeamCreated"]

    def test_default_roles_stand_one_above_the_other(self) -> None:
        admin, moderator, editor, plain = Team.found(draft(), "owner", NOW).roles_in_order()
        assert [r.level for r in (admin, moderator, editor, plain)] == ["admin", "moderator", "editor", "user"]
        assert admin.permissions == ALL
        assert admin.permissions > moderator.permissions > editor.permissions > plain.permissions


class TestSeeing:
    def test_a_private_team_does_not_exist_for_outsiders(self) -> None:
        team = founded(anna=None)
        team.edit(actor("owner"), draft(is_public=False), NOW, version=None)
        for stranger in (None, actor("bob"), actor("bob", Role.EDITOR)):
            with pytest.raises(TeamNotFound):
                team.ensure_visible(stranger)
        for insider in (actor("anna"), actor("owner"), actor("bob", Role.MODERATOR)):
            team.ensure_visible(insider)


class TestEditing:
    def test_takes_the_permission(self) -> None:
        team = founded(admin="Admin", moderator="Moderator", plain=None)
        for user_id in ("moderator", "plain", "stranger"):
            with pytest.raises(TeamForbidden):
                team.edit(actor(user_id), draft("Other"), NOW, version=None)
        team.edit(actor("admin"), draft("Other"), NOW, version=None)
        (event,) = team.pull_events()
        assert isinstance(event, events.TeamUpdated)
        assert event.changes == {"name": ("Night Owls", "Other")}

    def test_of_another_version_than_the_present_one_is_refused(self) -> None:
        team = founded()
        with pytest.raises(Stale):
            team.edit(actor("owner"), draft("Other"), NOW, version=7)

    def test_to_the_same_is_no_event(self) -> None:
        team = founded()
        team.edit(actor("owner"), draft(), NOW, version=1)
        assert team.pull_events() == []

    def test_only_owners_and_administrators_of_the_site_end_a_team(self) -> None:
        team = founded(admin="Admin")
        for who in (actor("admin"), actor("stranger"), actor("mod", Role.MODERATOR)):
            with pytest.raises(TeamForbidden):
                team.dissolve(who, NOW)
        team.dissolve(actor("steward", Role.ADMIN), NOW)
        (event,) = team.pull_events()
        assert isinstance(event, events.TeamDeleted)
        assert event.member_ids == ("admin", "owner")


class TestTrust:
    def test_what_reaches_into_the_catalogue_counts_in_trusted_teams_only(self) -> None:
        team = founded()
        assert team.standing_of("owner").permissions == ALL
        assert team.effective_permissions("owner") == ALL - OF_TRUSTED_TEAMS
        team.trust(actor("mod", Role.MODERATOR), trusted=True, now=NOW)
        assert team.effective_permissions("owner") == ALL
        assert team.effective_permissions("stranger") == frozenset()

    def test_is_not_the_teams_own_to_give(self) -> None:
        team = founded()
        for who in (actor("owner"), actor("owner", Role.EDITOR)):
            with pytest.raises(TeamForbidden):
                team.trust(who, trusted=True, now=NOW)


class TestMembers:
    def test_join_once_and_up_to_the_limit(self) -> None:
        team = founded(anna=None)
        with pytest.raises(AlreadyMember):
            team.join("anna", invited_by="owner", role=None, now=NOW)
        for number in range(MAX_MEMBERS - 2):
            team.join(f"m{number}", invited_by="owner", role=None, now=NOW)
        with pytest.raises(TooManyMembers):
            team.join("one more", invited_by="owner", role=None, now=NOW)

    def test_are_removed_by_those_above_them_alone(self) -> None:
        team = founded(admin="Admin", admin2="Admin", moderator="Moderator", editor="Editor", plain=None)
        for who, whom in [
            ("admin", "admin2"),
            ("admin", "owner"),
            ("moderator", "admin"),
            ("moderator", "moderator"),
        ]:
            with pytest.raises(OutranksYou):
                team.remove_member(actor(who), whom, NOW)
        for who in ("editor", "plain", "stranger"):
            with pytest.raises(TeamForbidden):
                team.remove_member(actor(who), "plain", NOW)
        with pytest.raises(MemberNotFound):
            team.remove_member(actor("admin"), "stranger", NOW)
        team.remove_member(actor("moderator"), "plain", NOW)
        team.remove_member(actor("admin"), "moderator", NOW)
        team.remove_member(actor("owner"), "admin", NOW)
        assert sorted(m.user_id for m in team.members) == ["admin2", "editor", "owner"]

    def test_a_steward_of_the_site_reaches_all_but_owners(self) -> None:
        team, steward = founded(admin="Admin"), actor("steward", Role.ADMIN)
        with pytest.raises(OutranksYou):
            team.remove_member(steward, "owner", NOW)
        team.remove_member(steward, "admin", NOW)

    def test_have_several_roles(self) -> None:
        team = founded(anna="Member")
        wanted = [titled(team, "Editor").id, titled(team, "Moderator").id]
        team.set_roles(actor("owner"), "anna", [*wanted, wanted[0]], NOW, version=1)
        anna = member(team, "anna")
        assert [role.title for role in anna.roles_in_order()] == ["Moderator", "Editor"]
        assert anna.standing.permissions >= titled(team, "Moderator").permissions
        (event,) = team.pull_events()
        assert isinstance(event, events.MemberRolesChanged)
        assert (event.added, event.removed) == (("Editor", "Moderator"), ("Member",))

    def test_nobody_gives_a_role_at_or_above_their_level(self) -> None:
        team = founded(admin="Admin", moderator="Moderator", anna=None)
        for who, title in [("admin", "Admin"), ("moderator", "Moderator"), ("moderator", "Admin")]:
            with pytest.raises(OutranksYou):
                team.set_roles(actor(who), "anna", [titled(team, title).id], NOW, version=None)
        team.set_roles(actor("moderator"), "anna", [titled(team, "Editor").id], NOW, version=None)

    def test_nobody_gives_a_role_with_a_permission_they_lack(self) -> None:
        team = founded(moderator="Moderator", anna=None)
        strong = rules.add_role(team, actor("owner"), role_draft(permissions=frozenset({Permission.EDIT_TEAM})), NOW)
        with pytest.raises(OutranksYou):
            team.set_roles(actor("moderator"), "anna", [strong.id], NOW, version=None)

    def test_nobody_but_an_owner_changes_their_own_roles(self) -> None:
        team = founded(admin="Admin")
        with pytest.raises(OutranksYou):
            team.set_roles(actor("admin"), "admin", [], NOW, version=None)
        team.set_roles(actor("owner"), "owner", [], NOW, version=None)
        assert team.standing_of("owner").is_owner

    def test_are_told_apart_from_other_versions_and_other_teams_roles(self) -> None:
        team, other = founded(anna=None), founded()
        with pytest.raises(Stale):
            team.set_roles(actor("owner"), "anna", [], NOW, version=9)
        with pytest.raises(TeamRoleNotFound):
            team.set_roles(actor("owner"), "anna", [titled(other, "Member").id], NOW, version=None)


class TestOwners:
    def test_the_last_one_cannot_go(self) -> None:
        team = founded(anna="Admin")
        with pytest.raises(LastOwner):
            team.leave("owner", NOW)
        with pytest.raises(LastOwner):
            team.step_down(actor("owner"), NOW)
        with pytest.raises(LastOwner):
            team.remove_member(actor("owner"), "owner", NOW)
        assert team.owner_ids == ["owner"]

    def test_one_of_two_can_go_and_then_the_other_cannot(self) -> None:
        team = founded(anna=None)
        team.appoint(actor("owner"), "anna", NOW)
        team.leave("owner", NOW)
        with pytest.raises(LastOwner):
            team.leave("anna", NOW)

    def test_a_banned_one_does_not_count_as_there(self) -> None:
        team = founded(anna=None)
        team.appoint(actor("owner"), "anna", NOW)
        with pytest.raises(LastOwner):
            team.leave("owner", NOW, banned={"anna"})
        with pytest.raises(LastOwner):
            team.step_down(actor("owner"), NOW, banned={"anna"})

    def test_a_team_whose_owner_is_banned_gets_one_from_the_site(self) -> None:
        team = founded(anna=None)
        team.appoint(actor("steward", Role.ADMIN), "anna", NOW, banned={"owner"})
        assert team.owner_ids == ["anna", "owner"]

    def test_are_out_of_each_others_reach(self) -> None:
        team = founded(anna=None)
        team.appoint(actor("owner"), "anna", NOW)
        with pytest.raises(OutranksYou):
            team.remove_member(actor("anna"), "owner", NOW)
        with pytest.raises(OutranksYou):
            team.set_roles(actor("anna"), "owner", [], NOW, version=None)

    def test_transfer_makes_one_the_owner_and_the_other_a_member_in_one_step(self) -> None:
        team = founded(anna=None)
        team.transfer(actor("owner"), "anna", NOW)
        assert team.owner_ids == ["anna"]
        assert team.standing_of("owner").rank == Level.ADMIN.rank
        (event,) = team.pull_events()
        assert isinstance(event, events.OwnershipTransferred)
        assert (event.from_id, event.to_id) == ("owner", "anna")

    def test_is_only_given_to_members_who_are_not_banned_nor_owners_already(self) -> None:
        team = founded(anna=None)
        for give in (team.transfer, team.appoint):
            with pytest.raises(MemberNotFound):
                give(actor("owner"), "stranger", NOW)
            with pytest.raises(OwnerBanned):
                give(actor("owner"), "anna", NOW, banned={"anna"})
            with pytest.raises(AlreadyOwner):
                give(actor("owner"), "owner", NOW)
        assert team.owner_ids == ["owner"]

    def test_is_not_an_admins_to_give_nor_a_stewards_to_hand_over(self) -> None:
        team = founded(admin="Admin", anna=None)
        with pytest.raises(TeamForbidden):
            team.appoint(actor("admin"), "admin", NOW)
        for who in (actor("admin"), actor("steward", Role.ADMIN)):
            with pytest.raises(TeamForbidden):
                team.transfer(who, "anna", NOW)
        with pytest.raises(TeamForbidden):
            team.step_down(actor("admin"), NOW)


class TestDeletedAccounts:
    def test_leave_their_teams(self) -> None:
        team = founded(anna=None)
        assert not end_with_account(team, "anna", NOW)
        (event,) = team.pull_events()
        assert isinstance(event, events.MemberLeft)
        assert event.reason == "account_deleted"

    def test_take_a_team_along_that_was_theirs_alone(self) -> None:
        team = founded()
        assert end_with_account(team, "owner", NOW)
        assert [event.name for event in team.pull_events()] == ["TeamDeleted"]

    def test_cannot_go_while_others_would_be_left_without_an_owner(self) -> None:
        team = founded(anna=None)
        with pytest.raises(LastOwner):
            end_with_account(team, "owner", NOW)
        assert member(team, "owner").is_owner


class TestRoles:
    def test_are_made_below_ones_own_level_with_ones_own_permissions(self) -> None:
        team = founded(admin="Admin", moderator="Moderator")
        team.trust(actor("mod", Role.MODERATOR), trusted=True, now=NOW)
        for level in (Level.ADMIN,):
            with pytest.raises(OutranksYou):
                rules.add_role(team, actor("admin"), role_draft(level=level), NOW)
        with pytest.raises(TeamForbidden):
            rules.add_role(team, actor("moderator"), role_draft(), NOW)
        made = rules.add_role(team, actor("admin"), role_draft(level=Level.MODERATOR, permissions=ALL), NOW)
        assert made.position == 4

    def test_an_own_manager_of_roles_cannot_make_a_stronger_one(self) -> None:
        team = founded(anna=None)
        manage = frozenset({Permission.MANAGE_ROLES, Permission.PROPOSE})
        boss = rules.add_role(team, actor("owner"), role_draft("Boss", level=Level.MODERATOR, permissions=manage), NOW)
        team.set_roles(actor("owner"), "anna", [boss.id], NOW, version=None)
        with pytest.raises(OutranksYou):
            rules.add_role(team, actor("anna"), role_draft(permissions=frozenset({Permission.INVITE})), NOW)
        with pytest.raises(OutranksYou):
            rules.change_role(team, actor("anna"), boss.id, role_draft("Mine", permissions=manage), NOW, version=None)
        plain = titled(team, "Member")
        with pytest.raises(OutranksYou):
            strong = role_draft("Member", permissions=frozenset({Permission.REVIEW}))
            rules.change_role(team, actor("anna"), plain.id, strong, NOW, version=None)
        with pytest.raises(OutranksYou):
            raised = role_draft("Member", level=Level.MODERATOR)
            rules.change_role(team, actor("anna"), plain.id, raised, NOW, version=None)
        rules.change_role(
            team, actor("anna"), plain.id, role_draft("Guest", permissions=manage), NOW, version=plain.version
        )
        assert plain.title == "Guest"

    def test_keeping_a_permission_one_lacks_is_not_giving_it(self) -> None:
        team = founded(anna=None)
        boss = rules.add_role(
            team,
            actor("owner"),
            role_draft("Boss", level=Level.ADMIN, permissions=frozenset({Permission.MANAGE_ROLES})),
            NOW,
        )
        team.set_roles(actor("owner"), "anna", [boss.id], NOW, version=None)
        editor = titled(team, "Editor")
        renamed = role_draft("Writer", level=Level.EDITOR, permissions=editor.permissions)
        rules.change_role(team, actor("anna"), editor.id, renamed, NOW, version=None)
        assert editor.title == "Writer"

    def test_changes_say_what_was_and_what_is(self) -> None:
        team = founded()
        plain = titled(team, "Member")
        changed = role_draft("Guest", permissions=plain.permissions)
        rules.change_role(team, actor("owner"), plain.id, changed, NOW, version=1)
        (event,) = team.pull_events()
        assert isinstance(event, events.TeamRoleChanged)
        assert event.changes == {"title": ("Member", "Guest"), "colour": ("#4c6b4f", "#336699")}

    def test_titles_are_unique_in_any_case(self) -> None:
        team = founded()
        with pytest.raises(RoleTitleTaken):
            rules.add_role(team, actor("owner"), role_draft("ADMIN"), NOW)
        with pytest.raises(RoleTitleTaken):
            rules.change_role(team, actor("owner"), titled(team, "Member").id, role_draft("editor"), NOW, version=1)

    def test_are_limited(self) -> None:
        team = founded()
        for number in range(MAX_ROLES - len(team.roles)):
            rules.add_role(team, actor("owner"), role_draft(f"Role {number}"), NOW)
        with pytest.raises(TooManyRoles):
            rules.add_role(team, actor("owner"), role_draft("One more"), NOW)

    def test_go_from_everybody_who_had_them(self) -> None:
        team = founded(anna="Editor", bob="Editor")
        rules.delete_role(team, actor("owner"), titled(team, "Editor").id, NOW)
        assert member(team, "anna").roles == member(team, "bob").roles == []
        with pytest.raises(TeamRoleNotFound):
            rules.delete_role(team, actor("owner"), "no such role", NOW)

    def test_order_names_every_role_once(self) -> None:
        team = founded()
        admin, moderator, editor, plain = (role.id for role in team.roles_in_order())
        for wrong in ([admin], [admin, admin, editor, plain], [admin, moderator, editor, "other"]):
            with pytest.raises(RoleOrderInvalid):
                rules.order_roles(team, actor("owner"), wrong, NOW)
        rules.order_roles(team, actor("owner"), [plain, admin, moderator, editor], NOW)
        assert [role.title for role in team.roles_in_order()] == ["Member", "Admin", "Moderator", "Editor"]

    def test_order_of_those_out_of_reach_stays(self) -> None:
        team = founded(anna=None)
        boss = rules.add_role(
            team,
            actor("owner"),
            role_draft("Boss", level=Level.EDITOR, permissions=frozenset({Permission.MANAGE_ROLES})),
            NOW,
        )
        team.set_roles(actor("owner"), "anna", [boss.id], NOW, version=None)
        admin, moderator, editor, plain, mine = (role.id for role in team.roles_in_order())
        with pytest.raises(OutranksYou):
            rules.order_roles(team, actor("anna"), [moderator, admin, editor, plain, mine], NOW)
        rules.order_roles(team, actor("anna"), [plain, admin, moderator, editor, mine], NOW)
