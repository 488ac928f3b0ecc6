"""Events are delivered exactly when their change was committed, to every subscriber on its own."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select, update

from kernel.events import Event
from kernel.outbox.outbox import Delivery, EventTable, Subscriber, outbox_table
from kernel.outbox.relay import GROUP, MAX_ATTEMPTS, Relay, next_attempt
from kernel.scope import Container, Scope

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class SomethingTested(Event):
    """A test happened."""

    number: int
    parts: tuple[str, ...] = ()


noted_table = Table("noted_by_test", MetaData(), Column("number", Integer))
"""What a subscriber does in the database."""

heard: list[tuple[str, Event, str]] = []
broken = True


async def hear(scope: Scope, event: SomethingTested) -> None:
    heard.append(("hear", event, scope.origin.get("actor_id", "")))


async def hear_everything(_scope: Scope, event: Event) -> None:
    heard.append(("everything", event, ""))


async def fail(_scope: Scope, _event: SomethingTested) -> None:
    if broken:
        raise RuntimeError("not today")
    heard.append(("fail", _event, ""))


@pytest.fixture
def bus_of_three(container: Container, monkeypatch: pytest.MonkeyPatch) -> Container:
    """Three subscribers, and a time that stands still: however slow the machine, the next attempt is not due by itself."""
    global broken
    monkeypatch.setattr(container.clock, "now", lambda: NOW)
    broken = True
    heard.clear()
    by_name = {handler.__name__: Subscriber(handler.__name__, handler) for handler in (hear, fail, hear_everything)}
    container.wire(
        {}, EventTable({SomethingTested: [by_name["hear"], by_name["fail"]], Event: [by_name["hear_everything"]]})
    )
    return container


async def rows(container: Container) -> int:
    async with container.scope(write=False) as scope:
        counted = await scope.uow.session.execute(select(func.count()).select_from(outbox_table))
        return counted.scalar_one()


async def record(container: Container, number: int = 1) -> None:
    async with container.scope(write=True, origin={"actor_id": "somebody"}) as scope:
        scope.uow.record(SomethingTested(at=NOW, number=number, parts=("a", "b")))


@pytest.mark.both_adapters
async def test_every_subscriber_hears_and_a_failing_one_is_kept(bus_of_three: Container) -> None:
    await record(bus_of_three)
    assert await rows(bus_of_three) == 3
    await Relay(bus_of_three).deliver_due()
    event = SomethingTested(at=NOW, number=1, parts=("a", "b"))
    assert sorted(heard, key=lambda item: item[0]) == [("everything", event, ""), ("hear", event, "somebody")]
    assert await rows(bus_of_three) == 1


@pytest.mark.both_adapters
async def test_a_failed_delivery_is_tried_again_and_succeeds(bus_of_three: Container) -> None:
    global broken
    await record(bus_of_three)
    await Relay(bus_of_three).deliver_due()
    broken = False
    assert await Relay(bus_of_three).deliver_due() == 0, "not before its time"
    await make_due(bus_of_three)
    await Relay(bus_of_three).deliver_due()
    assert [name for name, *_ in heard].count("fail") == 1
    assert await rows(bus_of_three) == 0


@pytest.mark.both_adapters
async def test_it_gives_up_after_a_while_and_keeps_the_reason(bus_of_three: Container) -> None:
    await record(bus_of_three)
    for _ in range(MAX_ATTEMPTS):
        await Relay(bus_of_three).deliver_due()
        await make_due(bus_of_three)
    assert await Relay(bus_of_three).deliver_due() == 0
    async with bus_of_three.scope(write=False) as scope:
        row = (await scope.uow.session.execute(select(outbox_table))).one()
    assert row.failed_at is not None
    assert row.last_error == "RuntimeError: not today"


async def make_due(container: Container) -> None:
    async with container.scope(write=True) as scope:
        await scope.uow.session.execute(update(outbox_table).values(not_before=NOW))


@pytest.mark.both_adapters
async def test_nothing_is_heard_of_what_was_rolled_back(bus_of_three: Container) -> None:
    with pytest.raises(ZeroDivisionError):
        async with bus_of_three.scope(write=True) as scope:
            scope.uow.record(SomethingTested(at=NOW, number=1))
            raise ZeroDivisionError
    assert await rows(bus_of_three) == 0


@pytest.mark.both_adapters
async def test_two_relays_deliver_once(bus_of_three: Container) -> None:
    global broken
    broken = False
    for number in range(10):
        await record(bus_of_three, number)
    await asyncio.gather(Relay(bus_of_three).deliver_due(), Relay(bus_of_three).deliver_due())
    assert sorted(
        event.number for name, event, _ in heard if name == "hear" and isinstance(event, SomethingTested)
    ) == list(range(10))


@pytest.mark.both_adapters
async def test_the_running_relay_hears_of_a_commit_at_once(bus_of_three: Container) -> None:
    task = asyncio.create_task(Relay(bus_of_three).run())
    try:
        await asyncio.sleep(0.05)
        await record(bus_of_three)
        async with asyncio.timeout(10):
            while not heard:
                await asyncio.sleep(0.01)
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=5)  # before the database under it closes


def test_the_pauses_grow_to_eight_minutes() -> None:
    pauses = [next_attempt(NOW, attempts) - NOW for attempts in (1, 2, 3, 10, 50)]
    assert pauses == [timedelta(seconds=s) for s in (1, 2, 4, 480, 480)]


async def test_a_subscriber_that_takes_many_is_given_all_in_one_transaction_in_order(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container.clock, "now", lambda: NOW)
    groups: list[tuple[list[int], set[str]]] = []

    async def hear_many(_: Scope, deliveries: Sequence[Delivery]) -> None:
        groups.append(([one.event.number for one in deliveries], {one.origin["actor_id"] for one in deliveries}))

    container.wire({}, EventTable({SomethingTested: [Subscriber("hear", hear, hear_many), Subscriber("fail", fail)]}))
    for number in range(GROUP + 3):
        await record(container, number)
    await Relay(container).drain()
    assert groups == [
        (list(range(GROUP)), {"somebody"}),
        (list(range(GROUP, GROUP + 3)), {"somebody"}),
    ]
    assert await rows(container) == GROUP + 3, "the other's are tried again"


async def test_one_event_that_fails_costs_its_group_nothing(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the group wrote is undone with it, and written once for each that succeeds by itself."""
    monkeypatch.setattr(container.clock, "now", lambda: NOW)

    async def write(scope: Scope, event: SomethingTested) -> None:
        await write_many(scope, [Delivery(event, {})])

    async def write_many(scope: Scope, deliveries: Sequence[Delivery]) -> None:
        for one in deliveries:
            if one.event.number == 3:
                raise RuntimeError("not this one")
            await scope.uow.session.execute(insert(noted_table).values(number=one.event.number))

    async with container.database.engine.begin() as connection:
        await connection.run_sync(noted_table.create, checkfirst=True)
    container.wire({}, EventTable({SomethingTested: [Subscriber("write", write, write_many)]}))
    for number in range(6):
        await record(container, number)
    await Relay(container).deliver_due()
    async with container.scope(write=False) as scope:
        noted = list(await scope.uow.session.scalars(select(noted_table.c.number).order_by(noted_table.c.number)))
        [kept] = (await scope.uow.session.execute(select(outbox_table))).all()
    assert noted == [0, 1, 2, 4, 5]
    assert (kept.payload["number"], kept.attempts, kept.last_error) == (3, 1, "RuntimeError: not this one")


async def test_two_relays_deliver_a_group_once(container: Container) -> None:
    numbers: list[int] = []

    async def hear_many(_: Scope, deliveries: Sequence[Delivery]) -> None:
        numbers.extend(one.event.number for one in deliveries)
        await asyncio.sleep(0)

    container.wire({}, EventTable({SomethingTested: [Subscriber("hear", hear, hear_many)]}))
    for number in range(20):
        await record(container, number)
    await asyncio.gather(Relay(container).deliver_due(), Relay(container).deliver_due())
    assert numbers == list(range(20))
