"""Names that would pass for the site itself, and whatever looks like them.

Compared by :func:`kernel.text.confusables.lookalike_key`, and with digits for the letters they stand for; that goes further than what
keeps the names of two people apart.
"""

from typing import Final

from kernel.text.confusables import lookalike_key

_WORDS: Final = (
    *("ani", "official", "staff", "team", "root", "owner", "operator", "server", "service", "security", "info"),
    *("admin", "administrator", "administration", "moderator", "moderation", "mod", "editor", "host", "bot"),
    *("system", "sysadmin", "support", "help", "helpdesk", "webmaster", "postmaster", "hostmaster", "abuse", "noreply"),
    *("everyone", "everybody", "anonymous", "nobody", "deleted", "unknown", "null", "undefined"),
    *("админ", "администратор", "администрация", "модератор", "модерация", "редактор", "система", "поддержка"),
    *("сервер", "техподдержка", "ведущий", "аноним", "бот", "ани"),
)
"""What the site calls itself and its people in both languages of the client, and the addresses of RFC 2142."""

_AFFIXES: Final = ("ani", "the", "official", "real", "site")
"""Before or behind one of the words they change nothing: "Ani Support", "the.admin"."""

_DIGITS: Final = str.maketrans("34578@$", "eastbas")
"""What digits stand for in names, beside those that cannot be told from a letter anyway."""


def skeleton(name: str) -> str:
    """What ``name`` looks like, for comparing with these words alone."""
    return lookalike_key(name).translate(_DIGITS)


_SKELETONS: Final = frozenset(skeleton(word) for word in _WORDS)
_LOOKS_OF_AFFIXES: Final = tuple(skeleton(word) for word in _AFFIXES)


def is_reserved(name: str) -> bool:
    """Whether others would take somebody of this name for the site, or for those who run it."""
    # Numbers behind a word make no other word of it: "admin2", and "adm1n" by its look.
    looks = {skeleton(name), skeleton(name.rstrip("0123456789"))}
    for look in list(looks):
        for affix in _LOOKS_OF_AFFIXES:
            looks |= {look.removeprefix(affix), look.removesuffix(affix)}
    looks |= {look.removesuffix("s") for look in looks}
    return not _SKELETONS.isdisjoint(looks)
