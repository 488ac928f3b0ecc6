"""Devices that wait to be let in, in the database."""

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Select, String, Table, select
from typing_extensions import override

from accounts.identity.devices.model import USER_CODE_CHARS, DeviceLogin, DeviceLoginState
from accounts.identity.devices.usecases import DeviceLogins
from accounts.identity.model import MAX_ADDRESS_CHARS, MAX_USER_AGENT_CHARS
from kernel.db import Id, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum

device_logins = Table(
    "device_logins",
    metadata,
    Column("id", Id, primary_key=True),
    Column("device_code_hash", LargeBinary(32), nullable=False, unique=True),
    Column("user_code", String(USER_CODE_CHARS), nullable=False, unique=True),
    Column("address", String(MAX_ADDRESS_CHARS), nullable=False),
    Column("user_agent", String(MAX_USER_AGENT_CHARS), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("interval_s", Integer, nullable=False),
    Column("last_polled_at", UtcDateTime),
    Column("state", text_enum(DeviceLoginState, length=16), nullable=False),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), index=True),
)

mapper_registry.map_imperatively(DeviceLogin, device_logins)


class SqlDeviceLogins(DeviceLogins):
    """Waiting devices behind the ``DeviceLogins`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    @override
    async def add(self, login: DeviceLogin) -> None:
        self._session.add(login)

    @override
    async def by_device_code(self, device_code_hash: bytes) -> DeviceLogin | None:
        query = select(DeviceLogin).where(device_logins.c.device_code_hash == device_code_hash)
        return await self._one(query.with_for_update())

    @override
    async def by_user_code(self, user_code: str) -> DeviceLogin | None:
        return await self._one(select(DeviceLogin).where(device_logins.c.user_code == user_code))

    @override
    async def lock(self, user_code: str) -> DeviceLogin | None:
        return await self._one(select(DeviceLogin).where(device_logins.c.user_code == user_code).with_for_update())

    async def _one(self, query: Select[DeviceLogin]) -> DeviceLogin | None:
        return (await self._session.scalars(query)).one_or_none()
