"""What identity sends and receives as JSON."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from accounts.identity.devices.model import DeviceLogin, format_user_code
from accounts.identity.model import LoginSession, User
from accounts.identity.names import MAX_EMAIL_CHARS, MAX_NICKNAME_CHARS
from accounts.identity.passwords.policy import MIN_PASSWORD_CHARS
from accounts.identity.sessions.usecases import SessionGrant
from kernel.access import Role
from kernel.limits import address_key
from kernel.text.user_agents import browser_of, device_of


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain NUL")  # PostgreSQL has no place for it
    return text


# Wide enough for everything the model accepts; the exact rules, with their messages, live there.
Text = Annotated[str, Field(max_length=512), AfterValidator(_without_nul)]
Password = Annotated[str, Field(max_length=1024), AfterValidator(_without_nul)]
# The rules that forms can check before: `x-minLength` and `x-maxLength` of the API document, of what is left after trimming.
EmailText = Annotated[Text, Field(json_schema_extra={"x-maxLength": MAX_EMAIL_CHARS})]
NicknameText = Annotated[Text, Field(json_schema_extra={"x-minLength": 1, "x-maxLength": MAX_NICKNAME_CHARS})]
NewPassword = Annotated[Password, Field(json_schema_extra={"x-minLength": MIN_PASSWORD_CHARS})]
OpaqueToken = Annotated[str, Field(max_length=128), AfterValidator(_without_nul)]

Delivery = Literal["body", "cookie"]


class Shape(BaseModel):
    """Requests are taken strictly: an unknown field is a misunderstanding, better heard of early."""

    model_config = ConfigDict(extra="forbid")


class RegisterIn(Shape):
    """A new account, signed in at once."""

    email: EmailText
    password: NewPassword
    nickname: NicknameText
    delivery: Delivery = "body"


class LoginIn(Shape):
    """A sign-in by password; ``login`` is an e-mail address or a nickname."""

    login: Text = Field(description="E-mail address or nickname")
    password: Password
    delivery: Delivery = "body"


class RefreshIn(Shape):
    """The refresh token, where it is not in a cookie."""

    refresh_token: OpaqueToken | None = Field(
        default=None, description="Left out by web clients: theirs is in the cookie"
    )


class PasswordIn(Shape):
    """Another password; the present one proves that it is the owner who asks."""

    current_password: Password
    new_password: NewPassword


class ForgotIn(Shape):
    """Whose password was forgotten."""

    email: EmailText


class ResetIn(Shape):
    """The token of the e-mail, and the new password."""

    token: OpaqueToken = Field(description="From the letter")
    password: NewPassword


class VerifyIn(Shape):
    """The token of the e-mail that asks whether an address is right."""

    token: OpaqueToken = Field(description="From the letter")


class ProfileIn(Shape):
    """What others see of an account."""

    nickname: NicknameText


Code = Annotated[
    str,
    Field(max_length=32, description="Six digits, from the letter; spaces do not matter"),
    AfterValidator(_without_nul),
]


class ProofIn(Shape):
    """What shows that it is still oneself who sits there: one of the two."""

    password: Password | None = Field(default=None, description="The present one")
    code: Code | None = Field(
        default=None, description="Of those who have no password: from the letter of `POST /auth/otp/confirm`"
    )


class EmailChangeIn(ProofIn):
    """The address to use from now on, once it is confirmed."""

    email: EmailText


class CodeIn(Shape):
    """A sign-in by the six digits that were sent by e-mail."""

    email: EmailText
    code: Code
    delivery: Delivery = "body"


class DevicePollIn(Shape):
    """A device asks whether somebody has let it in (RFC 8628 §3.4)."""

    device_code: OpaqueToken
    delivery: Delivery = "body"


class DeviceAuthorizationOut(BaseModel):
    """RFC 8628 §3.2; both times are seconds."""

    device_code: str = Field(description="The device's secret: never shown to anybody")
    user_code: str = Field(description="To be shown")
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int
    qr_svg: str = Field(description="A QR code of `verification_uri_complete`, as an SVG document")


class UserCodeIn(Shape):
    """The code that a device shows, as somebody typed it."""

    user_code: Text = Field(description="As the device shows it, however spelt")


class WaitingDeviceOut(BaseModel):
    """A device that wants to sign in as whoever asks."""

    user_code: str
    device: str | None = Field(description="Kind of device or operating system, where known")
    browser: str | None
    address: str
    same_network: bool = Field(description="Whether it asks from where the person asks who looks at it")
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, login: DeviceLogin, *, asker: str) -> Self:
        """``asker``: the network address of whoever is to let it in, to say whether the device is near."""
        return cls(
            user_code=format_user_code(login.user_code),
            device=device_of(login.user_agent),
            browser=browser_of(login.user_agent),
            address=login.address,
            same_network=address_key(login.address) == address_key(asker),
            created_at=login.created_at,
            expires_at=login.expires_at,
        )


class SessionOut(BaseModel):
    """A signed-in device."""

    id: str
    device: str | None = Field(description="Kind of device or operating system, where known")
    browser: str | None
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool = Field(description="Whether this is the session that asks")

    @classmethod
    def of(cls, session: LoginSession, *, current_id: str) -> Self:
        """``current_id``: the session that asks."""
        return cls(
            id=session.id,
            device=device_of(session.user_agent),
            browser=browser_of(session.user_agent),
            address=session.address,
            created_at=session.created_at,
            last_seen_at=session.last_seen_at,
            expires_at=session.expires_at,
            current=session.id == current_id,
        )


class SessionsOut(BaseModel):
    """The signed-in devices of an account."""

    items: list[SessionOut]


class AccountFields(BaseModel):
    """What an account's owner and moderators see of it."""

    id: str
    email: str
    email_verified: bool
    nickname: str
    role: Role
    avatar_url: str | None
    created_at: datetime


