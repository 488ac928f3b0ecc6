"""Where and when the works of bangumi-data are on: its recurrences, and its sites by their templates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from catalog.imports.records.model import SourceBroadcast
from catalog.schedule.model import EPISODES_MAX, SLOTS_MAX, is_address, is_region
from catalog.schedule.recurrence import BadRecurrence, Recurrence

_PLACE: Final = "{{id}}"
_IN_ADDRESSES: Final = "/?=&-_.~%:"
"""What ids of sites hold that is meant as it stands."""
_TITLE_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class Site:
    """A service that shows works."""

    title: str
    template: str
    regions: tuple[str, ...]

    def address(self, entry: Mapping[str, Any]) -> str:
        """Where ``entry`` of a work leads; empty where it says nothing that is an address."""
        told, number = entry.get("url"), entry.get("id")
        if isinstance(told, str) and told:
            address = told
        elif isinstance(number, str) and number and _PLACE in self.template:
            address = self.template.replace(_PLACE, quote(number, safe=_IN_ADDRESSES))
        else:
            return ""
        return address if is_address(address) else ""


def sites_of(meta: Mapping[str, Any]) -> dict[str, Site]:
    """The services in ``siteMeta`` that show works: others list them, or where to download them."""
    sites = {}
    for name, one in meta.items():
        if not isinstance(one, dict) or one.get("type") != "onair":
            continue
        title, template, regions = one.get("title"), one.get("urlTemplate"), one.get("regions")
        sites[name] = Site(
            title=" ".join(title.split())[:_TITLE_MAX]
            if isinstance(title, str) and title.strip()
            else name[:_TITLE_MAX],
            template=template if isinstance(template, str) else "",
            regions=tuple(
                sorted({each for each in regions if isinstance(each, str) and is_region(each)})
                if isinstance(regions, list)
                else ()
            ),
        )
    return sites


def broadcasts_of(
    item: Mapping[str, Any], sites: Mapping[str, Site], end: datetime | None
) -> tuple[SourceBroadcast, ...]:
    """The broadcasts of an item that ended at ``end``; what cannot be read, and what is on nobody knows when, is left out.

    How often its own broadcast came until the end is how many episodes each site has.
    """
    own = _recurrence(item.get("broadcast"))
    episodes = None if own is None or end is None else _times(own, end)
    found = {} if own is None else {"": SourceBroadcast("", str(own), episodes=episodes)}
    entries = item.get("sites")
    for entry in entries if isinstance(entries, list) else ():
        site = sites.get(str(entry.get("site"))) if isinstance(entry, dict) else None
        recurrence = None if site is None else _recurrence(entry.get("broadcast"))
        if site is not None and recurrence is not None:
            slot = SourceBroadcast(site.title, str(recurrence), site.address(entry), site.regions, episodes)
            found.setdefault(site.title, slot)
    return tuple(found.values())[:SLOTS_MAX]


def _recurrence(text: Any) -> Recurrence | None:
    if not isinstance(text, str) or not text:
        return None
    try:
        return Recurrence.parse(text, UTC)
    except BadRecurrence:
        return None


def _times(recurrence: Recurrence, end: datetime) -> int | None:
    """Times up to ``end``, which is when the last was over, or began."""
    times = max(1, recurrence.index_from(end + timedelta(seconds=1)))
    return times if times <= EPISODES_MAX else None
