"""What the name of a subtitle file says: whose it is, in which language, and for whom."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from streaming.ingest import languages

SUFFIXES: Final = (".vtt", ".srt", ".ass", ".ssa")

_FORCED: Final = frozenset({"forced", "foreign"})
_SDH: Final = frozenset({"sdh", "cc"})
_HINDI_OR_HEARING_IMPAIRED: Final = "hi"
_NEITHER: Final = frozenset({"default", "full", "sub", "subs", "subtitle", "subtitles", "track"})
"""What people write besides; ``sub`` is no language, though it has three letters."""

_CUSTOMARY: Final = {
    "chs": "zh-Hans",
    "cht": "zh-Hant",
    "sc": "zh-Hans",
    "tc": "zh-Hant",
    "jp": "ja",
    "cz": "cs",
    "ua": "uk",
    "gr": "el",
    "dk": "da",
    "english": "en",
    "russian": "ru",
    "ukrainian": "uk",
    "japanese": "ja",
    "chinese": "zh",
    "korean": "ko",
    "spanish": "es",
    "french": "fr",
    "german": "de",
    "italian": "it",
    "portuguese": "pt",
    "brazilian": "pt-BR",
    "polish": "pl",
    "czech": "cs",
    "hungarian": "hu",
    "romanian": "ro",
    "turkish": "tr",
    "greek": "el",
    "hebrew": "he",
    "arabic": "ar",
    "persian": "fa",
    "hindi": "hi",
    "thai": "th",
    "vietnamese": "vi",
    "indonesian": "id",
    "dutch": "nl",
    "swedish": "sv",
    "danish": "da",
    "norwegian": "no",
    "finnish": "fi",
}
"""What stands in file names for languages, besides their codes."""

_WITHOUT_A_SHORT_CODE: Final = frozenset({"ast", "ceb", "cmn", "fil", "gsw", "haw", "nds", "wuu", "yue"})
"""Languages of three letters that subtitles are made in; any other word of three letters is a word."""

_OTHER_PART: Final = re.compile(r"(?:cd|disc|part|pt|vol|ep?|s\d{1,3}e)\d{1,4}|(?:19|20)\d\d", re.ASCII)
"""``Film.cd2``, ``Film.2010``: another film, when it stands behind the name of this one."""


@dataclass(frozen=True, slots=True)
class SideFile:
    """What the name of a subtitle file says about it: ``Film.ru.forced.srt``."""

    language: str
    title: str
    forced: bool
    sdh: bool = False
    """With the sounds, for the deaf and hard of hearing."""


def side_file(name: str, stem: str = "") -> SideFile:
    """Read language and kind from the parts of ``name`` after the film's own ``stem``, in whatever order they stand."""
    whole = PurePath(name).stem
    rest = _rest(whole, stem)
    known = rest is not None
    words = [word.lower() for word in (whole if rest is None else rest).split(".") if word]
    language, forced, sdh, perhaps_hindi = languages.UNDETERMINED, False, False, False
    for word in reversed(words):
        tag = _language(word)
        if word in _FORCED:
            forced = True
        elif word in _SDH:
            sdh = True
        elif word == _HINDI_OR_HEARING_IMPAIRED:
            perhaps_hindi = True
        elif tag is not None and language == languages.UNDETERMINED:
            language = tag
        elif not known and word not in _NEITHER:
            break  # from here on it is the title of a film we do not know
    if perhaps_hindi and language == languages.UNDETERMINED:
        language = _HINDI_OR_HEARING_IMPAIRED
    elif perhaps_hindi:
        sdh = True
    return SideFile(language, f"{languages.label(language)} SDH" if sdh else "", forced, sdh)


def belongs_to(candidate: str, film: str, films: Iterable[str] = ()) -> bool:
    """Whether the file ``candidate`` is a side file of ``film``, and of no other of the ``films`` in the same folder."""
    path, stem = PurePath(candidate), PurePath(film).stem
    rest = _rest(path.stem, stem)
    if path.suffix.lower() not in SUFFIXES or rest is None:
        return False
    others = (PurePath(other).stem for other in films)
    if any(len(other) > len(stem) and _rest(path.stem, other) is not None for other in others):
        return False
    first = rest.split(".")[1].lower() if rest else ""
    is_fraction = stem[-1:].isdigit() and first.isdigit()  # episode 12.5 is not episode 12
    return not is_fraction and _OTHER_PART.fullmatch(first) is None


def _rest(name: str, stem: str) -> str | None:
    """What follows ``stem`` in ``name``, from the dot on; ``None`` where the name does not begin with it."""
    name, stem = unicodedata.normalize("NFC", name), unicodedata.normalize("NFC", stem)
    rest = name[len(stem) :]
    return rest if stem and name.startswith(stem) and rest[:1] in {"", "."} else None


def _language(word: str) -> str | None:
    if word in _CUSTOMARY:
        return _CUSTOMARY[word]
    if word in _NEITHER:
        return None
    tag = languages.parse(word)
    main = "" if tag is None else tag.partition("-")[0]
    return tag if len(main) == 2 or main in _WITHOUT_A_SHORT_CODE else None
