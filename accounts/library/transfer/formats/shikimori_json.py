"""Lists of Shikimori, as JSON: the file a profile exports, and the two shapes its API answers with.

* the export: ``[{"target_title", "target_title_ru", "target_id", "target_type": "Anime", "status", "episodes", …}]``
* ``/api/users/:id/anime_rates``: ``[{"status", "episodes", "updated_at", "anime": {"id", "name", "russian", "kind", …}}]``
* ``/api/v2/user_rates``: ``[{"target_id", "target_type": "Anime", "status", "episodes", "updated_at", …}]``, without titles
"""

from datetime import UTC, datetime
from typing import Any

from accounts.library.collections.model import ShelfName
from accounts.library.transfer.document import (
    KINDS,
    MAX_PROBLEMS,
    MAX_ROWS,
    SHELVES,
    BadFile,
    Document,
    FileTooLarge,
    Format,
    Row,
    Work,
    score_of,
)

MAX_TITLE = 255
MAX_EPISODES_SEEN = 10_000


def read(value: Any) -> Document:
    """``value`` as it came out of the JSON. Raises :class:`BadFile`, :class:`FileTooLarge`."""
    if not isinstance(value, list):
        raise BadFile(detail="a list of Shikimori is a JSON array")
    if len(value) > MAX_ROWS:
        raise FileTooLarge(what=f"it has {len(value):,} titles", limit=f"{MAX_ROWS:,}")
    rows: list[Row] = []
    problems: list[str] = []
    for number, entry in enumerate(value, 1):
        row = _row(entry)
        if isinstance(row, Row):
            rows.append(row)
        elif len(problems) < MAX_PROBLEMS:
            problems.append(f"Entry {number}: {row}")
    return Document(format=Format.SHIKIMORI_JSON, rows=tuple(rows), problems=tuple(problems))


def _row(entry: Any) -> Row | str:
    """The row, or why there is none."""
    if not isinstance(entry, dict):
        return "it is not a JSON object."
    nested = entry.get("anime")
    anime: dict[str, Any] = nested if isinstance(nested, dict) else {}
    if entry.get("target_type", "Anime") != "Anime" or (not anime and "target_id" not in entry):
        return "it is not an anime."
    titles = [anime.get("name"), anime.get("russian"), entry.get("target_title"), entry.get("target_title_ru")]
    named = tuple(dict.fromkeys(title[:MAX_TITLE] for title in titles if isinstance(title, str) and title.strip()))
    status = entry.get("status")
    shelf = SHELVES.get(status) if isinstance(status, str) else None
    if shelf is None:
        return (
            f"“{named[0][:80] if named else '?'}” has the status “{str(status)[:40]}”, which Shikimori does not know."
        )
    number = _count(anime.get("id", entry.get("target_id")))
    if not named and not number:
        return "it has neither a title nor a number."
    kind = anime.get("kind")
    changed_at = _moment(entry.get("updated_at"))
    return Row(
        work=Work(
            titles=named,
            kind=KINDS.get(kind) if isinstance(kind, str) else None,
            year=_year(anime.get("aired_on")),
            external={"shikimori": str(number)} if 0 < number < 10**10 else {},
        ),
        shelf=shelf,
        changed_at=changed_at,
        finished_at=changed_at if shelf is ShelfName.WATCHED else None,
        seen=min(_count(entry.get("episodes")), MAX_EPISODES_SEEN),
        rewatches=min(_count(entry.get("rewatches")), 1_000),
        score=score_of(_count(entry.get("score"))),
    )


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12 else 0


def _year(value: Any) -> int | None:
    text = value[:4] if isinstance(value, str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:  # the first or last day there is, in another time zone
        return None
