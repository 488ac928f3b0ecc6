"""The same thing looks the same everywhere: lists in pages, edits under If-Match."""

from typing import Any

import pytest

from kernel.access import Role
from kernel.http import Endpoint
from server.openapi.document import openapi_document
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.integration.server.rules.authorisation_table import PARAMETER
from tests.support.world import World

WHOLE_LISTS = {
    # Short by nature or by a limit of their own, and wanted as a whole.
    "/auth/oidc",
    "/auth/oidc/identities",
    "/auth/sessions",
    "/drm/packagers",
    "/episodes/{episode_id}/subtitles",
    "/imports/sources",
    "/imports/sources/{source_id}/genres",
    "/releases/{release_id}/locks",
    "/episodes/{episode_id}/translations",
    "/genres",
    "/playback",
    "/promos/shown",
    "/parties/{party_id}/invites",
    "/library/continue",
    "/library/lists",
    "/library/lists/{list_id}",
    "/lists/shared/{token}",
    "/lists/{list_id}",
    "/moderation/proposals/{proposal_id}/comments",
    "/notifications/preferences",
    "/ratings",
    "/releases/latest",
    "/releases/random",
    "/releases/{release}/credits",
    "/recommendations",
    "/releases/{release_id}/episodes",
    "/releases/{release}/studios",
    "/releases/{release}/tags",
    "/releases/{release_id}/teams",
    "/releases/{release_id}/translations",
    "/schedule",
    "/schedule/feeds",
    "/schedule/month",
    "/schedule/season",
    "/schedule/seasons",
    "/teams/invitations",
    "/teams/mine",
    "/teams/{team_id}/roles",
    "/users/{user_id}/lists",
    "/webhooks",
    "/webhooks/events",
}
PAGED = {"total", "page", "page_size"}
CURSORS = {"next_cursor", "next_before"}

LAST_ONE_WINS = {
    # One value, which says all of it and nothing about what was there before.
    "PUT /admin/jobs/{job_id}/priority",
    "PUT /admin/users/{user_id}/role",
    "PUT /episodes/{episode_id}/protection",
    "PUT /imports/sources/{source_id}/genres",
    "PUT /imports/sources/{source_id}/stopped",
    "PUT /imports/stopped",
    "PUT /releases/{release_id}/locks",
    "PUT /teams/{team_id}/trust",
    "PUT /releases/{release}/vote",
    "PUT /recommendations/settings",
    "PUT /releases/{release}/similar/{other_id}/vote",
    "PUT /library/sharing",
    "PUT /live/channels/{channel_id}/recording",
    "PUT /live/channels/{channel_id}/take-down",
    "PUT /live/places",
    "PUT /promo-exemptions/{user_id}",
    # The newest by the clock of whoever watched; older news is let go.
    "PUT /library/collections/{release_id}",
    "PUT /library/progress/{episode_id}",
    # Changes the kinds it names, and no others.
    "PUT /notifications/preferences",
    # Orders a job, which changes the fields it names in the video of that moment.
    "PATCH /episodes/{episode_id}/tracks/{name}",
    # What somebody just chose while they watch: the latest choice of a track is the one they mean.
    "PATCH /me/player-settings/series/{release_id}",
}

EDITS = {
    # Path → a good edit by its owner, for what can be made without a video.
    "/library/lists/{list_id}": {"title": "Another"},
    "/releases/{release_id}": {"alias": "another-one", "type": "TV", "name": {"main": "Another"}},
    "/episodes/{episode_id}": {"ordinal": 1, "name": "Another"},
    "/releases/{release}/schedule": {"slots": [{"recurrence": "R/2026-07-03T25:15/P1D"}]},
    "/people/{person}": {"name": "Another"},
    "/studios/{studio}": {"name": "Another"},
    "/tags/{tag}": {"name": "Another"},
    "/franchises/{franchise}": {"alias": "another-world", "name": "Another"},
}


def endpoints(services: Services) -> list[Endpoint]:
    return [endpoint for router in services.feature.routers for endpoint in router.endpoints]


def short(endpoint: Endpoint) -> str:
    return PARAMETER.sub(r"{\1}", endpoint.path).removeprefix("/api/v1")


