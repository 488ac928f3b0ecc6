"""The declarations of features become one, and contradictions are refused."""

from typing import Any, Protocol

import pytest

from kernel.events import Event
from kernel.feature import Feature
from kernel.http import Router
from kernel.jobs import JobContext, JobKind, PeriodicTask
from kernel.outbox.outbox import Subscriber
from kernel.scope import Container


class Thing(Protocol):
    """A port."""


class Happened(Event):
    """An event that no feature has."""


async def hear(_scope: Any, _event: Any) -> None: ...
async def hear_else(_scope: Any, _event: Any) -> None: ...
async def run(_container: Container) -> None: ...
async def work(_context: JobContext, _payload: dict[str, Any]) -> None: ...


def test_keeps_the_order_of_routers_and_subscribers() -> None:
    first, second = Router(tag="a"), Router(tag="b")
    a, b = Subscriber("a", hear), Subscriber("b", hear_else)
    whole = Feature.merged(
        [Feature(routers=[first], subscribers={Happened: [a]}), Feature(routers=[second], subscribers={Happened: [b]})]
    )
    assert whole.routers == [first, second]
    assert whole.events().subscribers_of(Happened) == ["a", "b"]


def test_one_subscriber_may_hear_in_two_features() -> None:
    declared = Feature(subscribers={Happened: [Subscriber("a", hear)]})
    assert Feature.merged([declared, declared]).events().subscribers_of(Happened) == ["a"]


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (Feature(ports={Thing: lambda _: None}), r"bind the port .*\.Thing"),
        (Feature(jobs={"ingest": JobKind(work)}), "kind of job ingest"),
        (Feature(periodic_tasks=[PeriodicTask("tidy", 1, run)]), "periodic task tidy"),
        (Feature(background_tasks={"listen": lambda: run(None)}), "background task listen"),  # type: ignore[arg-type]
        (Feature(former_subscribers={"a.b": hear}), r"former subscriber a\.b"),
    ],
)  # fmt: skip
def test_refuses_what_is_bound_twice(declared: Feature, message: str) -> None:
    Feature.merged([declared])
    with pytest.raises(ValueError, match=message):
        Feature.merged([declared, declared])


def test_refuses_two_subscribers_of_one_name() -> None:
    with pytest.raises(ValueError, match="two subscribers are called a"):
        Feature.merged(
            [
                Feature(subscribers={Happened: [Subscriber("a", hear)]}),
                Feature(subscribers={Event: [Subscriber("a", hear_else)]}),
            ]
        )
