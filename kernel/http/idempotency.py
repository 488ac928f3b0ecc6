"""Idempotency keys (draft-ietf-httpapi-idempotency-key-header-07): a create that is sent twice happens once.

A client that loses the answer to a POST sends the same request again under the same ``Idempotency-Key``.  The answer is kept in
the transaction of the effect itself, so there is no moment at which one exists without the other, and a repeat gets that answer.
What fails leaves nothing behind and may be tried again under its key.

An answer may hold a secret that is shown once (an invitation, a webhook's key).  It is therefore sealed under the client's own
key, of which only a hash is kept: the table alone tells nothing to who reads a backup.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, LargeBinary, Table, delete, func, insert, select

from kernel.db import Id, UtcDateTime, metadata
from kernel.http.problems import HttpRefusal
from kernel.scope import Container, Scope

HEADER: Final = "Idempotency-Key"

LIFETIME: Final = timedelta(hours=24)
"""A client gives up long before; a phone that was in a tunnel or out of power comes back within a day."""
MAX_LENGTH: Final = 255
"""Characters of a key: a UUID has 36."""
_NONCE_BYTES: Final = 12  # what AES-GCM is made for (NIST SP 800-38D §5.2.1.1)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("owner_id", Id, primary_key=True),
    Column("key_hash", LargeBinary(32), primary_key=True),
    Column("request_hash", LargeBinary(32), nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered the first time."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class IdempotentRequest:
    """A request under a key: whose it is, and what it asks for."""

    owner_id: str
    key: str
    request_hash: bytes
    """Of everything that makes it the same request: method, address and body."""

    @classmethod
    def of(cls, header: str, *, owner_id: str, method: str, target: str, body: bytes) -> "IdempotentRequest":
        """Raises :class:`HttpRefusal` (400) for a key that is none.

        The draft has the key as a string of RFC 8941 (in quotes); bare ones are common and taken too.
        """
        key = header.strip()
        if len(key) >= 2 and key[0] == key[-1] == '"':
            key = key[1:-1]
        if not 0 < len(key) <= MAX_LENGTH or not all("!" <= character <= "~" for character in key):
            raise HttpRefusal(
                400, "idempotency_key_invalid", f"Idempotency-Key takes 1 to {MAX_LENGTH} visible ASCII characters."
            )
        asked = b"\0".join((method.encode(), target.encode(), body))
        return cls(owner_id, key, hashlib.sha256(asked).digest())

    @property
    def key_hash(self) -> bytes:
        """What the row is found by: of the key, which itself is not kept."""
        return self._derived(b"name")

    def _derived(self, purpose: bytes) -> bytes:
        return hashlib.sha256(
            b"\0".join((b"ani idempotency", purpose, self.owner_id.encode(), self.key.encode()))
        ).digest()

    def seal(self, answer: Answer) -> bytes:
        """``answer``, encrypted under the client's own key."""
        text = orjson.dumps([answer.status, answer.headers, answer.body.decode()])
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._derived(b"seal")).encrypt(nonce, text, self.request_hash)

    def unseal(self, sealed: bytes) -> Answer:
        """Raises ``InvalidTag`` for a row that was tampered with."""
        nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        status, headers, body = orjson.loads(AESGCM(self._derived(b"seal")).decrypt(nonce, text, self.request_hash))
        return Answer(status, headers, body.encode())


async def recall(scope: Scope, request: IdempotentRequest) -> Answer | None:
    """The answer from the first time, ``None`` when this is it; until the transaction ends no other one gets in between.

    Raises :class:`HttpRefusal`: 409 while the first is still being worked on, 422 for another request under the same key.
    """
    session = scope.uow.session
    if not scope.container.database.is_sqlite:  # there, a write transaction is alone already
        number = int.from_bytes(request.key_hash[:8], "big", signed=True)
        if not (await session.execute(select(func.pg_try_advisory_xact_lock(number)))).scalar_one():
            raise HttpRefusal(
                409,
                "request_in_progress",
                "The same request is still being worked on. Ask again in a moment.",
                headers={"Retry-After": "1"},
            )
    table = idempotency_keys
    mine = (table.c.owner_id == request.owner_id) & (table.c.key_hash == request.key_hash)
    row = (await session.execute(select(table).where(mine))).one_or_none()
    if row is None:
        return None
    if row.expires_at <= scope.clock.now():
        await session.execute(delete(table).where(mine))
        return None
    if row.request_hash != request.request_hash:
        raise HttpRefusal(
            422, "idempotency_key_reused", "This Idempotency-Key was used for another request. Take a new one."
        )
    try:
        return request.unseal(row.answer)
    except InvalidTag:
        raise HttpRefusal(
            422, "idempotency_key_reused", "This Idempotency-Key cannot be used any more. Take a new one."
        ) from None


async def remember(scope: Scope, request: IdempotentRequest, answer: Answer) -> None:
    """Keep the answer, in the transaction of what it answers."""
    await scope.uow.session.execute(
        insert(idempotency_keys).values(
            owner_id=request.owner_id,
            key_hash=request.key_hash,
            request_hash=request.request_hash,
            answer=request.seal(answer),
            expires_at=scope.clock.now() + LIFETIME,
        )
    )


async def forget_expired(container: Container) -> None:
    """Delete the answers nobody asked for again."""
    async with container.scope(write=True) as scope:
        await scope.uow.session.execute(
            delete(idempotency_keys).where(idempotency_keys.c.expires_at <= container.clock.now())
        )
