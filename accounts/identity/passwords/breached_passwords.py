"""The passwords that leaked most often, as digests: nobody has to ship or read the list itself.

``common_passwords.bin`` holds the first six bytes of the SHA-256 of each, sorted: the 11,611 passwords of at least eight
characters, in lower case, among the 30,000 most frequent ones that zxcvbn 4.5 counts in leaks.  (ASVS 5.0 §6.2.4 asks for
3,000.)  Six bytes make an honest password collide with one of them in one case of 24 billion.
"""

import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Final

DIGEST_BYTES: Final = 6


@lru_cache(maxsize=1)
def _digests() -> frozenset[bytes]:
    packed = files("accounts.identity.passwords").joinpath("common_passwords.bin").read_bytes()
    return frozenset(packed[start : start + DIGEST_BYTES] for start in range(0, len(packed), DIGEST_BYTES))


def is_leaked(password: str) -> bool:
    """Whether ``password``, in lower case, is among them."""
    return hashlib.sha256(password.encode()).digest()[:DIGEST_BYTES] in _digests()
