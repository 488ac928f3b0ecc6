"""The keyed hash under which one-time passcodes are kept."""

import hmac
from collections.abc import Sequence
from typing import Literal, Protocol

from accounts.identity.names import Email

Purpose = Literal["code", "confirm"]
"""What a code is for, as its letter is called: signing in, or showing that one still sits there. Neither does for the other."""


class CodeSeal(Protocol):
    """A keyed hash: six digits are found in no time by whoever has only the database and a plain one."""

    def seal(self, email: Email, purpose: Purpose, code: str) -> bytes:
        """The 32 bytes to keep of ``code``."""
        ...

    def fits(self, sealed: bytes | None, email: Email, purpose: Purpose, code: str) -> bool:
        """Whether ``sealed`` was made of this code, for this address and purpose; never for ``None``."""
        ...


class HmacCodeSeal:
    """HMAC-SHA256 under keys the database does not have: the first seals, all are believed.

    Whatever a former key sealed is over ten minutes after the rotation, as every code is.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = keys

    def seal(self, email: Email, purpose: Purpose, code: str) -> bytes:
        """HMAC-SHA256 (RFC 2104) of purpose, address and code under the first key."""
        return _sealed(self._keys[0], email, purpose, code)

    def fits(self, sealed: bytes | None, email: Email, purpose: Purpose, code: str) -> bool:
        # A list: all keys are tried every time, so that nothing shows which it was.
        """Compares in constant time, under every key."""
        fitting = [hmac.compare_digest(sealed or b"", _sealed(key, email, purpose, code)) for key in self._keys]
        return any(fitting)


def _sealed(key: bytes, email: Email, purpose: Purpose, code: str) -> bytes:
    return hmac.digest(key, f"{purpose}\n{email.key}\n{code}".encode(), "sha256")
