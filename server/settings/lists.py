"""Lists in a variable: words separated by commas."""

from typing import Annotated, Any

from pydantic import BeforeValidator, SecretStr
from pydantic_settings import NoDecode


def _split(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Words = Annotated[list[str], NoDecode, BeforeValidator(_split)]
SecretWords = Annotated[list[SecretStr], NoDecode, BeforeValidator(_split)]
