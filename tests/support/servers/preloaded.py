"""The ``ani`` program, loaded once and forked for each process that a test starts: ``python -m tests.support.servers.preloaded``.

Loading it takes more than two seconds of a core, and a run of the tests starts it over a hundred times.  What is forked is a
process as any other: of its own environment and folder, to be signalled and killed, with an exit code.
"""

import gc
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

LOADING_TIMEOUT_S = 120
"""Two cores full of tests make of two seconds many."""
LONGEST_ORDER_BYTES = 1 << 20


class Preloaded:
    """The parent of the processes."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="ani-tests-")  # short: such a path has at most 107 bytes
        self._address = str(Path(self._folder.name, "orders"))

    def __enter__(self) -> Self:
        # Consoles ask for colours when they are loaded.
        environment = {**os.environ, "NO_COLOR": "1"}
        command = [sys.executable, "-m", __name__, self._address]
        self._process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=LOADING_TIMEOUT_S)  # it ends with its input
        self._folder.cleanup()

    def start(
        self,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        stdin: IO[bytes] | None = None,
        stdout: IO[bytes],
        stderr: IO[bytes],
    ) -> "Forked":
        """Start ``ani`` with ``arguments``; like ``subprocess.Popen``, and without ``stdin`` it reads nothing.

        With ``-c`` and a program in Python before its arguments, it is that which runs instead, as ``python -c`` would.
        """
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(LOADING_TIMEOUT_S)
        connection.connect(self._address)
        order = json.dumps({"arguments": list(arguments), "env": dict(env), "cwd": str(cwd)}).encode()
        assert len(order) < LONGEST_ORDER_BYTES
        with Path(os.devnull).open("rb") as nothing:
            streams = [(stdin or nothing).fileno(), stdout.fileno(), stderr.fileno()]
            socket.send_fds(connection, [len(order).to_bytes(4)], streams)
            connection.sendall(order)
            return Forked(connection)

    def run(
        self, arguments: Sequence[str], *, env: Mapping[str, str], cwd: Path, stdin: str = "", timeout_s: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run ``ani`` to its end and return what it printed; like ``subprocess.run``."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write(stdin.encode())
            given.seek(0)
            process = self.start(arguments, env=env, cwd=cwd, stdin=given, stdout=out, stderr=err)
            try:
                code = process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(arguments, code, out.read().decode(), err.read().decode())


class Forked:
    """One of the processes; what tests use of ``subprocess.Popen``."""

    def __init__(self, connection: socket.socket) -> None:
        self._told = connection.makefile("rb")
        self._connection = connection
        self.returncode: int | None = None
        self.pid = int(self._told.readline())

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; ``None`` while it runs."""
        if self.returncode is None and select.select([self._connection], [], [], 0)[0]:
            self._end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Raises ``subprocess.TimeoutExpired``."""
        if self.returncode is None:
            if not select.select([self._connection], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("ani", timeout or 0)
            self._end()
        assert self.returncode is not None
        return self.returncode

    def _end(self) -> None:
        self.returncode = int(self._told.readline())
        self._told.close()
        self._connection.close()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def main() -> None:
    """Load the program, then be its parent until there is no more input; returns in each child."""
    gc.disable()  # as server.entry does
    from server.cli import app, commands  # noqa: F401 - this is what takes so long
    from tests.support.people import make_passwords_quick

    make_passwords_quick()  # what the program itself is started for (test_process, test_up, test_wheel) hashes as it does
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(sys.argv[1])
        listener.listen()
        print("ready", flush=True)
        gc.freeze()
        order = _next_child(listener)
    if order is None:
        sys.exit()
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    sys.argv = ["ani", *order["arguments"]]
    random.seed()
    if order["arguments"][:1] == ["-c"]:
        sys.argv = ["-c", *order["arguments"][2:]]
        gc.enable()
        exec(order["arguments"][1], {"__name__": "__main__"})
        return

    from server.entry import main as ani

    ani()


def _next_child(listener: socket.socket) -> dict[str, Any] | None:
    """The orders of this process if it is a child, ``None`` at the end of the parent."""
    ended, ending = socket.socketpair()
    ending.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(ending.fileno(), warn_on_full_buffer=False)
    children: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([listener, ended, sys.stdin], [], [])
        if ended in ready:
            ended.recv(4096)
        _reap(children)
        if listener in ready:
            connection, _ = listener.accept()
            head, descriptors, _, _ = socket.recv_fds(connection, 4, 3)
            order: dict[str, Any] = json.loads(_exactly(connection, int.from_bytes(head)))
            child = os.fork()
            if child == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for other in (ended, ending, connection, *children.values()):
                    other.close()
                for number, descriptor in enumerate(descriptors):
                    os.dup2(descriptor, number)
                    os.close(descriptor)
                return order
            children[child] = connection
            connection.sendall(b"%d\n" % child)
            for descriptor in descriptors:
                os.close(descriptor)
        if sys.stdin in ready:
            return None


def _exactly(connection: socket.socket, length: int) -> bytes:
    with connection.makefile("rb") as stream:
        return stream.read(length)


def _reap(children: dict[int, socket.socket]) -> None:
    while children:
        child, status = os.waitpid(-1, os.WNOHANG)
        if child == 0:
            return
        with children.pop(child) as connection:
            connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
