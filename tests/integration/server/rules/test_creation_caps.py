"""What keeps one account or one address from filling the database: every ``POST`` there is, and its number."""

import asyncio
import contextlib
from typing import Any, Final

import accounts.identity.limits as identity
import accounts.library.transfer.routes as transfer
import accounts.teams.limits as teams
import catalog.franchises.routes
import catalog.imports.rules.routes
import catalog.imports.runs.routes
import catalog.imports.sources.routes
import catalog.people.entries.routes
import catalog.recommendations.routes as recommendations
import catalog.recommendations.similar.routes as similar
import catalog.releases.bulk.routes
import catalog.releases.merging.routes
import catalog.releases.posters.routes
import catalog.releases.routes
import catalog.releases.splitting.routes
import catalog.schedule.feeds.routes as feeds
import catalog.search.learning.routes
import catalog.search.listing.routes
import catalog.subtitles.routes
import server.overview.jobs.routes as jobs
import streaming.ads.linear.routes as linear_ads
import streaming.ads.promos.routes as promos
import streaming.live.mediamtx.routes as mediamtx
import streaming.live.recordings.routes as recordings
import streaming.live.routes as live
import streaming.origin.routes as origin
import streaming.uploads.routes as uploads
from kernel.errors import TooManyRequests
from kernel.http.serving import KEYS
from kernel.limits import Limit
from realtime.party import limits as parties
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.media.shows import add_episode
from tests.support.people import Person

NOTHING: Final = "makes no row that stays"
BOUNDED: Final = "one row at most for each thing there is"

