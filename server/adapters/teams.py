"""What teams need of accounts: who people are, and the letters that invite them."""

from collections.abc import Collection, Mapping
from datetime import datetime

import accounts.identity.queries
import accounts.identity.recovery.usecases
import accounts.teams.invitations.model
import accounts.teams.invitations.usecases
import accounts.teams.letters
import accounts.teams.model
import accounts.teams.usecases
from accounts.identity.names import Email
from kernel.mail import Mail
from kernel.scope import Scope


class TeamPeople:
    """Accounts, as teams need to know them."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def known(self, user_ids: Collection[str]) -> Mapping[str, accounts.teams.model.Person]:
        """Those of ``user_ids`` that exist."""
        found = await accounts.identity.queries.people(self._session, user_ids)
        return {
            one.user_id: accounts.teams.model.Person(
                user_id=one.user_id,
                nickname=one.nickname,
                avatar_url=one.avatar_url,
                is_banned=one.is_banned,
                verified_email=one.verified_email,
            )
            for one in found.values()
        }

    async def lock(self, user_id: str) -> None:
        """See ``accounts.identity.queries.lock``."""
        await accounts.identity.queries.lock(self._session, user_id)


class TeamPost:
    """Invitations to teams, carried by the letter box of identity."""

    def __init__(self, scope: Scope) -> None:
        self._postbox = scope.port(accounts.identity.recovery.usecases.Postbox)

    def address(self, text: str) -> tuple[str, str]:
        """An address as it was written, and folded.  Raises ``EmailInvalid``."""
        email = Email.parse(text)
        return email, email.key

    async def send(self, invitation: accounts.teams.invitations.model.Invitation, now: datetime) -> None:
        """Put an invitation into the outbox of letters."""
        letter = accounts.identity.recovery.usecases.Letter.order(
            "team_invitation", Email(invitation.email), invitation.language, about_id=invitation.id
        )
        await self._postbox.put(letter, now)


class TeamLetters:
    """Writes the letters that :class:`TeamPost` ordered."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    async def __call__(
        self, scope: Scope, letter: accounts.identity.recovery.usecases.Letter, now: datetime
    ) -> Mail | None:
        """The letter as it is sent; ``None`` for an invitation that is over."""
        found = await accounts.teams.invitations.usecases.letter_of(
            scope.port(accounts.teams.usecases.Teams),
            scope.port(accounts.teams.invitations.usecases.Invitations),
            scope.port(accounts.teams.usecases.People),
            letter.about_id or "",
            now,
        )
        if found is None:
            return None
        seen, token = found
        link = accounts.teams.letters.link(public_url=self._public_url, token=token)
        inviter = "" if seen.inviter is None else seen.inviter.nickname
        return Mail(
            letter.email,
            *accounts.teams.letters.write(letter.language, inviter=inviter, team=seen.team.name, link=link),
        )
