"""Resumable uploads over HTTP: tus 1.0.0 at ``/api/v1/uploads`` (see ``tus.py``), for editors.

``Upload-Metadata`` needs ``episode_id`` and takes ``filename`` and ``protect`` (``none``, ``aes-128``, ``cbcs``, ``cenc``).
With ``audio_language`` the file is sound for the video that is there; ``audio_label``, ``audio_offset_ms`` and
``audio_default`` say more of it.  The answer to the last piece names the job in ``Upload-Job-Id``; ``GET /api/v1/jobs/{id}``
tells how far it is.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web

from kernel.access import Actor, Role, Standing, ensure_still
from kernel.errors import Forbidden, Unauthenticated
from kernel.http import ACTOR, CONTAINER, REQUEST_ID, Router, throttled
from kernel.http.problems import HttpRefusal
from kernel.ids import is_id
from kernel.limits import Limit
from kernel.scope import Scope
from streaming.keys.model import Protection
from streaming.uploads import tus, usecases
from streaming.uploads.adapters import receiver
from streaming.uploads.adapters.context import context_of
from streaming.uploads.adapters.receiver import TooMuchData
from streaming.uploads.model import (
    CODECS,
    LABEL_MAX,
    LANGUAGE,
    LANGUAGE_MAX,
    OFFSET_MAX_MS,
    AddedSound,
    ChecksumMismatch,
    NotVideo,
    Upload,
    UploadBusy,
    UploadComplete,
    UploadNotFound,
)
from streaming.uploads.usecases import UploadFiles

router = Router(tag="Uploads")

CREATIONS: Final = Limit("uploads", attempts=120, window_s=3600)
"""Uploads begun by one person: several seasons of a series at a time, but no flood of files and ingest jobs."""

_PATH: Final = "/uploads"
_CHECKSUM_MISMATCH: Final = 460
"""tus, extension "checksum"."""
_LOCKED: Final = 423
"""RFC 4918 §11.3; what tus clients expect of an upload that another connection holds, and try again."""

_STOPPING: Final = web.AppKey("uploads_stopping", asyncio.Event)
"""Set when the server is being stopped: who is sending gets an answer, instead of a connection cut off."""

Handler = Callable[[web.Request, Actor], Awaitable[web.Response]]


def _tus(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """What holds for every request but OPTIONS: the protocol's version, an editor, and the protocol's own refusals."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.headers.get("Tus-Resumable") != tus.VERSION:
            raise HttpRefusal(
                412, "tus_version", f"Send Tus-Resumable: {tus.VERSION}.", headers={"Tus-Version": tus.VERSION}
            )
        actor = request.get(ACTOR)
        if actor is None:
            raise Unauthenticated
        if not actor.may(Role.EDITOR):
            raise Forbidden
        try:
            response = await handler(request, actor)
        except tus.BadHeader as error:
            raise HttpRefusal(400, "tus_header", f"{error}.") from error
        except ChecksumMismatch as error:
            raise HttpRefusal(_CHECKSUM_MISMATCH, error.code, error.message) from error
        except UploadBusy as error:
            headers = {str(hdrs.RETRY_AFTER): str(receiver.HANDOVER_S)}
            raise HttpRefusal(_LOCKED, error.code, error.message, headers=headers) from error
        response.headers["Tus-Resumable"] = tus.VERSION
        return response

    return handle


async def _options(request: web.Request) -> web.StreamResponse:
    async with request.app[CONTAINER].scope(write=False) as scope:
        max_bytes = scope.port(UploadFiles).max_bytes
    return web.Response(
        status=204,
        headers={
            "Tus-Resumable": tus.VERSION,
            "Tus-Version": tus.VERSION,
            "Tus-Max-Size": str(max_bytes),
            "Tus-Extension": tus.EXTENSIONS,
            "Tus-Checksum-Algorithm": ",".join(tus.CHECKSUMS),
        },
    )


async def _create(request: web.Request, actor: Actor) -> web.Response:
    await throttled(request, CREATIONS)
    metadata = tus.parse_metadata(request.headers.get("Upload-Metadata", ""))
    size_bytes = tus.parse_number("Upload-Length", request.headers.get("Upload-Length"))
    if not is_id(episode_id := metadata.get("episode_id", "")):
        raise tus.BadHeader("Upload-Metadata must name the episode_id")
    protection = _protection(metadata.get("protect", ""))
    codecs = _codecs(metadata.get("codecs", ""))
    sound = _sound(metadata)
    with_body = request.body_exists and request.content_type == tus.CONTENT_TYPE
    async with _scope(request, actor) as scope:
        upload = await usecases.create(
            context_of(scope),
            actor,
            episode_id=episode_id,
            file_name=metadata.get("filename", ""),
            size_bytes=size_bytes,
            protection=protection,
            codecs=codecs,
            sound=sound,
        )
    response = await _receive(request, actor, upload, offset=0) if with_body else _answer(upload, offset=None)
    response.set_status(201)
    # Relative to the origin: right behind every proxy.
    response.headers[hdrs.LOCATION] = f"{request.path.rstrip('/')}/{upload.id}"
    return response


