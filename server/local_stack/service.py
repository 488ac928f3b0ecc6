"""One server program in the foreground: started, waited for, stopped by its own pid."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

START_TIMEOUT_S = 30.0  # PostgreSQL's first start takes 0.6 s alone and some seconds on a machine busy with a test run
STOP_TIMEOUT_S = 10.0
POLL_S = 0.02


class ServiceFailed(Exception):
    """A server program ended early or did not become ready."""


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def accepts_connections(port: int) -> bool:
    """Whether somebody listens on this port of 127.0.0.1."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def unprivileged_user() -> pwd.struct_passwd | None:
    """Who runs the programs that refuse to run as root; None when we are not root ourselves."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


class Service:
    """A server program with a temporary folder of its own; use it as a context manager or call `start` and `stop`.

    It lives once: `stop` removes the folder, which is made `within` another one if given. Subclasses fill the folder in `prepare()`, give the command line in
    `command()`, and tell in `ready()` when the program answers.
    """

    name = "service"
    stop_signal = signal.SIGTERM

    def __init__(self, *, user: pwd.struct_passwd | None = None, within: Path | None = None) -> None:
        self._user = user
        self.folder = Path(tempfile.mkdtemp(prefix=f"ani-{self.name}-", dir=within))
        if user is not None:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Fill the folder before the start."""

    def command(self) -> Sequence[str | Path]:
        """The command line; called right before the start, so that a port is chosen as late as possible."""
        raise NotImplementedError

    def ready(self) -> bool:
        """Whether the program answers."""
        raise NotImplementedError

    @property
    def log_path(self) -> Path:
        """Where its output goes."""
        return self.folder / f"{self.name}.log"

    @property
    def pid(self) -> int:
        """Of the running process."""
        if self._process is None:
            raise ServiceFailed(f"{self.name} is not running")
        return self._process.pid

    def start(self) -> Self:
        """Start and wait until it answers. Raises ServiceFailed with the end of its log."""
        try:
            self.prepare()
            self._launch()
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def _launch(self) -> None:
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [*dies_with_us(self.stop_signal), *map(str, self.command())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                process_group=0,  # Ctrl-C in a terminal reaches us alone, and we stop the services in order
                user=self._user.pw_uid if self._user else None,
                group=self._user.pw_gid if self._user else None,
                extra_groups=[] if self._user else None,
            )

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            if self._process.poll() is not None:  # asked first: somebody else may answer on our port
                raise ServiceFailed(f"{self.name} ended with code {self._process.returncode}:\n{self.log()[-2000:]}")
            if self.ready():
                return
            if time.monotonic() > deadline:
                raise ServiceFailed(f"{self.name} is not ready after {START_TIMEOUT_S:g} s:\n{self.log()[-2000:]}")
            time.sleep(POLL_S)

    def log(self) -> str:
        """What the program printed so far."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def stop(self) -> None:
        """Stop the program and remove its folder; harmless when it has already ended."""
        if self._process is not None:
            self._process.send_signal(self.stop_signal)
            try:
                self._process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def run(self, command: Sequence[str | Path]) -> None:
        """Run a preparing command as the service's user. Raises ServiceFailed with what it printed."""
        done = subprocess.run(
            list(map(str, command)),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=START_TIMEOUT_S,
            check=False,
            user=self._user.pw_uid if self._user else None,
            group=self._user.pw_gid if self._user else None,
            extra_groups=[] if self._user else None,
        )
        if done.returncode:
            printed = (done.stdout + done.stderr).decode(errors="replace")
            raise ServiceFailed(f"{Path(command[0]).name} failed with code {done.returncode}:\n{printed[-2000:]}")


def dies_with_us(with_signal: signal.Signals) -> list[str]:
    """A prefix that has the kernel stop the program when we are killed without a chance to do it (Linux alone)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, f"--pdeathsig={with_signal.name.removeprefix('SIG')}"] if setpriv else []
