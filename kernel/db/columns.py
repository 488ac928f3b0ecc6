"""The one metadata, and the types of columns that mean the same on both databases."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    DateTime,
    Dialect,
    Enum,
    MetaData,
    String,
    TypeDecorator,
    Uuid,
    any_,
    bindparam,
    cast,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import registry
from typing_extensions import override

T = TypeVar("T")

metadata = MetaData(
    # Named constraints, so that a migration can drop what another one made.
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
mapper_registry = registry(metadata=metadata)


class _TextUuid(Uuid[str]):
    """Like its parent, but that text becomes text without a ``UUID`` in between: a third of the time, for every id of every row."""

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """See ``TypeEngine``."""
        return super().result_processor(dialect, coltype) if dialect.supports_native_uuid else _canonical  # type: ignore[no-untyped-call]  # it has no types


def _canonical(value: str | None) -> str | None:
    return None if value is None else f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


class Id(TypeDecorator[str]):
    """A UUID: ``uuid`` in PostgreSQL, 32 hex digits in SQLite, canonical text in Python."""

    impl = _TextUuid(as_uuid=False)
    cache_ok = True


class UtcDateTime(TypeDecorator[datetime]):
    """An aware ``datetime``, in UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime would mean another moment on another machine")
        return None if value is None else value.astimezone(UTC)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Json(TypeDecorator[Any]):
    """A JSON document: ``jsonb`` in PostgreSQL, text in SQLite."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """JSONB on PostgreSQL, text on SQLite."""
        native = JSONB(none_as_null=True) if dialect.name == "postgresql" else self.impl_instance
        return dialect.type_descriptor(native)


class JsonOf(TypeDecorator[T]):
    """A value of the domain as a JSON document: ``write`` makes one of it, ``read`` the value again.  ``None`` is NULL."""

    impl = Json
    cache_ok = True

    def __init__(self, write: Callable[[T], Any], read: Callable[[Any], T]) -> None:
        super().__init__()
        # Part of the statements' cache keys, under the names of the arguments.
        self.write = write
        self.read = read

    @override
    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:
        return None if value is None else self.write(value)

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:
        return None if value is None else self.read(value)


class Texts(JsonOf[tuple[str, ...]]):
    """A tuple of texts as a JSON list."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(list, tuple)


def is_one_of(session: AsyncSession, column: ColumnElement[str], ids: Collection[str]) -> ColumnElement[bool]:
    """``column.in_(ids)`` for thousands of identifiers.

    One parameter on PostgreSQL, which takes 32,767 of them, and where eight thousand make a statement of 40 ms before it is sent.
    """
    if session.get_bind().dialect.name != "postgresql":
        return column.in_(ids)
    return column == any_(cast(bindparam(None, list(ids), type_=ARRAY(String)), ARRAY(postgresql.UUID)))


def text_enum(kind: type[StrEnum], *, length: int) -> Enum:
    """The values of ``kind`` in a column of text, without a type of the database's own: adding a member is no migration."""
    return Enum(kind, native_enum=False, length=length, values_callable=lambda members: [m.value for m in members])
