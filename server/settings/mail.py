"""``ANI_SMTP_URL`` and ``ANI_MAIL_FROM``: how letters are sent."""

from enum import StrEnum
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from kernel.limits import is_loopback
from server.settings.network import NetworkSettings


class MailBy(StrEnum):
    """Who carries letters."""

    SMTP = "smtp"
    CONSOLE = "console"
    """They go to the log, with the links that set passwords: whoever reads the log may do what their addressees may."""
    NOBODY = "nobody"


class MailSettings(NetworkSettings):
    """Letters."""

    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="smtp://USER:PASSWORD@HOST:587 or smtps://… for e-mail. console: letters go to the log, with their secret links. "
        "Empty: to the log where ANI_PUBLIC_URL is this machine alone, else none are sent.",
    )
    mail_from: str = Field(
        "Ani <ani@localhost>", pattern="^[^\r\n]+@[^\r\n]+$", description="The sender of our e-mail."
    )

    @field_validator("smtp_url")
    @classmethod
    def _known_smtp(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and text != MailBy.CONSOLE and not text.startswith(("smtp://", "smtps://")):
            raise ValueError("must begin with smtp:// or smtps://, or be console")
        return value

    @property
    def mail(self) -> MailBy:
        """How mail is sent."""
        given = self.smtp_url.get_secret_value()
        if given:
            return MailBy.CONSOLE if given == MailBy.CONSOLE else MailBy.SMTP
        host = urlsplit(self.url).hostname or ""
        return MailBy.CONSOLE if host == "localhost" or is_loopback(host) else MailBy.NOBODY
