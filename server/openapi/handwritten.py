"""OpenAPI for the routes that are not JSON over HTTP, and so cannot be read off a signature: uploads, media, pictures, health."""

from typing import Any

Json = dict[str, Any]

_PROBLEM: Json = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_EDITORS: Json = {"security": [{"bearer": []}], "tags": ["Uploads"]}
_MEDIA: Json = {"security": [{}], "tags": ["Media"]}
_TUS: Json = {"description": "Done.", "headers": {"Tus-Resumable": {"schema": {"type": "string"}}}}


def _problem(description: str) -> Json:
    return {"description": description, "content": _PROBLEM}


def _text(description: str) -> Json:
    return {"description": description, "content": {"text/plain": {"schema": {"type": "string"}}, **_PROBLEM}}


def _binary(media_type: str, description: str) -> Json:
    return {"description": description, "content": {media_type: {}}}


def _header(name: str, description: str, *, required: bool = True, value: Json | None = None) -> Json:
    schema = value or {"type": "string"}
    return {"in": "header", "name": name, "required": required, "description": description, "schema": schema}


def _path(name: str, pattern: str | None = None) -> Json:
    schema = {"type": "string", **({"pattern": pattern} if pattern else {})}
    return {"in": "path", "name": name, "required": True, "schema": schema}


_NUMBER: Json = {"type": "string", "pattern": "^[0-9]{1,15}$"}
_VERSION = _header("Tus-Resumable", "The protocol's version.", value={"type": "string", "const": "1.0.0"})
_CHECKSUM = _header("Upload-Checksum", "`sha256 <base64>` of this body.", required=False)
_REFUSED: Json = {
    "400": _problem("A header is not as tus 1.0.0 has it; `tus_header`."),
    "401": _problem("`invalid_token` or `unauthenticated`."),
    "403": _problem("Editors only; `forbidden`."),
    "404": _problem("There is no such upload of the caller's; `upload_not_found`."),
    "408": _problem("Nothing came for a minute; `upload_stalled`."),
    "409": _problem("Another offset, or another request is at it; ask for the offset."),
    "410": _problem("The upload is over."),
    "412": _problem("Another version of tus; `tus_version`."),
    "413": _problem("Larger than may be uploaded, or than was announced."),
    "415": _problem("The body is not `application/offset+octet-stream`, or the file no video."),
    "429": _problem("Too many uploads begun, or too many requests; see `Retry-After`."),
    "460": _problem("The body does not have its checksum; `checksum_mismatch` (tus, extension checksum)."),
    "503": _problem("No room for the file, or a service is away; see `Retry-After`."),
}


def _uploading(summary: str, operation_id: str, parameters: list[Json], answer: dict[str, Json], **more: Any) -> Json:
    return {
        **_EDITORS,
        "summary": summary,
        "operationId": operation_id,
        "description": "tus 1.0.0 (https://tus.io/protocols/resumable-upload). Needs the role `editor` or above.",
        "parameters": parameters,
        "responses": {**answer, **_REFUSED},
        **more,
    }


_PIECE: Json = {"content": {"application/offset+octet-stream": {}}}
_HLS_PATH = [_path("token"), _path("asset"), _path("path")]


def _licence(summary: str, operation_id: str, request: str, answer: str) -> Json:
    """A licence proxy; ``request`` and ``answer`` are media types."""
    return {
        "security": [{}],
        "tags": ["Playback"],
        "summary": summary,
        "operationId": operation_id,
        "description": "Made by the licence server that the operator named; only for streams that may go on.",
        "parameters": [
            {
                "in": "query",
                "name": "session",
                "required": True,
                "description": "The token of the stream, as in `drm` of `playback`.",
                "schema": {"type": "string"},
            }
        ],
        "requestBody": {"required": True, "content": {request: {}}},
        "responses": {
            "200": _binary(answer, "The licence; `Cache-Control: no-store`."),
            "400": _problem("No licence request of that system; `licence_request_invalid`."),
            "403": _problem("The token is not good, or no longer, or not for this quality; or the device was refused."),
            "404": _problem("No such key for this video, or no licence server; `licence_server_missing`."),
            "408": _problem("The request did not come within 30 s."),
            "413": _problem("More than 64 KiB; `licence_request_too_large`."),
            "429": _problem("Too many licences for one stream; see `Retry-After`."),
            "451": _problem("This may not be shown there for legal reasons."),
            "503": _problem("The licence server does not answer within 2 s; `licence_server_away`."),
        },
    }


