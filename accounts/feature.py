"""The features of accounts put together, in the order that the API page has them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import accounts.federation.feature
import accounts.identity.admin.feature
import accounts.identity.feature
import accounts.library.feature
import accounts.personal.feature
import accounts.teams.feature
from accounts.federation.model import Provider
from accounts.federation.repository import SqlLinkedIdentities
from accounts.identity.feature import IdentityComponents
from accounts.identity.recovery.usecases import LinkedAccounts
from kernel.feature import Feature, Process


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What accounts share between all requests of a process, and what they declare."""

    identity: IdentityComponents
    feature: Feature


def build(
    process: Process,
    *,
    providers: Sequence[Provider],
    on_access_change: Callable[[str], None],
) -> Accounts:
    """Accounts over their process; ``on_access_change`` hears the id of each account whose rights changed."""
    identity = accounts.identity.feature.build(process, on_access_change=on_access_change)
    feature = Feature.merged(
        [
            accounts.identity.feature.declare(process, identity),
            accounts.federation.feature.declare(process, providers),
            accounts.identity.admin.feature.FEATURE,
            accounts.library.feature.declare(process),
            accounts.teams.feature.declare(process),
            accounts.personal.feature.FEATURE,
            Feature(ports={LinkedAccounts: lambda scope: SqlLinkedIdentities(scope.uow)}),
        ]
    )
    return Accounts(identity=identity, feature=feature)
