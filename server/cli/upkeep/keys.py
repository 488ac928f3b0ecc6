"""What the command line does with the secret keys."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.identity.sessions.adapters.access_tokens import SigningKey
from kernel.secrets.reencryption import reencrypt_all
from realtime.party.invites.usecases import LONGEST_INVITE_LIFE_S
from server.keyfile import new_secret
from server.services import Services
from server.settings import Settings
from streaming.origin.access.token import KeyIdsClash, Keyring

LONGEST_LIFE = timedelta(seconds=LONGEST_INVITE_LIFE_S)
"""Of all that is signed, an invite to a party lives longest."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A secret key in a list; ``id`` is what access tokens call it (``kid``)."""

    id: str
    signs: bool
    replaced_at: datetime | None


def listed(settings: Settings) -> list[KeyRow]:
    """All keys that are believed, the one that signs first."""
    ids = [SigningKey.of(key).id for key in settings.derive_keys("access-token")]
    replaced = [] if settings.has_own_secret else [key.replaced_at_s for key in settings.key_file.read()]
    replaced += [None] * (len(ids) - len(replaced))
    return [
        KeyRow(key_id, number == 0, None if at_s is None else datetime.fromtimestamp(at_s, UTC))
        for number, (key_id, at_s) in enumerate(zip(ids, replaced, strict=True))
    ]


def next_secret(settings: Settings) -> str:
    """A new secret, whose short id in stream tokens none of the present keys has."""
    while True:
        secret = new_secret()
        try:
            Keyring.of(settings.with_secret(secret).derive_keys("stream-token"))
        except KeyIdsClash:
            continue
        return secret


def rotate(settings: Settings) -> None:
    """Put a new key in front in the key file. Running servers take it up when they start next."""
    settings.key_file.rotate(next_secret(settings), int(datetime.now(UTC).timestamp()))


async def retire(services: Services, *, at_once: bool) -> int:
    """Remove former keys from the key file: those that nothing valid is signed with any more, or all; returns how many.

    What is sealed with them in the database comes under the present key first.
    """
    await reencrypt_all(services.container, services.feature.reencryptions)
    now = services.clock.now()
    return services.settings.key_file.retire(int((now + LONGEST_LIFE if at_once else now - LONGEST_LIFE).timestamp()))
