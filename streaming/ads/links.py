"""Where something may lead that is shown to readers.  Pure."""

from typing import Final
from urllib.parse import urlsplit

MAX_LINK_CHARS: Final = 500


def is_safe_link(link: str) -> bool:
    """Whether ``link`` leads to a page of this site or to another one over https, however a browser reads it.

    Browsers take ``\\`` for ``/`` and drop tabs and line feeds (URL Standard, "basic URL parser"), so neither may be in it.
    """
    if len(link) > MAX_LINK_CHARS or any(letter <= " " or letter in "\\\x7f" for letter in link):
        return False
    if link.startswith("/"):
        return not link.startswith("//")
    try:
        parts = urlsplit(link)
        return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
