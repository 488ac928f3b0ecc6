"""A real `ani serve` in a subprocess, to be looked at, killed and restarted."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import aiohttp

from kernel.access import Role
from server.boot import open_services
from server.cli import accounts
from server.local_stack.service import free_port
from server.settings import Settings
from tests.support.people import PASSWORD, Person, unused_name
from tests.support.servers.preloaded import Forked, Preloaded

START_TIMEOUT_S = 60.0  # a cold start takes about a second; two cores full of tests make it many
STOP_TIMEOUT_S = 20.0


class LiveServer:
    """One server process on a free port of 127.0.0.1, with a data folder that outlives its restarts."""

    def __init__(
        self,
        folder: Path,
        environment: dict[str, str],
        arguments: tuple[str, ...] = (),
        *,
        preloaded: Preloaded | None = None,
        first: str = "",
    ) -> None:
        assert not first or preloaded is not None
        self._first = first
        self.program = ani_program()
        self._preloaded = preloaded
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {"ANI_DATA_DIR": str(folder / "data"), "ANI_RTC_PORT": "0", **environment}
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | Forked | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server does not run"
        return self._process.pid

    @property
    def log_path(self) -> Path:
        return self.folder / "serve.log"

    def log(self) -> str:
        """What all starts of this server printed so far."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def command_environment(self) -> dict[str, str]:
        """The environment for an `ani` command that shares this server's data."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ANI_")}
        own = {"ANI_HOST": "127.0.0.1", "ANI_PORT": str(self.port), "NO_COLOR": "1"}
        return {**inherited, **own, **self.environment}

    def settings(self) -> Settings:
        """What the server runs with, for looking at its data from here."""
        given = {name.removeprefix("ANI_").lower(): value for name, value in self.environment.items()}
        return Settings.load(_env_file=None, host="127.0.0.1", port=self.port, **given)

    def ani(self, *arguments: str, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
        """Run another `ani` command on this server's data and return what it printed."""
        environment = self.command_environment()
        if self._preloaded is not None:
            return self._preloaded.run(arguments, env=environment, cwd=self.folder, timeout_s=timeout_s)
        return subprocess.run(
            [self.program, *arguments],
            env=environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    async def start(self, *, timeout_s: float = START_TIMEOUT_S) -> "LiveServer":
        """Start, and return once /healthz answers."""
        process = self._launch()
        deadline = time.monotonic() + timeout_s
        async with aiohttp.ClientSession() as session:
            while not await self._healthy(session):
                if process.poll() is not None:
                    raise AssertionError(f"ani serve ended with code {process.returncode}:\n{self.log()[-4000:]}")
                if time.monotonic() > deadline:
                    raise AssertionError(f"ani serve is not healthy after {timeout_s} s:\n{self.log()[-4000:]}")
                await asyncio.sleep(0.03)
        return self

    def _launch(self) -> "subprocess.Popen[bytes] | Forked":
        assert self._process is None, "the server runs already"
        arguments, environment = ["serve", *self._arguments], self.command_environment()
        if self._first:
            arguments = ["-c", f"{self._first}\nfrom server.entry import main\nmain()", *arguments]
        with self.log_path.open("ab") as log:
            if self._preloaded is not None:
                self._process = self._preloaded.start(
                    arguments, env=environment, cwd=self.folder, stdout=log, stderr=log
                )
            else:
                self._process = subprocess.Popen(
                    [self.program, *arguments],
                    env=environment,
                    cwd=self.folder,  # no .env of the developer's here
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
        return self._process

    async def kill9(self) -> None:
        """End it at once, as a crash or a power cut would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int | None:
        """Ask it to end, as an operator would; returns its exit code, None when it did not run."""
        return await self._end(signal.SIGTERM)

    async def restart(self) -> "LiveServer":
        """Stop gracefully if it still runs, and start again on the same port and data."""
        await self.stop()
        return await self.start()

    async def make_user(self, role: Role = Role.USER, nickname: str | None = None) -> Person:
        """A signed-in user, made as people do it: over the API, and with what `ani user role` does (`test_cli` runs that itself)."""
        name = nickname or unused_name()
        email = f"{name.lower()}@example.org"
        async with aiohttp.ClientSession(f"{self.url}/api/v1/auth/", raise_for_status=True) as session:
            await session.post("register", json={"email": email, "password": PASSWORD, "nickname": name})
            if role is not Role.USER:
                async with open_services(self.settings()) as opened:
                    await accounts.set_role(opened, email, role)
            async with session.post("login", json={"login": email, "password": PASSWORD}) as answer:
                grant = await answer.json()
        return Person(
            user_id=grant["user"]["id"],
            email=email,
            nickname=name,
            role=role,
            session_id="",
            access_token=grant["access_token"],
            refresh_token=grant["refresh_token"],
        )

    async def _healthy(self, session: aiohttp.ClientSession) -> bool:
        try:
            async with session.get(f"{self.url}/healthz", timeout=aiohttp.ClientTimeout(2)) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def _end(self, with_signal: signal.Signals) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        if process.poll() is None:
            process.send_signal(with_signal)
        try:
            return await asyncio.to_thread(process.wait, STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"ani serve did not end {STOP_TIMEOUT_S} s after {with_signal.name}") from None


def ani_program() -> str:
    """The `ani` command of the environment that runs the tests."""
    return str(Path(sys.executable).with_name("ani"))
