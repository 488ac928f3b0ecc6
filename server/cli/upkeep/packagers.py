"""What the command line does with outside packagers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from rich.markup import escape
from rich.table import Table

from kernel.errors import Invalid
from server.services import Services
from streaming.keys.packagers import usecases
from streaming.keys.packagers.model import MAX_NAME_CHARS, Packager
from streaming.keys.packagers.schemas import PackagerIn
from streaming.keys.packagers.usecases import Packagers


@dataclass(frozen=True, slots=True)
class PackagerRow:
    """A packager in a list."""

    id: str
    name: str
    since: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, packager: Packager) -> "PackagerRow":
        """Without its token, which nobody sees a second time."""
        return cls(packager.id, packager.name, packager.created_at, packager.last_used_at)


async def listed(services: Services) -> list[PackagerRow]:
    """All packagers, the oldest first."""
    async with services.container.scope(write=False) as scope:
        return [PackagerRow.of(one) for one in await scope.port(Packagers).all()]


async def add(services: Services, name: str) -> tuple[PackagerRow, str]:
    """A new packager and its token.  Raises ``TooManyPackagers``, ``Invalid`` for a name that is none."""
    try:
        name = PackagerIn(name=name).name
    except ValidationError:
        raise Invalid(f"A name is one line of 1 to {MAX_NAME_CHARS} characters.") from None
    async with services.container.scope(write=True) as scope:
        added, token = await usecases.add(scope.port(Packagers), name, now=services.container.clock.now())
    return PackagerRow.of(added), token


async def revoke(services: Services, packager_id: str) -> None:
    """Refuse its token from now on.  Raises ``PackagerNotFound``."""
    async with services.container.scope(write=True) as scope:
        await usecases.revoke(scope.port(Packagers), packager_id, now=services.container.clock.now())


def table(rows: Iterable[PackagerRow]) -> Table:
    """The list for people."""
    shown = Table("name", "since", "asked last", "id", box=None, pad_edge=False)
    for row in rows:
        last = "never" if row.last_used_at is None else row.last_used_at.strftime("%Y-%m-%d %H:%M UTC")
        shown.add_row(escape(row.name), row.since.strftime("%Y-%m-%d"), last, row.id)
    return shown
