"""The list that MyAnimeList exports, as XML."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

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
from accounts.library.transfer.formats.json_repair import repaired_xml

MAX_DEPTH = 8
"""Elements in each other; the format needs three."""
MAX_TITLE = 255
MAX_EPISODES_SEEN = 10_000


def read(data: bytes) -> Document:
    """Raises :class:`BadFile`, :class:`FileTooLarge`."""
    try:
        return _document(data)
    except BadFile as error:
        # Only what a person would call one bad character; where the file is cut off it stays refused, at its place.
        try:
            mended, count = repaired_xml(data)
        except (LookupError, ValueError):
            raise error from None
        if not count:
            raise
        try:
            document = _document(mended)
        except BadFile:
            raise error from None
        note = f"Characters that XML does not allow were left out or taken as text, at {count} places."
        return replace(document, problems=(note, *document.problems)[:MAX_PROBLEMS])


def _document(data: bytes) -> Document:
    rows: list[Row] = []
    problems: list[str] = []
    for number, anime in enumerate(_entries(data), 1):
        if number > MAX_ROWS:
            raise FileTooLarge(what=f"it has more than {MAX_ROWS:,} titles", limit=f"{MAX_ROWS:,}")
        row = _row(anime)
        if isinstance(row, Row):
            rows.append(row)
        elif len(problems) < MAX_PROBLEMS:
            problems.append(f"Entry {number}: {row}")
    return Document(format=Format.MAL_XML, rows=tuple(rows), problems=tuple(problems))


def _entries(data: bytes) -> Iterator[dict[str, str]]:
    """The text of each ``<anime>``'s children. Elements are let go as soon as they were read."""
    path: list[Element] = []
    # Any document type is refused, and with it every entity: the format has none.
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            if event == "start":
                if not path and element.tag != "myanimelist":
                    raise BadFile(detail=f"its outermost element is <{element.tag[:40]}>, not <myanimelist>")
                if len(path) >= MAX_DEPTH:
                    raise BadFile(detail="its elements are nested too deeply")
                path.append(element)
                continue
            path.pop()
            if element.tag == "anime" and len(path) == 1:
                yield {child.tag: (child.text or "").strip() for child in element}
            if len(path) == 1:
                path[0].clear()
    except ParseError as error:
        line, column = error.position
        reason = str(error).partition(":")[0]
        raise BadFile(detail=f"{reason} in line {line}, column {column + 1}", line=line, column=column + 1) from None
    except DefusedXmlException as error:
        raise BadFile(detail="it has a document type or entities, which a list does not need") from error
    except (LookupError, ValueError) as error:  # an encoding that Python does not know, or that is not one of text
        raise BadFile(detail=f"its encoding is unknown ({str(error)[:80]})") from None


def _row(anime: dict[str, str]) -> Row | str:
    """The row, or why there is none."""
    title, number, status = (anime.get(name, "") for name in ("series_title", "series_animedb_id", "my_status"))
    shelf = SHELVES.get(status.casefold())
    if shelf is None:
        return f"“{title[:80]}” has the status “{status[:40]}”, which MyAnimeList does not know."
    if not title and not _count(number):
        return "it has neither a title nor a number."
    return Row(
        work=Work(
            titles=(title[:MAX_TITLE],) if title else (),
            kind=KINDS.get(anime.get("series_type", "").casefold()),
            external={"mal": str(_count(number))} if 0 < _count(number) < 10**10 else {},
        ),
        shelf=shelf,
        started_at=_date(anime.get("my_start_date", "")),
        finished_at=_date(anime.get("my_finish_date", "")) if shelf is ShelfName.WATCHED else None,
        seen=min(_count(anime.get("my_watched_episodes", "")), MAX_EPISODES_SEEN),
        rewatches=min(_count(anime.get("my_times_watched", "")), 1_000),
        score=score_of(_count(anime.get("my_score", ""))),
    )


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else 0


def _date(text: str) -> datetime | None:
    """``2024-03-01``; what is not known is ``00`` there, and then the date is nobody's."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
