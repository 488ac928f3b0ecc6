"""Titles to search in, and queries with the title they mean, by rule.

``python -m tests.support.catalog.title_queries data.json`` (bangumi-data's, plain or gzipped) makes the files of tests/fixtures/titles.
"""

import gzip
import json
import random
import re
import sys
from pathlib import Path
from typing import Any

from catalog.search.adapters.readings import dictionary_readings
from catalog.search.keyboard import other_layout
from catalog.search.model import Name, NamedRelease, Readings

FOLDER = Path(__file__).parents[2] / "fixtures" / "titles"
TITLES, OF_EACH = 640, 24
SIDE_WORKS = {"tv": 0, "web": 0, "movie": 1, "ova": 2}
NEIGHBOURS = {
    "a": "qsz", "b": "vgn", "c": "xdv", "d": "sfe", "e": "wrd", "f": "dgr", "g": "fht", "h": "gjy", "i": "uok", "j": "hku",
    "k": "jli", "l": "ko", "m": "nj", "n": "bhm", "o": "ipl", "p": "o", "q": "wa", "r": "etf", "s": "adw", "t": "ryg",
    "u": "yij", "v": "cfb", "w": "qes", "x": "zsc", "y": "tuh", "z": "ax",
}  # fmt: skip
POLIVANOV = [
    ("sha", "ся"), ("shu", "сю"), ("sho", "сё"), ("shi", "си"), ("cha", "тя"), ("chu", "тю"), ("cho", "тё"), ("chi", "ти"), ("tsu", "цу"),
    ("ja", "дзя"), ("ju", "дзю"), ("jo", "дзё"), ("ji", "дзи"), ("ya", "я"), ("yu", "ю"), ("yo", "ё"), ("fu", "фу"), ("wa", "ва"),
    ("z", "дз"), ("a", "а"), ("b", "б"), ("d", "д"), ("e", "э"), ("g", "г"), ("h", "х"), ("i", "и"), ("k", "к"), ("m", "м"), ("n", "н"),
    ("o", "о"), ("p", "п"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у"),
]  # fmt: skip


def typo(text: str, dice: random.Random) -> str:
    """``text`` with a neighbouring key hit instead, twice or not at all, or two letters swapped."""
    place = dice.choice([at for at, letter in enumerate(text) if letter.lower() in NEIGHBOURS])
    wrong = dice.choice(NEIGHBOURS[text[place].lower()])
    before, letter, after = text[:place], text[place], text[place + 1 :]
    return dice.choice(
        [
            before + wrong + after,
            before + after,
            before + wrong + letter + after,
            before + after[:1] + letter + after[1:],
        ]
    )


def cyrillic(latin: str) -> str:
    text = latin.lower()
    for sound, letters in POLIVANOV:
        text = text.replace(sound, letters)
    return text


def queries_of(titles: list[dict[str, Any]], dice: random.Random) -> list[dict[str, str]]:
    """``OF_EACH`` queries by every rule."""
    latin = [
        title for title in titles if title["readings"] and re.fullmatch(r"[A-Za-z' !?.-]{9,40}", title["readings"][0])
    ]
    rules: dict[str, tuple[list[dict[str, Any]], Any]] = {
        "main name": (titles, lambda t: t["names"][0][1]),
        "Chinese name": ([t for t in titles if any(tag.startswith("zh") for tag, _ in t["names"])],
                         lambda t: next(name for tag, name in t["names"] if tag.startswith("zh"))),
        "English name": ([t for t in titles if any(tag == "en" for tag, _ in t["names"])], lambda t: next(name for tag, name in t["names"] if tag == "en")),
        "reading": (latin, lambda t: t["readings"][0]),
        "reading, long vowels short": (latin, lambda t: re.sub("ou|oo", "o", t["readings"][0]).replace("uu", "u")),
        "reading, written together": (latin, lambda t: t["readings"][0].replace(" ", "").lower()),
        "reading, words in another order": (latin, lambda t: " ".join(sorted(t["readings"][0].split(), reverse=True))),
        "reading, beginning": (latin, lambda t: t["readings"][0][: int(len(t["readings"][0]) * 0.7)]),
        "reading, one typo": (latin, lambda t: typo(t["readings"][0], dice)),
        "reading, two typos": (latin, lambda t: typo(typo(t["readings"][0], dice), dice)),
        "reading, wrong keyboard layout": (latin, lambda t: other_layout(t["readings"][0].lower())),
        "reading in Cyrillic": (latin, lambda t: cyrillic(t["readings"][0])),
    }  # fmt: skip
    made: list[dict[str, str]] = []
    for rule, (eligible, make) in rules.items():
        made += [{"rule": rule, "query": make(title), "means": title["id"]} for title in dice.sample(eligible, OF_EACH)]
    return made


def read_titles(path: Path, readings: Readings) -> list[dict[str, Any]]:
    """The works of a bangumi-data file that have an identifier."""
    raw = path.read_bytes()
    titles = []
    for item in json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)["items"]:
        ids = {site["site"]: site.get("id") for site in item["sites"]}
        if not ids.get("bangumi"):
            continue
        names = [[item["lang"], item["title"]]]
        names += [[tag, name] for tag, group in item["titleTranslate"].items() for name in group]
        titles.append(
            {
                "id": ids["bangumi"],
                "mal": ids.get("mal"),
                "type": item["type"],
                "year": int(item["begin"][:4] or 0),
                "names": names,
                "readings": list(readings(item["title"])) if item["lang"] == "ja" else [],
            }
        )
    return titles


def named(title: dict[str, Any]) -> NamedRelease:
    """A title as the search takes it."""
    names = tuple(Name(name, language) for language, name in title["names"])
    side_work = SIDE_WORKS.get(title["type"], 2)
    return NamedRelease(title["id"], names, published=True, year=title["year"], side_work=side_work)


def readings_of(titles: list[dict[str, Any]]) -> Readings:
    """The readings that came with the titles, for a machine without the dictionary."""
    known = {title["names"][0][1]: tuple(title["readings"]) for title in titles}

    def read(text: str) -> tuple[str, ...]:
        return known.get(text, ())

    return read


def main() -> None:
    dice = random.Random(20)
    works = read_titles(Path(sys.argv[1]), dictionary_readings())
    titles = sorted(dice.sample(works, TITLES), key=lambda title: int(title["year"]))
    for title in titles:
        del title["mal"]
    for name, rows in (("titles", titles), ("queries", queries_of(titles, dice))):
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (FOLDER / f"{name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
