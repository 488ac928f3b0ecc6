"""What e-mail says, in the language of whoever reads it."""

from dataclasses import dataclass
from typing import Final

from accounts.identity.emails import LANGUAGES, EmailKind


@dataclass(frozen=True, slots=True)
class _Text:
    subject: str
    body: str


_TEXTS: Final[dict[tuple[EmailKind, str], _Text]] = {
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
    ("email", "en"): _Text(
        "Is this your new e-mail address?",
        """Hello {nickname},

somebody, presumably you, wants to use this address for their account at Ani from now on. To confirm that it is yours, open

{link}

within a day. If it was not you, ignore this letter: nothing changes.
""",
    ),
    ("email", "ru"): _Text(
        "Это ваш новый адрес?",
        """Здравствуйте, {nickname}!

Кто-то (вероятно, вы) хочет указать этот адрес в своей учётной записи Ani. Чтобы подтвердить, что адрес ваш, откройте

{link}

в течение суток. Если это были не вы, ничего не делайте: всё останется как было.
""",
    ),
    ("email_changed", "en"): _Text(
        "Your account has another e-mail address now",
        """Hello {nickname},

your account at Ani belongs to another e-mail address now; this is the last letter to this one. If it was you, all is well.
If it was not, somebody knows your password: write to whoever runs this Ani at once.
""",
    ),
    ("email_changed", "ru"): _Text(
        "У вашей учётной записи теперь другой адрес",
        """Здравствуйте, {nickname}!

К вашей учётной записи Ani теперь привязан другой адрес; это последнее письмо на прежний. Если это сделали вы, всё в порядке.
Если нет, кто-то знает ваш пароль: сразу напишите тем, кто управляет этим сервером Ani.
""",
    ),
    ("code", "en"): _Text(
        "{secret} is your code",
        """Hello {nickname},

to log in at Ani, type this code within ten minutes:

{secret}

Nobody from Ani will ever ask you for it. If you did not want to log in, ignore this letter.
""",
    ),
    ("code", "ru"): _Text(
        "{secret} – ваш код",
        """Здравствуйте, {nickname}!

Чтобы войти в Ani, введите этот код в течение десяти минут:

{secret}

Никто из Ani никогда не спросит его у вас. Если вы не собирались входить, ничего не делайте.
""",
    ),
    ("confirm", "en"): _Text(
        "{secret} is your code to confirm a change",
        """Hello {nickname},

somebody, presumably you, is about to change something important about your account at Ani. To confirm that it is you, type this
code within ten minutes:

{secret}

Nobody from Ani will ever ask you for it. If it was not you, somebody uses a browser you are logged in with: tell nobody this code,
and log out everywhere on your account page.
""",
    ),
    ("confirm", "ru"): _Text(
        "{secret} – код подтверждения",
        """Здравствуйте, {nickname}!

Кто-то (вероятно, вы) собирается изменить нечто важное в вашей учётной записи Ani. Чтобы подтвердить, что это вы, введите этот код
в течение десяти минут:

{secret}

Никто из Ani никогда не спросит его у вас. Если это были не вы, кто-то пользуется браузером, в котором вы вошли: никому не сообщайте
код и завершите все сеансы на странице учётной записи.
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
    ("team_invitation", "en"): _Text(
        "{inviter} invites you to {team}",
        """Hello,

{inviter} invites you to the team "{team}" at Ani. To see who they are, and to join or decline, open

{link}

within a week. You need an account with this e-mail address; if you have none yet, you can make one there. If you do not
know what this is about, ignore this letter.
""",
    ),
    ("team_invitation", "ru"): _Text(
        "{inviter} приглашает вас в команду {team}",
        """Здравствуйте!

{inviter} приглашает вас в команду «{team}» в Ani. Чтобы посмотреть, кто это, и согласиться или отказаться, откройте

{link}

в течение недели. Понадобится учётная запись с этим адресом почты; если её ещё нет, её можно завести там же. Если вы не
понимаете, о чём речь, ничего не делайте.
""",
    ),
}

_PATHS: Final[dict[EmailKind, str]] = {"verify": "/verify", "reset": "/reset", "email": "/verify"}


def write(kind: EmailKind, language: str, *, nickname: str, secret: str, public_url: str) -> tuple[str, str]:
    """Subject and body of what identity sends. A token stands after the ``#`` of the link, which no browser sends to any server or referrer."""
    text = _TEXTS.get((kind, language)) or _TEXTS[kind, LANGUAGES[0]]
    link = f"{public_url}{_PATHS[kind]}#{secret}" if kind in _PATHS else ""
    return text.subject.format(secret=secret), text.body.format(nickname=nickname, secret=secret, link=link)


def write_invitation(language: str, *, inviter: str, team: str, link: str) -> tuple[str, str]:
    """Subject and body of an invitation to a team. Names hold no line breaks, so nobody writes headers through them."""
    text = _TEXTS.get(("team_invitation", language)) or _TEXTS["team_invitation", LANGUAGES[0]]
    return text.subject.format(inviter=inviter, team=team), text.body.format(inviter=inviter, team=team, link=link)