def _protection(text: str) -> Protection | None:
    try:
        return Protection(text) if text else None
    except ValueError:
        raise tus.BadHeader(f"Upload-Metadata may have protect: {', '.join(Protection)}") from None


def _codecs(text: str) -> tuple[str, ...] | None:
    if not text:
        return None
    named = text.split(",")
    if len(named) > len(CODECS) or not set(named) <= set(CODECS):
        raise tus.BadHeader(f"Upload-Metadata may have codecs, separated by commas: {', '.join(CODECS)}")
    return tuple(codec for codec in CODECS if codec in named)


def _sound(metadata: Mapping[str, str]) -> AddedSound | None:
    """What the file is to an episode that has a video: ``audio_language`` says that it is sound; the rest may be left out."""
    text = metadata.get("audio_language")
    if text is None:
        if any(key.startswith("audio_") for key in metadata):
            raise tus.BadHeader(
                "Upload-Metadata with audio_label, audio_offset_ms or audio_default needs audio_language"
            )
        return None
    if len(text) > LANGUAGE_MAX or not LANGUAGE.fullmatch(text):
        raise tus.BadHeader("Upload-Metadata: audio_language is no language tag (und: nobody knows)")
    label, default = metadata.get("audio_label", "").strip(), metadata.get("audio_default", "false")
    if len(label) > LABEL_MAX or not label.isprintable():
        raise tus.BadHeader(f"Upload-Metadata: audio_label has up to {LABEL_MAX} printable characters")
    if default not in {"true", "false"}:
        raise tus.BadHeader("Upload-Metadata: audio_default is true or false")
    offset = metadata.get("audio_offset_ms", "0")
    digits = offset.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 7) or abs(int(offset)) > OFFSET_MAX_MS:
        raise tus.BadHeader(
            f"Upload-Metadata: audio_offset_ms is a whole number from -{OFFSET_MAX_MS} to {OFFSET_MAX_MS}"
        )
    return AddedSound(text, label, int(offset), default == "true")


async def _head(request: web.Request, actor: Actor) -> web.Response:
    async with _scope(request, actor) as scope:
        upload = await _find(request, actor, scope)
        offset = await usecases.received(context_of(scope), upload)
    response = _answer(upload, offset=offset)
    response.headers["Upload-Length"] = str(upload.size_bytes)
    metadata = {"filename": upload.file_name, "episode_id": upload.episode_id}
    if upload.protection is not None:
        metadata["protect"] = upload.protection.value
    if upload.codecs is not None:
        metadata["codecs"] = ",".join(upload.codecs)
    if upload.sound is not None:
        metadata |= {
            "audio_language": upload.sound.language,
            "audio_label": upload.sound.label,
            "audio_offset_ms": str(upload.sound.offset_ms),
            "audio_default": str(upload.sound.is_default).lower(),
        }
    response.headers["Upload-Metadata"] = tus.metadata_header(metadata)
    response.headers[hdrs.CACHE_CONTROL] = "no-store"
    # 200 rather than 204: HEAD stands for a GET, and intermediaries have opinions about bodiless GETs.
    response.set_status(200)
    return response


async def _patch(request: web.Request, actor: Actor) -> web.Response:
    if request.content_type != tus.CONTENT_TYPE:
        raise HttpRefusal(415, "unsupported_media_type", f"Send Content-Type: {tus.CONTENT_TYPE}.")
    offset = tus.parse_number("Upload-Offset", request.headers.get("Upload-Offset"))
    async with request.app[CONTAINER].scope(write=False) as scope:
        upload = await _find(request, actor, scope)
    if upload.is_complete:
        raise UploadComplete
    return await _receive(request, actor, upload, offset=offset)


async def _override(request: web.Request, actor: Actor) -> web.Response:
    """``X-HTTP-Method-Override``: for clients behind something that lets GET and POST through alone (tus, "Core protocol")."""
    handler = _OVERRIDABLE.get(request.headers.get("X-HTTP-Method-Override", "").strip().upper())
    if handler is None:
        raise web.HTTPMethodNotAllowed(hdrs.METH_POST, [*_OVERRIDABLE, hdrs.METH_OPTIONS])
    return await handler(request, actor)


