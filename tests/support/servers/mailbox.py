"""A real mail server (aiosmtpd) on a free port, and what it took."""

import email
import email.policy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from server.local_stack.service import free_port


class Mailbox(Message):
    """Everything the mail server took, parsed."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Any] = []
        self.url = ""

    def prepare_message(self, session: Any, envelope: Any) -> Any:
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parsed["X-To"] = ",".join(envelope.rcpt_tos)
        return parsed

    def handle_message(self, message: Any) -> None:
        self.mails.append(message)


@contextmanager
def opened_mailbox() -> Iterator[Mailbox]:
    """A mailbox whose ``url`` is for ``ANI_SMTP_URL``."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield box
    finally:
        controller.stop()


def link_in(mail: Any) -> str:
    """The one link in a letter."""
    (link,) = re.findall(r"https?://\S+", mail.get_content())
    return str(link)
