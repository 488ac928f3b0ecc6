"""The database: one metadata, one engine, and the unit of work.

The same code runs on SQLite (one file, embedded) and PostgreSQL.  Two differences are worth knowing:

* SQLite has one writer.  A transaction that starts reading and writes later fails at once when another one wrote in
  between, so a write scope says ``BEGIN IMMEDIATE`` up front, and writers of this process queue on a fair lock instead of
  in SQLite's sleeping busy handler.
* SQLite forgets time zones; :class:`UtcDateTime` gives them back.
"""

from kernel.db.columns import Id, Json, JsonOf, Texts, UtcDateTime, is_one_of, mapper_registry, metadata, text_enum
from kernel.db.database import Database, async_url
from kernel.db.outage import DatabaseAway, StorageFull, outage
from kernel.db.unit_of_work import UnitOfWork

__all__ = [
    "Database",
    "DatabaseAway",
    "Id",
    "Json",
    "JsonOf",
    "StorageFull",
    "Texts",
    "UnitOfWork",
    "UtcDateTime",
    "async_url",
    "is_one_of",
    "mapper_registry",
    "metadata",
    "outage",
    "text_enum",
]
