"""``ANI_EDGES`` and ``ANI_EDGE_SECRET``: from where players fetch media, where that is more than one place."""

import json
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

from streaming.origin.steering.manifest import origins
from streaming.origin.steering.model import Edge

MAX_EDGES = 8
"""Each is in every multivariant playlist with all of its variants."""


class EdgeSetting(BaseModel):
    """One edge, as an operator writes it down."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]
    url: Annotated[str, Field(max_length=200)] = ""
    weight: Annotated[int, Field(ge=1, le=1000)] = 1
    priority: Annotated[int, Field(ge=0, le=100)] = 0
    health_path: Annotated[str, Field(pattern=r"^/[^?#\s]*$", max_length=200)] = "/healthz"

    @field_validator("url")
    @classmethod
    def _plain(cls, value: str) -> str:
        rest = value.partition("://")[2]
        if value and (
            not value.startswith(("http://", "https://")) or not rest or any(sign in rest for sign in '?#@"\\ ;,')
        ):
            raise ValueError("must be like https://edge1.example.org, or empty for this server itself")
        return value.rstrip("/")

    def edge(self) -> Edge:
        """As ``streaming.origin.steering`` knows it."""
        return Edge(self.name, self.url, self.weight, self.priority, self.health_path)


class EdgeSettings(BaseSettings):
    """Edges of an installation."""

    edge_secret: SecretStr = Field(
        SecretStr(""), description="Shared with nginx, which sends it when it asks whether a stream token is good."
    )
    edges: Annotated[list[EdgeSetting], NoDecode] = Field(
        default_factory=list,
        description='Several places that players fetch media from, as JSON: [{"name": "eu", "url": "https://eu.example.org", "weight": 2, '
        '"priority": 0}, {"name": "us", "url": "…"}]; see docs/edges.md. Empty: from where the page came from.',
    )

    @field_validator("edges", mode="before")
    @classmethod
    def _json(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise ValueError('is no JSON like [{"name": "eu", "url": "https://eu.example.org"}]') from None

    @field_validator("edges")
    @classmethod
    def _apart(cls, value: list[EdgeSetting]) -> list[EdgeSetting]:
        if len(value) > MAX_EDGES:
            raise ValueError(f"may have at most {MAX_EDGES} edges")
        for what, given in (("name", [edge.name for edge in value]), ("url", [edge.url for edge in value])):
            if len(set(given)) < len(given):
                raise ValueError(f"has a {what} twice")
        return value

    @model_validator(mode="after")
    def _no_mixed_content(self) -> Self:
        plain = [edge.name for edge in self.edges if edge.url.startswith("http://")]
        if plain and str(getattr(self, "public_url", "")).startswith("https://"):
            raise ValueError(f"ANI_EDGES: {plain[0]} must be https, for browsers load nothing else into a page that is")
        return self

    @property
    def media_edges(self) -> list[Edge]:
        """As the streaming features know them."""
        return [edge.edge() for edge in self.edges]

    @property
    def edge_origins(self) -> list[str]:
        """Scheme and host of each that has an address, for the policy of pages."""
        return origins(self.media_edges)
