"""Secrets at rest follow the rotation of keys: what a former key encrypted is encrypted again with the present one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from kernel.errors import AniError
from kernel.scope import Container, Scope
from kernel.secrets.encryption import SealBrokenError, SecretBox

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """A secret as it lies in the database: of what (``owner_id``), and what it opens with (``bound``)."""

    owner_id: str
    sealed: str
    bound: str


class SecretStore(Protocol):
    """Where secrets are kept, for one transaction."""

    async def secrets(self) -> Sequence[StoredSecret]:
        """All of them."""
        ...

    async def replace(self, owner_id: str, before: str, after: str) -> None:
        """Change one that is still as it was ``before``; nothing happens to one that is not."""
        ...


@dataclass(frozen=True, slots=True)
class Reencryption:
    """Secrets of one feature: what they are called in the log, the box they are in, and where that is kept."""

    what: str
    box: SecretBox
    store: Callable[[Scope], SecretStore]


async def reencrypt(container: Container, feature: Reencryption) -> None:
    """One round over all secrets of a feature; writes only what a former key encrypted, each in a transaction of its own."""
    box = feature.box
    async with container.scope(write=False) as scope:
        secrets = await feature.store(scope).secrets()
    for secret in secrets:
        if not box.is_outdated(secret.sealed, bound=secret.bound):
            continue
        try:
            after = box.seal(box.open(secret.sealed, bound=secret.bound), bound=secret.bound)
        except SealBrokenError:
            log.warning("a secret is under a secret key that is gone", what=feature.what, owner_id=secret.owner_id)
            continue
        try:
            async with container.scope(write=True) as scope:
                await feature.store(scope).replace(secret.owner_id, secret.sealed, after)
        except AniError as error:  # somebody changed it at that moment: it is under the new key then
            log.info("secret not encrypted again", what=feature.what, owner_id=secret.owner_id, reason=error.message)


async def reencrypt_all(container: Container, features: Iterable[Reencryption]) -> None:
    """:func:`reencrypt` for each."""
    for feature in features:
        await reencrypt(container, feature)
