"""`.env.example` from the settings themselves: `python -m tests.support.env_example` writes it anew."""

from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from server.settings import Settings

PATH = Path(__file__).parents[2] / ".env.example"

HEAD = """\
# Settings of Ani, each with its default and meaning. Copy this file to .env and change what you need,
# or set the same names in the environment, which wins. A wrong value stops the start with one clear line.
"""


def text() -> str:
    """The whole file."""
    return "\n".join([HEAD, *(_entry(name, field) for name, field in Settings.model_fields.items())])


def _entry(name: str, field: FieldInfo) -> str:
    assert field.description, f"Settings.{name} has no description"
    return f"# {field.description}\n#ANI_{name.upper()}={_default(field)}\n"


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    assert value is not PydanticUndefined, "every setting has a default: `make run` needs none"
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list() | tuple():
            return ",".join(value)
        case dict():
            return ",".join(f"{key}:{each}" for key, each in value.items())
        case SecretStr():
            return value.get_secret_value()
        case _:
            return str(value)


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
