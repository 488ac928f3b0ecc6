"""The wheel is whole: installed somewhere else, it migrates, serves the API and the web client."""

import re
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path

import aiohttp
import pytest

from tests.support.servers.live_server import LiveServer

ROOT = Path(__file__).parents[3]


def _run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def _runtime_dependencies(folder: Path) -> Path:
    """What requirements.lock names and nothing else, taken from this environment by links."""
    folder.mkdir()
    lock = (ROOT / "requirements.lock").read_text()
    for name in re.findall(r"^([a-z0-9][a-z0-9._-]*)==", lock, re.MULTILINE):
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # it is for another platform or Python
        for top in {file.parts[0] for file in distribution.files or () if file.parts[0] != ".."}:
            if not (folder / top).is_symlink():
                (folder / top).symlink_to(Path(str(distribution.locate_file(top))))
    return folder


@pytest.fixture
def installed_ani(tmp_path: Path) -> Path:
    """The `ani` command of a fresh environment into which the wheel was installed."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    _run(*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, ROOT, cwd=tmp_path)
    (wheel,) = tmp_path.glob("ani_server-*.whl")
    environment = tmp_path / "venv"
    venv.create(environment)
    python = environment / "bin" / "python"
    _run(*pip, "--python", python, "install", "--quiet", "--no-deps", wheel, cwd=tmp_path)
    site_packages = _run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path)
    Path(site_packages, "dependencies.pth").write_text(str(_runtime_dependencies(tmp_path / "dependencies")))
    assert _run(python, "-c", "import server; print(server.__file__)", cwd=tmp_path).startswith(site_packages)
    return environment / "bin" / "ani"


@pytest.mark.slow
async def test_serves_the_client_from_an_environment_of_its_own(installed_ani: Path, tmp_path: Path) -> None:
    server = LiveServer(tmp_path / "server", {})
    server.program = str(installed_ani)
    try:
        await server.start()
        async with aiohttp.ClientSession(server.url) as session:
            async with session.get("/") as page:
                assert page.status == 200
                assert await page.text() == (ROOT / "web/dist/index.html").read_text()
            async with session.get("/api/v1/releases") as releases:
                assert releases.status == 200
            async with session.get("/api/docs") as docs:
                assert docs.status == 200
    finally:
        await server.stop()