async def test_lists_come_in_pages_with_totals_or_go_on_from_a_cursor(services: Services) -> None:
    whole = set()
    for endpoint in endpoints(services):
        fields = set(endpoint.returns.model_fields) if endpoint.returns is not None else set()
        if endpoint.method != "GET" or "items" not in fields:
            continue
        asked = set(endpoint.query.model_fields) if endpoint.query is not None else set()
        if fields >= PAGED:
            assert {"page", "page_size"} <= asked, endpoint.path
        elif fields & CURSORS:
            assert asked & {"cursor", "before"}, endpoint.path
            assert asked & {"page_size", "limit"}, endpoint.path
        else:
            whole.add(short(endpoint))
    assert whole == WHOLE_LISTS


async def test_no_page_is_endless(services: Services) -> None:
    for endpoint in endpoints(services):
        for name, field in (endpoint.query.model_fields if endpoint.query is not None else {}).items():
            if name in {"page", "page_size", "limit"}:
                bounds = [getattr(limit, "le", None) for limit in field.metadata]
                assert any(bounds), f"{endpoint.path}: {name} has no upper bound"


async def test_what_a_field_mask_may_leave_out_is_not_called_required(services: Services) -> None:
    known = endpoints(services)
    described = openapi_document(known, version="1", url="https://ani.example.org")
    reads = [endpoint for endpoint in known if endpoint.masks]
    assert reads
    for endpoint in reads:
        answers = described["paths"][PARAMETER.sub(r"{\1}", endpoint.path)]["get"]["responses"]
        whole, masked = answers[str(endpoint.status)]["content"]["application/json"]["schema"]["anyOf"]
        assert masked["$ref"] == f"{whole['$ref']}Masked"
        rows = described["components"]["schemas"][masked["$ref"].rpartition("/")[2]]
        if "items" in rows["properties"]:  # around the rows of a list nothing is left out
            rows = rows["properties"]["items"]["items"]
        assert "required" not in text_of(rows, described), endpoint.path


def text_of(shape: Any, described: Any, seen: frozenset[str] = frozenset()) -> str:
    """A shape and all it refers to, less the names of fields."""
    if isinstance(shape, list):
        return "".join(text_of(one, described, seen) for one in shape)
    if not isinstance(shape, dict):
        return ""
    name = shape.get("$ref", "").rpartition("/")[2]
    if name and name not in seen:
        return text_of(described["components"]["schemas"][name], described, seen | {name})
    own = "required " if isinstance(shape.get("required"), list) else ""
    return own + "".join(text_of(one, described, seen) for one in shape.values())


async def test_edits_take_if_match_or_say_why_not(services: Services) -> None:
    loose = {
        f"{endpoint.method} {short(endpoint)}"
        for endpoint in endpoints(services)
        if endpoint.method in {"PUT", "PATCH"} and not endpoint.conditional
    }
    assert loose == LAST_ONE_WINS


@pytest.mark.parametrize("path", EDITS)
async def test_an_edit_based_on_what_was_is_refused(path: str, app_client: AppClient, make_user: MakeUser) -> None:
    editor = await make_user(Role.EDITOR)
    ids = await World(app_client, owner=editor, editor=editor).thing(path)
    url = "/api/v1" + PARAMETER.sub(lambda found: ids[found[1]], path)

    async def ask(method: str, **headers: str) -> tuple[int, str]:
        sent = {**editor.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        body = EDITS[path] if method == "PUT" else None
        async with app_client.request(method, url, headers=sent, json=body) as answer:
            return answer.status, answer.headers.get("ETag", "")

    status, tag = await ask("GET")
    assert (status, bool(tag)) == (200, True)
    assert (await ask("GET", If_None_Match=tag))[0] == 304
    status, newer = await ask("PUT", If_Match=tag)
    assert (status, newer != tag) == (200, True)
    for stale in (tag, '"nonsense"', '"v999999999999999999999"'):
        assert (await ask("PUT", If_Match=stale))[0] == 412
    assert (await ask("GET"))[1] == newer
    assert (await ask("PUT", If_Match="*"))[0] == 200
