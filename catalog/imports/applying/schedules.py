"""Broadcasts of records as schedules of releases.

A schedule is one field: a source that wrote all of it may write it again, and whatever a person says of it afterwards, a
break or a moved episode too, makes it theirs.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from catalog.imports.records.model import SourceBroadcast, broadcast_json
from catalog.schedule.days import BROADCASTER_ZONE
from catalog.schedule.model import Schedule, ScheduleDraft
from catalog.schedule.timetable import Slot

FIELD: Final = "schedule"


def schedule_values(broadcasts: Sequence[SourceBroadcast]) -> dict[str, Any]:
    """What a record says of when it is on, as a value of :data:`FIELD`; empty where it says nothing."""
    return {FIELD: [broadcast_json(one) for one in broadcasts]} if broadcasts else {}


def present_schedule(schedule: Schedule) -> Mapping[str, Any]:
    """The same of a schedule; of one with more than a source can say, something that no source says."""
    slots = [[slot.site, slot.recurrence, slot.address, list(slot.regions), slot.episodes] for slot in schedule.slots]
    said = draft_of_schedule(slots)
    return {FIELD: slots if said == schedule.draft and slots else {"by hand": slots}}


def draft_of_schedule(value: Sequence[Sequence[Any]]) -> ScheduleDraft:
    """A value of :data:`FIELD` as a schedule, whose zone nothing of it depends on."""
    return ScheduleDraft(
        slots=tuple(
            Slot(site=site, recurrence=recurrence, address=address, regions=tuple(regions), episodes=episodes)
            for site, recurrence, address, regions, episodes in value
        ),
        zone=BROADCASTER_ZONE,
    )
