"""The database: one metadata, one engine, and the unit of work.

The same code runs on SQLite (one file, embedded) and PostgreSQL.  Two differences are worth knowing:

* SQLite has one writer.  A transaction that starts reading and writes later fails at once when another one wrote in
  between, so a write scope says ``BEGIN IMMEDIATE`` up front, and writers of this process queue on a fair lock instead of
  in SQLite's sleeping busy handler.
* SQLite forgets time zones; :class:`UtcDateTime` gives them back.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import orjson
import structlog
from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData, TypeDecorator, Uuid, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, registry
from sqlalchemy.orm.exc import StaleDataError

from kernel.entity import Entity
from kernel.errors import Conflict, Stale, Unavailable
from kernel.events import Event
from kernel.secrets.private_files import ensure_private_database
from kernel.sqlite.driver import Connector
from kernel.sqlite.statements import Work, run_and_commit, run_last

log = structlog.get_logger()
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

LOCK_TIMEOUT_S = 10
"""How long a writer waits for its turn: far over the longest transaction we make, under any client's patience."""

RETRY_AFTER_S = 5
"""When to come again after an outage: databases restart in seconds, and a person waits about so long."""

POOL_SIZE = 10
POOL_OVERFLOW = 10
STATEMENT_TIMEOUT_S = 30


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

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - signature
        """See ``TypeDecorator``."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime would mean another moment on another machine")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - signature
        """See ``TypeDecorator``."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Json(TypeDecorator[Any]):
    """A JSON document: ``jsonb`` in PostgreSQL, text in SQLite."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """JSONB on PostgreSQL, text on SQLite."""
        native = JSONB(none_as_null=True) if dialect.name == "postgresql" else self.impl_instance
        return dialect.type_descriptor(native)


class Texts(TypeDecorator[tuple[str, ...]]):
    """A tuple of texts as a JSON list."""

    impl = Json
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> Any:  # noqa: ARG002 - signature
        """See ``TypeDecorator``."""
        return None if value is None else list(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002 - signature
        """See ``TypeDecorator``."""
        return None if value is None else tuple(value)


def text_enum(kind: type[StrEnum], *, length: int) -> Enum:
    """The values of ``kind`` in a column of text, without a type of the database's own: adding a member is no migration."""
    return Enum(kind, native_enum=False, length=length, values_callable=lambda members: [m.value for m in members])


async def in_turns(rows: Iterable[T], at_once: int = 500) -> AsyncIterator[T]:
    """The rows of a long result; the event loop has its turn after each ``at_once`` of them, about 5 ms."""
    for number, row in enumerate(rows, start=1):
        yield row
        if number % at_once == 0:
            await asyncio.sleep(0)


def async_url(url: str) -> str:
    """``url`` with our driver in it: people write ``postgresql://…`` and ``sqlite:///…``.

    Raises ``ValueError`` for anything but SQLite and PostgreSQL.
    """
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            parsed = parsed.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres":
            parsed = parsed.set(drivername="postgresql+asyncpg")
        case other:
            raise ValueError(f"the database must be sqlite or postgresql, not {other!r}")
    return parsed.render_as_string(hide_password=False)


