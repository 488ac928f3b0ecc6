"""What clients send, on the socket and over REST."""

from collections.abc import Awaitable, Callable
from dataclasses import MISSING, dataclass, fields, replace
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, Protocol, Self, Union, cast, get_args, get_origin, get_type_hints

from pydantic import AfterValidator, Field, RootModel, create_model, model_validator
from pydantic_core import PydanticCustomError

from realtime.gateway.adapters.events import Payload
from realtime.gateway.text import one_line
from realtime.party.domain import commands as _declared  # noqa: F401 - fills COMMANDS
from realtime.party.domain.command import COMMANDS, Command
from realtime.party.domain.fields import DAY_MS, Between, HashOf, Matching, OneLine, Rounded
from realtime.party.domain.model import MAX_MEMBERS, MAX_TITLE_CHARACTERS, Access, ControlMode, MemberId, Wait
from realtime.party.invites.usecases import DEFAULT_INVITE_LIFE_S, LONGEST_INVITE_LIFE_S
from realtime.party.usecases import NewParty
from realtime.sync.playback import Media

MAX_CHAT_CHARACTERS = 2_000
"""A screenful; longer belongs elsewhere."""
MAX_EMOJI_CHARACTERS = 16
"""The longest emoji in use (families, flags with tags) are sequences of up to a dozen code points."""

ControlName = Literal["everyone", "host", "cohosts", "vote"]
AccessName = Literal["public", "unlisted", "private", "password"]
WaitName = Literal["off", "ready", "stall"]

PositionMs = Annotated[float, Field(ge=0, le=DAY_MS)]
Version = Annotated[int, Field(ge=0, le=2**53)]
Identifier = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,64}$")]
"""Made by clients: printable ASCII, because PostgreSQL takes no NUL and people paste these into queries."""
UuidText = Annotated[
    str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", max_length=36)
]
Password = Annotated[str, Field(min_length=1, max_length=200)]


def _within(text: str) -> str:
    if len(text) > MAX_CHAT_CHARACTERS:
        raise PydanticCustomError("text_too_long", "text_too_long: at most 2,000 characters")
    if not text.strip():
        raise PydanticCustomError("text_empty", "text_empty: say something")
    return text.replace("\0", "")  # the one character PostgreSQL cannot hold


Title = Annotated[str, Field(max_length=MAX_TITLE_CHARACTERS), AfterValidator(one_line)]


class MediaIn(Payload):
    """What a party is to watch: an episode, or a live channel."""

    episode_id: UuidText | None = None
    channel_id: UuidText | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.episode_id is None) == (self.channel_id is None):
            raise PydanticCustomError("media_which", "either episode_id or channel_id")
        return self

    async def looked_up(self, lookups: "Lookups") -> Media:
        """Raises ChannelNotWatchable, EpisodeNotPlayable."""
        if self.channel_id is not None:
            return await lookups.live(self.channel_id)
        assert self.episode_id is not None
        return await lookups.media(self.episode_id)


class CreateIn(Payload):
    """``party:create``."""

    title: Title = ""
    media: MediaIn | None = None
    control: ControlName = "everyone"
    access: AccessName = "unlisted"
    password: Password | None = None
    capacity: int = Field(MAX_MEMBERS, ge=1, le=MAX_MEMBERS)
    wait: WaitName = "off"


class JoinIn(Payload):
    """``party:join``; with ``since`` and ``chat_since`` the log from there instead of a snapshot."""

    party_id: UuidText
    invite: str | None = Field(None, max_length=1_024)
    password: Password | None = None
    since: Version | None = None
    chat_since: Version | None = None
    members: Literal["lists", "news"] = "lists"
    """How this client takes ``party:members``: whole, or what changed."""


# Commands -------------------------------------------------------------------------------------------------------------


class Lookups(Protocol):
    """What a command holds that is not in its message."""

    async def media(self, episode_id: str) -> Media:
        """Raises EpisodeNotPlayable."""
        ...

    async def live(self, channel_id: str) -> Media:
        """Raises ChannelNotWatchable."""
        ...

    async def hash_password(self, password: str) -> str:
        """argon2id."""
        ...


@dataclass(frozen=True, slots=True)
class _WireField:
    """How a field of a command is sent, and how what was sent becomes its value."""

    wire_type: Any
    wire_name: str = ""
    """Where it is another one than the field's."""
    read: Callable[[Any], Any] | None = None
    look_up: Callable[[Lookups, Any], Awaitable[Any]] | None = None


class CommandPayload(Payload):
    """One ``party:command``.  A subclass for each kind is made of its declaration."""

    command_type: ClassVar[type[Command]]
    wire_fields: ClassVar[dict[str, _WireField]]

    id: Identifier
    if_version: Version | None = None

    @model_validator(mode="after")
    def _faultless(self) -> Self:
        fault = self.command_type.fault(self.__dict__)
        if fault is not None:
            raise PydanticCustomError(fault.partition(":")[0], fault)
        return self

    async def command(self, member_id: MemberId, lookups: Lookups) -> Command:
        """The command of this member.  Raises ChannelNotWatchable, EpisodeNotPlayable."""
        given: dict[str, Any] = {}
        for name, field in self.wire_fields.items():
            value = getattr(self, field.wire_name or name)
            if value is not None and field.read is not None:
                value = field.read(value)
            if value is not None and field.look_up is not None:
                value = await field.look_up(lookups, value)
            given[name] = value
        return self.command_type(member_id=member_id, id=self.id, if_version=self.if_version, **given)


