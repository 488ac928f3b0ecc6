"""``/api/v1/auth``: signing in, refreshing, signing out, and where one is signed in."""

from typing import Never

from accounts.identity import limits
from accounts.identity.adapters.http import device_of, shown
from accounts.identity.errors import (
    AccountBanned,
    CrossSiteRequest,
    InvalidCredentials,
    OneTimePasswordSpent,
    RefreshTokenInvalid,
    SessionNotFound,
    UserNotFound,
)
from accounts.identity.model import SessionId, UserId
from accounts.identity.ports import (
    AccessCache,
    AccessTokens,
    KnownUsers,
    LoginSessions,
    PasswordHasher,
    Throttle,
    Users,
)
from accounts.identity.schemas import (
    Delivery,
    GrantOut,
    LoginIn,
    RefreshIn,
    SessionOut,
    SessionsOut,
    UserOut,
)
from accounts.identity.sessions import usecases
from accounts.identity.sessions.adapters.grant_reply import granted
from accounts.identity.sessions.adapters.refresh_cookie import RefreshCookie
from kernel.access import Role
from kernel.errors import TooManyRequests, Unavailable
from kernel.http import Call, Reply, Router

router = Router("/api/v1/auth", tag="Identity")


@router.post(
    "/login",
    transaction=False,
    summary="Sign in with e-mail address or nickname, and password",
    raises=(InvalidCredentials, OneTimePasswordSpent, AccountBanned, TooManyRequests, Unavailable),
)
async def login(call: Call, body: LoginIn) -> Reply[GrantOut]:
    """``delivery`` says where the refresh token goes: into the answer, or into a cookie that scripts cannot read."""
    device = device_of(call)
    async with call.container.scope(write=False) as scope:
        throttle, hasher, cookie = scope.port(Throttle), scope.port(PasswordHasher), scope.port(RefreshCookie)
        candidate = await usecases.find_candidate(
            scope.port(Users), scope.port(LoginSessions), login=body.login, device=device
        )
    proof = await usecases.prove(throttle, hasher, candidate, password=body.password, device=device)
    async with call.write_scope() as scope:
        grant = await usecases.sign_in(
            scope.port(Users),
            scope.port(LoginSessions),
            scope.port(AccessTokens),
            proof,
            device=device,
            now=call.clock.now(),
        )
    return granted(grant, body.delivery, cookie)


@router.post(
    "/refresh",
    transaction=False,
    limit=limits.REFRESH_ADDRESS,
    summary="Trade a refresh token for the next one and a fresh access token",
    raises=(RefreshTokenInvalid, AccountBanned, CrossSiteRequest, TooManyRequests),
)
async def refresh(call: Call, body: RefreshIn) -> Reply[GrantOut]:
    """The token comes in the body or in the cookie, and the next one goes the same way."""
    async with call.write_scope() as scope:
        cookie = scope.port(RefreshCookie)
        token, delivery = _presented(call, body.refresh_token, cookie)
        context = usecases.RefreshContext(
            users=scope.port(Users),
            sessions=scope.port(LoginSessions),
            tokens=scope.port(AccessTokens),
            cache=scope.port(AccessCache),
            now=call.clock.now(),
        )
        grant = await usecases.refresh(context, refresh_token=token, device=device_of(call))
    if grant is None:
        raise RefreshTokenInvalid
    return granted(grant, delivery, cookie)


def _presented(call: Call, token: str | None, cookie: RefreshCookie) -> tuple[str, Delivery]:
    if token is not None:
        return token, "body"
    token = cookie.read(call.request)
    if token is None:
        raise RefreshTokenInvalid
    return token, "cookie"


@router.post("/logout", summary="End this session, told by the access token or the cookie", raises=(CrossSiteRequest,))
async def logout(call: Call) -> Reply[Never]:
    """Succeeds for a session that is over already, too."""
    sessions, cache, cookie = call.port(LoginSessions), call.port(AccessCache), call.port(RefreshCookie)
    if (token := cookie.read(call.request)) is not None:
        await usecases.end_by_refresh_token(sessions, cache, refresh_token=token, now=call.clock.now())
    if call.actor is not None:
        await usecases.end_session(
            sessions,
            cache,
            user_id=UserId(call.actor.user_id),
            session_id=SessionId(call.actor.session_id),
            reason="logout",
            now=call.clock.now(),
        )
    return Reply(cookies=cookie.clear)


@router.get("/me", role=Role.USER, summary="Who is signed in", raises=(UserNotFound,))
async def me(call: Call) -> Reply[UserOut]:
    """Asked anew: not what the access token said when it was made."""
    return shown(await call.port(KnownUsers).user(call.user))


@router.get("/sessions", role=Role.USER, summary="Where one is signed in, last seen first")
async def list_sessions(call: Call) -> SessionsOut:
    live = await call.port(LoginSessions).live(UserId(call.user.user_id), call.clock.now())
    return SessionsOut(items=[SessionOut.of(session, current_id=call.user.session_id) for session in live])


@router.delete("/sessions", role=Role.USER, summary="Sign out everywhere else")
async def end_other_sessions(call: Call) -> None:
    """This device stays signed in."""
    await usecases.end_all_sessions(
        call.port(LoginSessions),
        call.port(AccessCache),
        UserId(call.user.user_id),
        reason="revoked",
        now=call.clock.now(),
        but=call.user.session_id,
    )


@router.delete("/sessions/{session_id}", role=Role.USER, summary="Sign out one device", raises=(SessionNotFound,))
async def end_one_session(call: Call, session_id: str) -> None:
    await usecases.end_session(
        call.port(LoginSessions),
        call.port(AccessCache),
        user_id=UserId(call.user.user_id),
        session_id=SessionId(session_id),
        reason="revoked",
        now=call.clock.now(),
    )


@router.post("/logout/everywhere", role=Role.USER, summary="Sign out on every device, this one too")
async def logout_everywhere(call: Call) -> Reply[Never]:
    await usecases.end_all_sessions(
        call.port(LoginSessions),
        call.port(AccessCache),
        UserId(call.user.user_id),
        reason="logout",
        now=call.clock.now(),
    )
    return Reply(cookies=call.port(RefreshCookie).clear)
