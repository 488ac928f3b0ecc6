"""Our own file: everything in a library, grouped by release, so that another server can find the releases again."""

from typing import Any

from accounts.library.transfer.document import (
    MAX_EPISODES,
    MAX_ROWS,
    BadFile,
    Document,
    FileTooLarge,
    Format,
    ListEntry,
    ListRow,
    Row,
    Watching,
    Work,
)
from accounts.library.transfer.formats.schemas import VERSION, LibraryFile, ReleasePart


def read(value: Any) -> Document:
    """``value`` as it came out of the JSON. Raises :class:`BadFile`, :class:`FileTooLarge`."""
    if isinstance(value, dict) and isinstance(value.get("version"), int) and value["version"] > VERSION:
        raise BadFile(detail=f"it was written by a newer version of Ani (format {value['version']}, not {VERSION})")
    _count(value)
    file = LibraryFile.parse(value)
    places: dict[str, int] = {}
    rows: list[Row] = []
    for part in file.releases:
        if places.setdefault(part.release.id, len(rows)) == len(rows):
            rows.append(_row(part))
    lists = []
    for given in file.lists:
        entries: dict[int, ListEntry] = {}
        for item in given.items:
            if (place_in := places.get(item.release_id)) is not None:
                entries.setdefault(place_in, ListEntry(row=place_in, note=item.note, added_at=item.added_at))
        lists.append(
            ListRow(
                **given.model_dump(exclude={"items", "visibility"}),
                visibility=given.visibility,
                items=tuple(entries.values()),
            )
        )
    return Document(format=Format.ANI_JSON, rows=tuple(rows), lists=tuple(lists))


def _count(value: Any) -> None:
    """Before anything is looked at closely."""
    releases = value.get("releases") if isinstance(value, dict) else None
    if not isinstance(releases, list):
        return
    if len(releases) > MAX_ROWS:
        raise FileTooLarge(what=f"it has {len(releases):,} releases", limit=f"{MAX_ROWS:,}")
    histories = (part.get("history") for part in releases if isinstance(part, dict))
    episodes = sum(len(history) for history in histories if isinstance(history, list))
    if episodes > MAX_EPISODES:
        raise FileTooLarge(what=f"it has {episodes:,} episodes", limit=f"{MAX_EPISODES:,}")


def _row(part: ReleasePart) -> Row:
    work, collection = part.release, part.collection
    return Row(
        work=Work(
            titles=tuple(work.titles),
            year=work.year,
            kind=work.type,
            release_id=work.id,
            external=work.external_ids,
        ),
        favorite_at=part.favorite.added_at if part.favorite else None,
        shelf=collection.type if collection else None,
        changed_at=collection.changed_at if collection else None,
        started_at=collection.started_at if collection else None,
        finished_at=collection.finished_at if collection else None,
        score=part.score.value if part.score else None,
        scored_at=part.score.voted_at if part.score else None,
        history=tuple(Watching(**watching.model_dump()) for watching in part.history),
    )
