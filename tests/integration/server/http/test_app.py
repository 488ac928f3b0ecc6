"""What every request meets: ids, problems, headers, CORS, proxies, the description of the API."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from openapi_pydantic import OpenAPI

from kernel.db import Database
from server.boot import open_services
from server.event_docs import render
from server.http.app import create_app
from server.http.middleware import content_security_policy
from server.settings import Settings
from tests.conftest import AppClient

from pathlib import Path  # isort: skip

DOCS = Path(__file__).parents[4] / "docs"


async def test_health(app_client: AppClient) -> None:
    for path in ("/healthz", "/readyz"):
        response = await app_client.get(path)
        assert (response.status, await response.json()) == (200, {"status": "ok"})


@pytest.mark.both_adapters
async def test_not_ready_without_its_database(
    app_client: AppClient, services: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Database("postgresql://nobody@127.0.0.1:1/nothing")
    monkeypatch.setattr(services.database, "engine", gone.engine)
    response = await app_client.get("/readyz")
    assert (response.status, (await response.json())["code"]) == (503, "database_away")
    assert (await app_client.get("/healthz")).status == 200


async def test_metrics_count_requests(app_client: AppClient) -> None:
    await app_client.get("/api/v1/releases")
    text = await (await app_client.get("/metrics")).text()
    assert 'ani_http_requests_total{method="GET",route="/api/v1/releases",status="200"}' in text


async def test_every_answer_has_an_id_and_safe_headers(app_client: AppClient) -> None:
    first, second = await app_client.get("/api/v1/releases"), await app_client.get("/api/v1/nothing")
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    for response in (first, second):
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("PATCH", "/api/v1/releases", 405, "method_not_allowed"),
        ("GET", "/api/v1/releases?page=0", 422, "invalid_payload"),
        ("GET", "/api/v1/releases?sort=password", 422, "invalid_payload"),
    ],
)
async def test_errors_are_problems(method: str, path: str, status: int, code: str, app_client: AppClient) -> None:
    response = await app_client.request(method, path)
    body = await response.json(content_type="application/problem+json")
    assert (response.status, body["code"], body["request_id"]) == (status, code, response.headers["X-Request-Id"])


async def test_a_large_body_is_refused(app_client: AppClient) -> None:
    response = await app_client.post(
        "/api/v1/releases/search", data=b'{"query": "' + b"x" * 1_100_000, headers={"Content-Type": "application/json"}
    )
    assert (response.status, response.content_type) == (413, "application/problem+json")


@pytest.mark.parametrize("token", ["", "x", "Bearer", "a.b.c", "ä" * 10, "x" * 10_000])
async def test_a_bad_token_is_refused_even_where_none_is_needed(token: str, app_client: AppClient) -> None:
    header = f"Bearer {token}".encode().decode("latin-1")
    response = await app_client.get("/api/v1/releases", headers={"Authorization": header})
    if len(header) < 8_000:
        assert response.status == 401
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="ani", error="invalid_token"'
    else:
        assert response.status in {400, 401}, "aiohttp bounds the length of a header"


async def test_the_api_describes_itself(app_client: AppClient, settings: Settings) -> None:
    document = await (await app_client.get("/api/openapi.json")).json()
    api = OpenAPI.model_validate(document)
    assert api.paths is not None
    assert {"/api/v1/releases", "/api/v1/episodes/{episode_id}/playback", "/api/v1/auth/login"} <= api.paths.keys()
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names)), "clients are generated from these names"
    page = await app_client.get("/api/docs")
    assert page.content_type == "text/html"
    assert page.headers["Content-Security-Policy"] == content_security_policy(settings.url)
    for name in ("docs.js", "docs.css"):
        assert (await app_client.get(f"/api/docs/{name}")).status == 200
    assert (await app_client.get("/api/docs/..%2fapp.py")).status == 404


@pytest.mark.parametrize("path", ["/", "/releases/x", "/party/abc", "/..%2f..%2fetc/passwd", "/.env"])
async def test_pages_are_the_web_client(path: str, app_client: AppClient) -> None:
    response = await app_client.get(path)
    assert response.content_type == "text/html"
    assert "root:" not in await response.text()


async def test_media_paths_are_never_the_web_client(app_client: AppClient) -> None:
    for path in ("/assets/nothing.js", "/hls/x", "/llhls/x", "/posters/x.jpg", "/posters/x", "/avatars/x.webp"):
        assert (await app_client.get(path)).status in {403, 404}


async def test_other_origins_may_call_when_listed(settings: Settings) -> None:
    allowed = settings.model_copy(update={"cors_origins": ["https://friend.example"]})
    async with open_services(allowed) as services, TestClient(TestServer(create_app(services))) as client:
        preflight = await client.options(
            "/api/v1/releases",
            headers={"Origin": "https://friend.example", "Access-Control-Request-Method": "POST"},
        )
        assert preflight.status == 204
        assert preflight.headers["Access-Control-Allow-Origin"] == "https://friend.example"
        refused = await client.get("/api/v1/releases", headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in refused.headers
        failed = await client.get("/api/v1/nothing", headers={"Origin": "https://friend.example"})
        assert failed.headers["Access-Control-Allow-Origin"] == "https://friend.example", "errors must be readable too"


async def test_the_events_page_is_true(services: Any) -> None:
    assert (DOCS / "events.md").read_text("utf-8") == render(services.container.events), "run `make docs`"
