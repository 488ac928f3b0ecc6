"""Which sound and which subtitles: the whole rule as tables."""

from dataclasses import dataclass

import pytest

from streaming.player_settings.model import AudioChoice, SeriesChoice, SubtitleChoice, SubtitleKind, TrackWish
from streaming.player_settings.track_choice import (
    Chosen,
    Offer,
    OfferedAudio,
    OfferedSubtitles,
    choose,
    language_of_titles,
)

FULL, FORCED, SDH = SubtitleKind.FULL, SubtitleKind.FORCED, SubtitleKind.SDH

JA, EN = OfferedAudio("ja", "Japanese"), OfferedAudio("en", "English")
RU, RU_2 = OfferedAudio("ru", "First studio"), OfferedAudio("ru", "Second studio")
RU_TEXT, RU_SIGNS = OfferedSubtitles("ru", "Russian"), OfferedSubtitles("ru", "Signs", FORCED)
RU_SDH, EN_TEXT = OfferedSubtitles("ru", "Russian SDH", SDH), OfferedSubtitles("en", "English")

SHOW = Offer((RU, RU_2, JA), (RU_SIGNS, RU_TEXT, RU_SDH, EN_TEXT), "ja")
"""As a site of voice-overs has it: the dub first."""


@dataclass(frozen=True)
class Case:
    wishes: tuple[TrackWish, ...]
    chosen: tuple[int | None, int | None]
    offer: Offer = SHOW
    series: SeriesChoice | None = None
    heard: AudioChoice | None = None


