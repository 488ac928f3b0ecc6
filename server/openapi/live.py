"""OpenAPI for WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep-03)."""

from typing import Any, Final

from server.openapi.parts import Json, header, path, problem

_SDP: Json = {"required": True, "content": {"application/sdp": {"schema": {"type": "string"}}}}
_SESSION_OPENED: Json = {
    "description": "The answer.",
    "headers": {name: {"schema": {"type": "string"}} for name in ("Location", "ETag", "Link")},
    "content": {"application/sdp": {"schema": {"type": "string"}}},
}


def _live(summary: str, description: str, operation_id: str, responses: dict[str, Json], **more: Any) -> Json:
    return {
        "security": [{}, {"bearer": []}],
        "tags": ["Live"],
        "summary": summary,
        "description": description,
        "operationId": operation_id,
        "responses": {**responses, "429": problem("Too many requests; see `Retry-After`.")},
        **more,
    }


def _flag(name: str, description: str) -> Json:
    return {"in": "query", "name": name, "required": False, "description": description, "schema": {"type": "boolean"}}


def _live_endpoint(name: str, post: Json, *parameters: Json) -> Json:
    """Where sessions begin; nothing is shown there (RFC 9725 §4.1)."""
    asked = {
        "get": _live(
            "Nothing; HEAD says what may be posted",
            "Sessions begin with POST (RFC 9725 §4.1).",
            f"discover_{name}",
            {"204": {"description": "Nothing."}},
        ),
        "options": _live(
            "What may be posted",
            "For pages of other origins, and for clients that ask first (RFC 9725 §4.2).",
            f"{name}_options",
            {"200": {"description": "See `Accept-Post`."}},
        ),
    }
    whole = {**asked, "post": post}
    if parameters:
        whole = {
            method: {**operation, "parameters": [*parameters, *operation.get("parameters", [])]}
            for method, operation in whole.items()
        }
    return whole


_NOT_TAKEN: dict[str, Json] = {
    "400": problem("The description is no good; `offer_not_acceptable`."),
    "401": problem("`invalid_token` or `unauthenticated`."),
    "403": problem("`forbidden`, `stream_key_invalid` or `channel_taken_down`."),
    "404": problem("There is no such channel for the caller; `channel_not_found`."),
    "408": problem("The body did not come within 30 s."),
    "413": problem("The body has more than 64 KiB."),
    "415": problem("Another media type than `application/sdp`."),
    "503": problem("Live media does not work now, or a service is away; see `Retry-After`."),
}
_PUBLISHING = {
    "201": _SESSION_OPENED,
    **_NOT_TAKEN,
    "409": problem(
        "Somebody is live there (`channel_busy`; `?takeover=true` takes over), `line_test_running`, `live_full` or `live_off`."
    ),
}

_PUBLISHING_QUERY: list[Json] = [
    _flag("takeover", "Whether whoever is live there is to end."),
    _flag(
        "test",
        "Test the line instead: ten seconds are measured and shown to nobody, the channel is not live, and nothing is "
        "recorded; see `GET /api/v1/live/channels/{channel_id}/line-test`.",
    ),
]

PATHS: Final[dict[str, Json]] = {
    "/api/v1/live/whip": _live_endpoint(
        "whip",
        _live(
            "Publish with a stream key (WHIP, RFC 9725)",
            "`Authorization: Bearer` takes the stream key of a channel; an access token is none.",
            "publish_by_key",
            _PUBLISHING,
            requestBody=_SDP,
            parameters=_PUBLISHING_QUERY,
        ),
    ),
    "/api/v1/live/channels/{channel_id}/whip": _live_endpoint(
        "channel_whip",
        _live(
            "Publish as the owner of a channel (WHIP, RFC 9725)",
            "With an access token; the session ends with the sign-in.",
            "publish",
            _PUBLISHING,
            requestBody=_SDP,
            parameters=_PUBLISHING_QUERY,
        ),
        path("channel_id"),
    ),
    "/api/v1/live/channels/{channel_id}/whep": _live_endpoint(
        "whep",
        _live(
            "Watch a channel (WHEP, draft-ietf-wish-whep-03)",
            "Where the offer does not fit what is published, the answer is 406 with an offer of ours, good for 30 s.",
            "watch",
            {
                "201": _SESSION_OPENED,
                **_NOT_TAKEN,
                "406": {**_SESSION_OPENED, "description": "An offer instead; PATCH the session with its answer."},
                "409": problem("`channel_offline` (see `Retry-After`), `viewers_full` or `live_off`."),
            },
            requestBody=_SDP,
        ),
        path("channel_id"),
    ),
    "/api/v1/live/sessions/{session}": {
        "get": _live(
            "Nothing",
            "A session is changed with PATCH and ended with DELETE (RFC 9725 §4.1).",
            "discover_session",
            {"204": {"description": "Nothing."}},
            parameters=[path("session")],
        ),
        "options": _live(
            "What may be sent",
            "For pages of other origins, and for clients that ask first.",
            "session_options",
            {"200": {"description": "See `Accept-Patch`."}},
            parameters=[path("session")],
        ),
        "patch": _live(
            "Trickle candidates, restart ICE, or answer an offer (RFC 8840, RFC 9725 §4.3)",
            "The address of a session is its secret: no token is asked for.",
            "patch_session",
            {
                "200": {"description": "ICE was restarted.", "content": {"application/trickle-ice-sdpfrag": {}}},
                "204": {"description": "Taken."},
                **{status: _NOT_TAKEN[status] for status in ("408", "413", "503")},
                "400": problem("What was sent is no good; `fragment_not_acceptable` or `offer_not_acceptable`."),
                "404": problem("It is over, or never was; `live_session_not_found`."),
                "415": problem("Another media type than these two."),
                "412": problem("ICE was restarted since; `ice_session_stale`."),
                "428": problem("A restart of ICE without `If-Match`; `ice_version_missing`."),
            },
            parameters=[
                path("session"),
                header("If-Match", "The `ETag` of the last answer, or `*` to restart ICE.", required=False),
            ],
            requestBody={
                "required": True,
                "content": {
                    kind: {"schema": {"type": "string"}}
                    for kind in ("application/trickle-ice-sdpfrag", "application/sdp")
                },
            },
        ),
        "delete": _live(
            "End a session",
            "Publishers and viewers alike; whoever knows the address may.",
            "delete_session",
            {
                "200": {"description": "Ended."},
                "404": problem("It is over, or never was; `live_session_not_found`."),
                "503": problem("The node it is on does not answer; see `Retry-After`."),
            },
            parameters=[path("session")],
        ),
    },
}
