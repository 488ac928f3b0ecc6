"""`.env.example` tells of every setting, and nothing else."""

from server.settings import Settings
from tests.support import env_example


def test_it_is_what_the_settings_say() -> None:
    assert env_example.PATH.read_text(encoding="utf-8") == env_example.text(), "run `make docs`"


def test_every_line_can_be_uncommented_as_it_is() -> None:
    """The defaults in the file are accepted as values, and mean the same as not setting them."""
    lines = [line.removeprefix("#") for line in env_example.text().splitlines() if line.startswith("#ANI_")]
    given = dict(line.split("=", 1) for line in lines)
    assert set(given) == {f"ANI_{name.upper()}" for name in Settings.model_fields}
    values = {name.removeprefix("ANI_").lower(): value for name, value in given.items() if value}
    assert Settings.load(_env_file=None, **values).model_dump() == Settings.load(_env_file=None).model_dump()
