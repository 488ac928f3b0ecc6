"""How people are called: e-mail addresses and nicknames, checked and brought to one spelling."""

import re
import unicodedata
from typing import Self

import idna

from accounts.identity.errors import EmailInvalid, NicknameInvalid, NicknameReserved
from kernel.text.confusables import INVISIBLE, SEPARATORS, name_key
from kernel.text.reserved_names import is_reserved

MAX_EMAIL_CHARS = 254  # RFC 5321 §4.5.3.1.3: a path is at most 256 octets, two of them the angle brackets
MAX_LOCAL_CHARS = 64  # RFC 5321 §4.5.3.1.1
MAX_DOMAIN_CHARS = 253  # RFC 1035 §2.3.4 without the root's dot; the encoder's time grows with the square of the length
MIN_NICKNAME_CHARS = 2
MAX_NICKNAME_CHARS = 32  # leaves room for a suffix inside the 40 characters a name may have in a party

# RFC 5322 §3.2.3 dot-atom. Quoted local parts are legal, and in practice always a mistake or an attack.
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)

# Letters of these scripts look alike («а» and "a"), so one word with two of them imitates somebody else's name (UTS 39 §5.1).
_LOOKALIKE_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")
# How keyboards and word processors write the apostrophe of O'Brien.
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u0060\u00b4", "'"))
# One character is a word in these, and a family name (李, 김): most people called so have no other.
_WORD_SCRIPTS = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA")
_MAX_MARKS = 4  # on one letter; UTS 39 §5.4, and no language in use needs more
# A dot above what has one already changes nothing that anybody could see (UTS 39 §5.4).
_HIDDEN_MARK = re.compile("[ij\u0456\u0458]\u0307")


class Email(str):
    """A deliverable-looking address; the domain as its A-labels, the local part as its owner writes it.

    IDNA 2008 (RFC 5891) after the mapping of UTS 46, non-transitional, as browsers and registries have it: straße.de and
    strasse.de are two domains, with two owners.  The codec of Python's library is IDNA 2003 and makes them one.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises :class:`EmailInvalid`."""
        local, at, domain = text.strip().rpartition("@")
        if len(domain) > MAX_DOMAIN_CHARS:
            raise EmailInvalid
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError:
            raise EmailInvalid from None
        if not at or len(local) > MAX_LOCAL_CHARS or not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(domain):
            raise EmailInvalid
        if len(local) + 1 + len(domain) > MAX_EMAIL_CHARS:
            raise EmailInvalid
        return cls(f"{local}@{domain}")

    @property
    def key(self) -> str:
        """What makes it unique. Local parts are case-sensitive on paper (RFC 5321 §2.4) and never in practice."""
        return self.lower()

    @property
    def mailbox(self) -> str:
        """Where its letters end up: all tags behind a "+" (RFC 5233) lead to one person, who is to get so many and no more."""
        local, _, domain = self.key.rpartition("@")
        return f"{local.partition('+')[0] or local}@{domain}"


class Nickname(str):
    """The name others see: 2 to 32 characters, letters and digits of one script, inner spaces, ``_ - . '``.

    One character is enough in the scripts where it is a word.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises :class:`NicknameInvalid`."""
        # Before the normal form too: that makes a space and a mark of an acute accent on its own.
        name = " ".join(unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).translate(_APOSTROPHES).split())
        least = 1 if _is_word(name[:1]) else MIN_NICKNAME_CHARS
        if not least <= len(name) <= MAX_NICKNAME_CHARS or "''" in name:
            raise NicknameInvalid
        if not all(char in SEPARATORS or unicodedata.category(char)[0] in "LMN" for char in name):
            raise NicknameInvalid
        if not INVISIBLE.isdisjoint(name) or _HIDDEN_MARK.search(name) or _piles_up_marks(name):
            raise NicknameInvalid
        if not (name.removeprefix("'")[:1].isalnum() and any(char.isalpha() for char in name)) or _mixes_scripts(name):
            raise NicknameInvalid
        return cls(name)

    @property
    def key(self) -> str:
        """What makes it unique: case, accents' encoding and separators do not count ("Ani Fan" is "ani_fan")."""
        return name_key(self)


def ensure_not_reserved(name: Nickname) -> None:
    """For names that people give themselves; the operator's first account, and who has such a name, keep theirs.

    Raises :class:`NicknameReserved`.
    """
    if is_reserved(name):
        raise NicknameReserved


def login_key(login: str) -> str:
    """What ``login``, an address or a nickname however spelt, is compared by; of the two only an address has an "@"."""
    text = login.strip()
    return Email(text).key if "@" in text else Nickname(text).key


def _is_word(char: str) -> bool:
    return unicodedata.name(char, "").startswith(_WORD_SCRIPTS) if char else False


def _piles_up_marks(name: str) -> bool:
    marks = 0
    for char in name:
        marks = marks + 1 if unicodedata.category(char)[0] == "M" else 0
        if marks > _MAX_MARKS:
            return True
    return False


def _mixes_scripts(name: str) -> bool:
    scripts = {unicodedata.name(char, "").partition(" ")[0] for char in name if char.isalpha()}
    return len(scripts.intersection(_LOOKALIKE_SCRIPTS)) > 1
