"""The published catalogue as recommending reads it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.franchises.queries import franchise_ids
from catalog.franchises.repository import franchise_member_table
from catalog.people.persons.model import StaffRole
from catalog.people.persons.repository import credit_table, person_table
from catalog.people.studios.model import StudioRole
from catalog.people.studios.repository import studio_part_table, studio_table
from catalog.people.tags.repository import release_tag_table, tag_table
from catalog.ratings.repository import vote_table
from catalog.recommendations.algorithms.content import Label, LabelKind
from catalog.recommendations.engine import CatalogueItem
from catalog.releases.model import Status
from catalog.releases.repository import genre_table, release_genre_table, release_table

READ_AT_ONCE: Final = 200
"""Releases of one read: some 5 ms of the event loop."""
TAG_RANK_MIN: Final = 40
"""Per cent: below, a release has a touch of it, and is not chosen for that."""
AUTHORS: Final = (
    StaffRole.ORIGINAL_CREATOR,
    StaffRole.DIRECTOR,
    StaffRole.SCRIPT,
    StaffRole.CHARACTER_DESIGN,
    StaffRole.MUSIC,
)
"""Whose hand one knows again."""


async def state(session: AsyncSession) -> str:
    """What is different whenever a release is published, edited or withdrawn, or gets other tags, studios, staff or franchises."""
    c = release_table.c
    count, newest = (
        await session.execute(select(func.count(), func.max(c.updated_at)).where(c.status == Status.PUBLISHED))
    ).one()
    links = [
        await session.scalar(select(func.count()).select_from(table))
        for table in (release_tag_table, studio_part_table, credit_table, franchise_member_table)
    ]
    return f"{count} {newest} {links}"


async def items_after(session: AsyncSession, last: str | None) -> list[CatalogueItem]:
    """The next :data:`READ_AT_ONCE` published releases in the order of their ids, or the first."""
    c = release_table.c
    query = select(c.id, c.type, c.year).where(c.status == Status.PUBLISHED).order_by(c.id).limit(READ_AT_ONCE)
    rows = (await session.execute(query if last is None else query.where(c.id > last))).all()
    if not rows:
        return []
    ids = [row.id for row in rows]
    labels, franchises = await _labels(session, ids), await franchise_ids(session, ids)
    return [
        CatalogueItem(
            release_id=row.id,
            kind=row.type.value,
            year=row.year,
            franchise_id=franchises.get(row.id),
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
    genres = (
        select(of.release_id, genre.slug, genre.name)
        .join(genre_table, genre.id == of.genre_id)
        .where(of.release_id.in_(release_ids))
        .order_by(of.release_id, genre.slug)
    )
    r, tag = release_tag_table.c, tag_table.c
    tags = (
        select(r.release_id, tag.alias, tag.name)
        .join(tag_table, tag.id == r.entry_id)
        # A reason names them: nobody wants to be told the end.
        .where(r.release_id.in_(release_ids), r.rank >= TAG_RANK_MIN, ~r.spoils, ~tag.spoiler)
        .order_by(r.release_id, r.position)
    )
    part, studio = studio_part_table.c, studio_table.c
    studios = (
        select(part.release_id, studio.alias, studio.name)
        .join(studio_table, studio.id == part.entry_id)
        .where(part.release_id.in_(release_ids), part.role == StudioRole.ANIMATION)
        .order_by(part.release_id, part.position)
    )
    credit, person = credit_table.c, person_table.c
    staff = (
        select(credit.release_id, person.alias, person.name)
        .join(person_table, person.id == credit.entry_id)
        .where(credit.release_id.in_(release_ids), credit.role.in_(AUTHORS))
        .order_by(credit.release_id, credit.position)
    )
    labels: dict[str, list[Label]] = {}
    for kind, query in (
        (LabelKind.GENRE, genres),
        (LabelKind.TAG, tags),
        (LabelKind.STUDIO, studios),
        (LabelKind.STAFF, staff),
    ):
        for release_id, key, text in await session.execute(query):
            labels.setdefault(release_id, []).append(Label(kind, key, text))
    return labels
