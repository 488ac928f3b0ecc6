"""The letter that invites to a team, in the language of the one who sends it."""

from typing import Final

DEFAULT_LANGUAGE: Final = "en"

_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "en": (
        "{inviter} invites you to {team}",
        """Hello,

{inviter} invites you to the team "{team}" at Ani. To see who they are, and to join or decline, open

{link}

within a week. You need an account with this e-mail address; if you have none yet, you can make one there. If you do not
know what this is about, ignore this letter.
""",
    ),
    "ru": (
        "{inviter} приглашает вас в команду {team}",
        """Здравствуйте!

{inviter} приглашает вас в команду «{team}» в Ani. Чтобы посмотреть, кто это, и согласиться или отказаться, откройте

{link}

в течение недели. Понадобится учётная запись с этим адресом почты; если её ещё нет, её можно завести там же. Если вы не
понимаете, о чём речь, ничего не делайте.
""",
    ),
}


def link(*, public_url: str, token: str) -> str:
    """Where an invitation leads; the token stands where no server, log or referrer sees it."""
    return f"{public_url}/teams/invite#{token}"


def write(language: str, *, inviter: str, team: str, link: str) -> tuple[str, str]:
    """Subject and body. Names hold no line breaks, so nobody writes headers through them."""
    subject, body = _TEXTS.get(language) or _TEXTS[DEFAULT_LANGUAGE]
    return subject.format(inviter=inviter, team=team), body.format(inviter=inviter, team=team, link=link)