def _wire_field(hint: Any) -> _WireField:
    """How a field of this type is sent.  ``TypeError`` for a type nobody has said that of."""
    if hint is bool:
        return _WireField(bool)
    if hint is Media:
        return _WireField(MediaIn, look_up=lambda lookups, media: media.looked_up(lookups))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _WireField(Literal[tuple(item.value for item in hint)], read=hint)
    if get_origin(hint) is Literal:
        return _WireField(hint)
    if get_origin(hint) in (Union, UnionType):
        parts = [_wire_field(part) for part in get_args(hint) if part is not NoneType]
        optional = (None,) if NoneType in get_args(hint) else ()
        return replace(parts[0], wire_type=Union[(*(part.wire_type for part in parts), *optional)])
    if get_origin(hint) is Annotated:
        return _limited(*get_args(hint))
    raise TypeError(f"nobody has said how a {hint} is sent")


def _limited(kind: type, limits: object) -> _WireField:
    match limits:
        case Rounded():
            return _WireField(Annotated[float, Field(ge=limits.low, le=limits.high)], read=round)
        case Between(above=True):
            return _WireField(Annotated[kind, Field(gt=limits.low, le=limits.high)])
        case Between():
            return _WireField(Annotated[kind, Field(ge=limits.low, le=limits.high)])
        case Matching():
            return _WireField(Annotated[kind, Field(pattern=limits.pattern, max_length=limits.max_characters)])
        case OneLine():
            return _WireField(Annotated[kind, Field(max_length=limits.max_characters), AfterValidator(one_line)])
        case HashOf():
            return _WireField(
                Annotated[kind, Field(min_length=1, max_length=limits.max_characters)],
                wire_name=limits.name,
                look_up=lambda lookups, secret: lookups.hash_password(secret),
            )
    raise TypeError(f"nobody has said how a {kind.__name__} with {limits} is sent")


def _payload_of(command_type: type[Command]) -> type[CommandPayload]:
    """The message of a command, by its declaration."""
    common = {field.name for field in fields(Command)}
    hints = get_type_hints(command_type, include_extras=True)
    own = [field for field in fields(command_type) if field.name not in common]
    wire_fields = {field.name: _wire_field(hints[field.name]) for field in own}
    shape: dict[str, Any] = {"kind": (Literal[command_type.kind], ...)}
    for field in own:
        wire = wire_fields[field.name]
        shape[wire.wire_name or field.name] = (wire.wire_type, ... if field.default is MISSING else field.default)
    payload = create_model(f"{command_type.__name__}In", __base__=CommandPayload, **shape)
    payload.command_type, payload.wire_fields = command_type, wire_fields
    return payload


_PAYLOADS = tuple(_payload_of(command_type) for command_type in COMMANDS.values())

_any_payload: Any = Annotated[Union[_PAYLOADS], Field(discriminator="kind")]  # noqa: UP007 - of a tuple

CommandIn = cast("type[RootModel[CommandPayload]]", RootModel[_any_payload])
"""``party:command``, by its ``kind``."""


class ReportIn(Payload):
    """``party:report``: what the player does, as of ``at_ms`` (room time)."""

    position_ms: PositionMs
    at_ms: float
    state: Literal["playing", "paused", "stalled", "ready"]
    buffer_ms: Annotated[float, Field(ge=0, le=DAY_MS)] | None = None
    rtt_ms: Annotated[float, Field(ge=0, le=60_000)] | None = None
    drift_ms: Annotated[float, Field(ge=-DAY_MS, le=DAY_MS)] | None = None
    rate: Annotated[float, Field(ge=0, le=16)] | None = None
    version: Version | None = None


class LookIn(Payload):
    """``party:look``."""

    looks: bool


class SayIn(Payload):
    """``chat:send``."""

    id: Identifier
    text: Annotated[str, AfterValidator(_within)]
    reply_to: Identifier | None = None


class ReactIn(Payload):
    """``chat:react``."""

    emoji: str = Field(min_length=1, max_length=MAX_EMOJI_CHARACTERS)


class TypingIn(Payload):
    """``chat:typing``."""

    typing: bool


class DeleteIn(Payload):
    """``chat:delete``."""

    id: Identifier


class MemberIn(Payload):
    """``member:kick``, ``member:ban``, ``member:pardon``."""

    member_id: Identifier


class InviteIn(Payload):
    """``invite:create``; ``max_uses`` 0: until it expires."""

    role: Literal["cohost", "member", "guest"] = "guest"
    expires_in_s: Annotated[int, Field(ge=60, le=LONGEST_INVITE_LIFE_S)] = DEFAULT_INVITE_LIFE_S
    max_uses: Annotated[int, Field(ge=0, le=10_000)] = 0


class RevokeIn(Payload):
    """``invite:revoke``."""

    invite_id: UuidText


class MuteIn(MemberIn):
    """``member:mute``."""

    muted: bool = True


class RoleIn(MemberIn):
    """``member:role``."""

    role: Literal["host", "cohost", "member", "guest"]


def new_party(wanted: CreateIn) -> NewParty:
    """What is asked of the use case."""
    return NewParty(
        title=wanted.title,
        episode_id=None if wanted.media is None else wanted.media.episode_id,
        channel_id=None if wanted.media is None else wanted.media.channel_id,
        control=ControlMode(wanted.control),
        access=Access(wanted.access),
        password=wanted.password,
        capacity=wanted.capacity,
        wait=Wait(wanted.wait),
    )
