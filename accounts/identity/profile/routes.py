"""``/api/v1/auth/me`` and what belongs to it: one's name, picture and address."""

from accounts.identity import usecases
from accounts.identity.adapters.http import device_of, language_of, shown
from accounts.identity.emails import EmailOutbox
from accounts.identity.errors import EmailInvalid, NicknameInvalid, NicknameReserved, NicknameTaken, UserNotFound
from accounts.identity.limits import AVATAR
from accounts.identity.names import Email
from accounts.identity.ports import Throttle, Users
from accounts.identity.profile import usecases as profile
from accounts.identity.reauthentication.routes import PROOF, prove
from accounts.identity.schemas import EmailChangeIn, ProfileIn, UserOut
from kernel.access import Role
from kernel.errors import Stale, TooManyRequests, Unavailable
from kernel.http import Call, Reply, Router
from kernel.images.images import ImageTooLarge, NotAnImage, square_webp
from kernel.images.pictures import AVATAR_PX, MEDIA_TYPES, Pictures, read_image

router = Router("/api/v1/auth", tag="Identity")


@router.patch(
    "/me",
    role=Role.USER,
    summary="Change how one is called",
    raises=(NicknameInvalid, NicknameReserved, NicknameTaken, UserNotFound, Stale, TooManyRequests, Unavailable),
)
async def change_profile(call: Call, body: ProfileIn) -> Reply[UserOut]:
    user = await profile.rename(
        call.port(Users),
        call.port(Throttle),
        call.user,
        nickname=body.nickname,
        now=call.clock.now(),
        version=call.if_match(),
    )
    return shown(user)


@router.put(
    "/me/avatar",
    role=Role.USER,
    transaction=False,
    media=MEDIA_TYPES,
    summary="Show a picture of oneself",
    raises=(NotAnImage, ImageTooLarge, UserNotFound, Stale, TooManyRequests, Unavailable),
)
async def put_avatar(call: Call) -> Reply[UserOut]:
    """The body is the picture: JPEG, PNG, WebP or GIF, at most 8 MiB and 25 megapixels. Its middle is kept, as a square."""
    async with call.container.scope(write=False) as scope:
        await scope.port(Throttle).count(AVATAR, call.user.user_id)
    webp = await square_webp(await read_image(call.request), size_px=AVATAR_PX)
    async with call.write_scope() as scope:
        user = await profile.show_avatar(
            scope.port(Users),
            scope.port(Pictures),
            call.user,
            webp=webp,
            now=call.clock.now(),
            version=call.if_match(),
        )
    return shown(user)


@router.delete("/me/avatar", role=Role.USER, summary="Show no picture of oneself", raises=(UserNotFound,))
async def delete_avatar(call: Call) -> None:
    await profile.show_avatar(call.port(Users), call.port(Pictures), call.user, webp=None, now=call.clock.now())


@router.post(
    "/email",
    role=Role.USER,
    transaction=False,
    summary="Ask for a letter with which to go over to another e-mail address",
    raises=(EmailInvalid, *PROOF, UserNotFound, TooManyRequests, Unavailable),
)
async def ask_for_email_change(call: Call, body: EmailChangeIn) -> None:
    """The token in the letter goes to ``/auth/verify``; until then everything stays, and then the old address is told.
    The answer is the same whether somebody has the new address or not."""
    async with call.container.scope(write=False) as scope:
        throttle = scope.port(Throttle)
        user = await usecases.me(scope.port(Users), call.user)
    address = Email.parse(body.email)
    await prove(call, user, body)
    await profile.count_email_change(throttle, user, address, device_of(call))
    async with call.write_scope() as scope:
        await profile.ask_for_email_change(
            scope.port(EmailOutbox), user, email=address, language=language_of(call), now=call.clock.now()
        )
