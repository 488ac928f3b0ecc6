"""Shapes that many routes share."""

from typing import Annotated, Final

from pydantic import BaseModel, Field

MAX_PAGE: Final = 10_000
"""With the largest page a million rows: whoever goes on from there does not read them."""


class PageIn(BaseModel):
    """Which page of a list: counted from 1, ``page_size`` rows each."""

    page: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 1
    page_size: Annotated[int, Field(ge=1, le=100)] = 20

    @property
    def offset(self) -> int:
        """How many rows come before the page."""
        return (self.page - 1) * self.page_size
