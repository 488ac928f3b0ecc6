"""One spelling for what is one name: see catalog/search/folding.py and romanisation.py."""

import pytest

from catalog.search.folding import FOLDED_MAX, fold
from catalog.search.keyboard import other_layout
from catalog.search.romanisation import romanised


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ёжик", "ежик"),
        ("ＦＬＣＬ", "flcl"),
        ("Œuvre", "oeuvre"),
        ("Déjà Vu", "deja vu"),
        ("HUNTER×HUNTER", "hunter x hunter".replace(" ", "")),
        ("Steins;Gate", "steins gate"),
        ("Gintama'", "gintama"),
        ("カードキャプター", "かーどきゃぷたー"),
        ("ﾅﾙﾄ", "ナルト"),
        ("佐々木", "佐佐木"),
        ("Title II", "Title 2"),
        ("Title II", "Title 2nd Season"),
        ("Title Season 2", "title second season"),
        ("Title S2", "Title Part 2"),
        ("進撃の巨人 第二期", "進撃の巨人 2"),
        ("进击的巨人 第三季", "进击的巨人 第3期"),
        ("Наруто 2 сезон", "наруто 2"),
        ("Title Season 1", "Title"),
    ],
)
def test_one_name_has_one_spelling(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("かき", "がき"), ("はは", "ぱぱ"), ("Title 2", "Title 3"), ("Hunter x", "Hunter 10")]
)
def test_another_name_has_another(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize("name", ["一期一会", "三部作", "V", "Part", "1", "X", "ii"])
def test_a_name_that_looks_like_a_number_stays_a_name(name: str) -> None:
    assert fold(name)


@pytest.mark.parametrize(
    "text", ["", " ", "!!!", "\x00", "\ud800", "́" * 50, "ﷺ" * 5_000, "a" * 10_000_000, "ß" * 10_000]
)
def test_hostile_text_is_folded_short(text: str) -> None:
    assert len(fold(text)) <= FOLDED_MAX
    assert len(romanised(fold(text))) <= 10 * FOLDED_MAX


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tōkyō", "toukyou"),
        ("とうきょう", "Tokyo"),
        ("ナルト", "наруто"),
        ("しんじ", "синдзи"),
        ("シャツ", "shatsu"),
        ("ちゃ", "tya"),
        ("ファイト", "faito"),
        ("ほんや wo", "honya o"),
        ("しんぶん", "shimbun"),
        ("がっこう", "gakkou"),
        ("дзюцу", "jutsu"),
    ],
)
def test_romanisations_of_one_sound_are_one(one: str, other: str) -> None:
    assert romanised(fold(one)) == romanised(fold(other))


def test_every_script_has_latin_letters() -> None:
    assert romanised(fold("Ελλάδα 대한민국 ไทย العربية עברית")).isascii()


@pytest.mark.parametrize(
    ("typed", "meant"), [("yfhenj", "наруто"), ("ЛЩТ", "kon"), ("<tksq", "белый"), ("тфкгещ", "naruto")]
)
def test_the_other_keyboard_layout(typed: str, meant: str) -> None:
    assert other_layout(typed) == meant


@pytest.mark.parametrize("typed", ["", "123", "ナルト", "naruto наруто"])
def test_no_other_layout(typed: str) -> None:
    assert other_layout(typed) is None
