"""The office and the clock of these tests."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from kernel.scope import Container
from tests.conftest import AppClient, MakeUser
from tests.integration.catalog.moderation.moderating import Office
from tests.integration.catalog.schedule.scheduling import FixedClock


@pytest.fixture
def clock(container: Container) -> Iterator[FixedClock]:
    """Monday 13 July 2026, noon in London's winter."""
    real = container.clock
    fixed = FixedClock(datetime(2026, 7, 13, 12, tzinfo=UTC))
    container.clock = fixed
    yield fixed
    container.clock = real


@pytest.fixture
def office(app_client: AppClient, make_user: MakeUser) -> Office:
    return Office(app_client, make_user)
