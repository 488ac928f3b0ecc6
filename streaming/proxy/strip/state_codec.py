"""The state that all nodes share of a live stream, as bytes, and back.

Two nodes that decided for themselves would number the same segment differently as soon as one of them has deleted what the other
never saw.  So what is decided lies in the shared cache, and is changed there by compare-and-set.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from streaming.proxy.detect.ad_intervals import AdIntervals
from streaming.proxy.detect.breaks import OpenBreak
from streaming.proxy.detect.habits import Habits
from streaming.proxy.detect.habits_codec import dumped, loaded
from streaming.proxy.detect.signals import Labelling
from streaming.proxy.strip.alignment import SegmentIndex, SegmentTime
from streaming.proxy.strip.strip import StreamState
from streaming.proxy.strip.timeline import Decision, SegmentAction, Timeline

_FORMAT: Final = 3
#: Had clocks of another kind; its numbers still count.
_BEFORE: Final = 2
_FATES: Final = tuple(SegmentAction)


class StateUnreadable(ValueError):
    """Another version of this program wrote it."""


def dump(shared: StreamState) -> bytes:
    """The state as bytes; equal states give equal bytes."""
    spans = shared.spans
    running = spans.open_break
    return orjson.dumps(
        {
            "format": _FORMAT,
            "timeline": _timeline(shared.timeline),
            "own": {name: _timeline(own) for name, own in sorted(shared.own.items())},
            "era": shared.era,
            "former": shared.former and _timeline(shared.former),
            "measured": spans.measured,
            "live": spans.live,
            "numbered": sorted(spans.numbered),
            "has_leader": spans.has_leader,
            "ahead": spans.ahead,
            "open": running and [running.next_msn, running.elapsed_s, running.duration_s, running.name],
            "horizon": spans.horizon_msn,
            "grid": _index(shared.segment_index),
            "former_grid": _index(shared.former_index),
            "labelling": spans.labelling and list(spans.labelling),
            "habits": dumped(shared.habits),
        }
    )


def load(data: bytes) -> StreamState:
    """The state of :func:`dump`.  Raises :class:`StateUnreadable`."""
    try:
        raw: Mapping[str, Any] = orjson.loads(data)
        timeline = _read_timeline(raw["timeline"]) if raw["format"] in (_FORMAT, _BEFORE) else None
        if timeline is None:
            raise StateUnreadable
        own = {name: _read_timeline(own) for name, own in raw["own"].items()}
        running = OpenBreak(*raw["open"]) if raw["open"] else None
        numbered = frozenset(raw["numbered"])
        if raw["format"] == _BEFORE:
            return StreamState(
                timeline, AdIntervals(numbered=numbered, open_break=running, horizon_msn=raw["horizon"]), own=own
            )
        spans = AdIntervals(
            tuple((start, end) for start, end in raw["measured"]),
            tuple((start, end) for start, end in raw["live"]),
            numbered,
            running,
            raw["horizon"],
            raw["has_leader"],
            tuple(raw["ahead"]) if raw["ahead"] else None,
            Labelling(*raw["labelling"]) if raw.get("labelling") else None,
        )
        former = _read_timeline(raw["former"]) if raw["former"] else None
        segment_index, former_index = _read_index(raw["grid"]), _read_index(raw["former_grid"])
        habits = loaded(raw["habits"]) if raw.get("habits") else Habits()
        return StreamState(timeline, spans, segment_index, own, raw["era"], former, former_index, habits)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise StateUnreadable from error


def _timeline(timeline: Timeline) -> list[Any]:
    return [
        [
            [msn, _FATES.index(d.action), d.discontinuity, d.was_discontinuity, d.slate_end_s]
            for msn, d in sorted(timeline.decisions.items())
        ],
        *(timeline.first_msn, timeline.deleted_before, timeline.discontinuities_before, timeline.msn_shift),
        *(timeline.discontinuity_shift, timeline.highest_msn, timeline.highest_discontinuity),
    ]


def _read_timeline(raw: list[Any]) -> Timeline:
    decisions, *numbers = raw
    return Timeline(
        {msn: Decision(_FATES[action], new, was, end_s) for msn, action, new, was, end_s in decisions}, *numbers
    )


def _index(segment_index: SegmentIndex) -> list[Any]:
    cells = [[msn, *cell] for msn, cell in sorted(segment_index.cells.items())]
    return [
        cells,
        segment_index.edge_s,
        sorted(segment_index.discontinuities.items()),
        segment_index.edge_date_s,
        segment_index.trusted,
        segment_index.aligned,
    ]


def _read_index(raw: list[Any]) -> SegmentIndex:
    cells, edge_s, discontinuities, *rest = raw
    return SegmentIndex({msn: SegmentTime(*cell) for msn, *cell in cells}, edge_s, dict(discontinuities), *rest)
