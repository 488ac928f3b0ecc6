"""Processes that kill themselves with SIGKILL at one exact step of a request: `python -m tests.support.servers.crashing`.

The steps are those at which a crash may leave something behind: before each statement, before each commit, after each
commit, and at the end, before the answer is on its way.  Each run is a process of its own, forked from one that has
imported and once started the application, because that takes longer than the request.
"""

import asyncio
import gc
import json
import os
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import event
from sqlalchemy.orm import Session

from server.boot import open_services
from server.http import app as application
from server.services import Services
from server.settings import Settings
from tests.support.people import make_passwords_quick

DELIVER = "deliver letters"
SEND_WEBHOOKS = "send webhooks"
Step = list[Any] | str
"""``[method, path, body, headers]``, :data:`DELIVER` or :data:`SEND_WEBHOOKS`."""

KILLED = -signal.SIGKILL
TIMEOUT_S = 120


class CrashingParent:
    """The parent of the processes that crash; one for all tests, because loading the application takes seconds."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=TIMEOUT_S)  # it ends with its input

    def run(self, settings: dict[str, Any], steps: list[Step], *, die_at: int) -> int:
        """The exit code of a process that does ``steps``."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([settings, steps, die_at]).encode() + b"\n")
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], TIMEOUT_S)[0]:
            raise TimeoutError("the process neither ended nor crashed")
        return int(self._process.stdout.readline())


class Crasher:
    """Runs requests on the installation of ``settings`` in processes that crash."""

    def __init__(self, settings: Settings, parent: CrashingParent) -> None:
        kept = ("data_dir", "database_url", "redis_url", "smtp_url")
        self._settings: dict[str, Any] = {name: _plain(getattr(settings, name)) for name in kept}
        self._settings["secret_key"] = settings.secret_key.get_secret_value()
        self._settings["webhook_networks"] = ",".join(settings.webhook_networks)
        self._settings["trusted_proxies"] = 1
        self._parent = parent

    async def run(self, steps: list[Step], *, die_at: int) -> bool:
        """Do ``steps`` in a process that dies at its ``die_at``-th step (from 1); ``False`` when it has fewer than that."""
        status = await asyncio.to_thread(self._parent.run, self._settings, steps, die_at=die_at)
        assert status in (0, KILLED), f"it ended with {status} instead of crashing"
        return status == KILLED


def _plain(value: Any) -> str:
    return value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)


class _Countdown:
    """Counts steps down from ``die_at`` once it is armed."""

    def __init__(self, die_at: int) -> None:
        self._left = die_at
        self.armed = False

    def step(self, *_: object) -> None:
        if not self.armed:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


@asynccontextmanager
async def _no_background_work(_services: Services, *, worker: bool) -> AsyncIterator[None]:
    """Its statements would come in between, at other steps each time."""
    yield


async def _crash(settings: Settings, steps: list[Step], die_at: int) -> None:
    countdown = _Countdown(die_at)
    setattr(application, "background_work", _no_background_work)  # noqa: B010 - type checkers need not know
    async with open_services(settings) as services:
        engine = services.database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", countdown.step)
        event.listen(engine, "commit", countdown.step)
        event.listen(Session, "after_commit", countdown.step)
        async with TestClient(TestServer(application.create_app(services))) as client:
            countdown.armed = True
            for step in steps:
                if step == SEND_WEBHOOKS:
                    await services.components.notify.webhooks.deliverer.deliver_due(services.container)
                elif isinstance(step, str):
                    await services.components.notify.emails.deliver_due(services.container)
                else:
                    method, path, body, headers = step
                    async with client.request(method, path, json=body, headers=headers) as answer:
                        assert answer.status < 500, await answer.text()
                countdown.step()
            countdown.armed = False


def main() -> None:
    make_passwords_quick()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the application prints is no answer
    started = False
    for line in sys.stdin:
        given, steps, die_at = json.loads(line)
        settings = Settings.load(_env_file=None, **given)
        if not started:
            nobody = {"login": "nobody", "password": "nothing"}
            asyncio.run(_crash(settings, [["POST", "/api/v1/auth/login", nobody, {}]], die_at=-1))
            gc.freeze()
            started = True
        child = os.fork()
        if child == 0:
            code = 1
            try:
                asyncio.run(_crash(settings, steps, die_at))
                code = 0
            except BaseException:  # noqa: BLE001 - told, and then it is over
                traceback.print_exc()
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


if __name__ == "__main__":
    main()
