"""``/api/v1/auth/otp``: signing in with a code sent by e-mail."""

from accounts.identity.adapters.http import device_of, language_of
from accounts.identity.emails import EmailOutbox
from accounts.identity.errors import AccountBanned, CodeInvalid, EmailInvalid
from accounts.identity.otp import usecases
from accounts.identity.otp.code_seal import CodeSeal
from accounts.identity.otp.usecases import LoginCodes
from accounts.identity.ports import AccessCache, AccessTokens, LoginSessions, Throttle, Users
from accounts.identity.recovery.usecases import LinkedAccounts
from accounts.identity.schemas import CodeIn, ForgotIn, GrantOut
from accounts.identity.sessions.adapters.grant_reply import granted
from accounts.identity.sessions.adapters.refresh_cookie import RefreshCookie
from kernel.errors import TooManyRequests, Unavailable
from kernel.http import Call, Reply, Router

router = Router("/api/v1/auth/otp", tag="Identity")


@router.post(
    "/request",
    summary="Ask for a letter with a code to sign in with",
    raises=(EmailInvalid, TooManyRequests, Unavailable),
)
async def request_code(call: Call, body: ForgotIn) -> None:
    """Six digits, good for ten minutes and five tries. The answer is the same whether anybody has this address or not."""
    await usecases.ask(
        call.port(LoginCodes),
        call.port(EmailOutbox),
        call.port(Throttle),
        email=body.email,
        language=language_of(call),
        device=device_of(call),
        now=call.clock.now(),
    )


@router.post(
    "/login",
    transaction=False,
    summary="Sign in with e-mail address and the code from the letter",
    raises=(EmailInvalid, CodeInvalid, AccountBanned, TooManyRequests, Unavailable),
)
async def login_with_code(call: Call, body: CodeIn) -> Reply[GrantOut]:
    """The code is good once, and for the address it was sent to."""
    device = device_of(call)
    async with call.container.scope(write=False) as scope:
        throttle, cookie = scope.port(Throttle), scope.port(RefreshCookie)
    email = await usecases.count_guess(throttle, email=body.email, device=device)
    async with call.write_scope() as scope:
        context = usecases.CodeSignInContext(
            users=scope.port(Users),
            sessions=scope.port(LoginSessions),
            codes=scope.port(LoginCodes),
            seal=scope.port(CodeSeal),
            tokens=scope.port(AccessTokens),
            linked=scope.port(LinkedAccounts),
            cache=scope.port(AccessCache),
            now=call.clock.now(),
        )
        grant = await usecases.sign_in(context, email=email, code=body.code, device=device)
    if grant is None:
        await usecases.count_failure(throttle, device)
        raise CodeInvalid
    return granted(grant, body.delivery, cookie)
