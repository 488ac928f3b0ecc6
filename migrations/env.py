"""Runs a migration on the connection it is given (see ``migrations.upgrade``)."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import TypeDecorator

import kernel.db.columns


def render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column types by their short names, and a feature's types as what they are stored as."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    stored = item if type(item).__module__ == kernel.db.columns.__name__ else item.impl_instance
    if type(stored).__module__ == kernel.db.columns.__name__:
        return f"{type(stored).__name__}()"
    return f"sa.{stored!r}"


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes.get("metadata"),
    # SQLite cannot change a table in place: Alembic copies it instead.
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render,
    compare_type=True,
    # On SQLite too, where Alembic would commit after each step: a start at the same moment would come in between.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
