"""The state that all nodes share of a live stream, as bytes, and back.

Two nodes that decided for themselves would number the same segment differently as soon as one of them has deleted what the other
never saw.  So what is decided lies in the shared cache, and is changed there by compare-and-set.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from streaming.proxy.breaks import OpenBreak
from streaming.proxy.grid import Cell, Grid
from streaming.proxy.remove import Shared
from streaming.proxy.spans import Spans
from streaming.proxy.timeline import Decision, Fate, Timeline

_FORMAT: Final = 2
_FATES: Final = tuple(Fate)


class StateUnreadable(ValueError):
    """Another version of this program wrote it."""


def dump(shared: Shared) -> bytes:
    """The state as bytes; equal states give equal bytes."""
    spans, grid = shared.spans, shared.grid
    running = spans.open_break
    return orjson.dumps(
        {
            "format": _FORMAT,
            "timeline": _timeline(shared.timeline),
            "own": {name: _timeline(own) for name, own in sorted(shared.own.items())},
            "dated": spans.dated,
            "measured": spans.measured,
            "numbered": sorted(spans.numbered),
            "open": running and [running.next_msn, running.elapsed_s, running.duration_s, running.name],
            "horizon": spans.horizon_msn,
            "cells": [[msn, *cell] for msn, cell in sorted(grid.cells.items())],
            "grid_dated": grid.dated,
            "seams": sorted(grid.seams.items()),
        }
    )


def load(data: bytes) -> Shared:
    """The state of :func:`dump`.  Raises :class:`StateUnreadable`."""
    try:
        raw: Mapping[str, Any] = orjson.loads(data)
        if raw["format"] != _FORMAT:
            raise StateUnreadable
        spans = Spans(
            tuple((start, end) for start, end in raw["dated"]),
            tuple((start, end) for start, end in raw["measured"]),
            frozenset(raw["numbered"]),
            OpenBreak(*raw["open"]) if raw["open"] else None,
            raw["horizon"],
        )
        cells = {msn: Cell(start_s, duration_s) for msn, start_s, duration_s in raw["cells"]}
        grid = Grid(cells, raw["grid_dated"], dict(raw["seams"]))
        own = {name: _read_timeline(own) for name, own in raw["own"].items()}
        return Shared(_read_timeline(raw["timeline"]), spans, grid, own)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise StateUnreadable from error


def _timeline(timeline: Timeline) -> list[Any]:
    return [
        [
            [msn, _FATES.index(d.fate), d.discontinuity, d.was_discontinuity, d.slate_end_s]
            for msn, d in sorted(timeline.decisions.items())
        ],
        *(timeline.first_msn, timeline.deleted_before, timeline.discontinuities_before, timeline.msn_shift),
        *(timeline.discontinuity_shift, timeline.highest_msn, timeline.highest_discontinuity),
    ]


def _read_timeline(raw: list[Any]) -> Timeline:
    decisions, *numbers = raw
    return Timeline(
        {msn: Decision(_FATES[fate], new, was, end_s) for msn, fate, new, was, end_s in decisions}, *numbers
    )
