"""How a successful sign-in is answered."""

from accounts.identity.schemas import Delivery, GrantOut
from accounts.identity.sessions.adapters.refresh_cookie import RefreshCookie
from accounts.identity.sessions.usecases import SessionGrant
from kernel.http import Reply


def granted(grant: SessionGrant, delivery: Delivery, cookie: RefreshCookie, *, status: int = 200) -> Reply[GrantOut]:
    """The answer to a successful sign-in, with the refresh token where the client wants it."""
    body = GrantOut.of(grant, delivery)
    headers = {"Cache-Control": "no-store"}  # RFC 6749 §5.1
    if delivery == "body":
        return Reply(body, status=status, headers=headers)
    return Reply(body, status=status, headers=headers, cookies=lambda answer: cookie.set(answer, grant.refresh_token))
