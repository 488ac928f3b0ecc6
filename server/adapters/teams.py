"""What teams need of accounts: who people are."""

from collections.abc import Collection, Mapping

import accounts.identity.queries
import accounts.teams.model
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
        """Nobody else changes the account until the end of the transaction (``accounts.identity.queries.lock``)."""
        await accounts.identity.queries.lock(self._session, user_id)
