"""Reading an API of Kodik's shape, page by page."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import orjson
from typing_extensions import override

from catalog.imports.faults import Fault, Why
from catalog.imports.limits import CHUNK_ROWS, MAX_ROWS
from catalog.imports.records import kodik
from catalog.imports.records.model import BadRecord, BadRow, Batch, Checkpoint, Row, digest
from catalog.imports.sources.adapters.http import SourceAway, SourceClient
from catalog.imports.sources.usecases import Reader

PAGE: Final = 100
"""The most that such an API gives at once."""
OVERLAP_ROWS: Final = 5_000
"""Groups that one run remembers, to put later translations to."""


class KodikReader(Reader):
    """Asks for what changed last, back to where the last complete run began; a page's cursor is where a killed run goes on.

    Rows that change while they are read move to the front, where the next run finds them: nothing is missed, and what
    comes twice says the same twice.
    """

    def __init__(self, client: SourceClient, url: str, token: str, parameters: Mapping[str, str]) -> None:
        self._client, self._url, self._token, self._parameters = client, url, token, parameters
        self._groups: dict[str, dict[str, dict[str, Any]]] = {}

    @override
    async def batches(self, after: Checkpoint) -> AsyncIterator[Batch]:
        rows, mark, mark_id = after.rows, after.mark, after.mark_id
        newest, newest_id = mark, mark_id
        if after.cursor:
            newest, newest_id = _unpacked(after.cursor)[1:]
        cursor = _unpacked(after.cursor)[0]
        pages = set[str]()
        while True:
            page = await self._page(cursor)
            found = page.get("results")
            if not isinstance(found, list):
                raise SourceAway(why=Why("its page has no results", "no_results"))
            batch, seen_old = await asyncio.to_thread(self._read, found, mark, mark_id)
            stamps = [_stamp(row) for row in found if isinstance(row, dict)]
            newest, newest_id = max([(newest, newest_id), *stamps])
            rows += len(found)
            following = _cursor(page.get("next_page"))
            done = seen_old or not following or not found
            if following in pages:
                raise SourceAway(why=Why("its pages go round in circles", "pages_in_circles"))
            pages.add(following)
            if rows > MAX_ROWS:
                raise SourceAway(why=Why(f"it has more than {MAX_ROWS:,} rows", "too_many_rows", rows=MAX_ROWS))
            total = page.get("total")
            reached = Checkpoint(
                rows=rows,
                cursor="" if done else _packed(following, newest, newest_id),
                mark=newest if done else mark,
                mark_id=newest_id if done else mark_id,
                done=done,
            )
            for first in range(0, max(len(batch), 1), CHUNK_ROWS):
                yield Batch(batch[first : first + CHUNK_ROWS], reached, total if isinstance(total, int) else None)
            if done:
                return
            cursor = following

    async def _page(self, cursor: str) -> dict[str, Any]:
        parameters = dict(self._parameters)
        parameters |= {"limit": str(PAGE), "sort": "updated_at", "order": "desc", "with_material_data": "true"}
        if self._token:
            parameters["token"] = self._token
        if cursor:
            parameters["next"] = cursor
        body = await self._client.get(f"{self._url.rstrip('/')}/list", parameters)
        try:
            page = await asyncio.to_thread(orjson.loads, body)
        except ValueError:
            raise SourceAway(why=Why("its answer is no JSON", "no_json")) from None
        if not isinstance(page, dict):
            raise SourceAway(why=Why("its answer is no object", "no_json"))
        if page.get("error"):  # with status 200, as it does
            raise SourceAway(why=Why(str(page["error"])[:200], "refuses", said=str(page["error"])))
        return page

    def _read(self, found: list[Any], mark: str, mark_id: str) -> tuple[list[Row | BadRow], bool]:
        touched: dict[str, None] = {}
        bad: list[Row | BadRow] = []
        seen_old = False
        for row in found:
            if not isinstance(row, dict):
                bad.append(BadRow("row", Fault("It is no object.", "no_object")))
                continue
            if mark and _stamp(row) <= (mark, mark_id) and _stamp(row)[0] < mark:
                seen_old = True  # the others with this very time may be new: only an earlier one ends it
                continue
            try:
                group = kodik.group_of(row)
            except BadRecord as error:
                bad.append(BadRow(str(row.get("id"))[:100], Fault.of(error)))
                continue
            if group not in self._groups and len(self._groups) >= OVERLAP_ROWS:
                self._groups.pop(next(iter(self._groups)))
            self._groups.setdefault(group, {})[str(row.get("id"))] = row
            touched[group] = None
        return [*(self._record(group) for group in touched), *bad], seen_old

    def _record(self, group: str) -> Row | BadRow:
        rows = [self._groups[group][number] for number in sorted(self._groups[group])]
        try:
            record = kodik.record_of(rows)
        except BadRecord as error:
            return BadRow(group, Fault.of(error))
        return Row(record, digest(record))


def _stamp(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row.get("updated_at") or "")[:100], str(row.get("id") or "")[:100]


def _cursor(link: Any) -> str:
    """What comes after ``next=`` in the address of the next page: the address itself could lead anywhere."""
    return link.partition("next=")[2].partition("&")[0][:500] if isinstance(link, str) else ""


def _packed(cursor: str, newest: str, newest_id: str) -> str:
    return orjson.dumps([cursor, newest, newest_id]).decode()


def _unpacked(text: str) -> tuple[str, str, str]:
    if not text:
        return "", "", ""
    cursor, newest, newest_id = orjson.loads(text)
    return cursor, newest, newest_id
