"""What accounts and sign-ins bind for themselves."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.identity import jobs
from accounts.identity.devices.repository import SqlDeviceLogins
from accounts.identity.devices.routes import DevicePage
from accounts.identity.devices.routes import router as device_router
from accounts.identity.devices.usecases import DeviceLogins
from accounts.identity.emails import EmailOutbox
from accounts.identity.otp.code_seal import CodeSeal, HmacCodeSeal
from accounts.identity.otp.repository import SqlLoginCodes
from accounts.identity.otp.routes import router as otp_router
from accounts.identity.otp.usecases import LoginCodes
from accounts.identity.passwords.adapters.argon2_hasher import Argon2Hasher
from accounts.identity.passwords.routes import router as passwords_router
from accounts.identity.ports import (
    AccessCache,
    AccessTokens,
    KnownUsers,
    LoginSessions,
    PasswordHasher,
    Throttle,
    Users,
)
from accounts.identity.profile.routes import router as profile_router
from accounts.identity.reauthentication.routes import router as reauthentication_router
from accounts.identity.recovery.repository import SqlOneTimeTokens
from accounts.identity.recovery.routes import router as recovery_router
from accounts.identity.recovery.usecases import OneTimeTokens
from accounts.identity.registration.routes import router as registration_router
from accounts.identity.repository import SqlLoginSessions, SqlStanding, SqlUsers
from accounts.identity.sessions.adapters.access_tokens import JwtAccessTokens, SigningKey
from accounts.identity.sessions.adapters.authenticator import AnnouncedAccess, Authenticator
from accounts.identity.sessions.adapters.refresh_cookie import RefreshCookie
from accounts.identity.sessions.routes import router as sessions_router
from kernel.access import Standing
from kernel.feature import Feature, Process
from kernel.jobs import PeriodicTask


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityComponents:
    """What identity shares between all requests of a process."""

    hasher: Argon2Hasher
    tokens: JwtAccessTokens
    authenticator: Authenticator

    async def close(self) -> None:
        """End the threads that hash passwords."""
        self.hasher.close()


def build(process: Process, *, on_access_change: Callable[[str], None]) -> IdentityComponents:
    """The components; ``on_access_change`` hears, on every node, the id of each account whose rights changed."""
    tokens = JwtAccessTokens(
        [SigningKey.of(key) for key in process.derive_keys("access-token")], issuer=process.public_url
    )
    authenticator = Authenticator(process.container, tokens, process.bus, on_change=on_access_change)
    return IdentityComponents(hasher=Argon2Hasher(), tokens=tokens, authenticator=authenticator)


def declare(process: Process, components: IdentityComponents) -> Feature:
    """What identity binds, serves and does regularly, but for its administration (``admin.feature``)."""
    authenticator = components.authenticator
    refresh_cookie = RefreshCookie(process.public_url)
    code_seal = HmacCodeSeal(process.derive_keys("login-code"))
    device_page = DevicePage(process.public_url)
    return Feature(
        ports={
            Users: lambda scope: SqlUsers(scope.uow, authenticator.announce),
            KnownUsers: lambda _: authenticator,
            Standing: SqlStanding,
            LoginSessions: lambda scope: SqlLoginSessions(scope.uow, scope.port(EmailOutbox)),
            PasswordHasher: lambda _: components.hasher,
            AccessTokens: lambda _: components.tokens,
            AccessCache: lambda scope: AnnouncedAccess(scope.uow, authenticator),
            Throttle: lambda _: process.throttle,
            OneTimeTokens: lambda scope: SqlOneTimeTokens(scope.uow),
            RefreshCookie: lambda _: refresh_cookie,
            LoginCodes: lambda scope: SqlLoginCodes(scope.uow),
            CodeSeal: lambda _: code_seal,
            DeviceLogins: lambda scope: SqlDeviceLogins(scope.uow),
            DevicePage: lambda _: device_page,
        },
        routers=[
            registration_router,
            sessions_router,
            passwords_router,
            recovery_router,
            profile_router,
            otp_router,
            reauthentication_router,
            device_router,
        ],
        periodic_tasks=[PeriodicTask("delete_expired_logins", 3600, jobs.forget_expired)],
        background_tasks={"access changes": authenticator.listen},
        closers=[components.close],
    )
