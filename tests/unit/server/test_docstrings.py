"""Public docstrings where ruff (D101 to D103) cannot tell whether one is needed: routes, and what maps JSON."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[3]
PACKAGES: Final = ("accounts", "catalog", "kernel", "notify", "realtime", "server", "streaming")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(name: str) -> Iterator[tuple[str, Function]]:
    """The public functions and methods without a docstring in files of this name."""
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob(name)):
        body = ast.parse(path.read_text("utf-8")).body
        classes = [node for node in body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
        for node in [*body, *(inner for each in classes for inner in each.body)]:
            if isinstance(node, Function) and not node.name.startswith("_") and ast.get_docstring(node) is None:
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def needs_one_as_route(function: Function) -> bool:
    """Whether nothing says what it does: no route with a summary, which the API document shows."""
    words = [word.arg for each in function.decorator_list if isinstance(each, ast.Call) for word in each.keywords]
    return "summary" not in words


def needs_one_as_mapping(function: Function) -> bool:
    """Whether it takes more than the one value that it maps."""
    arguments = [each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    return len([each for each in arguments if each not in {"self", "cls"}]) > 1


def test_what_is_no_route_in_routes_says_what_it_does() -> None:
    assert [place for place, function in functions("routes.py") if needs_one_as_route(function)] == []


def test_what_maps_more_than_one_value_says_what_the_others_are() -> None:
    assert [place for place, function in functions("schemas.py") if needs_one_as_mapping(function)] == []


@pytest.mark.parametrize(
    ("code", "needed"),
    [
        ("@router.get('/x', summary='Read it')\nasync def f(call): ...", False),
        ("@router.get('/x')\nasync def f(call): ...", True),
        ("def f(call): ...", True),
    ],
    ids=["summary", "no summary", "helper"],
)
def test_which_routes_need_one(code: str, needed: bool) -> None:
    [function] = ast.parse(code).body
    assert isinstance(function, Function)
    assert needs_one_as_route(function) == needed


@pytest.mark.parametrize(("arguments", "needed"), [("self", False), ("cls, row", False), ("cls, row, *, url", True)])
def test_which_mappings_need_one(arguments: str, needed: bool) -> None:
    [function] = ast.parse(f"def of({arguments}): ...").body
    assert isinstance(function, Function)
    assert needs_one_as_mapping(function) == needed
