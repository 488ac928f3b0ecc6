"""Bytes to text: Unicode where it is Unicode, and otherwise the encoding in which the text is likeliest.

Files from before everybody agreed on UTF-8 do not say what they are written in.  A wrong guess destroys every letter, so a
guess is told, and where two readings are nearly as likely the file is refused.
"""

from dataclasses import dataclass
from typing import Final

from streaming.ingest import languages
from streaming.ingest.subtitles import letters
from streaming.ingest.subtitles.cue import Unreadable

_SAMPLE_BYTES: Final = 4 * 1024
"""Of lines with anything beyond ASCII in them; some hundred letters settle it."""

_CLEAR_BITS: Final = 8.0
"""By which the likeliest reading must lead: 256 to 1."""
_MOST_BITS: Final = 9.0
"""For each letter; a language's own come to five, with names in it six, and with Chinese characters ten."""
_MOST_BITS_OF_CHINESE: Final = 13.5
_SHORT_BITS: Final = 40.0
"""More than that for a text of a word or two, which may have just the rarest letters."""
_HINT_BITS: Final = 30.0
"""What the language in a file's name is worth.  People put wrong ones there, but seldom."""

_HAN: Final = ("ja", "zh-Hans", "zh-Hant", "ko")

_WESTERN = "de fr es pt it sv da nb fi is ca nl en"
_CENTRAL = "pl cs sk hu ro hr sl"


@dataclass(frozen=True, slots=True)
class _Encoding:
    codec: str
    name: str
    """As browsers and editors call it (WHATWG Encoding)."""
    languages: tuple[str, ...]
    handicap_bits: float = 0.0
    """How much rarer than the others such files are."""


_ENCODINGS: Final = tuple(
    _Encoding(codec, name, tuple(spoken.split()), handicap)
    for codec, name, spoken, handicap in (
        ("cp1252", "windows-1252", _WESTERN, 0.0),
        ("cp1250", "windows-1250", _CENTRAL, 0.0),
        ("cp1251", "windows-1251", "ru uk bg sr mk", 0.0),
        ("cp1253", "windows-1253", "el", 0.0),
        ("cp1254", "windows-1254", "tr", 0.0),
        ("cp1255", "windows-1255", "he", 0.0),
        ("cp1256", "windows-1256", "ar fa", 0.0),
        ("cp1257", "windows-1257", "lt lv et", 3.0),
        ("cp874", "windows-874", "th", 0.0),
        ("cp932", "Shift_JIS", "ja", 0.0),
        ("gb18030", "GB18030", "zh-Hans", 0.0),
        ("cp949", "EUC-KR", "ko", 0.0),
        ("big5hkscs", "Big5", "zh-Hant", 0.0),
        ("euc_jp", "EUC-JP", "ja", 3.0),
        ("koi8_r", "KOI8-R", "ru bg", 3.0),
        ("koi8_u", "KOI8-U", "uk", 4.0),
        ("iso8859_2", "ISO-8859-2", _CENTRAL, 3.0),
        ("iso8859_7", "ISO-8859-7", "el", 3.0),
        ("iso8859_5", "ISO-8859-5", "ru uk bg sr mk", 6.0),
        ("iso8859_8", "ISO-8859-8", "he", 3.0),
        ("iso8859_6", "ISO-8859-6", "ar", 3.0),
        ("iso8859_15", "ISO-8859-15", "fr fi", 6.0),
        ("cp866", "IBM866", "ru uk bg", 3.0),
        ("cp852", "IBM852", _CENTRAL, 6.0),
        ("cp850", "IBM850", _WESTERN, 8.0),
        ("mac_roman", "macintosh", _WESTERN, 8.0),
        ("mac_cyrillic", "x-mac-cyrillic", "ru uk", 8.0),
        ("gb18030", "GB18030", "zh-Hant", 6.0),
    )
)

_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_UNMARKED: Final = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_SIGNS: Final = ("-->", "[Script Info]", "Dialogue:", "WEBVTT")
"""What stands in every subtitle file, in characters of ASCII."""
_ESCAPES: Final = ((b"\x1b$)C", "iso2022_kr", "ISO-2022-KR"), (b"\x1b$", "iso2022_jp_ext", "ISO-2022-JP"))

_RELATED: Final = {"no": "nb", "nn": "nb", "zh": "zh-Hans", "be": "ru", "kk": "ru", "bs": "hr", "gl": "pt", "eu": "es"}
"""Languages without a table of their own: the one whose letters come nearest."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding it was read in, and a warning where that was a guess."""

    text: str
    encoding: str
    """As browsers call it."""
    warning: str | None = None
    """That it was guessed, for people."""


@dataclass(frozen=True, slots=True)
class _Reading:
    encoding: _Encoding
    language: str
    bits_alone: float
    """By the letters alone."""
    bits: float
    """With what is known of such files."""
    is_plausible: bool


def decode(content: bytes, language: str = languages.UNDETERMINED) -> Decoded:
    """The text of a subtitle file; ``language`` (BCP 47) is what its name says.

    Raises :class:`Unreadable` where it is no text, damaged, or as likely one thing as another.
    """
    for escape, codec, name in _ESCAPES:
        if escape in content and content.isascii():
            try:
                return Decoded(content.decode(codec), name)
            except UnicodeDecodeError:
                break
    return _unicode(content) or _legacy(content, language)


