"""``ANI_STREAM_LIMIT`` and ``ANI_STREAM_LIMIT_BY_ROLE``: how many streams one account watches at a time."""

from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

from kernel.access import Role
from streaming.origin.leases.model import StreamLimits

MAX_STREAMS = 10_000


class PlaybackSettings(BaseSettings):
    """Limits of playback."""

    stream_limit: int = Field(
        5, ge=0, le=MAX_STREAMS, description="Streams that one account may watch at a time. 0: any number."
    )
    stream_limit_by_role: Annotated[dict[Role, int], NoDecode] = Field(
        default_factory=dict,
        description="The same for single roles (user, editor, moderator, admin), separated by commas: editor:10,admin:0.",
    )

    @field_validator("stream_limit_by_role", mode="before")
    @classmethod
    def _roles(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        limits: dict[Role, int] = {}
        for part in filter(None, (part.strip() for part in value.split(","))):
            name, _, number = (text.strip() for text in part.partition(":"))
            if name not in set(Role) or not number.isascii() or not number.isdigit() or int(number[:9]) > MAX_STREAMS:
                raise ValueError(f"must be roles with numbers up to {MAX_STREAMS}, as in editor:10,admin:0")
            limits[Role(name)] = int(number)
        return limits

    @property
    def stream_limits(self) -> StreamLimits:
        """As ``streaming.origin.leases`` knows them."""
        return StreamLimits(self.stream_limit, self.stream_limit_by_role)
