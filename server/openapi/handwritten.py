"""OpenAPI for the routes that are not JSON over HTTP, and so cannot be read off a signature: uploads, media, pictures, health."""

from typing import Any

from server.openapi import live
from server.openapi.parts import Json, binary, header, path, problem, text

_EDITORS: Json = {"security": [{"bearer": []}], "tags": ["Uploads"]}
_MEDIA: Json = {"security": [{}], "tags": ["Media"]}
_TUS: Json = {"description": "Done.", "headers": {"Tus-Resumable": {"schema": {"type": "string"}}}}


_NUMBER: Json = {"type": "string", "pattern": "^[0-9]{1,15}$"}
_VERSION = header("Tus-Resumable", "The protocol's version.", value={"type": "string", "const": "1.0.0"})
_CHECKSUM = header("Upload-Checksum", "`sha256 <base64>` of this body.", required=False)
_REFUSED: Json = {
    "400": problem("A header is not as tus 1.0.0 has it; `tus_header`."),
    "401": problem("`invalid_token` or `unauthenticated`."),
    "403": problem("Editors only; `forbidden`."),
    "404": problem("There is no such upload of the caller's; `upload_not_found`."),
    "408": problem("Nothing came for a minute; `upload_stalled`."),
    "409": problem("Another offset, or another request is at it; ask for the offset."),
    "410": problem("The upload is over."),
    "412": problem("Another version of tus; `tus_version`."),
    "413": problem("Larger than may be uploaded, or than was announced."),
    "415": problem("The body is not `application/offset+octet-stream`, or the file no video."),
    "429": problem("Too many uploads begun, or too many requests; see `Retry-After`."),
    "460": problem("The body does not have its checksum; `checksum_mismatch` (tus, extension checksum)."),
    "503": problem("No room for the file, or a service is away; see `Retry-After`."),
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
_HLS_PATH = [path("token"), path("asset"), path("path")]


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
            "200": binary(answer, "The licence; `Cache-Control: no-store`."),
            "400": problem("No licence request of that system; `licence_request_invalid`."),
            "403": problem("The token is not good, or no longer, or not for this quality; or the device was refused."),
            "404": problem("No such key for this video, or no licence server; `licence_server_missing`."),
            "408": problem("The request did not come within 30 s."),
            "413": problem("More than 64 KiB; `licence_request_too_large`."),
            "429": problem("Too many licences for one stream; see `Retry-After`."),
            "451": problem("This may not be shown there for legal reasons."),
            "503": problem("The licence server does not answer within 2 s; `licence_server_away`."),
        },
    }


def _calendar(summary: str, operation_id: str, name: str, more: str) -> Json:
    return {
        "security": [{}],
        "tags": ["Schedule"],
        "summary": summary,
        "operationId": operation_id,
        "description": f"iCalendar (RFC 5545): the last month and the next six. {more}",
        "parameters": [path(name), header("If-None-Match", "The `ETag` of an earlier answer.", required=False)],
        "responses": {
            "200": {
                "description": "The calendar.",
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": {"text/calendar": {"schema": {"type": "string"}}},
            },
            "304": {"description": "Not changed."},
            "404": problem("There is no such calendar, or no such release."),
            "429": problem("Too many requests; see `Retry-After`."),
        },
    }


PATHS: dict[str, Json] = {
    **live.PATHS,
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
                header("Upload-Length", "Bytes of the whole file.", value=_NUMBER),
                header(
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
            "How much of a file has arrived", "upload_offset", [path("upload_id"), _VERSION], {"200": _TUS}
        ),
        "patch": _uploading(
            "Send the next piece; the answer to the last one has `Upload-Job-Id`",
            "upload_piece",
            [path("upload_id"), _VERSION, header("Upload-Offset", "Where it begins.", value=_NUMBER), _CHECKSUM],
            {"204": _TUS},
            requestBody=_PIECE,
        ),
        "delete": _uploading("Give an upload up", "delete_upload", [path("upload_id"), _VERSION], {"204": _TUS}),
    },
    "/hls/{token}/{asset}/keys/{kid}": {
        "get": {
            **_MEDIA,
            "summary": "A key of a stream that is encrypted with AES-128; from its playlists",
            "operationId": "get_key",
            "parameters": [*_HLS_PATH[:2], path("kid")],
            "responses": {
                "200": binary("application/octet-stream", "The 16 bytes of the key."),
                "403": text("The token is not good, or no longer, or not for this quality."),
                "404": text("There is no such key for this video."),
                "429": text("Too many keys for one stream; see `Retry-After`."),
                "451": text("This may not be shown there for legal reasons."),
                "503": text("A service is away; see `Retry-After`."),
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
                "200": binary("application/octet-stream", "The certificate (DER)."),
                "404": problem("The operator has set none; `licence_server_missing`."),
                "429": problem("Too many requests; see `Retry-After`."),
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
                header("X-Speke-Version", "`2.0` or `2.1`.", value={"type": "string", "enum": ["2.0", "2.1"]})
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
                "401": problem("Not the token of a packager; `invalid_token`."),
                "408": problem("The document did not come within 30 s."),
                "413": problem("The document has more than 256 KiB."),
                "422": text("The document breaks a rule; in the words that SPEKE prescribes."),
                "429": problem("Too many requests; see `Retry-After`."),
                "503": problem("A service is away; see `Retry-After`."),
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
                "200": binary("*/*", "The file."),
                "206": binary("*/*", "The part asked for with `Range`."),
                "304": {"description": "Not changed."},
                "403": text("The token is not good, or no longer."),
                "404": text("There is no such file."),
                "416": text("There is no such range."),
                "429": text("Too many streams."),
                "502": text("The source of the video answered with an error."),
                "503": text("The source of the video does not answer."),
                "504": text("The source of the video took too long."),
            },
        }
    },
    "/posters/{asset_id}.jpg": {
        "get": {
            **_MEDIA,
            "summary": "The picture of a video",
            "operationId": "get_poster",
            "parameters": [path("asset_id")],
            "responses": {
                "200": binary("image/jpeg", "The picture; it never changes."),
                "206": binary("image/jpeg", "The part asked for with `Range`."),
                "304": {"description": "Not changed."},
                "404": text("There is no such picture."),
            },
        }
    },
    "/posters/{key}/{name}": {
        "get": {
            **_MEDIA,
            "summary": "One width of a release's poster",
            "operationId": "get_release_poster",
            "parameters": [path("key"), path("name")],
            "responses": {
                "200": binary("image/webp", "The picture; it never changes."),
                "206": binary("image/webp", "The part asked for with `Range`."),
                "304": {"description": "Not changed."},
                "404": text("There is no such picture."),
            },
        }
    },
    "/posters/{release_id}/{digest}.svg": {
        "get": {
            **_MEDIA,
            "summary": "The poster made of a release's title",
            "operationId": "get_generated_poster",
            "parameters": [path("release_id"), path("digest")],
            "responses": {
                "200": binary("image/svg+xml", "The picture; another title has another address."),
                "404": text("There is no such picture."),
            },
        }
    },
    "/avatars/{name}.webp": {
        "get": {
            **_MEDIA,
            "summary": "The picture of a person or team",
            "operationId": "get_avatar",
            "parameters": [path("name")],
            "responses": {
                "200": binary("image/webp", "The picture; it never changes."),
                "304": {"description": "Not changed."},
                "404": text("There is no such picture."),
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
                "503": problem("Something is away."),
            },
        }
    },
}
