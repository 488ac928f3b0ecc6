"""What is known of a live stream's programme and ads, as JSON and back; see ``strip/state_codec.py``."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from streaming.proxy.detect.habits import Block, Habit, Habits, Known, Traits
from streaming.proxy.playlist.segment_names import SegmentName


def dumped(habits: Habits) -> dict[str, Any]:
    """As JSON has it; equal habits give equal values."""
    return {
        "ads": [[place, *known] for place, known in sorted(habits.ads.items())],
        "renditions": {name: _dumped_habit(habit) for name, habit in sorted(habits.renditions.items())},
        "clock": habits.clock_s,
        "next": habits.next_msn,
    }


def loaded(raw: Mapping[str, Any]) -> Habits:
    """The habits of :func:`dumped`.  Raises ``KeyError``, ``TypeError`` or ``ValueError`` for anything else."""
    renditions = {name: _loaded_habit(habit) for name, habit in raw["renditions"].items()}
    return Habits({place: Known(*known) for place, *known in raw["ads"]}, renditions, raw["clock"], raw["next"])


def _dumped_habit(habit: Habit) -> dict[str, Any]:
    return {
        **{one.name: getattr(habit, one.name) for one in fields(habit)},
        "last": habit.last and list(habit.last),
        "traits": _sorted(habit.traits),
        "block": habit.block and _dumped_block(habit.block),
    }


def _loaded_habit(raw: Mapping[str, Any]) -> Habit:
    block = raw["block"] and Block(
        **{
            **raw["block"],
            "signs": set(raw["block"]["signs"]),
            "places": set(raw["block"]["places"]),
            "taken_for": tuple(raw["block"]["taken_for"]),
            "last": _name(raw["block"]["last"]),
        }
    )
    return Habit(**{**raw, "last": _name(raw["last"]), "block": block})


def _dumped_block(block: Block) -> dict[str, Any]:
    return {
        **{one.name: getattr(block, one.name) for one in fields(block)},
        "signs": sorted(block.signs),
        "places": sorted(block.places),
        "last": block.last and list(block.last),
        "traits": _sorted(block.traits),
    }


def _sorted(traits: Traits) -> Traits:
    return {trait: dict(sorted(values.items())) for trait, values in sorted(traits.items())}


def _name(raw: list[Any] | None) -> SegmentName | None:
    return SegmentName(*raw) if raw else None