def _calendar(summary: str, operation_id: str, name: str, more: str) -> Json:
    return {
        "security": [{}],
        "tags": ["Schedule"],
        "summary": summary,
        "operationId": operation_id,
        "description": f"iCalendar (RFC 5545): the last month and the next six. {more}",
        "parameters": [_path(name), _header("If-None-Match", "The `ETag` of an earlier answer.", required=False)],
        "responses": {
            "200": {
                "description": "The calendar.",
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": {"text/calendar": {"schema": {"type": "string"}}},
            },
            "304": {"description": "Not changed."},
            "404": _problem("There is no such calendar, or no such release."),
            "429": _problem("Too many requests; see `Retry-After`."),
        },
    }


PATHS: dict[str, Json] = {
    "/api/v1/releases/{release}/schedule.ics": {
        "get": _calendar(
            "The broadcasts of a release as a calendar", "get_release_calendar", "release", "By id or alias."
        )
    },
    "/api/v1/calendar/{token}.ics": {
        "get": _calendar(
            "What somebody follows as a calendar",
            "get_calendar",
            "token",
            "Whoever has the address may read it, until its owner revokes it, is banned or deletes the account.",
        )
    },
    "/api/v1/uploads": {
        "options": {
            **_EDITORS,
            "security": [{}, {"bearer": []}],
            "summary": "What the upload server can do",
            "operationId": "upload_options",
            "responses": {"204": _TUS, "401": _REFUSED["401"], "429": _REFUSED["429"]},
        },
        "post": _uploading(
            "Begin an upload",
            "create_upload",
            [
                _VERSION,
                _header("Upload-Length", "Bytes of the whole file.", value=_NUMBER),
                _header(
                    "Upload-Metadata",
                    "`episode_id <base64>,filename <base64>,protect <base64>`; the last one is `none`, `aes-128`, `cbcs` or `cenc`.",
                ),
            ],
            {"201": {**_TUS, "headers": {"Location": {"schema": {"type": "string"}}, **_TUS["headers"]}}},
            description=(
                "tus 1.0.0 (https://tus.io/protocols/resumable-upload). Needs the role `editor` or above.\n\n"
                "Takes no `Idempotency-Key`: the protocol has its own answer. Nothing is made of an upload before its last "
                "byte, so one whose address got lost harms nobody, and is forgotten after a day without a byte. Begin another."
            ),
        ),
    },
    "/api/v1/uploads/{upload_id}": {
        "head": _uploading(
            "How much of a file has arrived", "upload_offset", [_path("upload_id"), _VERSION], {"200": _TUS}
        ),
        "patch": _uploading(
            "Send the next piece; the answer to the last one has `Upload-Job-Id`",
            "upload_piece",
            [_path("upload_id"), _VERSION, _header("Upload-Offset", "Where it begins.", value=_NUMBER), _CHECKSUM],
            {"204": _TUS},
            requestBody=_PIECE,
        ),
        "delete": _uploading("Give an upload up", "delete_upload", [_path("upload_id"), _VERSION], {"204": _TUS}),
    },
    "/hls/{token}/{asset}/keys/{kid}": {
        "get": {
            **_MEDIA,
            "summary": "A key of a stream that is encrypted with AES-128; from its playlists",
            "operationId": "get_key",
            "parameters": [*_HLS_PATH[:2], _path("kid")],
            "responses": {
                "200": _binary("application/octet-stream", "The 16 bytes of the key."),
                "403": _text("The token is not good, or no longer, or not for this quality."),
                "404": _text("There is no such key for this video."),
                "429": _text("Too many keys for one stream; see `Retry-After`."),
                "451": _text("This may not be shown there for legal reasons."),
                "503": _text("A service is away; see `Retry-After`."),
            },
        }
    },
    "/api/v1/drm/widevine": {
        "post": _licence(
            "Get a Widevine licence", "widevine_licence", "application/octet-stream", "application/octet-stream"
        )
    },
    "/api/v1/drm/playready": {"post": _licence("Get a PlayReady licence", "playready_licence", "text/xml", "text/xml")},
    "/api/v1/drm/fairplay": {
        "post": _licence(
            "Get a FairPlay licence", "fairplay_licence", "application/octet-stream", "application/octet-stream"
        )
    },
    "/api/v1/drm/fairplay/certificate": {
        "get": {
            "security": [{}],
            "tags": ["Playback"],
            "summary": "FairPlay's certificate",
            "description": "DER, as the operator was given it; Safari asks for it before it makes a licence request.",
            "operationId": "fairplay_certificate",
            "responses": {
                "200": _binary("application/octet-stream", "The certificate (DER)."),
                "404": _problem("The operator has set none; `licence_server_missing`."),
                "429": _problem("Too many requests; see `Retry-After`."),
            },
        }
    },
    "/api/v1/drm/speke": {
        "post": {
            "security": [{"bearer": []}],
            "tags": ["DRM"],
            "summary": "Content keys for an outside packager (SPEKE 2.0 and 2.1)",
            "operationId": "speke",
            "description": (
                "A CPIX document in, the same document filled in out. `X-Speke-Version: 2.0` belongs to CPIX 2.3, `2.1` to 2.4. "
                "`Authorization` takes the token of a packager, as `Bearer` or as the password of `Basic`; an access token is none."
            ),
            "parameters": [
                _header("X-Speke-Version", "`2.0` or `2.1`.", value={"type": "string", "enum": ["2.0", "2.1"]})
            ],
            "requestBody": {"required": True, "content": {"application/xml": {"schema": {"type": "string"}}}},
            "responses": {
                "200": {
                    "description": "The document, with keys and signalling.",
                    "headers": {
                        "X-Speke-Version": {"schema": {"type": "string"}},
                        "X-Speke-User-Agent": {"schema": {"type": "string"}},
                    },
                    "content": {"application/xml": {"schema": {"type": "string"}}},
                },
                "401": _problem("Not the token of a packager; `invalid_token`."),
                "408": _problem("The document did not come within 30 s."),
                "413": _problem("The document has more than 256 KiB."),
                "422": _text("The document breaks a rule; in the words that SPEKE prescribes."),
                "429": _problem("Too many requests; see `Retry-After`."),
                "503": _problem("A service is away; see `Retry-After`."),
            },
        }
    },
    "/hls/{token}/{asset}/{path}": {
        "get": {
            **_MEDIA,
            "summary": "A playlist, segment, key or subtitle of a stream; from `hls_url` of a playback",
            "operationId": "get_media",
            "parameters": _HLS_PATH,
            "responses": {
                "200": _binary("*/*", "The file."),
                "206": _binary("*/*", "The part asked for with `Range`."),
                "304": {"description": "Not changed."},
                "403": _text("The token is not good, or no longer."),
                "404": _text("There is no such file."),
                "416": _text("There is no such range."),
                "429": _text("Too many streams."),
                "502": _text("The source of the video answered with an error."),
                "503": _text("The source of the video does not answer."),
                "504": _text("The source of the video took too long."),
            },
        }
    },
    "/posters/{asset_id}.jpg": {
        "get": {
            **_MEDIA,
            "summary": "The picture of a video",
            "operationId": "get_poster",
            "parameters": [_path("asset_id")],
            "responses": {
                "200": _binary("image/jpeg", "The picture; it never changes."),
                "206": _binary("image/jpeg", "The part asked for with `Range`."),
                "304": {"description": "Not changed."},
                "404": _text("There is no such picture."),
            },
        }
    },
    "/posters/{key}/{name}": {
        "get": {
            **_MEDIA,
            "summary": "One width of a release's poster",
            "operationId": "get_release_poster",
            "parameters": [_path("key"), _path("name")],
            "responses": {
                "200": _binary("image/webp", "The picture; it never changes."),
                "206": _binary("image/webp", "The part asked for with `Range`."),
                "304": {"description": "Not changed."},
                "404": _text("There is no such picture."),
            },
        }
    },
    "/posters/{release_id}/{digest}.svg": {
        "get": {
            **_MEDIA,
            "summary": "The poster made of a release's title",
            "operationId": "get_generated_poster",
            "parameters": [_path("release_id"), _path("digest")],
            "responses": {
                "200": _binary("image/svg+xml", "The picture; another title has another address."),
                "404": _text("There is no such picture."),
            },
        }
    },
    "/avatars/{name}.webp": {
        "get": {
            **_MEDIA,
            "summary": "The picture of a person or team",
            "operationId": "get_avatar",
            "parameters": [_path("name")],
            "responses": {
                "200": _binary("image/webp", "The picture; it never changes."),
                "304": {"description": "Not changed."},
                "404": _text("There is no such picture."),
            },
        }
    },
    "/healthz": {
        "get": {
            **_MEDIA,
            "tags": ["Operation"],
            "summary": "Whether the process runs",
            "operationId": "healthz",
            "responses": {"200": {"description": "It does.", "content": {"application/json": {}}}},
        }
    },
    "/readyz": {
        "get": {
            **_MEDIA,
            "tags": ["Operation"],
            "summary": "Whether the process and all it depends on can serve",
            "operationId": "readyz",
            "responses": {
                "200": {"description": "They can.", "content": {"application/json": {}}},
                "503": _problem("Something is away."),
            },
        }
    },
}