CAPS: Final[dict[str, Limit | str]] = {
    # A Limit that the endpoint itself declares is looked at there; a text says where the number is.
    "/auth/register": "REGISTER_ADDRESS, REGISTER_MAILBOX",
    "/auth/login": "LOGIN_PAIR, LOGIN_ADDRESS; the session of one with the password, as many as they open in 10 per 15 min",
    "/auth/refresh": identity.REFRESH_ADDRESS,
    "/auth/logout": NOTHING,
    "/auth/logout/everywhere": NOTHING,
    "/auth/password": NOTHING,
    "/auth/forgot": "FORGOT_ADDRESS, FORGOT_ACCOUNT",
    "/auth/reset": NOTHING,
    "/auth/verify": NOTHING,
    "/auth/verify/letter": "VERIFY_ACCOUNT",
    "/auth/email": "VERIFY_ACCOUNT of the account, FORGOT_ACCOUNT of the mailbox",
    "/auth/otp/request": "CODE_ADDRESS, CODE_ACCOUNT, CODE_ACCOUNT_DAY",
    "/auth/otp/login": "one session for each code that was sent",
    "/auth/otp/confirm": "CODE_ACCOUNT, CODE_ACCOUNT_DAY",
    "/auth/device": "DEVICE_ADDRESS",
    "/auth/device/token": "one session for each device",
    "/auth/device/look": NOTHING,
    "/auth/device/approve": NOTHING,
    "/auth/device/deny": NOTHING,
    "/auth/device/{user_code}/approve": NOTHING,
    "/auth/device/{user_code}/deny": NOTHING,
    "/auth/oidc/{provider}/link": "LOGIN_PAIR; nothing is kept but a cookie",
    "/admin/users/{user_id}/ban": NOTHING,
    "/admin/deliveries/{delivery_id}/retry": NOTHING,
    "/jobs/{job_id}/cancel": NOTHING,
    "/jobs/{job_id}/retry": jobs.REPEATS,
    "/imports/sources": catalog.imports.sources.routes.SOURCES,
    "/imports/sources/{source_id}/file": catalog.imports.sources.routes.FILES,
    "/imports/sources/{source_id}/runs": catalog.imports.runs.routes.RUNS,
    "/imports/runs/{run_id}/stop": NOTHING,
    "/imports/conflicts/{conflict_id}/decision": BOUNDED,
    "/imports/blacklist": catalog.imports.rules.routes.ENTRIES,
    "/library/progress": BOUNDED,
    "/favorites": BOUNDED,
    "/favorites/{release_id}": BOUNDED,
    "/library/collections": BOUNDED,
    "/library/lists": "MAX_LISTS, 200 of one person",
    "/schedule/feeds": feeds.CREATED,
    "/library/lists/{list_id}/share": NOTHING,
    "/library/import": transfer.IMPORTS,
    "/library/import/{import_id}/apply": "one job for each file",
    "/teams": teams.FOUND_TEAM,
    "/teams/{team_id}/leave": teams.CHANGE_TEAM,
    "/teams/{team_id}/owners": teams.CHANGE_TEAM,
    "/teams/{team_id}/transfer": teams.CHANGE_TEAM,
    "/teams/{team_id}/step-down": teams.CHANGE_TEAM,
    "/teams/{team_id}/roles": teams.CHANGE_TEAM,
    "/teams/{team_id}/invitations": teams.INVITE,
    "/teams/{team_id}/invitations/{invitation_id}/resend": teams.INVITE,
    "/teams/invitations/look-up": teams.LOOK_UP,
    "/teams/invitations/accept": teams.JOIN,
    "/teams/invitations/decline": teams.LOOK_UP,
    "/teams/invitations/{invitation_id}/accept": teams.JOIN,
    "/teams/invitations/{invitation_id}/decline": teams.JOIN,
    "/me/delete": NOTHING,
    "/notifications/read": NOTHING,
    "/webhooks": "MAX_WEBHOOKS of the installation",
    "/webhooks/{webhook_id}/secret": NOTHING,
    "/webhooks/{webhook_id}/pause": NOTHING,
    "/webhooks/{webhook_id}/resume": NOTHING,
    "/webhooks/{webhook_id}/test": "administrators; deliveries are forgotten after a while",
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay": NOTHING,
    "/webhooks/{webhook_id}/replay": NOTHING,
    "/search/choices": catalog.search.learning.routes.CHOICES,
    "/search/alias-candidates/{candidate_id}/accept": BOUNDED,
    "/search/alias-candidates/{candidate_id}/reject": NOTHING,
    "/releases/search": catalog.search.listing.routes.SEARCHES,
    "/releases": catalog.releases.routes.ENTRIES,
    "/releases/{release_id}/publish": NOTHING,
    "/merge-locks": BOUNDED,
    "/merges/preview": NOTHING,
    "/merges": catalog.releases.merging.routes.MERGES,
    "/merges/{merge_id}/undo": NOTHING,
    "/releases/{release_id}/split/preview": NOTHING,
    "/releases/{release_id}/split": catalog.releases.splitting.routes.SPLITS,
    "/splits/{split_id}/undo": NOTHING,
    "/franchises": catalog.franchises.routes.CREATIONS,
    "/releases/{release}/relations": catalog.franchises.routes.CREATIONS,
    "/releases/{release}/poster": catalog.releases.posters.routes.POSTERS,
    "/releases/bulk": catalog.releases.bulk.routes.BULK_EDITS,
    "/releases/{release_id}/unpublish": NOTHING,
    "/releases/{release_id}/restore": NOTHING,
    "/episodes": catalog.releases.routes.ENTRIES,
    "/episodes/{episode_id}/release": NOTHING,
    "/episodes/{episode_id}/subtitles": "TooManySubtitles of one episode",
    "/subtitles/read": catalog.subtitles.routes.READINGS,
    **dict.fromkeys(("/people", "/studios", "/tags"), catalog.people.entries.routes.ENTRIES),
    "/people/{person}/merge": NOTHING,
    "/studios/{studio}/merge": NOTHING,
    "/tags/{tag}/merge": NOTHING,
    "/recommendations/not-interested/{release_id}": "HIDDEN_MAX of one person",
    "/admin/recommendations/model": recommendations.BUILDS,
    "/releases/{release}/similar": similar.SUGGESTIONS,
    "/moderation/proposals": "DailyCap",
    "/moderation/proposals/{proposal_id}/submit": "DailyCap",
    "/moderation/proposals/{proposal_id}/comments": "DailyCap, COMMENTS_MAX of one proposal",
    "/moderation/reports": "DailyCap, one for each thing and person",
    **{
        f"/moderation/proposals/{{proposal_id}}/{verb}": NOTHING
        for verb in ("withdraw", "take", "release", "rebase", "accept", "reject", "roll-back")
    },
    "/moderation/reports/{report_id}/resolve": NOTHING,
    "/moderation/reports/{report_id}/dismiss": NOTHING,
    "/episodes/{episode_id}/playback": origin.PLAYBACKS,
    "/playback/{session_id}/cmcd": "EVENTS_OF_STREAM; one row of numbers for each stream, for 30 days",
    "/drm/clearkey": "REQUESTS_OF_STREAM: one line of the audit log for each",
    "/drm/packagers": "administrators; MAX_PACKAGERS",
    "/promos": "administrators; MAX_PROMOS",
    "/promos/events": promos.DEEDS,
    "/promos/{promo_id}/start": NOTHING,
    "/promos/{promo_id}/stop": NOTHING,
    "/linear-ads": "administrators; MAX_ADS",
    "/linear-ads/try": linear_ads.TRIES,
    "/linear-ads/{ad_id}/start": NOTHING,
    "/linear-ads/{ad_id}/stop": NOTHING,
    "/sources": "administrators; one for each episode",
    "/sources/{source_id}/corrections": "administrators; TooManyCorrections",
    "/parties": "PARTIES_OF_ACCOUNT, PARTIES_OF_ACCOUNT_DAY, PARTIES_OF_ADDRESS",
    "/parties/{party_id}/invites": "MAX_INVITES, 200 of one party",
    "/live/channels": live.CREATE,
    "/live/channels/{channel_id}/mediamtx-token": mediamtx.TOKENS,
    "/live/mediamtx/token": mediamtx.TOKENS,
    "/live/recordings/{recording_id}/episode": recordings.EPISODES,
    "/uploads": "CREATIONS, MAX_OPEN, ANI_UPLOAD_QUOTA_BYTES and the room on the disk",
}


