"""The engine and its connections."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import orjson
import structlog
from sqlalchemy import Dialect, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from kernel.db.outage import RETRY_AFTER_S, DatabaseAway, outage
from kernel.db.seeing_session import SeeingSession
from kernel.errors import Conflict, Unavailable
from kernel.secrets.private_files import ensure_private_database
from kernel.sqlite.driver import Connector
from kernel.sqlite.statements import Work, run_and_commit

log = structlog.get_logger()

LOCK_TIMEOUT_S = 10
"""How long a writer waits for its turn: far over the longest transaction we make, under any client's patience."""

POOL_SIZE = 10
POOL_OVERFLOW = 10
STATEMENT_TIMEOUT_S = 30


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
            # The connection that was used last knows most statements; of connections in turn each would know a hundred,
            # 30,000 objects in ten of them that the collector of garbage goes through.
            pool_use_lifo=True,
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
