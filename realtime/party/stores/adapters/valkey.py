"""The live party in Valkey (or Redis), shared by all nodes: the cluster :class:`~realtime.party.ports.PartyStore`.

Keys of one party share a hash tag, so that a sharded cluster keeps them together::

    ani:party:{id}          hash: revision, version, document (without members)
    ani:party:{id}:members  hash: member id → document
    ani:party:{id}:log      stream, entry ids "<version>-0"
    ani:party:{id}:lease    node id, expires
    ani:party:{id}          also the sharded channel
    ani:node:<node id>      a living node, expires

A change is one Lua call: compare the revision, replace, append to the log, publish.  SQL gets a copy a moment later: what has
to outlive Valkey.  Where Valkey has lost a party, it is restored from that copy, with its counters moved on so far that no
number is ever used twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError
from typing_extensions import override

from kernel.concurrency.group_commit import GroupCommit
from kernel.concurrency.tasks import TaskSet
from kernel.errors import Unavailable
from realtime.party.codec import from_json, member_to_json, to_json
from realtime.party.domain.model import Party
from realtime.party.ports import LOG_LENGTH, Change, LogEntry, Lost, PartyStore, Receive
from realtime.party.stores.adapters.subscriptions import Subscriptions
from realtime.party.stores.embedded import entries_after
from realtime.party.stores.repository import SqlParties

log = structlog.get_logger()

T = TypeVar("T")

CALL_TIMEOUT_S = 2.0
"""A hundred times what a call takes on a busy day, and well under the 7 s in which clients notice a dead server."""

PROBE_INTERVAL_S = 0.25
PROBE_TIMEOUT_S = 1.0
"""How soon it is noticed that Valkey is back; until then nobody waits for it."""

KEEP_MS = 7 * 24 * 3600 * 1000
"""How long an untouched party stays in Valkey; SQL keeps it for good."""

LEASE_MS = 5_000
NODE_LIFE_MS = 10_000
HEARTBEAT_S = 3.0
"""A node is taken for dead after missing three beats."""

SNAPSHOT_WINDOW_S = 0.1
"""How far SQL may be behind Valkey, where that does not matter; changes that have to last wait for it."""

_SAVE = """
local revision = redis.call('HGET', KEYS[1], 'revision')
if revision ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'revision', ARGV[2], 'version', ARGV[3], 'document', ARGV[4])
local at = 7
for _ = 1, tonumber(ARGV[at]) do
  redis.call('HSET', KEYS[2], ARGV[at + 1], ARGV[at + 2])
  at = at + 2
end
at = at + 1
for _ = 1, tonumber(ARGV[at]) do
  redis.call('HDEL', KEYS[2], ARGV[at + 1])
  at = at + 1
end
at = at + 1
for _ = 1, tonumber(ARGV[at]) do
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', '1000', ARGV[at + 1] .. '-0', 'e', ARGV[at + 2])
  at = at + 2
end
for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], ARGV[5]) end
redis.call('SPUBLISH', KEYS[1], ARGV[6])
return 1
"""

_RESTORE = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('HSET', KEYS[1], 'revision', ARGV[1], 'version', ARGV[2], 'document', ARGV[3])
for at = 5, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[at], ARGV[at + 1]) end
for i = 1, 2 do redis.call('PEXPIRE', KEYS[i], ARGV[4]) end
return 1
"""

_LEASE = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""


