"""The JSON of what was found by which name."""

from typing import Annotated

from pydantic import BaseModel, Field

from catalog.search.highlights.model import Matched, MatchedBy


class MatchedOut(BaseModel):
    """The name that something was found by, and what of it was typed."""

    name: Annotated[str, Field(description="As it is written; not always one of those that are shown.")]
    ranges: Annotated[
        list[tuple[int, int]],
        Field(
            description="What was typed: from and to (exclusive), counted in Unicode code points of `name`, in order, neither touching "
            "nor overlapping. JavaScript: `Array.from(name).slice(from, to).join('')`."
        ),
    ]
    by: Annotated[
        MatchedBy,
        Field(
            description="`name`: as it is written or sounds, with typing errors; `initials`: by beginnings of its words; "
            "`reading`: as a dictionary reads it, and then all of it is marked."
        ),
    ]

    @classmethod
    def of(cls, found: Matched | None) -> "MatchedOut | None":
        return None if found is None else cls(name=found.name, ranges=list(found.ranges), by=found.by)
