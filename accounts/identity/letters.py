"""What we write to people, in their language."""

from dataclasses import dataclass
from typing import Final, Literal

LetterKind = Literal["verify", "reset"]

DEFAULT_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class _Text:
    subject: str
    body: str


_TEXTS: Final[dict[tuple[LetterKind, str], _Text]] = {
    ("verify", "en"): _Text(
        "Is this your e-mail address?",
        """Hello {nickname},

somebody, presumably you, signed up at Ani with this address. To confirm that it is yours, open

{link}

within three days. If it was not you, ignore this letter.
""",
    ),
    ("verify", "ru"): _Text(
        "Это ваш адрес?",
        """Здравствуйте, {nickname}!

С этим адресом кто-то (вероятно, вы) зарегистрировался в Ani. Чтобы подтвердить, что адрес ваш, откройте

{link}

в течение трёх дней. Если это были не вы, ничего не делайте.
""",
    ),
    ("reset", "en"): _Text(
        "A new password",
        """Hello {nickname},

somebody, presumably you, forgot the password of this account. To choose a new one, open

{link}

within half an hour. It works once, and signs you out everywhere. If it was not you, ignore this letter: your password stays.
""",
    ),
    ("reset", "ru"): _Text(
        "Новый пароль",
        """Здравствуйте, {nickname}!

Кто-то (вероятно, вы) забыл пароль от этой учётной записи. Чтобы задать новый, откройте

{link}

в течение получаса. Ссылка действует один раз и завершает все сеансы. Если это были не вы, ничего не делайте: пароль останется.
""",
    ),
}

_PATHS: Final[dict[LetterKind, str]] = {"verify": "/verify", "reset": "/reset"}


def language_of(accept_language: str) -> str:
    """The first language of an ``Accept-Language`` header (RFC 9110 §12.5.4) that we write in."""
    for entry in accept_language.split(","):
        language = entry.partition(";")[0].strip().partition("-")[0].lower()
        if ("verify", language) in _TEXTS:
            return language
    return DEFAULT_LANGUAGE


def link(kind: LetterKind, *, public_url: str, token: str) -> str:
    """Where the letter leads. The token stands after the ``#``, which no browser sends to any server or referrer."""
    return f"{public_url}{_PATHS[kind]}#{token}"


def write(kind: LetterKind, language: str, *, nickname: str, link: str) -> tuple[str, str]:
    """Subject and body."""
    text = _TEXTS.get((kind, language)) or _TEXTS[kind, DEFAULT_LANGUAGE]
    return text.subject, text.body.format(nickname=nickname, link=link)
