"""What of a name is marked: brackets stand around it."""

import random
import unicodedata

import pytest

from catalog.search.folding import fold
from catalog.search.highlights.alignment import matched
from catalog.search.highlights.letters import words_of
from catalog.search.highlights.model import Matched, MatchedBy
from catalog.search.model import Name, no_readings


def bracketed(found: Matched | None) -> str | None:
    if found is None:
        return None
    letters = list(found.name)
    for start, end in reversed(found.ranges):
        letters.insert(end, "]")
        letters.insert(start, "[")
    return "".join(letters)


@pytest.mark.parametrize(
    ("query", "names", "expected"),
    [
        pytest.param("атака ти", ["Attack on Titan", "Атака титанов"], "[Атака ти]танов", id="half typed"),
        pytest.param("зеленый", ["Зелёный мир"], "[Зелёный] мир", id="ё for е"),
        pytest.param("зелёный", ["Зеленый мир"], "[Зеленый] мир", id="е for ё"),
        pytest.param("naruto", ["ＮＡＲＵＴＯ 疾風伝"], "[ＮＡＲＵＴＯ] 疾風伝", id="full width"),
        pytest.param("ｎａｒｕｔｏ", ["Naruto"], "[Naruto]", id="typed in full width"),
        pytest.param("ガンダム", ["機動 ｶﾞﾝﾀﾞﾑ W"], "機動 [ｶﾞﾝﾀﾞﾑ] W", id="half width kana"),
        pytest.param("が", ["か\u3099んだむ"], "[か\u3099]んだむ", id="sound mark apart"),
        pytest.param("がん", ["ガンダム"], "[ガン]ダム", id="hiragana for katakana"),
        pytest.param("時時", ["時々ボソッと"], "[時々]ボソッと", id="repeated ideograph"),
        pytest.param("pokemon", ["Pokémon"], "[Pokémon]", id="accent"),
        pytest.param("cafe", ["Cafe\u0301 Nord"], "[Cafe\u0301] Nord", id="accent apart"),
        pytest.param("oeu", ["Œuvre"], "[Œu]vre", id="ligature"),
        pytest.param("strasse", ["Straße 5"], "[Straße] 5", id="one letter folds to two"),
        pytest.param("hells paradise", ["Hell's Paradise"], "[Hell's Paradise]", id="apostrophe"),
        pytest.param("steins gate", ["Steins;Gate 0"], "[Steins;Gate] 0", id="punctuation"),
        pytest.param("steinsgate", ["Steins;Gate 0"], "[Steins;Gate] 0", id="written together"),
        pytest.param("fulmetal alchemst", ["Fullmetal Alchemist: B"], "[Fullmetal Alchemist]: B", id="typing errors"),
        pytest.param("brotherhod fullmetal", ["Fullmetal A: Brotherhood"], "[Fullmetal] A: [Brotherhood]", id="order"),
        pytest.param("titan 2nd season", ["Titan Season 2"], "[Titan] Season [2]", id="season"),
        pytest.param("naruto 2", ["Naruto II"], "[Naruto II]", id="numeral"),
        pytest.param("shingeki no kyoj", ["しんげきのきょじん"], "[しんげきのきょじ]ん", id="kana in Latin"),
        pytest.param("naruto", ["Наруто: Хроники"], "[Наруто]: Хроники", id="Cyrillic in Latin"),
        pytest.param("tokyo ghoul", ["Toukyou Ghoul √A"], "[Toukyou Ghoul] √A", id="long vowels"),
        pytest.param("進撃", ["Attack on Titan", "進撃の巨人"], "[進撃]の巨人", id="ideographs"),
        pytest.param("yfhenj", ["Наруто"], "[Наруто]", id="other keyboard layout"),
        pytest.param("snk", ["進撃の巨人", "Shingeki no Kyojin"], "[S]hingeki [n]o [K]yojin", id="initials"),
        pytest.param("danmachi", ["Dungeon ni Deai o Machigatteiru"], None, id="no contraction of its words"),
        pytest.param("kyokou", ["Kyokou Suiri", "Other"], "[Kyokou] Suiri", id="first of equals"),
        pytest.param("other", ["Main", "An Other"], "An [Other]", id="an other name"),
        pytest.param("𠮷野", ["𠮷野家 𠮷"], "[𠮷野]家 𠮷", id="beyond the basic plane"),
        pytest.param("zzzz", ["Naruto"], None, id="nothing"),
        pytest.param("", ["Naruto"], None, id="empty"),
        pytest.param("?!", ["Naruto"], None, id="no letters"),
    ],
)
def test_marked(query: str, names: list[str], expected: str | None) -> None:
    assert bracketed(matched(query, [Name(name) for name in names], no_readings)) == expected


def test_a_reading_marks_all_of_the_name() -> None:
    names = [Name("Attack on Titan"), Name("進撃の巨人", "ja")]
    found = matched("shingeki no kyo", names, lambda text: ("Shingeki no Kyojin",) if "撃" in text else ())
    assert found == Matched("進撃の巨人", ((0, 5),), MatchedBy.READING)


def test_a_contraction_marks_its_pieces() -> None:
    found = matched("danmachi", [Name("Dan Jon ni Machi o Motomeru")], no_readings)
    assert (found and found.by, bracketed(found)) == (MatchedBy.INITIALS, "[Dan] Jon ni [Machi] o Motomeru")


_SIGNS = "aбЁё éŒ々ー・:'-ｶﾞガか\u3099時🎌²İßﬁ\u0301Ⅱ 0年"


@pytest.mark.parametrize("seed", range(20))
def test_ranges_lie_in_the_name_in_order(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        name = "".join(chance.choice(_SIGNS) for _ in range(chance.randint(1, 14)))
        start = chance.randrange(len(name))
        query = name[start : start + chance.randint(1, 8)]
        found = matched(query, [Name(name)], no_readings)
        ends = [place for pair in (found.ranges if found else ()) for place in pair]
        assert ends == sorted(set(ends)), (name, query, ends)
        assert all(0 <= place <= len(name) for place in ends), (name, query, ends)


@pytest.mark.parametrize(
    "text", ["Attack on Titan", "Ёлки-палки", "ｶﾞﾝﾀﾞﾑ 2", "が", "か\u3099", "Pokémon", "時々", "Œuvre", "ＡＢＣ"]
)
def test_letters_fold_as_whole_names_do(text: str) -> None:
    for form in (text, unicodedata.normalize("NFD", text)):
        assert " ".join(word.key for word in words_of(form)) == fold(form)