class ValkeyStore(PartyStore):
    """See the module."""

    def __init__(self, client: Redis, parties: SqlParties, node_id: str, *, prefix: str = "ani:") -> None:
        self._client = client
        self._sql = parties
        self._node_id = node_id
        self._prefix = prefix
        self._save = client.register_script(_SAVE)
        self._restore = client.register_script(_RESTORE)
        self._lease = client.register_script(_LEASE)
        self._snapshots: GroupCommit[Change, None] = GroupCommit(
            parties.write, name="party-snapshot", window_s=SNAPSHOT_WINDOW_S
        )
        self._subscriptions = Subscriptions(client)
        self._tasks = TaskSet("valkey-store")
        self._away = False

    async def start(self) -> None:
        """Say that this node lives, and begin to write snapshots.  Raises Unavailable."""
        await self._beat()
        self._snapshots.start()
        self._subscriptions.start()
        self._tasks.spawn(self._heartbeat(), name="heartbeat")

    async def close(self) -> None:
        """Write what is waiting, and say that this node is gone."""
        await self._subscriptions.close()
        await self._tasks.close()
        await self._snapshots.close()
        try:
            await self._call(lambda: self._client.delete(self._node_key(self._node_id)))
        except Unavailable:
            log.info("the other nodes will notice in a few seconds that this one is gone")
        await self._tasks.close()  # of a Valkey that went away just now

    @override
    async def create(self, party: Party) -> None:
        await self._sql.create(party)
        await self._put(party)

    async def load(self, party_id: str) -> Party | None:
        """From Valkey, or restored into it from SQL."""
        found = await self._read(party_id)
        if found is not None:
            return found
        stored = await self._sql.load(party_id)
        if stored is None:
            return None
        # Nobody may see a number again that was used before Valkey lost it.
        moved_on = replace(stored, version=stored.version + LOG_LENGTH, revision=stored.revision + LOG_LENGTH)
        await self._put(moved_on)
        return await self._read(party_id)

    @override
    async def save(self, change: Change) -> Awaitable[None] | None:
        party = change.party
        members = [value for key in change.changed for value in (key, _json(member_to_json(party.members[key])))]
        entries = [value for entry in change.entries for value in (entry.version, _json(entry.body))]
        arguments: list[Any] = [
            change.expected_revision,
            party.revision,
            party.version,
            _json(to_json(party, members=False)),
            KEEP_MS,
            change.message(),
            len(change.changed),
            *members,
            len(change.gone),
            *change.gone,
            len(change.entries),
            *entries,
        ]
        saved = await self._call(lambda: self._save(keys=self._keys(party.party_id), args=arguments))
        if not saved:
            return None
        snapshot = self._snapshots.begin(change)
        if change.write_through:
            return snapshot
        snapshot.add_done_callback(_note_failure)
        return _done()

    @override
    async def log_since(self, party_id: str, version: int) -> Sequence[LogEntry] | None:
        key, _, stream = self._keys(party_id)

        async def read() -> tuple[Any, Any]:
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.hget(key, "version")
                pipe.xrange(stream, min=f"{version + 1}-0")
                newest, rows = await pipe.execute()
                return newest, rows

        newest, rows = await self._call(read)
        if newest is None:
            return None
        entries = [
            LogEntry(version=int(entry_id.split(b"-")[0]), body=orjson.loads(fields[b"e"])) for entry_id, fields in rows
        ]
        return entries_after(entries, version, int(newest))

    @override
    async def publish(self, party_id: str, message: bytes) -> None:
        client: Any = self._client  # execute_command is not annotated
        await self._call(lambda: client.execute_command("SPUBLISH", self._keys(party_id)[0], message))

    @override
    async def follow(self, party_id: str, receive: Receive, lost: Lost) -> None:
        await self._subscriptions.follow(self._keys(party_id)[0], receive, lost)

    @override
    async def unfollow(self, party_id: str) -> None:
        await self._subscriptions.unfollow(self._keys(party_id)[0])

    @override
    async def lease(self, party_id: str) -> bool:
        key = f"{self._keys(party_id)[0]}:lease"
        return bool(await self._call(lambda: self._lease(keys=[key], args=[self._node_id, LEASE_MS])))

    @override
    async def dead_nodes(self, node_ids: Sequence[str]) -> Sequence[str]:
        alive = await self._call(lambda: self._client.mget([self._node_key(node_id) for node_id in node_ids]))
        return [node_id for node_id, beat in zip(node_ids, alive, strict=True) if beat is None]

    async def time_ms(self) -> float:
        """Valkey's clock, for :class:`~realtime.sync.room_clock.ClusterClock`."""
        seconds, microseconds = await self._call(self._client.time)
        return float(seconds) * 1000 + float(microseconds) / 1000

    # Inside

    def _keys(self, party_id: str) -> list[str]:
        key = f"{self._prefix}party:{{{party_id}}}"
        return [key, f"{key}:members", f"{key}:log"]

    def _node_key(self, node_id: str) -> str:
        return f"{self._prefix}node:{node_id}"

    async def _read(self, party_id: str) -> Party | None:
        key, members_key, _ = self._keys(party_id)

        async def read() -> tuple[Any, Any]:
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.hget(key, "document")
                pipe.hgetall(members_key)
                document, members = await pipe.execute()
                return document, members

        document, members = await self._call(read)
        if document is None:
            return None
        return from_json(
            orjson.loads(document), {key.decode(): orjson.loads(member) for key, member in members.items()}
        )

    async def _put(self, party: Party) -> None:
        members = [value for key, member in party.members.items() for value in (key, _json(member_to_json(member)))]
        document = _json(to_json(party, members=False))
        arguments = [party.revision, party.version, document, KEEP_MS, *members]
        await self._call(lambda: self._restore(keys=self._keys(party.party_id), args=arguments))

    async def _beat(self) -> None:
        await self._call(lambda: self._client.set(self._node_key(self._node_id), b"1", px=NODE_LIFE_MS))

    async def _heartbeat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            try:
                await self._beat()
            except Unavailable:
                log.info("this node's sign of life is late")

    async def _call(self, work: Callable[[], Awaitable[T]]) -> T:
        """What ``work`` returns.  Raises ``Unavailable``, and at once where another call has just waited in vain.

        A call given up may still be carried out: changes compare the revision, and commands are known by their ids.
        """
        if self._away:
            raise Unavailable(retry_after_s=1)
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                return await work()
        except ResponseError as error:  # it is there, and refuses
            raise Unavailable(retry_after_s=1) from error
        except (RedisError, OSError, TimeoutError) as error:
            if not self._away:
                self._away = True
                log.warning("Valkey is away", reason=repr(error))
                self._tasks.spawn(self._probe(), name="probe")
            raise Unavailable(retry_after_s=1) from error

    async def _probe(self) -> None:
        """Ask until it answers; until then :meth:`_call` refuses."""
        while self._away:
            await asyncio.sleep(PROBE_INTERVAL_S)
            try:
                async with asyncio.timeout(PROBE_TIMEOUT_S):
                    await self._client.ping()
            except (RedisError, OSError, TimeoutError):
                continue
            self._away = False
            log.info("Valkey is back")


def _json(value: Any) -> bytes:
    return orjson.dumps(value)


def _note_failure(snapshot: asyncio.Future[None]) -> None:
    """Valkey has it, and the next change brings the whole document again."""
    if not snapshot.cancelled() and (error := snapshot.exception()) is not None:
        log.warning("party snapshot not written", reason=repr(error))


async def _done() -> None:
    """Valkey has it already."""
