"""One line a request: who, from where, how it ended; and nothing that opens anything."""

import asyncio
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from server.local_stack import Nginx, render
from server.local_stack.service import free_port
from tests.conftest import AppClient, MakeUser
from tests.support.people import PASSWORD

TEMPLATE = Path(__file__).parents[4] / "nginx" / "nginx.conf.template"


def lines(logs: Any) -> list[Any]:
    return [line for line in logs if line["event"] == "request"]


async def test_who_from_where_and_how_it_ended(app_client: AppClient, make_user: MakeUser) -> None:
    ann = await make_user()
    with capture_logs() as logs:
        await app_client.post("/api/v1/auth/login", json={"login": "nobody", "password": "eleven quiet herons"})
        await app_client.get("/api/v1/admin/users", headers=ann.headers)
        await app_client.get("/api/v1/auth/me", headers={"Authorization": "Bearer x"})
    found = [(line["path"], line["status"], line["user_id"], line["address"]) for line in lines(logs)]
    assert found == [
        ("/api/v1/auth/login", 401, None, "127.0.0.1"),
        ("/api/v1/admin/users", 403, ann.user_id, "127.0.0.1"),
        ("/api/v1/auth/me", 401, None, "127.0.0.1"),
    ]


async def test_no_secret_gets_into_the_log(app_client: AppClient, make_user: MakeUser) -> None:
    ann = await make_user()
    with capture_logs() as logs:
        login = {"login": ann.email, "password": PASSWORD}
        async with app_client.post("/api/v1/auth/login", json=login) as answer:
            grant = await answer.json()
        await app_client.post("/api/v1/auth/refresh", json={"refresh_token": grant["refresh_token"]})
        await app_client.post("/api/v1/auth/login", json={**login, "password": "eleven quiet herons"})
        await app_client.get("/api/v1/auth/oidc/acme/callback?code=a-code-of-theirs&state=a-state-of-ours")
        await app_client.get("/api/v1/auth/me", headers=ann.headers)
    told = repr(logs)
    secrets = (PASSWORD, "eleven quiet herons", ann.access_token, grant["refresh_token"], "a-code-of-theirs")
    assert [secret for secret in secrets if secret in told] == []
    assert len(lines(logs)) == 5


SHARED = "a-list-that-opens-for-whoever-has-it"


async def test_an_address_that_opens_something_is_not_in_the_log(app_client: AppClient, tmp_path: Path) -> None:
    """Neither in ours nor in that of the edge."""
    variables = {
        "ANI_LISTEN": f"127.0.0.1:{(port := free_port())}",
        "ANI_UPSTREAM": f"127.0.0.1:{app_client.port}",
        "ANI_RESOLVER": "127.0.0.1",
        "ANI_MEDIA_DIR": str(tmp_path),
        "ANI_GRANTS_DIR": str(tmp_path / "none"),
        "ANI_EDGE_SECRET": "",
        "ANI_RUN_DIR": ".",
        "ANI_WORKERS": "1",
    }
    with capture_logs() as logs, Nginx(render(TEMPLATE.read_text(), variables), port=port) as edge:
        device = f"/api/v1/auth/device/{SHARED}"
        shared = (
            f"/l/{SHARED}",
            f"/api/v1/lists/shared/{SHARED}",
            f"/api/v1/lists/shared/{SHARED}/x",
            f"/api/v1/calendar/{SHARED}.ics",
        )
        for path in (*shared, device, f"{device}/approve", "/api/v1/auth/device/look"):
            await app_client.session.get(f"http://127.0.0.1:{port}{path}")
        for path in ("drm/fairplay/certificate", "drm/clearkey"):  # a stream's token, in the query of licence requests
            await app_client.session.get(f"http://127.0.0.1:{port}/api/v1/{path}?session={SHARED}")
        # And in the path of keys and media, which only the edge would write down.
        await app_client.session.get(f"http://127.0.0.1:{port}/hls/{SHARED}/asset/keys/kid")
        await app_client.session.get(f"http://127.0.0.1:{port}/llhls/{SHARED}/channel/video.m3u8")
        async with asyncio.timeout(10):
            while (told := edge.log()).count("GET") < 9:  # written after the answer
                await asyncio.sleep(0.02)
    masked = ["/l/***", "/api/v1/lists/shared/***", "/api/v1/lists/shared/***/x", "/api/v1/calendar/***"]
    masked += ["/api/v1/auth/device/***", "/api/v1/auth/device/***/approve", "/api/v1/auth/device/look"]
    masked += ["/api/v1/drm/fairplay/certificate", "/api/v1/drm/clearkey"]
    assert [line["path"] for line in lines(logs)] == masked
    assert [path for path in masked if f'"GET {path}"' not in told] == []
    assert SHARED not in repr(logs) + told
    assert "session=" not in repr(logs) + told
