"""Rows of CSV and JSON files: columns that are called like our fields, or are mapped to them."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

from catalog.imports.faults import Why, unknown_type
from catalog.imports.limits import MAX_ROW_CHARS, MAX_TEXT_BYTES
from catalog.imports.records.airing import broadcasts_of
from catalog.imports.records.model import BadRecord, SourceRecord, TooLong, checked, language_tag
from catalog.imports.records.values import (
    age_rating_of,
    relations_of,
    season_of,
    text_of,
    trailers_of,
    type_of,
    whole_of,
    words_of,
    year_of,
)
from catalog.releases.external_ids import PATTERNS
from catalog.releases.names import OtherName
from kernel.errors import Invalid

FIELDS: Final = (
    "key", "title", "language", "english", "alternative", "names", "type", "year", "season", "description", "age_rating",
    "is_ongoing", "episodes_total", "genres", "airs", "airs_zone",
    "trailers", "relations", *(f"{catalogue}_id" for catalogue in PATTERNS),
)  # fmt: skip
"""What a column may be called, or be mapped to."""
COLUMNS_MAX: Final = 200
_YES: Final = frozenset({"1", "true", "yes", "y", "да"})


class BadTable(Invalid):
    """This is no table that can be read: {why}."""


def csv_rows(text: str) -> Iterator[tuple[int, dict[str, Any] | TooLong]]:
    """Line and columns of each row, the first line being the header; commas, semicolons or tabs.  Raises :class:`BadTable`."""
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(MAX_TEXT_BYTES)  # an error of the reader ends the reading: what is too long is told row by row
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="", strict=True)
    try:
        names = reader.fieldnames or []
        if len(names) > COLUMNS_MAX or len(set(names)) != len(names):
            raise BadTable(why=Why("its header has too many columns, or one twice", "bad_header"))
        for row in reader:
            chars = sum(len(value) for value in row.values() if value)
            whole = {name: value for name, value in row.items() if name}
            yield reader.line_num, whole if chars <= MAX_ROW_CHARS else TooLong(chars)
    except csv.Error as error:
        raise BadTable(why=Why(f"line {reader.line_num}: {error}", "bad_line", line=reader.line_num)) from None


def record_of(row: Any, columns: Mapping[str, str]) -> SourceRecord:
    """The work that a row is; ``columns`` leads its names to ours (:data:`FIELDS`).  Raises :class:`BadRecord`."""
    if not isinstance(row, dict):
        raise BadRecord(why=Why("it is no row of columns", "no_object"))
    values = {columns.get(name, name).strip().lower(): value for name, value in row.items() if isinstance(name, str)}
    kind = type_of(values.get("type"))
    if kind is None:
        raise BadRecord(why=unknown_type(text_of(values.get("type"))))
    ids = {catalogue: number for catalogue in PATTERNS if (number := text_of(values.get(f"{catalogue}_id")))}
    key = text_of(values.get("key")) or next((f"{catalogue}/{number}" for catalogue, number in ids.items()), "")
    ongoing = text_of(values.get("is_ongoing")).casefold()
    if isinstance(values.get("is_ongoing"), bool):
        ongoing = "yes" if values["is_ongoing"] else "no"
    return checked(
        SourceRecord(
            key=key or text_of(values.get("title")),
            title=text_of(values.get("title")),
            language=language_tag(values.get("language")),
            english=text_of(values.get("english")) or None,
            alternative=text_of(values.get("alternative")) or None,
            names=tuple(OtherName(name) for name in words_of(values.get("names"))),
            type=kind,
            year=year_of(values.get("year")),
            season=season_of(values.get("season")),
            description=text_of(values.get("description")),
            age_rating=age_rating_of(values.get("age_rating")) if text_of(values.get("age_rating")) else None,
            is_ongoing=ongoing in _YES if ongoing else None,
            episodes_total=whole_of(values.get("episodes_total")),
            external_ids=ids,
            genres=words_of(values.get("genres")),
            trailers=trailers_of(values.get("trailers")),
            relations=relations_of(values.get("relations")),
            broadcasts=broadcasts_of(text_of(values.get("airs")), text_of(values.get("airs_zone")), kind),
        )
    )
