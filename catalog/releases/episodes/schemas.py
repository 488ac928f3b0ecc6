"""The JSON of episodes: what may be said of one, and how it is answered."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from catalog.releases.episodes import model
from catalog.releases.episodes.model import Episode, SpanSource
from catalog.releases.model import Status
from catalog.releases.schemas import Identifier, Strict, Text, TranslatedOut
from catalog.releases.usecases import TranslatedText

EpisodeMs = Annotated[int, Field(ge=0, le=7 * 24 * 3600 * 1000, description="Milliseconds from the start.")]


Ordinal = Annotated[float, Field(ge=0, le=100_000, multiple_of=0.001, allow_inf_nan=False)]
"""With more digits two numbers would read the same: 1 and 1.0000001."""


class SpanIO(Strict):
    """A stretch of an episode."""

    start_ms: EpisodeMs
    stop_ms: EpisodeMs


class SpanOut(BaseModel):
    """A stretch of an episode, and who says so."""

    start_ms: EpisodeMs
    stop_ms: EpisodeMs
    source: SpanSource = Field(description="`sound`: heard in other episodes, too.")
    confidence: float = Field(ge=0, le=1, description="1 for what an editor or the file's chapters say.")


class EpisodeEdit(Strict):
    """An episode as an editor describes it; ``ordinal`` may be 12.5."""

    ordinal: Ordinal
    name: Text = ""
    recap: SpanIO | None = Field(None, description="Of what happened in earlier episodes.")
    opening: SpanIO | None = None
    ending: SpanIO | None = None
    preview: SpanIO | None = Field(None, description="Of the next episode.")

    def draft(self) -> model.EpisodeDraft:
        return model.EpisodeDraft(
            ordinal=self.ordinal,
            name=self.name,
            recap=_span(self.recap),
            opening=_span(self.opening),
            ending=_span(self.ending),
            preview=_span(self.preview),
        )


def _span(given: SpanIO | None) -> model.Span | None:
    return None if given is None else model.Span(given.start_ms, given.stop_ms)


class EpisodeIn(EpisodeEdit):
    """A new episode of a release."""

    release_id: Identifier


class EpisodeOut(BaseModel):
    """One thing to play."""

    id: str
    release_id: str
    ordinal: float
    name: str
    recap: SpanOut | None
    opening: SpanOut | None
    ending: SpanOut | None
    preview: SpanOut | None
    duration_ms: int | None
    playable: bool
    thumbnail_url: str | None
    status: Status
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    version: int
    translation: TranslatedOut | None = Field(None, description="In the reader's language, if there is one.")

    @classmethod
    def of(cls, episode: Episode, translation: TranslatedText | None = None) -> "EpisodeOut":
        """``translation``: in the language asked for; ``None`` where the original's name stands."""
        answer = cls.model_validate(episode, from_attributes=True)
        answer.translation = None if translation is None else TranslatedOut.model_validate(translation)
        return answer


class EpisodeList(BaseModel):
    """The episodes of a release, by ordinal."""

    items: list[EpisodeOut]
