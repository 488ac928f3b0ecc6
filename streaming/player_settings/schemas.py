"""Player settings as JSON."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from streaming.player_settings.model import (
    ANY,
    MAX_HEIGHT_PX,
    MAX_LABEL_CHARS,
    MAX_LANGUAGE_CHARS,
    MAX_RATE,
    MAX_WISHES,
    MIN_RATE,
    OFF,
    ORIGINAL,
    AudioChoice,
    CaptionEdge,
    CaptionStyle,
    Changes,
    DeviceSettings,
    OwnSettings,
    PlayerSettings,
    SeriesChoice,
    SubtitleChoice,
    SubtitleKind,
    TrackWish,
)

TAG = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
"""RFC 5646 §2.1, as far as tags in use go."""
_Tag = Annotated[str, Field(pattern=TAG, max_length=MAX_LANGUAGE_CHARS)]


def _of_sound(value: str) -> str:
    if value == OFF:
        raise ValueError("sound cannot be off: a language, `original` or `any`")
    return value


def _of_text(value: str) -> str:
    if value == ANY:
        raise ValueError("`any` is for sound: a language, `original` or `off`")
    return value


def _a_language(value: str) -> str:
    if value in (ANY, ORIGINAL):
        raise ValueError("the language of the track that was chosen")
    return value


Color = Annotated[str, Field(pattern="^#[0-9a-f]{6}$")]
Label = Annotated[str, Field(max_length=MAX_LABEL_CHARS)]


class TrackWishIO(BaseModel):
    """This sound with these subtitles."""

    model_config = ConfigDict(extra="forbid")

    audio: Annotated[_Tag, AfterValidator(_of_sound)] = Field(
        description="BCP 47; `original`: what it was made in; `any`: whatever it would be anyway."
    )
    subtitles: Annotated[_Tag, AfterValidator(_of_text)] = Field(OFF, description="BCP 47, `original` or `off`.")
    kind: SubtitleKind = Field(
        SubtitleKind.FULL,
        description="`forced`: signs and songs alone; `sdh`: with the sounds, for the hard of hearing.",
    )

    def value(self) -> TrackWish:
        return TrackWish(self.audio, self.subtitles, self.kind)

    @classmethod
    def of(cls, wish: TrackWish) -> Self:
        return cls(audio=wish.audio, subtitles=wish.subtitles, kind=wish.kind)


class CaptionsIO(BaseModel):
    """How subtitles look."""

    model_config = ConfigDict(extra="forbid")

    size_percent: int = Field(ge=50, le=300)
    color: Color = Field(description="`#rrggbb`, in lower case.")
    background: Color
    background_percent: int = Field(ge=0, le=100, description="How much it covers.")
    edge: CaptionEdge

    def value(self) -> CaptionStyle:
        return CaptionStyle(self.size_percent, self.color, self.background, self.background_percent, self.edge)

    @classmethod
    def of(cls, style: CaptionStyle) -> Self:
        return cls(
            size_percent=style.size_percent,
            color=style.color,
            background=style.background,
            background_percent=style.background_percent,
            edge=style.edge,
        )


Wishes = Annotated[list[TrackWishIO], Field(max_length=MAX_WISHES, description="The best first.")]
Height = Annotated[int, Field(ge=0, le=MAX_HEIGHT_PX, description="The height to stay at; 0: what the link carries.")]
Rate = Annotated[float, Field(ge=MIN_RATE, le=MAX_RATE)]


class PlayerSettingsPatch(BaseModel):
    """What is to change; `null`: back to what holds otherwise."""

    model_config = ConfigDict(extra="forbid")

    tracks: Wishes | None = None
    quality_px: Height | None = None
    rate: Rate | None = None
    autoplay_next: bool | None = None
    skip_openings: bool | None = None
    captions: CaptionsIO | None = None

    def changes(self) -> Changes:
        """What the client named, as values."""
        named: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        if self.tracks is not None:
            named["tracks"] = tuple(wish.value() for wish in self.tracks)
        if self.captions is not None:
            named["captions"] = self.captions.value()
        return named


class PlayerSettingsOut(BaseModel):
    """How somebody watches."""

    tracks: list[TrackWishIO]
    quality_px: int
    rate: float
    autoplay_next: bool
    skip_openings: bool
    captions: CaptionsIO

    @classmethod
    def of(cls, settings: PlayerSettings) -> Self:
        return cls(**_fields(settings))


def _fields(settings: PlayerSettings) -> dict[str, Any]:
    return {
        "tracks": [TrackWishIO.of(wish) for wish in settings.tracks],
        "quality_px": settings.quality_px,
        "rate": settings.rate,
        "autoplay_next": settings.autoplay_next,
        "skip_openings": settings.skip_openings,
        "captions": CaptionsIO.of(settings.captions),
    }


class OwnPlayerSettingsOut(PlayerSettingsOut):
    """Settings of an account."""

    remembered_series: int = Field(description="In how many series sound or subtitles were chosen.")

    @classmethod
    def of_account(cls, own: OwnSettings, remembered: int) -> "OwnPlayerSettingsOut":
        """``own`` with ``remembered``: the number of series whose sound or subtitles were chosen."""
        return cls(**_fields(own.settings), remembered_series=remembered)


class DevicePlayerSettingsOut(BaseModel):
    """Settings of the device that asks: the sign-in of its token."""

    overrides: PlayerSettingsPatch = Field(description="What it has otherwise; `null`: as everywhere.")
    effective: PlayerSettingsOut = Field(description="What holds on it.")

    @classmethod
    def of(cls, device: DeviceSettings, own: OwnSettings) -> Self:
        """What ``device`` has otherwise, and what holds on it with ``own``, the settings of its account."""
        return cls(
            overrides=overrides_out(device.changes),
            effective=PlayerSettingsOut.of(own.settings.with_changes(device.changes)),
        )


def overrides_out(changes: Changes) -> PlayerSettingsPatch:
    """Those of a device as JSON."""
    plain = {name: value for name, value in changes.items() if name not in ("tracks", "captions")}
    tracks, captions = changes.get("tracks"), changes.get("captions")
    return PlayerSettingsPatch(
        **plain,
        tracks=None if tracks is None else [TrackWishIO.of(wish) for wish in tracks],
        captions=None if captions is None else CaptionsIO.of(captions),
    )


class AudioChoiceIO(BaseModel):
    """A voice-over: its language (BCP 47), and its label where there are several in one language."""

    model_config = ConfigDict(extra="forbid")

    language: Annotated[_Tag, AfterValidator(_of_sound), AfterValidator(_a_language)]
    label: Label = ""


class SubtitleChoiceIO(BaseModel):
    """Subtitles that were chosen."""

    model_config = ConfigDict(extra="forbid")

    language: Annotated[_Tag, AfterValidator(_a_language)] = Field(description="BCP 47, or `off`.")
    label: Label = ""
    kind: SubtitleKind = SubtitleKind.FULL


class SeriesChoicePatch(BaseModel):
    """What was chosen while a series was watched; `null` forgets it."""

    model_config = ConfigDict(extra="forbid")

    audio: AudioChoiceIO | None = None
    subtitles: SubtitleChoiceIO | None = None

    def choice(self) -> SeriesChoice:
        return SeriesChoice(
            None if self.audio is None else AudioChoice(self.audio.language, self.audio.label),
            None
            if self.subtitles is None
            else SubtitleChoice(self.subtitles.language, self.subtitles.label, self.subtitles.kind),
        )

    def changes(self) -> dict[str, Any]:
        """What the client named, as values."""
        choice = self.choice()
        return {name: getattr(choice, name) for name in self.model_fields_set}


class SeriesChoiceOut(BaseModel):
    """What is remembered of a series; `null`: nothing."""

    audio: AudioChoiceIO | None
    subtitles: SubtitleChoiceIO | None

    @classmethod
    def of(cls, choice: SeriesChoice) -> Self:
        audio, subtitles = choice.audio, choice.subtitles
        return cls(
            audio=None if audio is None else AudioChoiceIO(language=audio.language, label=audio.label),
            subtitles=None
            if subtitles is None
            else SubtitleChoiceIO(language=subtitles.language, label=subtitles.label, kind=subtitles.kind),
        )
