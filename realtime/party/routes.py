"""Parties over HTTP: the list, a look from outside, a new one, an invite, the end."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from kernel.access import Role as SiteRole
from kernel.errors import Forbidden, TooManyRequests
from kernel.http import THROTTLE, Call, Prepared, Reply, Router
from kernel.http.schemas import PageIn
from kernel.scope import Scope
from realtime.party.domain.errors import (
    ChannelNotWatchable,
    FounderOnly,
    NotInParty,
    PartyIsOver,
    SettingsNotAcceptable,
)
from realtime.party.domain.model import MemberId, Party, Role
from realtime.party.domain.tokens import Invite
from realtime.party.invites.usecases import (
    DEFAULT_INVITE_LIFE_S,
    LONGEST_INVITE_LIFE_S,
    InviteNotFound,
    TooManyInvites,
)
from realtime.party.limits import count_party
from realtime.party.ports import PartyIndex
from realtime.party.replica.registry import PartyNotFound
from realtime.party.schemas import AccessName, ControlName, CreateIn, MediaIn, Password, Title, WaitName, new_party
from realtime.party.serializers import invite_json, party_json
from realtime.party.usecases import EpisodeNotPlayable, Parties


class NewPartyIn(BaseModel):
    """A new party; the caller is its first host."""

    title: Title = ""
    media: MediaIn | None = None
    control: ControlName = "everyone"
    access: AccessName = "unlisted"
    password: Password | None = None
    capacity: int = Field(2_500, ge=1, le=2_500)
    wait: WaitName = "off"


class PartyCreatedOut(BaseModel):
    """A new party, and the link to share."""

    party_id: str
    invite_url: str


class PartyLiveOut(BaseModel):
    """A live channel as a party watches it."""

    channel_id: str
    begin_ms: Annotated[
        int, Field(description="Wall clock (`EXT-X-PROGRAM-DATE-TIME`) at position 0, in milliseconds since 1970.")
    ]
    room_begin_ms: Annotated[int, Field(description="The same moment in room time.")]
    first_ms: Annotated[
        int, Field(description="The position soon after its broadcast began: there may be no picture before it.")
    ]
    window_ms: Annotated[int, Field(description="How far back the party may go.")]


class PartyMediaOut(BaseModel):
    """What a party watches."""

    episode_id: Annotated[str, Field(description="Empty for a live channel.")]
    title: str
    duration_ms: int
    live: Annotated[PartyLiveOut | None, Field(description="What is live, where it is a channel.")] = None


class PartyOut(BaseModel):
    """A party as somebody sees it who is not in it."""

    id: str
    title: str
    access: AccessName
    needs_password: bool
    control: ControlName
    capacity: int
    members_count: int
    media: PartyMediaOut | None
    closed: str | None


class PartyLineOut(BaseModel):
    """A public party in the list."""

    id: str
    title: str
    access: AccessName
    members_count: int
    media: PartyMediaOut | None


class PartyPageOut(BaseModel):
    """A page of public parties, the fullest first."""

    items: list[PartyLineOut]
    total: int
    page: int
    page_size: int


class PartiesIn(PageIn):
    """Which page of the public parties."""

    model_config = ConfigDict(extra="forbid")


class InviteIn(BaseModel):
    """Whom an invite lets in as what, how often and for how long."""

    role: Literal["cohost", "member", "guest"] = "guest"
    expires_in_s: Annotated[int, Field(ge=60, le=LONGEST_INVITE_LIFE_S)] = DEFAULT_INVITE_LIFE_S
    max_uses: Annotated[int, Field(ge=0, le=10_000, description="0: until it expires.")] = 0


class InviteOut(BaseModel):
    """A new invite, and its link."""

    id: str
    invite_url: str


class InviteLineOut(BaseModel):
    """An open invite."""

    id: str
    role: str
    uses: int
    max_uses: int = Field(description="0: until it expires.")
    expires_at_ms: int = Field(description="Unix time.")
    by: str | None = Field(description="Member id of who made it, where that is known.")
    by_name: str | None
    invite_url: str | None = Field(description="`null` for those who could not give this role themselves.")


class InvitesOut(BaseModel):
    """Open invites, the newest first."""

    items: list[InviteLineOut]


def party_router(
    parties: Callable[[], Parties],
    index: PartyIndex,
    insert: Callable[[Scope, Party, Invite], Awaitable[None]],
) -> Router:
    """``parties`` is asked on each call: the gateway starts after the routes are made.  ``insert`` stores a new one and its
    first invite."""
    router = Router("/api/v1", tag="Parties")

    @router.get("/parties", summary="List the public parties, the fullest first", transaction=False)
    async def list_parties(call: Call, query: PartiesIn) -> PartyPageOut:  # noqa: ARG001 - every route gets the call
        """Those that are listed for all; the others are found by their link."""
        found, total = await index.public(limit=query.page_size, offset=query.offset)
        items = [
            PartyLineOut.model_validate(
                {
                    "id": line.party_id,
                    "title": line.title,
                    "access": line.access,
                    "members_count": line.members_count,
                    "media": line.media,
                }
            )
            for line in found
        ]
        return PartyPageOut(items=items, total=total, page=query.page, page_size=query.page_size)

    @router.post(
        "/parties",
        summary="Open a party",
        status=201,
        role=SiteRole.USER,
        raises=(ChannelNotWatchable, EpisodeNotPlayable, SettingsNotAcceptable, TooManyRequests),
        transaction=False,
    )
    async def open_party(call: Call, body: NewPartyIn) -> Prepared[PartyCreatedOut]:
        """Nobody is in it yet: join over Socket.IO with the id."""
        await count_party(call.request.app[THROTTLE], user_id=call.user.user_id, address=call.address)
        wanted = CreateIn(**{name: getattr(body, name) for name in NewPartyIn.model_fields})
        party, invite = await parties().prepare(call.user, new_party(wanted))
        invite_url = parties().link(invite)

        async def store(scope: Scope) -> Reply[PartyCreatedOut]:
            await insert(scope, party, invite)
            headers = {"Location": f"/api/v1/parties/{party.party_id}"}
            return Reply(PartyCreatedOut(party_id=party.party_id, invite_url=invite_url), headers=headers)

        return Prepared(store)

    @router.get("/parties/{party_id}", summary="Look at a party", raises=(PartyNotFound,), transaction=False)
    async def look_at_party(call: Call, party_id: str) -> PartyOut:  # noqa: ARG001 - as above
        """From outside: without its members, chat or position."""
        return PartyOut.model_validate(party_json(await parties().look(party_id)))

    @router.post(
        "/parties/{party_id}/invites",
        summary="Make a link that lets people in",
        status=201,
        role=SiteRole.USER,
        raises=(PartyNotFound, NotInParty, Forbidden, TooManyInvites),
        transaction=False,
    )
    async def invite_to_party(call: Call, party_id: str, body: InviteIn) -> InviteOut:
        """For those in the party, and for no higher role than their own."""
        invite, link = await parties().invite(
            party_id,
            MemberId(call.user.user_id),
            role=Role(body.role),
            expires_in_s=body.expires_in_s,
            max_uses=body.max_uses,
        )
        return InviteOut(id=invite.invite_id, invite_url=link)

    @router.get(
        "/parties/{party_id}/invites",
        summary="List the open invites: all for those who moderate, one's own for others",
        role=SiteRole.USER,
        raises=(PartyNotFound, NotInParty),
        transaction=False,
    )
    async def list_invites(call: Call, party_id: str) -> InvitesOut:
        lines = await parties().invites(party_id, MemberId(call.user.user_id))
        return InvitesOut(items=[InviteLineOut.model_validate(invite_json(line)) for line in lines])

    @router.delete(
        "/parties/{party_id}/invites/{invite_id}",
        summary="Withdraw an invite: it lets nobody in any more, nor back in",
        role=SiteRole.USER,
        raises=(PartyNotFound, NotInParty, InviteNotFound),
        transaction=False,
    )
    async def revoke_invite(call: Call, party_id: str, invite_id: str) -> None:
        await parties().revoke_invite(party_id, MemberId(call.user.user_id), invite_id)

    @router.delete(
        "/parties/{party_id}",
        summary="End a party",
        role=SiteRole.USER,
        raises=(PartyNotFound, NotInParty, Forbidden, FounderOnly, PartyIsOver),
        transaction=False,
    )
    async def end_party(call: Call, party_id: str) -> None:
        """Its founder, or a moderator of the site."""
        moderator = call.user.may(SiteRole.MODERATOR)
        by = None if moderator else MemberId(call.user.user_id)
        await parties().close(party_id, by=by, reason="moderation" if moderator else "closed")

    return router