def _account(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "email_verified": user.email_verified_at is not None,
        "nickname": user.nickname,
        "role": user.role,
        "avatar_url": user.avatar_url,
        "created_at": user.created_at,
    }


class UserOut(AccountFields):
    """One's own account."""

    has_password: bool = Field(description="Whether one shows that it is oneself by password, or else by a code")

    choose_password: bool = Field(
        description="Whether the password was made for the first sign-in and is used up: time to choose one"
    )

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(
            **_account(user), has_password=bool(user.password_hash), choose_password=user.sign_ins_left is not None
        )


class GrantOut(BaseModel):
    """A sign-in: the access token, how long it lasts, and whose it is."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme of RFC 6750, not a secret
    expires_in_s: int
    refresh_token: str | None = Field(
        default=None, exclude_if=lambda token: token is None, description="Absent when it went into the cookie"
    )
    user: UserOut

    @classmethod
    def of(cls, grant: SessionGrant, delivery: Delivery) -> Self:
        """The refresh token is in it only where ``delivery`` is ``body``; a browser has it in a cookie."""
        return cls(
            access_token=grant.access_token,
            expires_in_s=grant.expires_in_s,
            refresh_token=grant.refresh_token if delivery == "body" else None,
            user=UserOut.of(grant.user),
        )


class RoleIn(Shape):
    """The role somebody has from now on."""

    role: Role


class BanIn(Shape):
    """Why somebody is locked out."""

    reason: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_without_nul)] = Field(
        description="For other moderators and the audit log; the user does not see it"
    )


class UsersIn(BaseModel):
    """Which accounts to list."""

    search: Text = Field(default="", description="Part of a nickname or e-mail address")
    role: Role | None = None
    banned: bool | None = None
    page: int = Field(default=1, ge=1, le=100_000)
    page_size: int = Field(default=20, ge=1, le=100)


class ManagedUserOut(AccountFields):
    """An account as administrators see it."""

    banned_at: datetime | None
    ban_reason: str | None

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(**_account(user), banned_at=user.banned_at, ban_reason=user.ban_reason)


class UsersOut(BaseModel):
    """A page of accounts."""

    items: list[ManagedUserOut]
    total: int
    page: int
    page_size: int
