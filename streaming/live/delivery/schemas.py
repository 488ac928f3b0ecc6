"""JSON of how many watch without a delay."""

from typing import Annotated

from pydantic import BaseModel, Field


class PlacesIn(BaseModel):
    """How many there may be."""

    viewers: Annotated[
        int | None,
        Field(
            ge=0,
            le=5_000,
            description="At most so many over WebRTC a node, for a week; `null`: as many as are configured.",
        ),
    ]


class PlacesOut(BaseModel):
    """Viewers over WebRTC of the node that was asked."""

    configured: Annotated[int, Field(description="`ANI_LIVE_VIEWERS`.")]
    places: Annotated[
        int, Field(description="How many it takes now: fewer where the number was lowered, or it cannot keep up.")
    ]
    viewers: Annotated[int, Field(description="How many watch so.")]
    waiting: Annotated[int, Field(description="How many watch by Low-Latency HLS until there is a place.")]
    busy: Annotated[bool, Field(description="Whether there are fewer because the node could not keep up.")]
