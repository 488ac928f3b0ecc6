"""What can go wrong in a team.

::

    Invalid ────── TeamNameInvalid SlugInvalid TeamTextInvalid ColourInvalid RoleTitleInvalid RoleOrderInvalid
    Forbidden ──── TeamForbidden OutranksYou InvitationForAnother EmailNotVerified
    NotFound ───── TeamNotFound TeamRoleNotFound MemberNotFound InvitationNotFound
    Conflict ───── SlugTaken RoleTitleTaken LastOwner SoleOwner AlreadyMember AlreadyOwner OwnerBanned
                   TooManyTeams TooManyMembers TooManyRoles TooManyInvitations
    Gone ───────── InvitationOver
"""

from kernel.errors import Conflict, Forbidden, Gone, Invalid, NotFound


class TeamNameInvalid(Invalid):
    """A team's name has 2 to 60 visible characters, one of them a letter or digit."""


class SlugInvalid(Invalid):
    """The short address of a team has 3 to 40 characters: small Latin letters, digits and single hyphens between them."""


class TeamTextInvalid(Invalid):
    """A description has at most {max_chars} characters, and no control characters."""


class ColourInvalid(Invalid):
    """A colour is written #rrggbb."""


class RoleTitleInvalid(Invalid):
    """The title of a role has 1 to 32 visible characters."""


class RoleOrderInvalid(Invalid):
    """The order has to name every role of the team once."""


class TeamForbidden(Forbidden):
    """Your roles in this team do not allow this."""


class OutranksYou(Forbidden):
    """In this team you may do this only below your own level, and with no permission that you do not have yourself."""


class InvitationForAnother(Forbidden):
    """This invitation was sent to another e-mail address than yours."""


class EmailNotVerified(Forbidden):
    """This invitation was sent by e-mail. Confirm first that the address is yours."""


class TeamNotFound(NotFound):
    """There is no such team."""


class TeamRoleNotFound(NotFound):
    """There is no such role in this team."""


class MemberNotFound(NotFound):
    """There is no such member in this team."""


class InvitationNotFound(NotFound):
    """There is no such invitation."""


class SlugTaken(Conflict):
    """Another team has this short address."""


class RoleTitleTaken(Conflict):
    """The team has a role with this title already."""


class LastOwner(Conflict):
    """The team would be left without an owner. Make somebody else one first, or delete the team."""


class SoleOwner(Conflict):
    """You are the only owner of {team}, which others belong to. Hand it over or delete it first."""


class AlreadyMember(Conflict):
    """You are in this team already."""


class AlreadyOwner(Conflict):
    """They own the team already."""


class OwnerBanned(Conflict):
    """This account is blocked, and cannot be made an owner."""


class TooManyTeams(Conflict):
    """Nobody may be in more than {limit} teams."""


class TooManyMembers(Conflict):
    """A team has at most {limit} members."""


class TooManyRoles(Conflict):
    """A team has at most {limit} roles."""


class TooManyInvitations(Conflict):
    """A team has at most {limit} open invitations. Take some back first."""


class InvitationOver(Gone):
    """This invitation has been used up, was taken back, or is too old. Ask for a new one."""
