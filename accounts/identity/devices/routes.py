"""``/api/v1/auth/device``: signing in what has no keyboard (RFC 8628, the device authorization grant).

Two things differ from the letter of the RFC, both because the whole API is so: bodies are JSON, not forms (§3.1, §3.4), and
an error (§3.5) is a problem document whose ``code``, not ``error``, is ``authorization_pending``, ``slow_down``,
``access_denied`` or ``expired_token``, with status 400 as in RFC 6749 §5.2. A device code nobody knows, or that gave its
session already, is ``invalid_grant``. There are no clients to register, so no ``client_id`` and no ``scope``.
"""

from io import BytesIO

import segno

from accounts.identity.adapters.http import device_of
from accounts.identity.devices import usecases
from accounts.identity.devices.model import INTERVAL_S, LIFETIME, format_user_code
from accounts.identity.devices.usecases import DeviceLogins
from accounts.identity.errors import (
    AccessDenied,
    AccountBanned,
    AuthorizationPending,
    DeviceCodeNotFound,
    ExpiredToken,
    InvalidGrant,
    SlowDown,
)
from accounts.identity.ports import AccessTokens, LoginSessions, Throttle, Users
from accounts.identity.schemas import DeviceAuthorizationOut, DevicePollIn, GrantOut, UserCodeIn, WaitingDeviceOut
from accounts.identity.sessions.adapters.grant_reply import granted
from accounts.identity.sessions.adapters.refresh_cookie import RefreshCookie
from kernel.access import Role
from kernel.errors import AniError, TooManyRequests, Unavailable
from kernel.http import Call, Reply, Router

router = Router("/api/v1/auth/device", tag="Identity")

QUIET_ZONE = 4  # modules; ISO/IEC 18004 wants as many, and scanners do


class DevicePage:
    """Where people go with the code of a device."""

    def __init__(self, public_url: str) -> None:
        self.url = f"{public_url}/device"

    def with_code(self, user_code: str) -> str:
        """The same, with the code filled in: in the fragment, which reaches no access log."""
        return f"{self.url}#code={user_code}"


def qr_code(text: str) -> str:
    """A QR code as an SVG document that scales; black on white, for scanners are not fond of the other way round."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, omitsize=True, border=QUIET_ZONE, light="#fff", svgclass=None, lineclass=None
    )
    return out.getvalue().decode()


@router.post(
    "", summary="Begin to sign in a device: a code to show, a secret to ask with", raises=(TooManyRequests, Unavailable)
)
async def authorize_device(call: Call) -> Reply[DeviceAuthorizationOut]:
    """The device authorization response of RFC 8628 §3.2, with a QR code of ``verification_uri_complete``."""
    device_code, login = await usecases.begin(
        call.port(DeviceLogins), call.port(Throttle), device=device_of(call), now=call.clock.now()
    )
    code, page = format_user_code(login.user_code), call.port(DevicePage)
    body = DeviceAuthorizationOut(
        device_code=device_code,
        user_code=code,
        verification_uri=page.url,
        verification_uri_complete=page.with_code(code),
        expires_in=int(LIFETIME.total_seconds()),
        interval=INTERVAL_S,
        qr_svg=qr_code(page.with_code(code)),
    )
    return Reply(body, headers={"Cache-Control": "no-store"})


@router.post(
    "/token",
    transaction=False,
    summary="Ask whether the device may come in; if so, the answer is that of a login",
    raises=(AuthorizationPending, SlowDown, AccessDenied, ExpiredToken, InvalidGrant, AccountBanned, Unavailable),
)
async def poll_device(call: Call, body: DevicePollIn) -> Reply[GrantOut]:
    """Ask every ``interval`` seconds. ``slow_down`` adds 5 s to it, for this and all later requests."""
    async with call.write_scope() as scope:
        cookie = scope.port(RefreshCookie)
        context = usecases.PollContext(
            users=scope.port(Users),
            sessions=scope.port(LoginSessions),
            logins=scope.port(DeviceLogins),
            tokens=scope.port(AccessTokens),
            now=call.clock.now(),
        )
        outcome = await usecases.poll(context, device_code=body.device_code, device=device_of(call))
    if isinstance(outcome, AniError):
        raise outcome
    return granted(outcome, body.delivery, cookie)


@router.post(
    "/look",
    role=Role.USER,
    summary="Which device shows this code",
    raises=(DeviceCodeNotFound, TooManyRequests, Unavailable),
)
async def look_up_device(call: Call, body: UserCodeIn) -> WaitingDeviceOut:
    """For the person to compare with what stands before them (RFC 8628 §5.4)."""
    return await _look(call, body.user_code)


@router.post(
    "/approve",
    role=Role.USER,
    summary="Let the device with this code sign in as oneself",
    raises=(DeviceCodeNotFound, TooManyRequests, Unavailable),
)
async def let_device_in(call: Call, body: UserCodeIn) -> None:
    await _decide(call, body.user_code, approved=True)


@router.post(
    "/deny",
    role=Role.USER,
    summary="Do not let the device with this code sign in",
    raises=(DeviceCodeNotFound, TooManyRequests, Unavailable),
)
async def keep_device_out(call: Call, body: UserCodeIn) -> None:
    await _decide(call, body.user_code, approved=False)


# With the code in the address, as clients of the past have it: it is kept out of our log and the edge's, but not out of those
# of proxies in front.


@router.get(
    "/{user_code}",
    role=Role.USER,
    summary="Which device shows this code; rather POST /auth/device/look",
    raises=(DeviceCodeNotFound, TooManyRequests, Unavailable),
)
async def look_at_device(call: Call, user_code: str) -> WaitingDeviceOut:
    return await _look(call, user_code)


async def _look(call: Call, user_code: str) -> WaitingDeviceOut:
    login = await usecases.look(
        call.port(DeviceLogins),
        call.port(Throttle),
        call.user,
        user_code=user_code,
        address=call.address,
        now=call.clock.now(),
    )
    return WaitingDeviceOut.of(login, asker=call.address)


@router.post(
    "/{user_code}/approve",
    role=Role.USER,
    summary="Let this device sign in as oneself; rather POST /auth/device/approve",
    raises=(DeviceCodeNotFound, TooManyRequests, Unavailable),
)
async def approve_device(call: Call, user_code: str) -> None:
    await _decide(call, user_code, approved=True)


@router.post(
    "/{user_code}/deny",
    role=Role.USER,
    summary="Do not let this device sign in; rather POST /auth/device/deny",
    raises=(DeviceCodeNotFound, TooManyRequests, Unavailable),
)
async def deny_device(call: Call, user_code: str) -> None:
    await _decide(call, user_code, approved=False)


async def _decide(call: Call, user_code: str, *, approved: bool) -> None:
    await usecases.decide(
        call.port(DeviceLogins),
        call.port(Throttle),
        call.user,
        user_code=user_code,
        approved=approved,
        address=call.address,
        now=call.clock.now(),
    )
