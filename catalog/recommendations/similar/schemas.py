"""Similar releases as JSON."""

from pydantic import BaseModel, Field

from catalog.recommendations.schemas import RecommendationOut
from catalog.releases.schemas import Identifier, ReleaseOut, Strict


class VotedSimilarOut(BaseModel):
    """A release that people find similar."""

    release: ReleaseOut
    pair_id: str = Field(description="What is reported, where the two are not similar.")
    votes: int
    voted: bool = Field(description="Whether the reader is one of them.")


class SimilarOut(BaseModel):
    """What is like a release: by computation, and as people said."""

    computed: list[RecommendationOut] = Field(description="By what is liked together, and what they have in common.")
    community: list[VotedSimilarOut] = Field(description="By votes, most votes first.")


class SimilarIn(Strict):
    """Which release is found similar."""

    release_id: Identifier