class Database:
    """The engine and its sessions; one for each process."""

    def __init__(self, url: str) -> None:
        self.url = async_url(url)
        self.is_sqlite = self.url.startswith("sqlite")
        self.write_lock = asyncio.Lock()
        self._ending: set[asyncio.Task[None]] = set()
        self._sqlite = Connector()
        self.engine = self._sqlite_engine() if self.is_sqlite else self._postgresql_engine()
        options: dict[str, Any] = {"sync_session_class": SeeingSession, "expire_on_commit": False}
        self.sessions: async_sessionmaker[AsyncSession] = async_sessionmaker(self.engine, **options)
        # A read sees one moment, as in SQLite: a list and the count beside it agree.
        snapshot = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self.read_sessions = async_sessionmaker(self.engine.execution_options(**snapshot), **options)

    def _sqlite_engine(self) -> AsyncEngine:
        database = make_url(self.url).database
        if database and database != ":memory:":
            Path(database).parent.mkdir(parents=True, exist_ok=True)
            ensure_private_database(Path(database))
        engine = create_async_engine(
            self.url,
            json_serializer=_json_text,
            json_deserializer=orjson.loads,
            # The driver's own implicit BEGIN would come before ours; None leaves transactions to the hook below.
            connect_args={
                "timeout": LOCK_TIMEOUT_S,
                "isolation_level": None,
                "async_creator_fn": self._sqlite.connect,
            },
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=LOCK_TIMEOUT_S,
        )

        @event.listens_for(engine.sync_engine, "connect")
        def configure(connection: Any, _record: Any) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")  # readers go on while somebody writes
            cursor.execute("PRAGMA synchronous=FULL")  # what was acknowledged survives a power cut, not only a crash
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.close()

        @event.listens_for(engine.sync_engine, "begin")
        def begin(connection: Any) -> None:
            writes = connection.get_execution_options().get("writes", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

        return engine

    def _postgresql_engine(self) -> AsyncEngine:
        engine = create_async_engine(
            self.url,
            json_serializer=_json_text,
            json_deserializer=orjson.loads,
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=LOCK_TIMEOUT_S,
            pool_pre_ping=True,
            connect_args={"command_timeout": STATEMENT_TIMEOUT_S, "timeout": LOCK_TIMEOUT_S},
        )

        @event.listens_for(engine.sync_engine, "do_connect")
        def connect(dialect: Dialect, _record: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
            # Said here, where it is certain what is away: further out a refused connection could be anybody's.
            try:
                return dialect.connect(*arguments, **options)
            except (OSError, DBAPIError, asyncpg.PostgresError) as error:
                log.warning("cannot connect to PostgreSQL", reason=f"{type(error).__name__}: {error}")
                raise DatabaseAway(retry_after_s=RETRY_AFTER_S) from error

        return engine

    async def write(self, work: Work) -> None:
        """One transaction of nothing but these (see :mod:`kernel.sqlite.statements`), without a session and events; returns when it is durable.

        Raises :class:`Conflict` where a constraint objects, :class:`Unavailable` where the database is away or busy.
        """
        try:
            if not self.is_sqlite:
                async with self.engine.begin() as connection:
                    for statement, rows in work:
                        await connection.execute(statement, rows)
                return
            await self.acquire_write_lock()
            # Shielded: whoever asked may be cancelled, but the next writer must not come before this one is out.
            writing = asyncio.ensure_future(self._write(work))
            self._ending.add(writing)
            writing.add_done_callback(self._ending.discard)
            await asyncio.shield(writing)
        except IntegrityError as error:
            log.info("constraint refused a write", reason=str(error.orig))
            raise Conflict from error
        except DBAPIError as error:
            if (why := outage(error)) is not None:
                log.warning("the database failed", reason=str(error).partition("\n")[0])
                raise why from error
            raise

    async def _write(self, work: Work) -> None:
        try:
            async with self.engine.connect() as connection:
                await run_and_commit(connection, work, beginning="BEGIN IMMEDIATE")
        finally:
            self.write_lock.release()

    async def acquire_write_lock(self) -> None:
        """Raises :class:`Unavailable` when it is not free in time."""
        try:
            async with asyncio.timeout(LOCK_TIMEOUT_S):
                await self.write_lock.acquire()
        except TimeoutError:
            raise Unavailable(retry_after_s=LOCK_TIMEOUT_S) from None

    async def end(self, session: AsyncSession) -> None:
        """Close a session.  Whoever waits may be cancelled; the session is closed all the same, before the database is."""
        ending = asyncio.ensure_future(session.close())
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)
        await asyncio.shield(ending)

    async def close(self) -> None:
        """Let sessions end that are at it, then close every connection."""
        if self._ending:
            await asyncio.wait(self._ending, timeout=STATEMENT_TIMEOUT_S)
        await self.engine.dispose()
        if not await self._sqlite.close(timeout_s=STATEMENT_TIMEOUT_S):
            log.warning("a connection to SQLite is still busy", after_s=STATEMENT_TIMEOUT_S)


def _json_text(value: Any) -> str:
    return orjson.dumps(value).decode()


class SeeingSession(Session):
    """Remembers every entity that was loaded or added.

    A session holds clean entities weakly, so one that only recorded an event could be collected before the commit and its
    event lost.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.seen: dict[int, Entity] = {}


# On the class: listening on each session would be a sixth of what a small read costs.
@event.listens_for(SeeingSession, "loaded_as_persistent")
@event.listens_for(SeeingSession, "before_attach")
def _see(session: SeeingSession, instance: Any) -> None:
    if isinstance(instance, Entity):
        session.seen[id(instance)] = instance


Outbox = Callable[[AsyncSession, list[Event]], Awaitable[None]]
"""Writes events beside the changes that caused them; see ``kernel.outbox.outbox``."""


class UnitOfWork:
    """One transaction: everything in it happens, with its events, or nothing does."""

    def __init__(self, database: Database, *, writes: bool, outbox: Outbox) -> None:
        self._database = database
        self._writes = writes
        self._outbox = outbox
        self._loose_events: list[Event] = []
        self._last: list[Work] = []
        self._after_commit: list[Callable[[], Awaitable[None] | None]] = []
        self._holds_lock = False
        self.session = database.sessions() if writes else database.read_sessions()

    async def __aenter__(self) -> Self:
        if self._writes and self._database.is_sqlite:
            await self._database.acquire_write_lock()
            self._holds_lock = True
        try:
            if self._holds_lock:
                await self.session.connection(execution_options={"writes": True})
        except BaseException as error:
            self._release()
            self._explain(error)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            # Without a commit the session rolls back, which is also how a read ends.  Shielded, so that a client who
            # goes away in the middle cannot leave a connection inside a transaction.
            await self._database.end(self.session)
        finally:
            self._release()
        # Queries write what is pending before they read: an expected clash may come up there already.
        if isinstance(error, StaleDataError):
            raise Stale from error
        if isinstance(error, IntegrityError):
            log.info("constraint refused a write", reason=str(error.orig))
            raise Conflict from error
        self._explain(error)

    def _explain(self, error: BaseException | None) -> None:
        if (why := outage(error)) is not None:
            log.warning("the database failed", reason=str(error).partition("\n")[0])
            raise why from error

    def _release(self) -> None:
        if self._holds_lock:
            self._holds_lock = False
            self._database.write_lock.release()

    def record(self, happened: Event) -> None:
        """Record an event that belongs to no entity of this unit of work."""
        self._loose_events.append(happened)

    def with_commit(self, work: Work) -> None:
        """Execute these last, together with the commit; see :mod:`kernel.sqlite.statements`."""
        self._last.append(work)

    def after_commit(self, action: Callable[[], Awaitable[None] | None]) -> None:
        """Run ``action`` once everything is durable; never when it is not."""
        self._after_commit.append(action)

    async def commit(self) -> None:
        """Make it all durable, then run the ``after_commit`` actions.

        Raises :class:`Stale` where a versioned row changed underneath, :class:`Conflict` where a constraint objects.
        """
        try:
            await self.session.flush()
            seeing = self.session.sync_session
            assert isinstance(seeing, SeeingSession)
            events = [happened for entity in seeing.seen.values() for happened in entity.pull_events()]
            events += self._loose_events
            self._loose_events = []
            if events:
                await self._outbox(self.session, events)
            if self._last:
                await run_last(self.session, [each for work in self._last for each in work])
            await self.session.commit()
        except StaleDataError as error:
            raise Stale from error
        except IntegrityError as error:
            log.info("constraint refused a commit", reason=str(error.orig))
            raise Conflict from error
        except DBAPIError as error:
            self._explain(error)
            raise
        finally:
            self._release()
        actions, self._after_commit = self._after_commit, []
        for action in actions:
            outcome = action()
            if outcome is not None:
                await outcome
