"""``/api/v1/admin/users``: what moderators and administrators do with accounts."""

from accounts.identity import usecases
from accounts.identity.admin import usecases as admin
from accounts.identity.errors import LastAdmin, OutOfReach, UserNotFound
from accounts.identity.model import UserId
from accounts.identity.ports import AccessCache, LoginSessions, Users
from accounts.identity.schemas import BanIn, ManagedUserOut, RoleIn, UsersIn, UsersOut
from kernel.access import Role
from kernel.http import Call, Router

router = Router("/api/v1/admin", tag="Administration")


@router.get("/users", role=Role.MODERATOR, summary="Find users, newest first")
async def list_users(call: Call, query: UsersIn) -> UsersOut:
    found, total = await admin.list_users(
        call.port(Users),
        search=query.search,
        role=query.role,
        banned=query.banned,
        offset=(query.page - 1) * query.page_size,
        limit=query.page_size,
    )
    return UsersOut(
        items=[ManagedUserOut.of(user) for user in found], total=total, page=query.page, page_size=query.page_size
    )


@router.get("/users/{user_id}", role=Role.MODERATOR, summary="Look at a user", raises=(UserNotFound,))
async def get_user(call: Call, user_id: str) -> ManagedUserOut:
    return ManagedUserOut.of(await usecases.require_user(call.port(Users), UserId(user_id)))


@router.put(
    "/users/{user_id}/role",
    role=Role.ADMIN,
    summary="Give a user another role; it holds from their next request",
    raises=(UserNotFound, LastAdmin),
)
async def set_user_role(call: Call, user_id: str, body: RoleIn) -> ManagedUserOut:
    user = await admin.set_role(
        call.port(Users), call.port(AccessCache), user_id=UserId(user_id), role=body.role, now=call.clock.now()
    )
    return ManagedUserOut.of(user)


@router.post(
    "/users/{user_id}/ban",
    role=Role.MODERATOR,
    summary="Keep a user out; their sessions and connections end",
    raises=(UserNotFound, OutOfReach),
)
async def ban_user(call: Call, user_id: str, body: BanIn) -> ManagedUserOut:
    user = await admin.ban(
        call.port(Users),
        call.port(LoginSessions),
        call.port(AccessCache),
        call.user,
        user_id=UserId(user_id),
        reason=body.reason,
        now=call.clock.now(),
    )
    return ManagedUserOut.of(user)


@router.delete(
    "/users/{user_id}/ban", role=Role.MODERATOR, summary="Let a user in again", raises=(UserNotFound, OutOfReach)
)
async def unban_user(call: Call, user_id: str) -> ManagedUserOut:
    user = await admin.unban(
        call.port(Users), call.port(AccessCache), call.user, user_id=UserId(user_id), now=call.clock.now()
    )
    return ManagedUserOut.of(user)


@router.delete(
    "/users/{user_id}/sessions",
    role=Role.MODERATOR,
    summary="Sign a user out everywhere",
    raises=(UserNotFound, OutOfReach),
)
async def end_user_sessions(call: Call, user_id: str) -> None:
    await admin.end_sessions(
        call.port(Users),
        call.port(LoginSessions),
        call.port(AccessCache),
        call.user,
        user_id=UserId(user_id),
        now=call.clock.now(),
    )