async def _delete(request: web.Request, actor: Actor) -> web.Response:
    async with _scope(request, actor) as scope:
        upload = await _find(request, actor, scope)
        if upload.is_complete:
            raise UploadComplete
        async with receiver.exclusively(Path(scope.port(UploadFiles).path(upload.id))):
            await usecases.remove(context_of(scope), upload)
    return web.Response(status=204)


async def _receive(request: web.Request, actor: Actor, upload: Upload, *, offset: int) -> web.Response:
    """Append the body to the upload.  No transaction is open meanwhile: a body can take an hour."""
    checksum = tus.parse_checksum(request.headers.get("Upload-Checksum"))
    async with request.app[CONTAINER].scope(write=False) as scope:
        files = scope.port(UploadFiles)
    try:
        async with receiver.exclusively(Path(files.path(upload.id))) as file:
            await receiver.append(
                file,
                request.content,
                offset=offset,
                total_bytes=upload.size_bytes,
                checksum=checksum,
                claim=receiver.claim_path(Path(files.path(upload.id))),
                stopping=request.app[_STOPPING],
                ensure_allowed=partial(_ensure_allowed, request, actor),
            )
    except FileNotFoundError:
        raise UploadNotFound(upload_id=upload.id) from None
    except TooMuchData:
        detail = f"The body goes beyond the Upload-Length of {upload.size_bytes} bytes."
        raise HttpRefusal(413, "upload_length_exceeded", detail) from None
    except (ConnectionError, web.RequestPayloadError):
        # Nobody is left to read this answer; it keeps a broken line from being taken for a defect of ours.
        raise HttpRefusal(400, "upload_interrupted", "The connection broke. Ask for the offset and go on.") from None
    except TimeoutError:
        raise HttpRefusal(408, "upload_stalled", "Nothing came for a minute. Ask for the offset and go on.") from None
    async with _scope(request, actor) as scope:
        # The body may have taken an hour; what its sender may do is what they may do now.
        actor = await ensure_still(scope.port(Standing), actor, Role.EDITOR)
        upload = await _find(request, actor, scope, upload.id)
        if (kind := await usecases.foreign_kind(context_of(scope), upload)) is None:
            end = await usecases.received(context_of(scope), upload)
        else:
            await usecases.remove(context_of(scope), upload)
    if kind is not None:
        raise NotVideo(file_name=upload.file_name, kind=kind)
    return _answer(upload, offset=end)


async def _ensure_allowed(request: web.Request, actor: Actor) -> None:
    async with request.app[CONTAINER].scope(write=False) as scope:
        await ensure_still(scope.port(Standing), actor, Role.EDITOR)


async def _find(request: web.Request, actor: Actor, scope: Scope, upload_id: str | None = None) -> Upload:
    upload_id = upload_id or request.match_info["upload_id"]
    if not is_id(upload_id):
        raise UploadNotFound(upload_id=upload_id)
    return await usecases.find(context_of(scope), actor, upload_id)


def _answer(upload: Upload, *, offset: int | None) -> web.Response:
    headers = {"Upload-Expires": format_datetime(upload.expires_at.astimezone(UTC), usegmt=True)}
    if offset is not None:
        headers["Upload-Offset"] = str(offset)
    if upload.job_id is not None:
        headers["Upload-Job-Id"] = upload.job_id
    return web.Response(status=204, headers=headers)


@asynccontextmanager
async def _scope(request: web.Request, actor: Actor) -> AsyncIterator[Scope]:
    origin = {"request_id": request.get(REQUEST_ID, "")}
    async with request.app[CONTAINER].scope(write=True, actor=actor, origin=origin) as scope:
        yield scope


_OVERRIDABLE: Final = {hdrs.METH_HEAD: _head, hdrs.METH_PATCH: _patch, hdrs.METH_DELETE: _delete}


def mount(app: web.Application) -> None:
    """Tell those who are sending when the server is being stopped."""
    stopping = asyncio.Event()
    app[_STOPPING] = stopping

    async def stop(_app: web.Application) -> None:
        stopping.set()

    app.on_shutdown.append(stop)


router.raw(hdrs.METH_OPTIONS, _PATH, _options)
router.raw(hdrs.METH_OPTIONS, _PATH + "/{upload_id}", _options)
router.raw(hdrs.METH_POST, _PATH, _tus(_create))
router.raw(hdrs.METH_HEAD, _PATH + "/{upload_id}", _tus(_head))
router.raw(hdrs.METH_POST, _PATH + "/{upload_id}", _tus(_override))
router.raw(hdrs.METH_PATCH, _PATH + "/{upload_id}", _tus(_patch))
router.raw(hdrs.METH_DELETE, _PATH + "/{upload_id}", _tus(_delete))
