"""The published catalogue as recommending reads it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.ratings.repository import vote_table
from catalog.recommendations.content import Label, LabelKind
from catalog.recommendations.engine import CatalogueItem
from catalog.releases.model import Status
from catalog.releases.repository import genre_table, release_genre_table, release_table

READ_AT_ONCE: Final = 200
"""Releases of one read: some 5 ms of the event loop."""


async def state(session: AsyncSession) -> str:
    """What is different whenever the catalogue is."""
    c = release_table.c
    count, newest = (
        await session.execute(select(func.count(), func.max(c.updated_at)).where(c.status == Status.PUBLISHED))
    ).one()
    return f"{count} {newest}"


async def items_after(session: AsyncSession, last: str | None) -> list[CatalogueItem]:
    """The next :data:`READ_AT_ONCE` published releases in the order of their ids, or the first."""
    c = release_table.c
    query = select(c.id, c.type, c.year).where(c.status == Status.PUBLISHED).order_by(c.id).limit(READ_AT_ONCE)
    rows = (await session.execute(query if last is None else query.where(c.id > last))).all()
    labels = await _labels(session, [row.id for row in rows])
    return [
        CatalogueItem(
            release_id=row.id,
            kind=row.type.value,
            year=row.year,
            labels=(*labels.get(row.id, ()), *_form(row.type.value, row.year)),
        )
        for row in rows
    ]


async def scores_of(session: AsyncSession, user_ids: Collection[str]) -> Mapping[tuple[str, str], int]:
    """Person and release → their vote, of up to a thousand people; without the votes of banned ones."""
    c = vote_table.c
    found = await session.execute(select(c.user_id, c.release_id, c.score).where(c.user_id.in_(user_ids), ~c.suspended))
    return {(user_id, release_id): score for user_id, release_id, score in found}


def _form(kind: str, year: int | None) -> list[Label]:
    form = [Label(LabelKind.TYPE, kind, kind)]
    return form if year is None else [*form, Label(LabelKind.DECADE, str(year // 10), f"{year // 10 * 10}s")]


async def _labels(session: AsyncSession, release_ids: Sequence[str]) -> dict[str, list[Label]]:
    of, genre = release_genre_table.c, genre_table.c
    found = await session.execute(
        select(of.release_id, genre.slug, genre.name)
        .join(genre_table, genre.id == of.genre_id)
        .where(of.release_id.in_(release_ids))
        .order_by(of.release_id, genre.slug)
    )
    labels: dict[str, list[Label]] = {}
    for row in found:
        labels.setdefault(row.release_id, []).append(Label(LabelKind.GENRE, row.slug, row.name))
    return labels
