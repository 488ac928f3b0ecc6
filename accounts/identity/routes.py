"""``/api/v1/auth``: signing up, in, on and out."""

from contextlib import AbstractAsyncContextManager
from typing import Never

from aiohttp import hdrs

from accounts.identity import letters, limits, usecases
from accounts.identity.errors import (
    AccountBanned,
    CrossSiteRequest,
    EmailInvalid,
    EmailTaken,
    InvalidCredentials,
    NicknameInvalid,
    NicknameReserved,
    NicknameTaken,
    OneTimePasswordSpent,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
    RefreshTokenInvalid,
    SessionNotFound,
    UserNotFound,
    WrongPassword,
)
from accounts.identity.model import SessionId, User, UserId
from accounts.identity.passwords import usecases as password_change
from accounts.identity.profile import usecases as profile
from accounts.identity.recovery.usecases import Letter, Postbox
from accounts.identity.schemas import (
    Delivery,
    GrantOut,
    LoginIn,
    PasswordIn,
    RefreshIn,
    RegisterIn,
    SessionOut,
    SessionsOut,
    UserOut,
)
from accounts.identity.sessions.adapters.refresh_cookie import RefreshCookie
from accounts.identity.usecases import (
    AccessCache,
    AccessTokens,
    Device,
    Grant,
    KnownUsers,
    PasswordHasher,
    Sessions,
    Throttle,
    Users,
)
from kernel.access import Role
from kernel.errors import TooManyRequests, Unavailable
from kernel.http import Call, Reply, Router, etag
from kernel.scope import Scope
from kernel.versions import version_of

router = Router("/api/v1/auth", tag="Identity")


def device_of(call: Call) -> Device:
    """Where ``call`` comes from, as text that any database can hold."""
    user_agent = call.request.headers.get(hdrs.USER_AGENT, "")
    # aiohttp hands header bytes that are no UTF-8 on as lone surrogates.
    printable = "".join(char for char in user_agent if char.isprintable())
    return Device(call.address, printable)


def language_of(call: Call) -> str:
    """The language to write to the caller in."""
    return letters.language_of(call.request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))


def writing(call: Call) -> AbstractAsyncContextManager[Scope]:
    """The write transaction of a route that does something slow outside it."""
    return call.container.scope(write=True, actor=call.actor, origin=call.origin())


def shown(user: User) -> Reply[UserOut]:
    """Somebody to themselves; the tag is for ``If-Match`` when the profile is edited."""
    others = version_of(
        user.email, user.email_verified_at is None, user.role, bool(user.password_hash), user.sign_ins_left
    )
    return Reply(UserOut.of(user), headers={hdrs.ETAG: etag(profile.profile_version(user), str(others))})


def granted(grant: Grant, delivery: Delivery, cookie: RefreshCookie, *, status: int = 200) -> Reply[GrantOut]:
    """The answer to a successful sign-in, with the refresh token where the client wants it."""
    body = GrantOut.of(grant, delivery)
    headers = {"Cache-Control": "no-store"}  # RFC 6749 §5.1
    if delivery == "body":
        return Reply(body, status=status, headers=headers)
    return Reply(body, status=status, headers=headers, cookies=lambda answer: cookie.set(answer, grant.refresh_token))


@router.post(
    "/register",
    status=201,
    transaction=False,
    summary="Sign up; the answer is that of a login",
    raises=(
        EmailInvalid,
        NicknameInvalid,
        PasswordTooShort,
        PasswordTooLong,
        PasswordTooCommon,
        EmailTaken,
        NicknameReserved,
        NicknameTaken,
        TooManyRequests,
        Unavailable,
    ),
)
async def register(call: Call, body: RegisterIn) -> Reply[GrantOut]:
    device = device_of(call)
    async with call.container.scope(write=False) as scope:
        throttle, hasher, cookie = scope.port(Throttle), scope.port(PasswordHasher), scope.port(RefreshCookie)
    registration = await usecases.prepare_registration(
        throttle, hasher, email=body.email, nickname=body.nickname, password=body.password, device=device
    )
    async with writing(call) as scope:
        user = await usecases.register(scope.port(Users), registration, now=call.clock.now())
        grant = await usecases.start_session(
            scope.port(Sessions), scope.port(AccessTokens), user, device=device, now=call.clock.now()
        )
        await scope.port(Postbox).put(Letter.order("verify", user.email, language_of(call)), call.clock.now())
    return granted(grant, body.delivery, cookie, status=201)


