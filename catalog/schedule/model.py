"""The schedule of a release: its broadcasts, their breaks, and episodes that air otherwise."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from catalog.schedule.days import BROADCASTER_ZONE, zone_named
from catalog.schedule.recurrence import Recurrence
from catalog.schedule.timetable import Break, Override, OverrideKind, Slot, Timetable
from kernel.changes import Changes, differences, snapshot
from kernel.entity import Entity
from kernel.errors import Invalid
from kernel.events import Event

SLOTS_MAX: Final = 60
"""Of one release: bangumi-data has at most 13."""
BREAKS_MAX: Final = 100
OVERRIDES_MAX: Final = 500
SITE_MAX: Final = 60
ADDRESS_MAX: Final = 500
NOTE_MAX: Final = 100
EPISODES_MAX: Final = 10_000
TOGETHER_MAX: Final = 100

_REGION: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"\\]{1,490}", re.ASCII)


def is_region(text: str) -> bool:
    """Whether it is written like a code of ISO 3166-1."""
    return _REGION.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Whether it is an address of the web that a broadcast can have."""
    return _ADDRESS.fullmatch(text) is not None


class TwoSlotsOfOneSite(Invalid):
    """There are two broadcasts of {site!r}. Give them different names, or leave one out."""


class BadOverride(Invalid):
    """Episode {ordinal:g}: {reason}."""


class BadBreak(Invalid):
    """A break must not end before it begins, nor last over ten years."""


class BadSlot(Invalid):
    """The broadcast {site!r}: {reason}."""


@dataclass(frozen=True, kw_only=True)
class ScheduleChanged(Event):
    """When the episodes of a release air was said or changed."""

    release_id: str
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class EpisodeAired(Event):
    """By its schedule, an episode was broadcast; whether it can be watched here is another matter."""

    release_id: str
    ordinal: float
    airs_at: datetime
    site: str


@dataclass(frozen=True, kw_only=True)
class ScheduleDraft:
    """What somebody says of a schedule.  The first slot is the one that listings show; ``zone`` is the broadcaster's."""

    slots: tuple[Slot, ...] = ()
    zone: str = BROADCASTER_ZONE
    breaks: tuple[Break, ...] = ()
    overrides: tuple[Override, ...] = ()

    def checked(self) -> "ScheduleDraft":
        """The same, with recurrences written alike and the release's own broadcast first.

        Raises :class:`BadSlot`, :class:`BadBreak`, :class:`BadOverride`, :class:`TwoSlotsOfOneSite`, ``BadRecurrence``,
        ``UnknownZone``.
        """
        zone = zone_named(self.zone)
        slots = [_checked_slot(slot, str(Recurrence.parse(slot.recurrence, zone))) for slot in self.slots]
        sites = [slot.site for slot in slots]
        for site in sites:
            if sites.count(site) > 1:
                raise TwoSlotsOfOneSite(site=site)
        slots.sort(key=lambda slot: slot.site != "")  # stable
        for pause in self.breaks:
            if not 0 <= (pause.last - pause.first).days <= 3_660:
                raise BadBreak
        said = set[tuple[float, str | None, bool]]()
        for override in self.overrides:
            _check_override(override, sites)
            key = (override.ordinal, override.site, override.kind is OverrideKind.TOGETHER)
            if key in said:
                raise BadOverride(ordinal=override.ordinal, reason="it is said twice")
            said.add(key)
        return ScheduleDraft(
            slots=tuple(slots),
            zone=self.zone,
            breaks=tuple(sorted(self.breaks, key=lambda pause: pause.first)),
            overrides=tuple(sorted(self.overrides, key=lambda o: (o.ordinal, o.site or "", o.kind))),
        )


