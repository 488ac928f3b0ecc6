"""The refresh token of the web client: in a cookie that scripts cannot read and other sites cannot send."""

from typing import Final
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from accounts.identity.errors import CrossSiteRequest
from accounts.identity.model import SESSION_IDLE

NAME: Final = "ani_refresh"
PATH: Final = "/api/v1/auth"
"""The only place that needs it is the only place that gets it."""


class RefreshCookie:
    """Sets, reads and clears the cookie for a server reached at ``public_url``."""

    def __init__(self, public_url: str) -> None:
        parts = urlsplit(public_url)
        self._origin = f"{parts.scheme}://{parts.netloc}".lower()
        self._secure = parts.scheme == "https"
        # A browser takes this name from an https page alone, so that nobody in the network can plant one (RFC 6265bis §4.1.3).
        self.name = f"__Secure-{NAME}" if self._secure else NAME

    def read(self, request: web.Request) -> str | None:
        """The token in the cookie.

        ``SameSite=Strict`` keeps the cookie out of other sites' requests; what a browser says about where a request comes
        from is believed on top of that, for browsers and neighbours (sites under the same domain) that ``SameSite`` misses.
        Raises :class:`CrossSiteRequest`.
        """
        token = request.cookies.get(self.name)
        if token is None or not token.isascii():  # none of ours
            return None
        site = request.headers.get("Sec-Fetch-Site")
        origin = request.headers.get(hdrs.ORIGIN)
        # Fetch Metadata (W3C): «none» is the address bar, «same-origin» our own pages.
        if site is not None and site not in ("same-origin", "none"):
            raise CrossSiteRequest
        # The host part alone, because behind a proxy that ends TLS we see http where the browser sees https.
        if origin is not None and origin.lower() != self._origin and origin.partition("://")[2] != request.host:
            raise CrossSiteRequest
        return token

    def set(self, response: web.Response, token: str) -> None:
        """Put ``token`` into the browser, for as long as an idle session lives."""
        response.set_cookie(
            self.name,
            token,
            path=PATH,
            max_age=int(SESSION_IDLE.total_seconds()),
            httponly=True,
            secure=self._secure,
            samesite="Strict",
        )

    def clear(self, response: web.Response) -> None:
        """Take the cookie back."""
        response.del_cookie(self.name, path=PATH, httponly=True, secure=self._secure, samesite="Strict")
