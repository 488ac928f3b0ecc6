"""How much, and how often."""

from datetime import timedelta
from typing import Final

from kernel.limits import Limit

MAX_TEAMS: Final = 50
"""Teams one person is in; the largest number that a list without pages still shows well."""
MAX_MEMBERS: Final = 200
"""Members of a team. Rules look at all of them at once; the largest groups that translate together have some dozens."""
MAX_ROLES: Final = 30
MAX_OPEN_INVITATIONS: Final = 50

MAX_USES: Final = 100
"""People one link can bring in; half a full team."""
MIN_LINK_LIFETIME: Final = timedelta(minutes=5)
MAX_LINK_LIFETIME: Final = timedelta(days=30)
LETTER_LIFETIME: Final = timedelta(days=7)
"""Of an invitation by e-mail: over a holiday, and short for a mailbox that changes hands."""

# Per account. Founding and inviting write to strangers' eyes; the numbers are what an eager person does in an evening.
FOUND_TEAM: Final = Limit("team-found", attempts=10, window_s=24 * 3600)
CHANGE_TEAM: Final = Limit("team-change", attempts=300, window_s=3600)
INVITE: Final = Limit("team-invite", attempts=60, window_s=3600)
JOIN: Final = Limit("team-join", attempts=30, window_s=3600)
# Per address where nobody is signed in. The tokens have 256 bits: this is about load, not about guessing.
LOOK_UP: Final = Limit("team-invitation-look-up", attempts=120, window_s=15 * 60)
# Letters one account may cause, and letters one mailbox may get from everybody together.
LETTERS_OF_INVITER: Final = Limit("team-letters-inviter", attempts=30, window_s=3600)
LETTERS_TO_ADDRESS: Final = Limit("team-letters-address", attempts=5, window_s=24 * 3600)