TABLE = {
    "no settings: the player's own default, no subtitles": Case((), (None, None)),
    "a language": Case((TrackWish("ja"),), (2, None)),
    "the first of two voice-overs": Case((TrackWish("ru"),), (0, None)),
    "the one heard last of two": Case((TrackWish("ru"),), (1, None), heard=AudioChoice("ru", "Second studio")),
    "settings go before what was heard": Case((TrackWish("ja"),), (2, None), heard=AudioChoice("ru", "First studio")),
    "what was heard, where no row fits": Case((TrackWish("fr"),), (1, None), heard=AudioChoice("ru", "Second studio")),
    "what was heard in a label that is gone": Case((), (0, None), heard=AudioChoice("ru", "Third studio")),
    "heard in a language that is gone": Case((), (None, None), heard=AudioChoice("fr")),
    "with subtitles": Case((TrackWish("ja", "ru"),), (2, 1)),
    "with signs alone": Case((TrackWish("ru", "ru", FORCED),), (0, 0)),
    "with sounds": Case((TrackWish("ja", "ru", SDH),), (2, 2)),
    "the second row, where the first has no sound": Case((TrackWish("fr"), TrackWish("ja", "en")), (2, 3)),
    "the second row, where the first has no subtitles": Case((TrackWish("ja", "fr"), TrackWish("ru")), (0, None)),
    "the sound of the first, where none has its subtitles": Case(
        (TrackWish("ja", "fr"), TrackWish("ru", "de")), (2, None)
    ),
    "signs are missed by nobody": Case(
        (TrackWish("en", "en", FORCED), TrackWish("ja", "en")), (0, None), Offer((EN, JA), (EN_TEXT,))
    ),
    "full instead of SDH": Case((TrackWish("ja", "en", SDH),), (2, 3)),
    "SDH instead of full": Case((TrackWish("ja", "ru"),), (0, 1), Offer((JA,), (RU_SIGNS, RU_SDH))),
    "never signs instead of full": Case((TrackWish("ja", "ru"),), (0, None), Offer((JA,), (RU_SIGNS,))),
    "the original, by the catalogue": Case((TrackWish("original", "ru"),), (2, 1)),
    "the original, by its label": Case(
        (TrackWish("original"),), (1, None), Offer((EN, OfferedAudio("ko", "Original"))), None
    ),
    "the label goes before the catalogue": Case(
        (TrackWish("original"),), (1, None), Offer((JA, OfferedAudio("zh", "Оригинал")), (), "ja")
    ),
    "no original is known": Case(
        (TrackWish("original", "ru"), TrackWish("ru")), (0, None), Offer((RU, EN), (RU_TEXT,))
    ),
    "no original is offered": Case((TrackWish("original", "ru"),), (None, None), Offer((RU,), (RU_TEXT,), "ja")),
    "subtitles in the original's language": Case(
        (TrackWish("any", "original"),), (None, 1), Offer((RU,), (EN_TEXT, OfferedSubtitles("ja")), "ja")
    ),
    "any sound": Case((TrackWish("any", "en"),), (None, 3)),
    "any sound is the one heard last": Case(
        (TrackWish("any", "en"),), (1, 3), heard=AudioChoice("ru", "Second studio")
    ),
    "any sound, of a video that names none": Case((TrackWish("any", "ru"),), (None, 0), Offer((), (RU_TEXT,))),
    "a wider tag finds a narrower one": Case((TrackWish("pt"),), (1, None), Offer((JA, OfferedAudio("pt-BR")))),
    "a narrower tag finds a wider one": Case((TrackWish("pt-BR"),), (1, None), Offer((JA, OfferedAudio("pt")))),
    "the same tag first": Case((TrackWish("pt"),), (1, None), Offer((OfferedAudio("pt-BR"), OfferedAudio("pt")))),
    "another region is another language": Case((TrackWish("pt-BR"),), (None, None), Offer((OfferedAudio("pt-PT"), JA))),
    "case does not count": Case((TrackWish("PT-br"),), (0, None), Offer((OfferedAudio("pt-BR"),))),
    "not the beginning of another tag": Case((TrackWish("en"),), (None, None), Offer((OfferedAudio("enm"),))),
    "nobody knows what it is": Case((TrackWish("und"),), (None, None), Offer((OfferedAudio("und"),))),
    "no audio description that nobody asked for": Case(
        (TrackWish("en"),), (1, None), Offer((OfferedAudio("en", "Described", describes_video=True), EN))
    ),
    "an audio description better than nothing": Case(
        (TrackWish("en"),), (0, None), Offer((OfferedAudio("en", "Described", describes_video=True), JA))
    ),
    "an audio description that was heard": Case(
        (TrackWish("en"),),
        (0, None),
        Offer((OfferedAudio("en", "Described", describes_video=True), EN)),
        heard=AudioChoice("en", "Described"),
    ),
    "the series goes before the table": Case(
        (TrackWish("ja", "ru"),), (1, None), series=SeriesChoice(AudioChoice("ru", "Second studio"))
    ),
    "the series' sound, the table's subtitles for it": Case(
        (TrackWish("ja", "ru"), TrackWish("ru", "ru", FORCED)),
        (1, 0),
        series=SeriesChoice(AudioChoice("ru", "Second studio")),
    ),
    "the series' subtitles, the table's sound": Case(
        (TrackWish("ja", "ru"),), (2, 3), series=SeriesChoice(None, SubtitleChoice("en"))
    ),
    "the series without subtitles": Case(
        (TrackWish("ja", "ru"),), (2, None), series=SeriesChoice(None, SubtitleChoice("off"))
    ),
    "the series' signs": Case((), (None, 0), series=SeriesChoice(None, SubtitleChoice("ru", "Signs", FORCED))),
    "the series' subtitles under another name": Case(
        (), (None, 1), series=SeriesChoice(None, SubtitleChoice("ru", "By somebody else"))
    ),
    "the series' sound is gone": Case((TrackWish("ja"),), (2, None), series=SeriesChoice(AudioChoice("fr"))),
    "the series' subtitles are gone": Case(
        (TrackWish("ja", "ru"),), (2, 1), series=SeriesChoice(None, SubtitleChoice("fr"))
    ),
    "nothing to choose from": Case((TrackWish("ru", "ru"),), (None, None), Offer()),
}


@pytest.mark.parametrize("case", TABLE.values(), ids=TABLE.keys())
def test_the_tracks_chosen(case: Case) -> None:
    assert choose(case.offer, case.wishes, remembered=case.series, heard=case.heard) == Chosen(*case.chosen)


@pytest.mark.parametrize(
    ("titles", "language"),
    [
        (["Провожающая в последний путь Фрирен", "葬送のフリーレン"], "ja"),
        (["Навсикая", "風の谷のナウシカ"], "ja"),
        (["Поднятие уровня в одиночку", "나 혼자만 레벨업"], "ko"),
        (["Магистр дьявольского культа", "魔道祖师"], None),
        (["Nausicaä"], None),
        ([], None),
    ],
    ids=["kana among Chinese characters", "kana", "hangul", "Chinese characters alone", "Latin letters", "nothing"],
)
def test_what_titles_show_of_the_original_language(titles: list[str], language: str | None) -> None:
    assert language_of_titles(titles) == language
