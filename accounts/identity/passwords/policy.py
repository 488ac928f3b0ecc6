"""Which passwords are acceptable (NIST SP 800-63B-4 §3.1.1.2, OWASP ASVS 5.0 §6.2): length, and not one of the usual ones.

No composition rules: they make people predictable, not passwords strong.
"""

import re
import unicodedata

from accounts.identity.errors import PasswordTooCommon, PasswordTooLong, PasswordTooShort
from accounts.identity.passwords.breached_passwords import is_leaked
from accounts.identity.passwords.password_dictionary import COMMON_WORDS

MIN_PASSWORD_CHARS = 8
MAX_PASSWORD_CHARS = 256  # far over any passphrase, and little enough that hashing it costs what hashing any other does
MIN_DISTINCT_CHARS = 4  # "aaaaaaaa", "abababab"
MIN_DIGITS = 12  # eight digits are a birthday
MIN_CONTEXT_CHARS = 4  # shorter names are inside too many honest passwords

_KEYBOARD_RUNS = (
    "1234567890-=",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
)
_LOOKALIKES = str.maketrans({"@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t"})
_PADDING = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def normalise(password: str) -> str:
    """One spelling for what different keyboards send for the same characters (NIST SP 800-63B-4: NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Refuse a password that is too short, too long or too common.

    ``about`` holds what anybody knows of the person (nickname, e-mail address); a password made of that is common too.
    Raises :class:`PasswordTooShort`, :class:`PasswordTooLong`, :class:`PasswordTooCommon`.
    """
    password = normalise(password)
    if len(password) < MIN_PASSWORD_CHARS:
        raise PasswordTooShort(min_chars=MIN_PASSWORD_CHARS)
    if len(password) > MAX_PASSWORD_CHARS:
        raise PasswordTooLong(max_chars=MAX_PASSWORD_CHARS)
    if _is_common(password.casefold(), about):
        raise PasswordTooCommon


def _is_common(password: str, about: tuple[str, ...]) -> bool:
    if len(set(password)) < MIN_DISTINCT_CHARS or (password.isdecimal() and len(password) < MIN_DIGITS):
        return True
    core = _PADDING.sub("", password)
    known = COMMON_WORDS.union(*(_context_words(text.casefold()) for text in about))
    spellings = (core, core[::-1], core.translate(_LOOKALIKES))
    return (
        is_leaked(password)
        or any(is_leaked(spelling) or _is_made_of(spelling, known) for spelling in spellings)
        or _is_runs(password)
    )


def _context_words(text: str) -> set[str]:
    words = {text, text.partition("@")[0]}
    return {word for word in words if len(word) >= MIN_CONTEXT_CHARS}


def _is_made_of(core: str, words: set[str] | frozenset[str]) -> bool:
    """One common word, or the same one twice: "password", "qwertyqwerty"."""
    half = core[: len(core) // 2]
    return core in words or (core == half * 2 and half in words)


def _is_runs(password: str) -> bool:
    """Whether it is nothing but one or two strolls along the keyboard or the alphabet, in either direction."""
    strolls = 0
    while password:
        length = _leading_run(password)
        if length < 3:  # two neighbours are chance
            return len(password) < 3 and strolls > 0
        strolls += 1
        if strolls > 2:
            return False
        password = password[length:]
    return True


def _leading_run(text: str) -> int:
    longest = 1
    for run in _KEYBOARD_RUNS:
        for direction in (run, run[::-1]):
            # A keyboard run goes round: 1234567890123.
            track = direction * 2
            while longest < min(len(text), len(direction) + 3) and text[: longest + 1] in track:
                longest += 1
    return longest
