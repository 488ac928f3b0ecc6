"""docker-compose.yml, Dockerfile and the guide to them, as far as they can be checked without an engine."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.cli.app import app as ani
from server.local_stack import Nginx, render
from server.settings import Settings

ROOT = Path(__file__).parents[3]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
TEMPLATE = (ROOT / "nginx/nginx.conf.template").read_text()
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ["app", "worker", "migrate"]


def _stages() -> list[list[str]]:
    """The instructions of each build stage, one a line."""
    lines = DOCKERFILE.replace("\\\n", " ").splitlines()
    stages: list[list[str]] = []
    for line in lines:
        if line.startswith("FROM "):
            stages.append([])
        if line and not line.startswith("#"):
            stages[-1].append(" ".join(line.split()))
    return stages


def _copied() -> list[str]:
    """What the image takes from the checkout."""
    copies = [line.split()[1:-1] for stage in _stages() for line in stage if line.startswith("COPY ")]
    return [source for sources in copies if not sources[0].startswith("--from") for source in sources]


class TestCompose:
    def test_has_the_five_parts_and_the_migration(self) -> None:
        assert set(SERVICES) == {"app", "worker", "migrate", "postgres", "valkey", "nginx"}

    def test_every_setting_exists(self) -> None:
        of_nginx = set(re.findall(r"\$\{(\w+)\}", TEMPLATE))
        known = {f"ANI_{name.upper()}" for name in Settings.model_fields} | of_nginx
        used = set(
            re.findall(r"\bANI_[A-Z_]+\b", COMPOSE_TEXT + DOCKERFILE + (ROOT / "docs/operations.md").read_text())
        )
        assert used <= known

    def test_the_settings_are_accepted(self) -> None:
        given = {
            "POSTGRES_PASSWORD": "p" * 8,
            "ANI_PUBLIC_URL": "http://localhost:8080",
            "ANI_SMTP_URL": "console",
            "ANI_MAIL_FROM": "Ani <ani@localhost>",
            "ANI_TRUSTED_PROXIES": "1",
            "ANI_RTC_PORT": "8189",
            "ANI_RTC_PUBLIC_ADDRESS": "198.51.100.7",
        }
        environment = {
            name: re.sub(r"\$\{(\w+):[^}]*\}", lambda match: given.get(match[1], "x" * 64), value)
            for name, value in SERVICES["app"]["environment"].items()
        }
        settings = Settings.load(
            _env_file=None, **{name.removeprefix("ANI_").lower(): value for name, value in environment.items()}
        )
        assert settings.database == "postgresql://ani:pppppppp@postgres/ani"
        assert not settings.runs_jobs, "that is the worker's work"

    def test_holds_no_secret(self) -> None:
        for service in SERVICES.values():
            for name, value in service.get("environment", {}).items():
                if re.search("PASSWORD|SECRET", name):
                    assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]*\}", value), f"{name} must come from .env, and be missed"

    def test_the_guide_sets_every_variable_that_is_asked_for(self) -> None:
        asked = set(re.findall(r"\$\{([A-Z_]+):\?", COMPOSE_TEXT))
        guide = (ROOT / "docs/operations.md").read_text()
        set_there = set(
            re.findall(r"^([A-Z_]+)=", guide.partition("cat > .env <<END")[2].partition("\nEND")[0], re.MULTILINE)
        )
        assert asked == set_there

    @pytest.mark.parametrize("name", OURS)
    def test_runs_a_command_that_exists(self, name: str) -> None:
        assert SERVICES[name]["command"][0] in list(ani)

    @pytest.mark.parametrize("name", SERVICES)
    def test_waits_for_services_that_can_be_waited_for(self, name: str) -> None:
        for other, wanted in SERVICES[name].get("depends_on", {}).items():
            if wanted["condition"] == "service_healthy":
                assert "test" in SERVICES[other].get("healthcheck", {}) or (
                    other in OURS and "HEALTHCHECK" in DOCKERFILE
                )
            else:
                assert wanted["condition"] == "service_completed_successfully"
                assert SERVICES[other]["restart"] == "no"

    @pytest.mark.parametrize("name", SERVICES)
    def test_mounts_what_exists(self, name: str) -> None:
        for mount in SERVICES[name].get("volumes", []):
            source = mount["source"] if isinstance(mount, dict) else mount.partition(":")[0]
            assert (ROOT / source).is_file() if source.startswith("./") else source in COMPOSE["volumes"]

    def test_nginx_sees_media_and_grants_where_the_app_puts_them(self) -> None:
        data = SERVICES["app"]["environment"]["ANI_DATA_DIR"]
        assert f"data:{data}" in SERVICES["app"]["volumes"]
        settings = Settings.load(_env_file=None, data_dir=data)
        seen = [mount for mount in SERVICES["nginx"]["volumes"] if isinstance(mount, dict)]
        assert seen == [
            {
                "type": "volume",
                "source": "data",
                "target": str(folder),
                "read_only": True,
                "volume": {"subpath": str(folder.relative_to(data))},
            }
            for folder in (settings.media_dir, settings.grants_dir)
        ], "the key, the database and what is being uploaded are none of its business"
        assert SERVICES["nginx"]["environment"]["ANI_MEDIA_DIR"] == str(settings.media_dir)
        assert SERVICES["nginx"]["environment"]["ANI_GRANTS_DIR"] == str(settings.grants_dir)

    def test_nginx_accepts_its_configuration(self) -> None:
        variables = {name: str(value) for name, value in SERVICES["nginx"]["environment"].items()}
        # The names of the other containers mean nothing here, and its port may be taken.
        variables |= {
            "ANI_EDGE_SECRET": "secret",
            "ANI_UPSTREAM": "127.0.0.1:8080",
            "ANI_LISTEN": "127.0.0.1:8080",
            "ANI_RUN_DIR": ".",
        }
        nginx = Nginx(render(TEMPLATE, variables), port=0)
        try:
            nginx.check()
        finally:
            nginx.stop()


class TestDockerfile:
    def test_copies_what_exists_and_is_not_ignored(self) -> None:
        allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
        for source in _copied():
            assert (ROOT / source).exists(), source
            assert Path(source).parts[0] in allowed, source

    def test_copies_every_package_of_the_wheel(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
        assert set(wheel["packages"]) <= set(_copied())

    def test_runs_as_an_ordinary_user_with_a_known_command(self) -> None:
        last = _stages()[-1]
        user = next(line for line in last if line.startswith("USER "))
        assert user.split()[1] not in {"root", "0"}
        assert last.index(user) > max(number for number, line in enumerate(last) if line.startswith(("RUN", "COPY")))
        assert 'ENTRYPOINT ["ani"]' in last
        assert 'CMD ["serve"]' in last

    def test_listens_and_is_looked_after_on_one_port(self) -> None:
        last = " ".join(_stages()[-1])
        assert {"ANI_PORT=8080", "8080"} <= set(last.split())
        assert "127.0.0.1:8080/readyz" in last
