"""The contract of a party store, kept by both of them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from kernel.ids import new_id
from kernel.scope import Container
from realtime.party.domain.accepted import Accepted
from realtime.party.domain.model import Member, MemberId, Party, PartyId, Role, Settings
from realtime.party.domain.rules import new_party
from realtime.party.ports import LOG_LENGTH, Change, LogEntry, PartyStore
from realtime.party.stores.adapters.valkey import ValkeyStore
from realtime.party.stores.embedded import EmbeddedStore
from realtime.party.stores.repository import SqlParties
from realtime.sync.playback import Media, Playback
from server.services import Services


@pytest.fixture
async def store(container: Container, services: Services) -> AsyncIterator[PartyStore]:
    made: EmbeddedStore | ValkeyStore
    if services.redis is None:
        made = EmbeddedStore(SqlParties(container, with_log=True))
    else:
        made = ValkeyStore(services.redis, SqlParties(container, with_log=False), "node-a")
    await made.start()
    yield made
    await made.close()


def party() -> Party:
    media = Media(episode_id=new_id(), title="Pilot", duration_ms=1_000_000)
    return new_party(PartyId(new_id()), MemberId("ann"), 1_000, settings=Settings(title="T"), media=media)


def advanced(before: Party, *, version: bool = True, **changes: object) -> Change:
    """The next revision, and with ``version`` the next version."""
    after = replace(before, revision=before.revision + 1, version=before.version + version, **changes)  # type: ignore[arg-type]  # fields
    return Change(
        party=after,
        expected_revision=before.revision,
        changed=tuple(key for key, member in after.members.items() if before.members.get(key) is not member),
        gone=tuple(key for key in before.members if key not in after.members),
        entries=(LogEntry(version=after.version, body={"version": after.version}),) if version else (),
        connected_count=after.connected_count,
        write_through=after.closed is not None,
        message=lambda: b"revision %d" % after.revision,
    )


def member(name: str) -> Member:
    return Member(member_id=MemberId(name), name=name, role=Role.MEMBER, joined_at_ms=5, connections=(f"n.{name}",))


async def save(store: PartyStore, change: Change) -> bool:
    durable = await store.save(change)
    if durable is not None:
        await durable
    return durable is not None


@pytest.mark.both_adapters
async def test_what_is_created_can_be_loaded(store: PartyStore) -> None:
    made = party()
    await store.create(made)
    assert await store.load(made.party_id) == made
    assert await store.load(new_id()) is None


@pytest.mark.both_adapters
async def test_save_compares_the_revision(store: PartyStore) -> None:
    made = party()
    await store.create(made)
    first = advanced(made, playback=Playback(media=made.playback.media, position_ms=5))
    assert await save(store, first)
    assert not await save(store, advanced(made, playback=Playback(media=made.playback.media, position_ms=99)))
    assert await store.load(made.party_id) == first.party
    assert not await save(store, advanced(party()))


@pytest.mark.both_adapters
async def test_members_come_change_and_go_one_by_one(store: PartyStore) -> None:
    made = party()
    await store.create(made)
    come = advanced(made, version=False, members={MemberId("ann"): member("ann"), MemberId("bob"): member("bob")})
    assert await save(store, come)
    muted = replace(member("bob"), role=Role.MUTED, accepted=Accepted.of([("c1", 1)]))
    change = advanced(
        come.party, members={MemberId("ann"): come.party.members[MemberId("ann")], MemberId("bob"): muted}
    )
    assert change.changed == ("bob",)
    assert await save(store, change)
    gone = advanced(change.party, version=False, members={MemberId("bob"): muted})
    assert await save(store, gone)
    assert await store.load(made.party_id) == gone.party


@pytest.mark.both_adapters
async def test_log(store: PartyStore) -> None:
    made = party()
    await store.create(made)
    for _ in range(5):
        change = advanced(made)
        assert await save(store, change)
        made = change.party
    log = await store.log_since(made.party_id, 2)
    assert log is not None
    assert [(entry.version, entry.body) for entry in log] == [(v, {"version": v}) for v in (3, 4, 5)]
    assert await store.log_since(made.party_id, 5) == []
    assert await store.log_since(made.party_id, 6) is None
    assert await store.log_since(new_id(), 0) is None


@pytest.mark.both_adapters
async def test_log_is_bounded_and_says_when_it_does_not_reach_back(store: PartyStore) -> None:
    made = party()
    await store.create(made)
    pending = []
    for _ in range(LOG_LENGTH + 300):
        change = advanced(made)
        durable = await store.save(change)
        assert durable is not None
        pending.append(durable)
        made = change.party
    await asyncio.gather(*pending)
    assert await store.log_since(made.party_id, 1) is None
    recent = await store.log_since(made.party_id, made.version - 900)
    assert recent is not None
    assert len(recent) == 900


@pytest.mark.both_adapters
async def test_racing_changes_lose_nothing(store: PartyStore) -> None:
    made = party()
    await store.create(made)

    async def add(name: str) -> None:
        while True:
            now = await store.load(made.party_id)
            assert now is not None
            if await save(store, advanced(now, members={**now.members, MemberId(name): member(name)})):
                return

    await asyncio.gather(*(add(f"m{number}") for number in range(10)))
    final = await store.load(made.party_id)
    assert final is not None
    assert set(final.members) == {f"m{number}" for number in range(10)}
    assert final.version == 10


@pytest.mark.both_adapters
async def test_a_new_process_finds_everything_that_was_durable(
    store: PartyStore, container: Container, services: Services
) -> None:
    made = party()
    await store.create(made)
    change = advanced(made, members={MemberId("ann"): member("ann")})
    assert await save(store, change)
    other: EmbeddedStore | ValkeyStore
    if services.redis is None:
        other = EmbeddedStore(SqlParties(container, with_log=True))
    else:
        other = ValkeyStore(services.redis, SqlParties(container, with_log=False), "node-b")
    assert await other.load(made.party_id) == change.party
    log = await other.log_since(made.party_id, 0)
    assert log is not None
    assert [entry.version for entry in log] == [1]


@pytest.mark.both_adapters
async def test_a_lasting_change_is_in_the_database_when_it_is_durable(store: PartyStore, container: Container) -> None:
    made = party()
    await store.create(made)
    assert await save(store, advanced(made, version=False, closed="closed"))
    listed, total = await SqlParties(container, with_log=False).public(limit=10, offset=0)
    assert (list(listed), total) == ([], 0)


@pytest.mark.parametrize("adapters", ["cluster"], indirect=True)
class TestCluster:
    """What only several nodes need."""

    async def test_followers_hear_every_change_from_the_moment_follow_returns(
        self, store: PartyStore, services: Services, container: Container
    ) -> None:
        assert services.redis is not None
        other = ValkeyStore(services.redis, SqlParties(container, with_log=False), "node-b")
        await other.start()
        heard: list[bytes] = []
        made = party()
        await store.create(made)
        await other.follow(made.party_id, heard.append, lambda: None)
        change = advanced(made)
        assert await save(store, change)
        await store.publish(made.party_id, b"loose")
        async with asyncio.timeout(15):
            while len(heard) < 2:
                await asyncio.sleep(0.01)
        assert heard == [b"revision 1", b"loose"]
        await other.unfollow(made.party_id)
        assert await save(store, advanced(change.party))
        await asyncio.sleep(0.1)
        assert len(heard) == 2
        await other.close()

    async def test_one_node_holds_the_lease(self, store: PartyStore, services: Services, container: Container) -> None:
        assert services.redis is not None
        other = ValkeyStore(services.redis, SqlParties(container, with_log=False), "node-b")
        assert await store.lease("p")
        assert await store.lease("p")
        assert not await other.lease("p")
        await services.redis.delete("ani:party:{p}:lease")  # it ran out
        assert await other.lease("p")
        assert not await store.lease("p")

    async def test_living_and_dead_nodes(self, store: PartyStore) -> None:
        assert await store.dead_nodes(["node-a", "node-x"]) == ["node-x"]
