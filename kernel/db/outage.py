"""Errors of the driver that are no defect of ours: the database or its disk is away."""

from sqlalchemy.exc import DBAPIError

from kernel.errors import Unavailable

RETRY_AFTER_S = 5
"""When to come again after an outage: databases restart in seconds, and a person waits about so long."""


class DatabaseAway(Unavailable):
    """The database does not answer."""


class StorageFull(Unavailable):
    """The server's disk is full or cannot be written. Nothing was changed."""


# What SQLite says of a disk (sqlite3ErrStr in its sources); the numbers behind these do not reach us through the driver.
_DISK_TROUBLE = ("readonly database", "disk is full", "disk I/O error", "unable to open database file")


def outage(error: BaseException | None) -> Unavailable | None:
    """What an error of the driver means for whoever asked, if it is no defect of ours: the database or its disk is away."""
    if not isinstance(error, DBAPIError):
        return None
    reason = str(error.orig)
    if any(trouble in reason for trouble in _DISK_TROUBLE) or getattr(error.orig, "sqlstate", None) == "53100":
        return StorageFull(retry_after_s=RETRY_AFTER_S)
    # PostgreSQL's classes 08 (connection), 53 (resources) and 57P (shutdown).
    away = str(getattr(error.orig, "sqlstate", None) or "").startswith(("08", "53", "57P"))
    if error.connection_invalidated or away or "database is locked" in reason:
        return DatabaseAway(retry_after_s=RETRY_AFTER_S)
    return None
