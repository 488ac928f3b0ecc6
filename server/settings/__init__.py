"""Everything an operator can set, by subject; `Settings` is all of it."""

from server.settings.errors import BadSettings
from server.settings.mail import MailBy
from server.settings.settings import Settings

__all__ = ["BadSettings", "MailBy", "Settings"]
