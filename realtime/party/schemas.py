"""What clients send, on the socket and over REST."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, RootModel, model_validator
from pydantic_core import PydanticCustomError

from realtime.gateway.adapters.events import Payload
from realtime.gateway.text import one_line
from realtime.party.domain.model import MAX_MEMBERS, MAX_TITLE_CHARACTERS, Access, ControlMode, Wait
from realtime.party.invites.usecases import DEFAULT_INVITE_LIFE_S, LONGEST_INVITE_LIFE_S
from realtime.party.usecases import NewParty

MAX_CHAT_CHARACTERS = 2_000
"""A screenful; longer belongs elsewhere."""
MAX_EMOJI_CHARACTERS = 16
"""The longest emoji in use (families, flags with tags) are sequences of up to a dozen code points."""

DAY_MS = 24 * 3600 * 1000.0

ControlName = Literal["everyone", "host", "cohosts", "vote"]
AccessName = Literal["public", "unlisted", "private", "password"]
WaitName = Literal["off", "ready", "stall"]

PositionMs = Annotated[float, Field(ge=0, le=DAY_MS)]
Version = Annotated[int, Field(ge=0, le=2**53)]
Identifier = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,64}$")]
"""Made by clients: printable ASCII, because PostgreSQL takes no NUL and people paste these into queries."""
ItemId = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,101}$")]
"""A member's id (36 characters), a colon and the id of the command that added the item."""
UuidText = Annotated[
    str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", max_length=36)
]
LanguageTag = Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35)]
"""BCP 47; 35 characters is what its section 4.4.1 tells to make room for."""
Password = Annotated[str, Field(min_length=1, max_length=200)]


def _within(text: str) -> str:
    if len(text) > MAX_CHAT_CHARACTERS:
        raise PydanticCustomError("text_too_long", "text_too_long: at most 2,000 characters")
    if not text.strip():
        raise PydanticCustomError("text_empty", "text_empty: say something")
    return text.replace("\0", "")  # the one character PostgreSQL cannot hold


Title = Annotated[str, Field(max_length=MAX_TITLE_CHARACTERS), AfterValidator(one_line)]


class MediaIn(Payload):
    episode_id: UuidText


class CreateIn(Payload):
    title: Title = ""
    media: MediaIn | None = None
    control: ControlName = "everyone"
    access: AccessName = "unlisted"
    password: Password | None = None
    capacity: int = Field(MAX_MEMBERS, ge=1, le=MAX_MEMBERS)
    wait: WaitName = "off"


class JoinIn(Payload):
    party_id: UuidText
    invite: str | None = Field(None, max_length=1_024)
    password: Password | None = None
    since: Version | None = None
    chat_since: Version | None = None
    members: Literal["lists", "news"] = "lists"
    """How this client takes ``party:members``: whole, or what changed."""


class _CommandIn(Payload):
    id: Identifier
    if_version: Version | None = None


class PlayIn(_CommandIn):
    kind: Literal["play"]
    position_ms: PositionMs | None = None


class PauseIn(_CommandIn):
    kind: Literal["pause"]
    position_ms: PositionMs | None = None


class SeekIn(_CommandIn):
    kind: Literal["seek"]
    position_ms: PositionMs | None = None
    by_ms: Annotated[float, Field(ge=-DAY_MS, le=DAY_MS)] | None = None

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if (self.position_ms is None) == (self.by_ms is None):
            raise PydanticCustomError("seek_where", "seek_where: either position_ms or by_ms")
        return self


class RateIn(_CommandIn):
    kind: Literal["rate"]
    rate: Annotated[float, Field(gt=0, le=16)]


class SetMediaIn(_CommandIn):
    kind: Literal["media"]
    media: MediaIn
    position_ms: PositionMs | None = None


class SettingsIn(_CommandIn):
    kind: Literal["settings"]
    title: Title | None = None
    control: ControlName | None = None
    access: AccessName | None = None
    password: Password | None = None
    capacity: int | None = Field(None, ge=1, le=MAX_MEMBERS)
    wait: WaitName | None = None
    autoplay: bool | None = None


class TracksIn(_CommandIn):
    kind: Literal["tracks"]
    audio: LanguageTag | Literal[""] | None = None
    subtitles: LanguageTag | Literal["", "off"] | None = None


class QueueAddIn(_CommandIn):
    kind: Literal["queue.add"]
    media: MediaIn


class QueueRemoveIn(_CommandIn):
    kind: Literal["queue.remove"]
    item_id: ItemId


class QueueMoveIn(_CommandIn):
    kind: Literal["queue.move"]
    item_id: ItemId
    index: int = Field(ge=0, le=10_000)


class QueueVoteIn(_CommandIn):
    kind: Literal["queue.vote"]
    item_id: ItemId
    wanted: bool = True


class NextIn(_CommandIn):
    kind: Literal["next"]
    item_id: ItemId | None = None


class SkipIn(_CommandIn):
    kind: Literal["skip"]
    item_id: ItemId | None = None


AnyCommandIn = (
    PlayIn
    | PauseIn
    | SeekIn
    | RateIn
    | SetMediaIn
    | SettingsIn
    | TracksIn
    | QueueAddIn
    | QueueRemoveIn
    | QueueMoveIn
    | QueueVoteIn
    | NextIn
    | SkipIn
)


class CommandIn(RootModel[Annotated[AnyCommandIn, Field(discriminator="kind")]]):
    """``party:command``, by its ``kind``."""


class ReportIn(Payload):
    position_ms: PositionMs
    at_ms: float
    state: Literal["playing", "paused", "stalled", "ready"]
    buffer_ms: Annotated[float, Field(ge=0, le=DAY_MS)] | None = None
    rtt_ms: Annotated[float, Field(ge=0, le=60_000)] | None = None
    drift_ms: Annotated[float, Field(ge=-DAY_MS, le=DAY_MS)] | None = None
    rate: Annotated[float, Field(ge=0, le=16)] | None = None
    version: Version | None = None


class LookIn(Payload):
    looks: bool


class SayIn(Payload):
    id: Identifier
    text: Annotated[str, AfterValidator(_within)]
    reply_to: Identifier | None = None


class ReactIn(Payload):
    emoji: str = Field(min_length=1, max_length=MAX_EMOJI_CHARACTERS)


class TypingIn(Payload):
    typing: bool


class DeleteIn(Payload):
    id: Identifier


class MemberIn(Payload):
    member_id: Identifier


class InviteIn(Payload):
    role: Literal["cohost", "member", "guest"] = "guest"
    expires_in_s: Annotated[int, Field(ge=60, le=LONGEST_INVITE_LIFE_S)] = DEFAULT_INVITE_LIFE_S
    max_uses: Annotated[int, Field(ge=0, le=10_000)] = 0


class RevokeIn(Payload):
    invite_id: UuidText


class MuteIn(MemberIn):
    muted: bool = True


class RoleIn(MemberIn):
    role: Literal["host", "cohost", "member", "guest"]


def new_party(wanted: CreateIn) -> NewParty:
    """What is asked of the use case."""
    return NewParty(
        title=wanted.title,
        episode_id=None if wanted.media is None else wanted.media.episode_id,
        control=ControlMode(wanted.control),
        access=Access(wanted.access),
        password=wanted.password,
        capacity=wanted.capacity,
        wait=Wait(wanted.wait),
    )
