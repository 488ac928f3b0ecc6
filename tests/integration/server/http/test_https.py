"""An installation reached by https tells browsers so, and gives its cookies names that only https pages can set."""

import pytest

from server.settings import Settings
from tests.conftest import AppClient

ANN = {
    "email": "ann@example.org",
    "nickname": "Ann",
    "password": "seven moons over the hill",
    "delivery": "cookie",
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"public_url": "https://ani.example.org"})


async def test_browsers_come_by_https_from_then_on(app_client: AppClient) -> None:
    for path in ("/", "/healthz", "/api/v1/genres", "/api/v1/x", "/hls/x/y/z"):
        answer = await app_client.get(path)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000", path


async def test_cookies_are_for_https_alone(app_client: AppClient) -> None:
    async with app_client.post("/api/v1/auth/register", json=ANN) as answer:
        assert answer.status == 201
        cookie = answer.cookies["__Secure-ani_refresh"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Strict")
    assert len(answer.cookies) == 1
    planted = {"Cookie": f"ani_refresh={cookie.value}"}
    async with app_client.post("/api/v1/auth/refresh", json={}, headers=planted) as answer:
        assert answer.status == 401, "the other name is nobody's"
    sent = {"Cookie": f"__Secure-ani_refresh={cookie.value}", "Origin": "https://ani.example.org"}
    async with app_client.post("/api/v1/auth/refresh", json={}, headers=sent) as answer:
        assert answer.status == 200


async def test_answers_of_the_api_are_no_pages(app_client: AppClient) -> None:
    for path in ("/api/v1/genres", "/api/v1/auth/me", "/api/openapi.json"):
        answer = await app_client.get(path)
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'"), path
