"""``/api/v1/me``: a copy of one's data, and the end of one's account."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, Never

from pydantic import BaseModel

from accounts.federation.routes import OpenIdConnect
from accounts.federation.schemas import IdentityOut
from accounts.federation.usecases import LinkedIdentities
from accounts.identity import usecases as identity
from accounts.identity.errors import LastAdmin, UserNotFound
from accounts.identity.ports import AccessCache, LoginSessions, Users
from accounts.identity.reauthentication.routes import PROOF, prove
from accounts.identity.schemas import ProofIn, SessionOut, UserOut
from accounts.identity.sessions.adapters.refresh_cookie import RefreshCookie
from accounts.library.collections.schemas import ChangedFavoriteOut, ChangedShelfItemOut
from accounts.library.collections.usecases import Collections
from accounts.library.lists.schemas import OwnListOut
from accounts.library.lists.usecases import Lists
from accounts.library.progress.schemas import ChangedProgressOut
from accounts.library.progress.usecases import History
from accounts.library.scores import OwnScores
from accounts.library.statistics.schemas import SharingOut
from accounts.library.statistics.usecases import Sharings
from accounts.personal import usecases
from accounts.personal.ads import AdExemptionArchive
from accounts.personal.calendars import CalendarAddresses
from accounts.personal.catalogue import CatalogueArchive
from accounts.personal.contributions import Contributions
from accounts.personal.live_channels import LiveChannelArchive
from accounts.personal.notifications import NotificationArchive
from accounts.personal.parties import PartyArchive
from accounts.personal.player import PlayerSettingsArchive
from accounts.personal.recommendations import RecommendationArchive
from accounts.personal.schemas import (
    AdExemptionKept,
    CalendarKept,
    CommentKept,
    DismissedSeriesKept,
    Kept,
    LinkKept,
    LiveChannelOwned,
    LiveRecordingOwned,
    MergedRowKept,
    NotificationKept,
    PartyInviteKept,
    PartyMessageKept,
    PersonalDataOut,
    PlayerSettingsKept,
    ProposalKept,
    RecommendationsKept,
    ReportKept,
    ScoreKept,
    StaffActOut,
    StreamOwned,
    ToldEpisodeKept,
    UploadOwned,
)
from accounts.personal.usecases import PersonalContext
from accounts.personal.watching import WatchingArchive
from accounts.teams.errors import SoleOwner
from accounts.teams.invitations.schemas import SentInvitationOut
from accounts.teams.invitations.usecases import Invitations
from accounts.teams.schemas import MyTeamOut
from accounts.teams.usecases import People, Teams
from kernel.access import Actor, Role
from kernel.errors import TooManyRequests, Unavailable
from kernel.http import Call, Reply, Router, Streamed
from kernel.images.pictures import Pictures
from kernel.limits import Limit
from kernel.scope import Container, Scope

router = Router("/api/v1/me", tag="My data")

DOWNLOADS = Limit("my-data", attempts=20, window_s=3600)
"""Reads everything somebody ever watched; nobody needs it more often than they press the button by mistake."""


@router.get(
    "/data",
    role=Role.USER,
    transaction=False,
    summary="Everything that is kept about one",
    raises=(UserNotFound,),
    limit=DOWNLOADS,
)
async def download_my_data(call: Call) -> Streamed[PersonalDataOut]:
    """GDPR, articles 15 and 20."""
    async with call.container.scope(write=False, actor=call.actor, origin=call.origin()) as scope:
        body, rows = await _account(Call(call.request, scope))
    headers = {"Content-Disposition": 'attachment; filename="ani-my-data.json"'}
    return Streamed(_written(call.container, call.user.user_id, body, rows), headers=headers)


def _context(scope: Scope, actor: Actor) -> PersonalContext:
    return PersonalContext(
        users=scope.port(Users),
        sessions=scope.port(LoginSessions),
        cache=scope.port(AccessCache),
        pictures=scope.port(Pictures),
        identities=scope.port(LinkedIdentities),
        history=scope.port(History),
        collections=scope.port(Collections),
        lists=scope.port(Lists),
        scores=scope.port(OwnScores),
        sharings=scope.port(Sharings),
        teams=scope.port(Teams),
        people=scope.port(People),
        invitations=scope.port(Invitations),
        notifications=scope.port(NotificationArchive),
        recommendations=scope.port(RecommendationArchive),
        calendars=scope.port(CalendarAddresses),
        live_channels=scope.port(LiveChannelArchive),
        ad_exemptions=scope.port(AdExemptionArchive),
        player_settings=scope.port(PlayerSettingsArchive),
        catalogue=scope.port(CatalogueArchive),
        parties=scope.port(PartyArchive),
        watching=scope.port(WatchingArchive),
        actor=actor,
        now=scope.clock.now(),
    )


_Rows = Mapping[str, Iterable[BaseModel]]


async def _account(call: Call) -> tuple[PersonalDataOut, _Rows]:
    """All but what was contributed to the catalogue, which :func:`_written` adds; of what may be thousands the rows by themselves."""
    found = await usecases.collect(_context(call.scope, call.user))
    rows: _Rows = {
        "history": map(ChangedProgressOut.of, found.library.progress),
        "favorites": map(ChangedFavoriteOut.of, found.library.favorites),
        "collections": map(ChangedShelfItemOut.of, found.library.items),
        "scores": (
            ScoreKept(release_id=release_id, score=given.score, voted_at=given.at)
            for release_id, given in sorted(found.scores.items())
        ),
        "merged": map(MergedRowKept.model_validate, found.merged),
        "staff_acts": map(StaffActOut.model_validate, found.staff_acts),
        "live_recordings": map(LiveRecordingOwned.model_validate, found.live_recordings),
        "dismissed_series": (
            DismissedSeriesKept(release_id=release_id, dismissed_at=datetime.fromtimestamp(at_ms / 1000, UTC))
            for release_id, at_ms in found.dismissals.items()
        ),
        "party_messages": map(PartyMessageKept.model_validate, found.party_messages),
        "streams": map(StreamOwned.model_validate, found.streams),
    }
    body = PersonalDataOut(
        exported_at=call.clock.now(),
        user=UserOut.of(found.user),
        sessions=[SessionOut.of(session, current_id=call.user.session_id) for session in found.sessions],
        linked_accounts=[IdentityOut.of(identity, call.port(OpenIdConnect).providers) for identity in found.identities],
        history=[],
        favorites=[],
        collections=[],
        lists=[OwnListOut.of(row, found.list_items.get(row.id, ())) for row in found.library.lists if not row.removed],
        scores=[],
        sharing=SharingOut.of(found.sharing),
        teams=[MyTeamOut.of_mine(one) for one in found.teams],
        invitations=[SentInvitationOut.of(row) for row in found.invitations],
        notifications=[NotificationKept.model_validate(one) for one in found.notifications],
        recommendations=RecommendationsKept.model_validate(found.recommendations),
        told_episodes=[ToldEpisodeKept.model_validate(one) for one in found.told_episodes],
        calendars=[CalendarKept.model_validate(one) for one in found.calendars],
        live_channels=[LiveChannelOwned.model_validate(one) for one in found.live_channels],
        ad_exemption=found.ad_exemption and AdExemptionKept.model_validate(found.ad_exemption),
        player_settings=PlayerSettingsKept.model_validate(found.player_settings),
        live_recordings=[],
        dismissed_series=[],
        muted_notifications=list(found.muted),
        party_messages=[],
        party_invites=[PartyInviteKept.model_validate(one) for one in found.party_invites],
        streams=[],
        links=[LinkKept.model_validate(one) for one in found.links],
        uploads=[UploadOwned.model_validate(one) for one in found.uploads],
        merged=[],
        staff_acts=[],
        proposals=[],
        comments=[],
        reports=[],
    )
    return body, rows


_Read = Callable[[Contributions, str, str | None], Awaitable[Sequence[Any]]]
_CONTRIBUTED: dict[str, tuple[type[Kept], _Read]] = {
    "proposals": (ProposalKept, lambda made, user_id, after: made.proposals(user_id, after)),
    "comments": (CommentKept, lambda made, user_id, after: made.comments(user_id, after)),
    "reports": (ReportKept, lambda made, user_id, after: made.reports(user_id, after)),
}


_ROWS_AT_ONCE: Final = 200
"""Of a library, between two turns of the event loop: some 5 ms."""


async def _written(container: Container, user_id: str, body: PersonalDataOut, rows: _Rows) -> AsyncIterator[bytes]:
    """The account, then its library, and page by page what was contributed: that can be thousands of subtitles."""
    yield body.model_dump_json(exclude={*rows, *_CONTRIBUTED}).encode()[:-1]
    for name, group in rows.items():
        yield f',"{name}":['.encode()
        left, separator = iter(group), b""
        while some := [row.model_dump_json().encode() for row in islice(left, _ROWS_AT_ONCE)]:
            yield separator + b",".join(some)
            separator = b","
            await asyncio.sleep(0)
        yield b"]"
    for name, (shape, read) in _CONTRIBUTED.items():
        yield f',"{name}":['.encode()
        separator, after = b"", None
        while True:
            async with container.scope(write=False) as scope:
                page = [shape.model_validate(each) for each in await read(scope.port(Contributions), user_id, after)]
            if not page:
                break
            for each in page:
                yield separator + each.model_dump_json().encode()
                separator = b","
            after = page[-1].id
        yield b"]"
    yield b"}"


@router.post(
    "/delete",
    role=Role.USER,
    transaction=False,
    summary="Delete one's account and everything in it, for good",
    raises=(*PROOF, LastAdmin, SoleOwner, UserNotFound, TooManyRequests, Unavailable),
)
async def delete_my_account(call: Call, body: ProofIn) -> Reply[Never]:
    async with call.container.scope(write=False) as scope:
        cookie = scope.port(RefreshCookie)
        user = await identity.me(scope.port(Users), call.user)
    await prove(call, user, body)
    async with call.write_scope() as scope:
        await usecases.delete_account(_context(scope, call.user), proven=user)
    return Reply(cookies=cookie.clear)