@router.post(
    "/login",
    transaction=False,
    summary="Sign in with e-mail address or nickname, and password",
    raises=(InvalidCredentials, OneTimePasswordSpent, AccountBanned, TooManyRequests, Unavailable),
)
async def login(call: Call, body: LoginIn) -> Reply[GrantOut]:
    device = device_of(call)
    async with call.container.scope(write=False) as scope:
        throttle, hasher, cookie = scope.port(Throttle), scope.port(PasswordHasher), scope.port(RefreshCookie)
        candidate = await usecases.find_candidate(
            scope.port(Users), scope.port(Sessions), login=body.login, device=device
        )
    proof = await usecases.prove(throttle, hasher, candidate, password=body.password, device=device)
    async with writing(call) as scope:
        grant = await usecases.sign_in(
            scope.port(Users),
            scope.port(Sessions),
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
    async with writing(call) as scope:
        cookie = scope.port(RefreshCookie)
        token, delivery = _presented(call, body.refresh_token, cookie)
        grant = await usecases.refresh(
            scope.port(Users),
            scope.port(Sessions),
            scope.port(AccessTokens),
            scope.port(AccessCache),
            refresh_token=token,
            device=device_of(call),
            now=call.clock.now(),
        )
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
    sessions, cache, cookie = call.port(Sessions), call.port(AccessCache), call.port(RefreshCookie)
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
    return shown(await call.port(KnownUsers).user(call.user))


@router.get("/sessions", role=Role.USER, summary="Where one is signed in, last seen first")
async def list_sessions(call: Call) -> SessionsOut:
    live = await call.port(Sessions).live(UserId(call.user.user_id), call.clock.now())
    return SessionsOut(items=[SessionOut.of(session, current_id=call.user.session_id) for session in live])


@router.delete("/sessions", role=Role.USER, summary="Sign out everywhere else")
async def end_other_sessions(call: Call) -> None:
    await usecases.end_all_sessions(
        call.port(Sessions),
        call.port(AccessCache),
        UserId(call.user.user_id),
        reason="revoked",
        now=call.clock.now(),
        but=call.user.session_id,
    )


@router.delete("/sessions/{session_id}", role=Role.USER, summary="Sign out one device", raises=(SessionNotFound,))
async def end_one_session(call: Call, session_id: str) -> None:
    await usecases.end_session(
        call.port(Sessions),
        call.port(AccessCache),
        user_id=UserId(call.user.user_id),
        session_id=SessionId(session_id),
        reason="revoked",
        now=call.clock.now(),
    )


@router.post("/logout/everywhere", role=Role.USER, summary="Sign out on every device, this one too")
async def logout_everywhere(call: Call) -> Reply[Never]:
    await usecases.end_all_sessions(
        call.port(Sessions),
        call.port(AccessCache),
        UserId(call.user.user_id),
        reason="logout",
        now=call.clock.now(),
    )
    return Reply(cookies=call.port(RefreshCookie).clear)


@router.post(
    "/password",
    role=Role.USER,
    transaction=False,
    summary="Change one's password; other sessions end",
    raises=(WrongPassword, PasswordTooShort, PasswordTooLong, PasswordTooCommon, TooManyRequests, Unavailable),
)
async def change_password(call: Call, body: PasswordIn) -> None:
    async with call.container.scope(write=False) as scope:
        throttle, hasher = scope.port(Throttle), scope.port(PasswordHasher)
        user = await usecases.me(scope.port(Users), call.user)
    password_hash = await password_change.prepare(
        throttle, hasher, user, current=body.current_password, new=body.new_password, device=device_of(call)
    )
    async with writing(call) as scope:
        await password_change.change(
            scope.port(Users),
            scope.port(Sessions),
            scope.port(AccessCache),
            call.user,
            proven=user,
            password_hash=password_hash,
            now=call.clock.now(),
        )
