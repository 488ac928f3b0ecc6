"""Added subtitles as JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StringConstraints

from catalog.languages.schemas import NO_NUL, Language
from catalog.languages.tags import TAG_MAX
from catalog.subtitles.model import LABEL_MAX, OFFSET_MAX_MS, TEXT_MAX, Subtitle, SubtitleDraft, SubtitleTrack


class SubtitleIn(BaseModel):
    """A subtitle track as an editor gives it."""

    model_config = ConfigDict(extra="forbid")

    language: Language
    label: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=LABEL_MAX, pattern=r"^[^\x00-\x1f]*$"),
        Field(description="What the player's menu calls it."),
    ]
    forced: Annotated[bool, Field(description="Signs and songs alone.")] = False
    sdh: Annotated[bool, Field(description="For the deaf and hard of hearing.")] = False
    text: Annotated[
        str,
        StringConstraints(min_length=1, max_length=TEXT_MAX, pattern=NO_NUL),
        Field(description="WebVTT, SRT or ASS."),
    ]

    offset_ms: Annotated[
        int,
        Field(
            ge=-OFFSET_MAX_MS,
            le=OFFSET_MAX_MS,
            description="By how much later each cue is to show than `text` says; below 0 earlier. It is gone into the text then.",
        ),
    ] = 0

    def draft(self) -> SubtitleDraft:
        return SubtitleDraft(self.language, self.label, self.forced, self.sdh, self.text)


class SubtitleFileIn(BaseModel):
    """What is known of a file."""

    language: Annotated[
        str, StringConstraints(max_length=TAG_MAX), Field(description="BCP 47; helps to tell old encodings apart.")
    ] = ""
    encoding: Annotated[
        str | None,
        Field(
            max_length=40, description="What it is written in, such as `windows-1251`, where the likeliest is wrong."
        ),
    ] = None


class SubtitleFileOut(BaseModel):
    """A subtitle file as it was read."""

    model_config = ConfigDict(from_attributes=True)

    text: str = Field(
        description="WebVTT, for the `text` of a subtitle or of a proposal.",
        validation_alias=AliasChoices("text", "webvtt"),  # described by the first, and so by what it is called
    )
    encoding: str = Field(description="What the file was read as.")
    warning: str | None = Field(description="That this is a guess, and somebody should look at the letters.")


class SubtitleOut(BaseModel):
    """A subtitle track, without its text."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    episode_id: str
    release_id: str
    language: str
    label: str
    forced: bool
    sdh: bool
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, subtitle: Subtitle | SubtitleTrack) -> "SubtitleOut":
        return cls.model_validate(subtitle)


class SubtitleList(BaseModel):
    """The subtitles added to an episode."""

    items: list[SubtitleOut]


class SubtitleTextOut(SubtitleOut):
    """Added subtitles with their text."""

    text: str = Field(description="WebVTT.")