def test_every_post_says_what_bounds_it(services: Services) -> None:
    routers = services.feature.routers
    endpoints = {
        endpoint.path.removeprefix("/api/v1"): endpoint
        for router in routers
        for endpoint in router.endpoints
        if endpoint.method == "POST"
    }
    assert sorted({*endpoints, "/uploads"}) == sorted(CAPS)
    declared = {path: endpoint.limit for path, endpoint in endpoints.items() if isinstance(CAPS[path], Limit)}
    assert declared == {path: cap for path, cap in CAPS.items() if isinstance(cap, Limit)}
    hidden = [path for path, found in endpoints.items() if found.limit is not None and path not in declared]
    assert hidden == [], "these have a limit that the table does not know"


async def use_up(services: Services, limit: Limit, key: str) -> None:
    remaining_s = limit.window_s - services.clock.now_ms() / 1000 % limit.window_s
    if remaining_s < 3:  # the next window would begin in between
        await asyncio.sleep(remaining_s)
    with contextlib.suppress(TooManyRequests):
        for _ in range(limit.attempts):
            await services.process.lenient_throttle.count(limit, key)


async def post(client: AppClient, path: str, who: Person | None, **sent: Any) -> tuple[int, str]:
    headers = {**(who.headers if who else {}), **sent.pop("headers", {})}
    async with client.post(f"/api/v1{path}", headers=headers, **sent) as answer:
        return answer.status, (await answer.json()).get("code", "") if answer.status != 204 else ""


async def test_a_thousand_parties_are_not_opened(
    app_client: AppClient, services: Services, make_user: MakeUser
) -> None:
    ann, bob, eve = await make_user(), await make_user(), await make_user()
    for _ in range(parties.PARTIES_OF_ACCOUNT.attempts):
        assert (await post(app_client, "/parties", ann, json={}))[0] == 201
    assert await post(app_client, "/parties", ann, json={}) == (429, "too_many_requests")
    assert (await post(app_client, "/parties", bob, json={}))[0] == 201, "somebody else has their own"
    await use_up(services, parties.PARTIES_OF_ADDRESS, "127.0.0.1")
    assert await post(app_client, "/parties", eve, json={}) == (429, "too_many_requests")


async def test_streams_without_an_account_are_counted_by_address(
    app_client: AppClient, services: Services, make_user: MakeUser
) -> None:
    episode = await add_episode(services.container)
    path = f"/episodes/{episode}/playback"
    await use_up(services, origin.PLAYBACKS, "127.0.0.1")
    assert await post(app_client, path, None, json={}) == (429, "too_many_requests")
    ann = await make_user()
    assert (await post(app_client, path, ann, json={}))[0] != 429
    await use_up(services, origin.PLAYBACKS, ann.user_id)
    assert await post(app_client, path, ann, json={}) == (429, "too_many_requests")


async def test_keys_for_repeats_are_counted(app_client: AppClient, services: Services, make_user: MakeUser) -> None:
    ann = await make_user()
    await use_up(services, KEYS, ann.user_id)
    key = {"Idempotency-Key": "one more"}
    assert await post(app_client, "/library/lists", ann, json={"title": "Mine"}, headers=key) == (
        429,
        "too_many_requests",
    )
    assert (await post(app_client, "/library/lists", ann, json={"title": "Mine"}))[0] == 201
    assert uploads.CREATIONS.attempts == 120
