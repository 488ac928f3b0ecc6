"""Sending e-mail: by SMTP, or onto the console of whoever develops."""

import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog
from typing_extensions import override

from kernel.errors import Unavailable

log = structlog.get_logger()

TIMEOUT_S: Final = 20
"""For the whole conversation; grey-listing servers answer slowly, but they do answer."""


class MailNotSent(Unavailable):
    """The mail server did not take the message."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message of plain text to one person."""

    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Takes mail to where it is delivered from."""

    async def send(self, mail: Mail) -> None:
        """Raises :class:`MailNotSent`."""
        ...


class NoMailServer(MailNotSent):
    """This server sends no e-mail. Ask whoever runs it."""


class NoMailer(Mailer):
    """Where nobody said how mail is to be sent: it is not, and its secrets stay out of the log."""

    @override
    async def send(self, mail: Mail) -> None:
        raise NoMailServer


class ConsoleMailer(Mailer):
    """Writes mail into the log: for development, or because the operator chose so."""

    @override
    async def send(self, mail: Mail) -> None:
        log.info(
            "mail, not sent: there is no mail server in ANI_SMTP_URL", to=mail.to, subject=mail.subject, text=mail.text
        )


class SmtpMailer(Mailer):
    """Hands mail to the server at ``url``: ``smtp://[user:password@]host[:587]``, or ``smtps://`` for TLS from the start.

    With a password the connection has to be encrypted (STARTTLS, RFC 3207); without one it is whenever the server can.
    """

    def __init__(self, url: str, *, sender: str, tls: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        self._sender = sender
        self._tls = tls
        self._host = parts.hostname or "localhost"
        self._implicit_tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._implicit_tls else 587)
        self._username = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None

    @override
    async def send(self, mail: Mail) -> None:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = make_msgid(domain=self._sender.rpartition("@")[2].rstrip(">") or "localhost")
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
        message.set_content(mail.text)
        try:
            await aiosmtplib.send(
                message,
                hostname=self._host,
                port=self._port,
                username=self._username,
                password=self._password,
                use_tls=self._implicit_tls,
                start_tls=True if self._password and not self._implicit_tls else None,
                tls_context=self._tls,
                timeout=TIMEOUT_S,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailNotSent from error