def decode_as(content: bytes, name: str) -> Decoded:
    """The text in the encoding that somebody chose by its ``name``.  Raises :class:`Unreadable`."""
    codecs = {each.name.lower(): each.codec for each in _ENCODINGS} | {"utf-8": "utf-8-sig", "utf-16": "utf-16"}
    try:
        return Decoded(content.decode(codecs[name.lower()]), name)
    except KeyError:
        raise Unreadable(f"{name[:40]} is no encoding we know") from None
    except UnicodeError:
        raise Unreadable(f"it is not written in {name}") from None


def names() -> list[str]:
    """The encodings that :func:`decode_as` knows, the usual ones first."""
    return list(dict.fromkeys(["UTF-8", "UTF-16", *(each.name for each in _ENCODINGS)]))


def _unicode(content: bytes) -> Decoded | None:
    for mark, codec in _MARKS:
        if content.startswith(mark):
            try:
                return Decoded(content[len(mark) :].decode(codec), codec.upper())
            except UnicodeDecodeError as error:
                raise Unreadable(f"it begins as {codec.upper()} and is damaged after byte {error.start}") from None
    if b"\0" in content:
        for codec in _UNMARKED:
            try:
                text = content.decode(codec)
            except UnicodeDecodeError:
                continue
            if any(sign in text for sign in _SIGNS):
                return Decoded(text, codec.upper())
        if content.count(b"\0") * 100 > len(content):
            raise Unreadable("it is not text")
    try:
        return Decoded(content.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError as error:
        _refuse_damaged_utf8(content, error.start)
        return None


def _refuse_damaged_utf8(content: bytes, first_bad: int) -> None:
    """Raise where most of it is UTF-8: no other encoding makes several letters of it by accident."""
    repaired = content.decode("utf-8", "replace")
    bad = repaired.count("\ufffd")
    good = sum(character > "\x7f" for character in repaired) - bad
    if good > 4 * bad:
        line = content.count(b"\n", 0, first_bad) + 1
        raise Unreadable(f"it is written in UTF-8, but line {line} is damaged; correct that line and try again")


def _legacy(content: bytes, language: str) -> Decoded:
    spoken = _spoken(language)
    readings = _readings(content, spoken)
    if not readings:
        raise Unreadable("its characters are of no encoding we know; save it as UTF-8 and try again")
    best = readings[0]
    if not best.is_plausible:
        raise Unreadable("its characters make no sense in any encoding we know; save it as UTF-8 and try again")
    text = content.decode(best.encoding.codec)
    others = [each for each in readings[1:] if content.decode(each.encoding.codec) != text]
    rival = next((each for each in others if each.bits < best.bits + _CLEAR_BITS), None)
    if rival is not None and best.language not in spoken:
        either = f"{best.encoding.name} and {rival.encoding.name}"
        raise Unreadable(f"it can be read as {either} alike; save it as UTF-8 and try again")
    is_likeliest = all(each.bits_alone > best.bits_alone for each in others)
    if best.language in spoken and is_likeliest and rival is None:
        return Decoded(text, best.encoding.name)
    return Decoded(
        text, best.encoding.name, f"it is not UTF-8 and was read as {best.encoding.name}: look at its letters"
    )


def _readings(content: bytes, spoken: tuple[str, ...]) -> list[_Reading]:
    """Every way to read all of it, the likeliest first."""
    lines = _telling_lines(content)
    readings = []
    for encoding in _ENCODINGS:
        try:
            content.decode(encoding.codec)
            words, plain = letters.sample(lines.decode(encoding.codec))
        except UnicodeDecodeError:
            continue
        telling = {word: times for word, times in words.items() if not word.isascii()}
        count = sum(len(word) * times for word, times in telling.items())
        for language in encoding.languages:
            bits = letters.bits(words, plain, language)
            own = letters.bits(telling, 0, language)
            most = count * (_MOST_BITS_OF_CHINESE if language in _HAN else _MOST_BITS) + _SHORT_BITS
            known = encoding.handicap_bits + (_HINT_BITS if spoken and language not in spoken else 0.0)
            readings.append(_Reading(encoding, language, bits, bits + known, own < most))
    return sorted(readings, key=lambda reading: reading.bits)


def _telling_lines(content: bytes) -> bytes:
    """The first lines with anything beyond ASCII in them, whole."""
    lines: list[bytes] = []
    size = 0
    for line in content.replace(b"\r", b"\n").split(b"\n"):
        if not line.isascii():
            lines.append(line)
            size += len(line)
            if size > _SAMPLE_BYTES:
                break
    return b"\n".join(lines)


def _spoken(language: str) -> tuple[str, ...]:
    """The tables that stand for ``language``."""
    main = language.partition("-")[0]
    if main == "zh":
        traditional = any(part in language for part in ("Hant", "TW", "HK", "MO"))
        return ("zh-Hant",) if traditional else ("zh-Hans", "zh-Hant")
    if main in {"sr", "sh"}:
        return ("sr", "hr")
    main = _RELATED.get(main, main)
    return (main,) if main in letters.languages() else ()
