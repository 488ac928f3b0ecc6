"""What the keys of CMCD version 2 hold (CTA-5004-B, "Reserved keys"), and what is wrong with a report in event mode.

A report with something wrong is not thrown away: what can be read of it counts.  The words are for whoever writes a player.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from http_sf import StructuredFieldError, Token, parse

Value = bool | int | float | str | Token | list[Any]
"""Of a key, without the parameters of a single item; of an inner list its items without theirs."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAX_CUSTOM_CHARACTERS: Final = 64
_CUSTOM_KEY: Final = re.compile(r"[a-z][a-z0-9.]*-[a-z0-9.-]+")
_MAX_CHARACTERS: Final = {"sid": 64, "cid": 128, "cdn": 128, "h": 128, "cen": 64}
_TOKENS: Final = {
    "e": _words("bc ps pr e t c b m um pe pc rr as ae abs abe sk ce"),
    "ot": _words("m a v av i c tt k o"),
    "sf": _words("d h s o"),
    "st": _words("v l ll"),
    "sta": _words("s p k r a w e f q d"),
}
_ONLY_OF_RESPONSES: Final = _words("cmsdd cmsds rc smrt ttfb ttfbb ttlb url")
_NEEDED_BY_EVENT: Final = {
    "ps": "sta", "pr": "pr", "c": "cid", "b": "bg", "bc": "br", "e": "ec", "rr": "url", "ce": "cen",
}  # fmt: skip
_OBJECTS_OF_KEY: Final = {"d": _words("a v av tt c o"), "tpb": _words("a v av c")}
_AGGREGATES: Final = {"ab": "br", "lab": "lb", "tab": "tb"}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: object) -> bool:
    # 5.0 is one to a program that knows numbers of one kind only, as most players do.
    return _is_number(value) and float(value) == int(value)  # type: ignore[arg-type, call-overload]  # _is_number


def _is_text(value: object) -> bool:
    return isinstance(value, str | Token)


@dataclass(frozen=True, slots=True)
class _Kind:
    words: str
    fits: Callable[[Value], bool]


_NUMBERS: Final = _Kind(
    "an inner list of numbers", lambda value: isinstance(value, list) and all(map(_is_number, value))
)
_TEXTS: Final = _Kind("an inner list of strings", lambda value: isinstance(value, list) and all(map(_is_text, value)))
_INTEGER: Final = _Kind("an integer", _is_integer)
_NUMBER: Final = _Kind("a number", _is_number)
_BOOLEAN: Final = _Kind("a boolean", lambda value: isinstance(value, bool))
_TEXT: Final = _Kind("a string", _is_text)
_KINDS: Final[Mapping[str, _Kind]] = {
    key: kind
    for kind, keys in (
        (_NUMBERS, "ab bl br bsa bsd bsda lab lb mtp pb tab tb tbl tpb"),
        (_TEXTS, "ec nor"),
        (_INTEGER, "d dfa dl ltc msd pt rc rtp sn ts ttfb ttfbb ttlb v"),
        (_NUMBER, "pr"),
        (_BOOLEAN, "bg bs nr su"),
        (_TEXT, "cdn cen cid cmsdd cmsds cs h nrr sid smrt url e ot sf st sta"),
    )
    for key in keys.split()
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that CTA-5004-B has otherwise."""

    key: str
    """Empty: the report as a whole."""
    problem: str


def decode(line: str) -> tuple[dict[str, Value], Fault | None]:
    """The dictionary (RFC 9651 §3.2) in a line; empty, with what is wrong, where there is none."""
    try:
        # Letters beyond ASCII are in no string of RFC 9651, but players send them, and validators let them.
        found: Any = parse(line.encode("ascii", "replace"), tltype="dictionary")
    except StructuredFieldError as error:
        return {}, Fault("", f"is no dictionary of RFC 9651: {error}"[:200])
    return {key: _plain(member) for key, member in found.items()}, None


def _plain(member: Any) -> Any:
    value = member[0]
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


def faults_of(report: Mapping[str, Value]) -> Iterator[Fault]:
    """What is wrong with a report of event mode."""
    for key, value in report.items():
        yield from _faults_of_value(key, value)
    for key in ("e", "ts", "v"):
        if key not in report:
            yield Fault(key, "is missing")
    if report.get("v", 2) != 2:
        yield Fault("v", "is 2 in event mode")
    event, kind_of_object = str(report.get("e", "")), str(report.get("ot", ""))
    needed = _NEEDED_BY_EVENT.get(event)
    if needed is not None and needed not in report:
        yield Fault(needed, f"is missing beside e={event}")
    if "cen" in report and event != "ce":
        yield Fault("cen", "belongs to e=ce alone")
    if event != "rr":
        yield from (Fault(key, "belongs to e=rr alone") for key in report if key in _ONLY_OF_RESPONSES)
    for key, objects in _OBJECTS_OF_KEY.items():
        if key in report and kind_of_object and kind_of_object not in objects:
            yield Fault(key, f"does not go with ot={kind_of_object}")
    for aggregate, exact in _AGGREGATES.items():
        if aggregate in report and exact in report:
            yield Fault(aggregate, f"does not go with {exact}")


def _faults_of_value(key: str, value: Value) -> Iterator[Fault]:
    if _CUSTOM_KEY.fullmatch(key):
        if not _is_text(value):
            yield Fault(key, "is to be a string or a token")
        elif len(str(value)) > MAX_CUSTOM_CHARACTERS:
            yield Fault(key, f"has more than {MAX_CUSTOM_CHARACTERS} characters")
        return
    kind = _KINDS.get(key)
    if kind is None:
        yield Fault(key, "is no key of version 2, and has no hyphen as one of your own")
    elif not kind.fits(value):
        yield Fault(key, f"is to be {kind.words}")
    elif key in _TOKENS and str(value) not in _TOKENS[key]:
        yield Fault(key, f"is to be one of {', '.join(sorted(_TOKENS[key]))}")
    elif len(str(value)) > _MAX_CHARACTERS.get(key, 1_000_000):
        yield Fault(key, f"has more than {_MAX_CHARACTERS[key]} characters")


def integer(report: Mapping[str, Value], key: str, maximum: int) -> int | None:
    """From 0 to ``maximum``; what is anything else is left out.  Of an inner list the largest, for sound and picture count apart."""
    value = report.get(key)
    numbers: Sequence[Any] = value if isinstance(value, list) else [value]
    found = [int(number) for number in numbers if _is_number(number)]
    return max(found) if found and min(found) >= 0 and max(found) <= maximum else None


def word(report: Mapping[str, Value], key: str) -> str:
    """A token or a string; empty for anything else.  Of an inner list the first."""
    value: Any = report.get(key)
    if isinstance(value, list):
        value = value[0] if value else None
    return str(value) if _is_text(value) else ""
