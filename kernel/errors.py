"""What can go wrong, in the language of the domain.

::

    AniError
    ├── Invalid           well-formed, but not acceptable
    ├── Unauthenticated   we do not know who is calling
    ├── Forbidden         we know, and they may not
    │   └── UnavailableForLegalReasons   nobody there may
    ├── NotFound          no such thing, or not for this caller
    ├── Gone              it was there, and is over
    ├── Conflict          the present state does not allow it
    │   └── Stale         somebody else changed it in between
    ├── TooLarge          over a stated limit
    ├── TooManyRequests   over a stated rate
    └── Unavailable       something we depend on does not answer

No class here knows of HTTP; ``kernel.http`` maps these to statuses in one table.  The docstring of an error is its message,
with the keyword arguments filled in, and the class name in snake case is its code on the wire.
"""

import inspect
import re
from typing import Any, ClassVar

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class AniError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "ani_error"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in vars(cls):
            cls.code = _WORD_START.sub("_", cls.__name__).lower()

    def __init__(self, message: str | None = None, **details: Any) -> None:
        self.details = details
        self.message = message if message is not None else self._from_docstring(details)
        super().__init__(self.message)

    @classmethod
    def _from_docstring(cls, details: dict[str, Any]) -> str:
        first_paragraph = (inspect.getdoc(cls) or cls.__name__).partition("\n\n")[0].replace("\n", " ")
        return first_paragraph.format(**details) if details else first_paragraph

    def __reduce__(self) -> tuple[Any, ...]:
        # Keyword-only state does not survive the default pickling of exceptions, and job results cross processes.
        return (_rebuild, (type(self), self.message, self.details))


def _rebuild(cls: type[AniError], message: str, details: dict[str, Any]) -> AniError:
    return cls(message, **details)


class Invalid(AniError):
    """The request is well-formed, but cannot be accepted."""


class Unauthenticated(AniError):
    """Please sign in."""


class Forbidden(AniError):
    """You do not have permission to do this."""


class UnavailableForLegalReasons(Forbidden):
    """This may not be shown here for legal reasons."""


class NotFound(AniError):
    """There is no such thing."""


class Gone(AniError):
    """This is over."""


class Conflict(AniError):
    """This cannot be done in the present state."""


class Stale(Conflict):
    """Somebody changed this in the meantime. Load it again and repeat your change."""


class TooLarge(AniError):
    """This is larger than the limit."""


class TooManyRequests(AniError):
    """Too many attempts. Try again in {retry_after_s} s."""

    def __init__(self, message: str | None = None, *, retry_after_s: int, **details: Any) -> None:
        super().__init__(message, retry_after_s=retry_after_s, **details)
        self.retry_after_s = retry_after_s


class Unavailable(AniError):
    """A service this needs does not answer. Try again in {retry_after_s} s."""

    def __init__(self, message: str | None = None, *, retry_after_s: int = 5, **details: Any) -> None:
        super().__init__(message, retry_after_s=retry_after_s, **details)
        self.retry_after_s = retry_after_s
