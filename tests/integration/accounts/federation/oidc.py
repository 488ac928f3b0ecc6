"""A person at a browser, on their way to a provider and back."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp

from tests.conftest import AppClient

OIDC = "/api/v1/auth/oidc"
ANN = {"sub": "ann-1", "email": "ann@example.org", "email_verified": True, "preferred_username": "Ann Lee"}


def landed(location: str) -> dict[str, str]:
    """What the page of the web client is told."""
    parts = urlsplit(location)
    assert (parts.path, parts.netloc) == ("/login/oidc/callback", "")
    return dict(parse_qsl(parts.query))


@dataclass
class Visitor:
    """Follows redirects by hand, to stop, go back and go elsewhere in between; its cookies are those of the client."""

    client: AppClient

    async def leave(self, provider: str = "acme", **query: str) -> str:
        """To the provider; returns the address to go to."""
        async with self.client.get(f"{OIDC}/{provider}/login", params=query, allow_redirects=False) as answer:
            assert answer.status == 303, await answer.text()
            return answer.headers["Location"]

    async def sign_in_there(self, url: str) -> str:
        """At the provider; returns the address it sends the browser back to, without our origin."""
        async with aiohttp.ClientSession() as session, session.get(url, allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
            back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    async def arrive(self, path: str) -> dict[str, str]:
        """Back here; returns what the page of the web client is told."""
        async with self.client.get(path, allow_redirects=False) as answer:
            assert answer.status == 303, await answer.text()
            assert answer.headers["Cache-Control"] == "no-store"
            return landed(answer.headers["Location"])

    async def sign_in(self, provider: str = "acme", **query: str) -> dict[str, str]:
        url = await self.leave(provider, **query)
        if url.startswith("/"):  # the provider was not there to go to
            return landed(url)
        return await self.arrive(await self.sign_in_there(url))

    async def link(self, headers: dict[str, str], password: str | None, provider: str = "acme") -> tuple[int, Any]:
        body = {} if password is None else {"password": password}
        async with self.client.post(f"{OIDC}/{provider}/link", json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def grant(self) -> dict[str, Any] | None:
        """Who the refresh cookie stands for, ``None`` for nobody."""
        async with self.client.post("/api/v1/auth/refresh", json={}) as answer:
            found: dict[str, Any] | None = await answer.json() if answer.status == 200 else None
            return found

    def forget_everything(self) -> None:
        self.client.session.cookie_jar.clear()
