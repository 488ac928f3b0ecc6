"""Routes that belong to no feature: health, metrics, jobs, and the API describing itself."""

from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import orjson
from aiohttp import web
from pydantic import BaseModel

from kernel.access import Role
from kernel.http import Call, Endpoint, Router
from kernel.jobs import JobNotFound, Jobs, JobView, State
from server import health
from server.services import Services

router = Router(tag="Jobs")


class JobError(BaseModel):
    """Why a job failed; ``message`` is meant for people."""

    code: str
    message: str


class JobOut(BaseModel):
    """Background work; ``progress`` runs from 0 to 1."""

    id: str
    kind: str
    state: State
    stage: str
    progress: float
    error: JobError | None
    result: dict[str, Any] | None

    @classmethod
    def of(cls, job: JobView) -> "JobOut":
        return cls(
            id=job.id,
            kind=job.kind,
            state=job.state,
            stage=job.stage,
            progress=job.progress,
            error=None if job.error is None else JobError(**job.error),
            result=job.result,
        )


@router.get("/jobs/{job_id}", role=Role.USER, summary="Look at a background job", raises=(JobNotFound,))
async def get_job(call: Call, job_id: str) -> JobOut:
    """One's own jobs; editors see all."""
    job = await call.port(Jobs).get(job_id)
    if job.owner_id != call.user.user_id and not call.user.may(Role.EDITOR):
        raise JobNotFound
    return JobOut.of(job)


def plain_routes(services: Services, endpoints: Iterable[Endpoint], version: str) -> list[web.RouteDef]:
    """Health, metrics and the API description, as plain aiohttp routes."""
    endpoints = list(endpoints)
    described: list[bytes] = []

    async def openapi_json(_request: web.Request) -> web.Response:
        if not described:  # half a second of work, and a quarter to load what does it: a start should not wait for them
            from server.openapi.document import openapi_document

            described.append(orjson.dumps(openapi_document(endpoints, version=version, url=services.settings.url)))
        return web.Response(body=described[0], content_type="application/json")

    async def docs(_request: web.Request) -> web.Response:
        page = files("server").joinpath("static/docs.html").read_bytes()
        return web.Response(body=page, content_type="text/html", charset="utf-8")

    async def docs_asset(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        kind = {"docs.js": "text/javascript", "docs.css": "text/css"}.get(name)
        if kind is None:
            raise web.HTTPNotFound
        return web.Response(
            body=files("server").joinpath(f"static/{name}").read_bytes(), content_type=kind, charset="utf-8"
        )

    return [
        *health.routes(services),
        web.get("/api/openapi.json", openapi_json),
        web.get("/api/docs", docs),
        web.get("/api/docs/{name}", docs_asset),
    ]
