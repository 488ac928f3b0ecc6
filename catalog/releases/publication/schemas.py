"""The JSON of publications."""

from pydantic import AwareDatetime, Field

from catalog.releases.schemas import Strict


class PublicationIn(Strict):
    """When a release is to be published."""

    publish_at: AwareDatetime | None = Field(
        description="A moment to come, at most two years ahead, with its offset from UTC; null: not by itself."
    )
