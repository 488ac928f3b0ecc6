"""One Chromium for all that a process tests here: a start takes two seconds of a core, and a context shares nothing with another."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.acceptance.viewers import Sit, audience
from tests.support.chromium import launched_chromium

Chromium = Callable[[], Awaitable[Browser]]

# Playwright answers in the event loop that started it: these fixtures, and the tests that stand on them, share one.
shared_fixture = pytest_asyncio.fixture(loop_scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what stands on the one Chromium in its event loop."""
    for item in items:
        if isinstance(item, pytest.Function) and "chromium" in item.fixturenames:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Chromium]:
    """The browser of this process, and another one after a test that it did not survive."""
    async with AsyncExitStack() as stack:
        running: list[Browser] = []

        async def one_that_runs() -> Browser:
            if not running or not running[-1].is_connected():
                running.append(await stack.enter_async_context(launched_chromium()))
            return running[-1]

        yield one_that_runs


@shared_fixture
async def browser(chromium: Chromium) -> AsyncIterator[Browser]:
    """A headless Chromium without a page; whatever the test opens in it is closed."""
    shared = await chromium()
    yield shared
    for context in shared.contexts:
        await context.close()


@shared_fixture
async def sit(browser: Browser) -> AsyncIterator[Sit]:
    """Seats for viewers."""
    async with audience(browser) as seats:
        yield seats