def _checked_slot(slot: Slot, recurrence: str) -> Slot:
    if slot.address and not is_address(slot.address):
        raise BadSlot(site=slot.site, reason="its address is none of the web")
    if not all(is_region(region) for region in slot.regions):
        raise BadSlot(site=slot.site, reason='regions are codes of two capital letters such as "JP"')
    return Slot(
        site=slot.site,
        recurrence=recurrence,
        regions=tuple(sorted(set(slot.regions))),
        address=slot.address,
        first_ordinal=slot.first_ordinal,
        episodes=slot.episodes,
        together=slot.together,
        duration_min=slot.duration_min,
    )


def _check_override(override: Override, sites: list[str]) -> None:
    if override.site is not None and override.site not in sites:
        raise BadOverride(ordinal=override.ordinal, reason=f"there is no broadcast of {override.site!r}")
    if override.airs_at is not None and override.kind is not OverrideKind.MOVED:
        raise BadOverride(ordinal=override.ordinal, reason="only a moved one has a time")


@dataclass(eq=False)
class SlotRow:
    """A :class:`Slot` in its place among those of its release, with the days it can air on (``DayBounds``)."""

    id: str
    position: int
    site: str
    recurrence: str
    regions: tuple[str, ...]
    address: str
    first_ordinal: float
    episodes: int | None
    together: int
    duration_min: int | None
    first_day: int
    last_day: int | None
    step_days: int
    slack_days: int
    due_at: datetime | None = None
    """Nothing of it is to be announced before; ``None``: nobody looked at it yet.  Every change of a schedule makes new rows."""

    @property
    def slot(self) -> Slot:
        """The slot alone."""
        return Slot(
            site=self.site,
            recurrence=self.recurrence,
            regions=self.regions,
            address=self.address,
            first_ordinal=self.first_ordinal,
            episodes=self.episodes,
            together=self.together,
            duration_min=self.duration_min,
        )


@dataclass(eq=False, kw_only=True)
class Schedule(Entity):
    """The schedule of one release; a release has it once somebody says something of it."""

    release_id: str
    zone: str
    breaks: tuple[Break, ...]
    overrides: tuple[Override, ...]
    updated_at: datetime
    slot_rows: list[SlotRow] = field(default_factory=list)
    version: int = 1

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The broadcasts, the one that listings show first."""
        return tuple(row.slot for row in self.slot_rows)

    @property
    def draft(self) -> ScheduleDraft:
        """All that is said of it."""
        return ScheduleDraft(slots=self.slots, zone=self.zone, breaks=self.breaks, overrides=self.overrides)

    def replace(self, draft: ScheduleDraft, slot_ids: list[str], now: datetime) -> bool:
        """Say this instead, ``draft`` being checked and ``slot_ids`` new ones for its slots; returns whether it differs."""
        if draft == self.draft:
            return False
        before = self._facts()
        self.zone, self.breaks, self.overrides = draft.zone, draft.breaks, draft.overrides
        zone = zone_named(draft.zone)
        self.slot_rows = [
            _row(slot_id, position, slot, Timetable(slot, zone, breaks=draft.breaks, overrides=draft.overrides))
            for position, (slot_id, slot) in enumerate(zip(slot_ids, draft.slots, strict=True))
        ]
        self.updated_at = now
        changes = differences(before, self._facts())
        self.record(ScheduleChanged(at=now, release_id=self.release_id, changes=changes))
        return True

    def _facts(self) -> dict[str, Any]:
        return snapshot(self, ("zone", "breaks", "overrides", "slots"))


def _row(slot_id: str, position: int, slot: Slot, timetable: Timetable) -> SlotRow:
    bounds = timetable.bounds()
    return SlotRow(
        id=slot_id,
        position=position,
        site=slot.site,
        recurrence=slot.recurrence,
        regions=slot.regions,
        address=slot.address,
        first_ordinal=slot.first_ordinal,
        episodes=slot.episodes,
        together=slot.together,
        duration_min=slot.duration_min,
        first_day=bounds.first_day,
        last_day=bounds.last_day,
        step_days=bounds.step_days,
        slack_days=bounds.slack_days,
    )
