"""Every pattern of the program, how it is used, and texts that are bad for it: read from the code, so that none is left out."""

import ast
import importlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

# The standard library's own reading of a pattern, which has no types.
_constants: Any = importlib.import_module("re._constants")
_parser: Any = importlib.import_module("re._parser")

ROOT: Final = Path(__file__).parents[3]
PACKAGES: Final = ("accounts", "catalog", "kernel", "notify", "realtime", "server", "streaming")

SCANNING: Final = frozenset({"search", "split", "findall", "finditer", "sub", "subn"})
"""They try at every place; ``finditer`` stands for them all."""
METHODS: Final = SCANNING | {"match", "fullmatch"}
_CALL: Final = re.compile(r"\bre\s*\.\s*\w+\s*\(")
SAMPLES: Final = 3
"""Characters of a set that stand for all of it."""


@dataclass(frozen=True)
class Used:
    """A pattern in the code."""

    place: str
    """``kernel.text.titles._NOT_WORD``; of a pattern without a name, with the line of its call."""
    pattern: re.Pattern[Any]
    methods: frozenset[str]


def patterns() -> list[Used]:
    """Those that Python's own engine runs.  pydantic's (``pattern=``) is another, which is linear by construction."""
    return [used for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")) for used in _in_file(path)]


def _in_file(path: Path) -> Iterator[Used]:
    text = path.read_text("utf-8")
    if not _CALL.search(text):
        return  # most files, which need not be taken apart
    tree = ast.parse(text)
    nodes = list(ast.walk(tree))
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    loaded = importlib.import_module(module)
    named: set[int] = set()
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if not isinstance(target, ast.Name):
            continue
        calls = [each for each in ast.walk(node) if _is_re(each) and each.func.attr == "compile"]  # type: ignore[attr-defined]
        if not calls:
            continue
        named |= {id(each) for each in calls}
        yield from _held(f"{module}.{target.id}", getattr(loaded, target.id), _methods(nodes, target.id))
    for call in nodes:
        if isinstance(call, ast.Call) and _is_re(call) and id(call) not in named and call.func.attr != "escape":  # type: ignore[attr-defined]
            # A pattern that is no constant of its module cannot be found here, and is compiled anew at each use.
            raise AssertionError(f"{path}:{call.lineno}: give this pattern a name at the top of the module")


def _held(place: str, value: Any, methods: frozenset[str]) -> Iterator[Used]:
    if isinstance(value, re.Pattern):
        yield Used(place, value, methods or METHODS)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _held(f"{place}[{key!r}]", each, methods)
    elif isinstance(value, tuple | list):
        for index, each in enumerate(value):
            yield from _held(f"{place}[{index}]", each, methods)


def _is_re(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
    )


def _methods(nodes: Sequence[ast.AST], name: str) -> frozenset[str]:
    """How the pattern ``name`` is used in its module; all ways, where it is handed on."""
    uses = sum(isinstance(node, ast.Name) and node.id == name for node in nodes)
    attributes = [
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    ]
    handed_on = len(attributes) < uses - 1  # one is the assignment
    called = METHODS.intersection(attributes)
    return METHODS if handed_on or not called else called


def hostile(pattern: re.Pattern[Any], size: int) -> Iterator[Any]:
    """Texts of some ``size`` characters: each part of the pattern again and again, behind what lets it begin, before what
    lets it fail."""
    parsed = _parser.parse(
        pattern.pattern, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
    )
    letters = list(dict.fromkeys(_letters(parsed)))
    begins = list(dict.fromkeys(_begins(parsed)))
    units = list(dict.fromkeys([*letters, *begins, *(begin + letter for begin in begins for letter in letters[:4])]))
    for begin in ["", *begins][:4]:
        for unit in units[:24]:
            if unit:
                for end in ("", "\x00"):
                    text = begin + unit * (size // len(unit)) + end
                    yield text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text


def _letters(parsed: Any) -> Iterator[str]:
    for operation, argument in parsed:
        if operation is _constants.LITERAL:
            yield chr(argument)
        elif operation in (_constants.ANY, _constants.NOT_LITERAL):
            yield from "x "
        elif operation is _constants.IN:
            yield from _of_set(argument)
        else:
            for inner in _inner(operation, argument):
                yield from _letters(inner)


def _of_set(items: Any) -> Iterator[str]:
    excluded = items[0][0] is _constants.NEGATE
    listed = [item for item in items if item[0] is not _constants.NEGATE]
    if excluded:
        yield from "x \n"
        return
    for operation, argument in listed[:SAMPLES]:
        if operation is _constants.LITERAL:
            yield chr(argument)
        elif operation is _constants.RANGE:
            yield chr(argument[0])
        else:
            yield {_constants.CATEGORY_DIGIT: "0", _constants.CATEGORY_SPACE: " ", _constants.CATEGORY_WORD: "a"}.get(
                argument, "-"
            )


def _inner(operation: Any, argument: Any) -> list[Any]:
    if operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT):
        return [argument[2]]
    if operation is _constants.SUBPATTERN:
        return [argument[3]]
    if operation is _constants.BRANCH:
        return list(argument[1])
    if operation in (_constants.ASSERT, _constants.ASSERT_NOT):
        return [argument[1]]
    return [argument] if operation is _constants.ATOMIC_GROUP else []


def _begins(parsed: Any) -> Iterator[str]:
    """The shortest text up to each part of the pattern, and up to each part inside the repeated ones."""
    so_far = ""
    for operation, argument in parsed:
        if so_far:
            yield so_far
        for inner in _inner(operation, argument):
            for begin in _begins(inner):
                yield so_far + begin
        so_far += _shortest(operation, argument)
    yield so_far


def _shortest(operation: Any, argument: Any) -> str:
    if operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT):
        least = max(argument[0], 1) if argument[0] else 0
        return "".join(_shortest(*each) for each in argument[2]) * least
    if operation is _constants.BRANCH:
        return "".join(_shortest(*each) for each in argument[1][0])
    if operation in (_constants.SUBPATTERN, _constants.ATOMIC_GROUP):
        return "".join(_shortest(*each) for inner in _inner(operation, argument) for each in inner)
    return (
        next(_letters([(operation, argument)]), "")
        if operation not in (_constants.ASSERT, _constants.ASSERT_NOT)
        else ""
    )
