"""No two modules import each other, however long the way around, and no two folders beside each other do."""

import tomllib
from collections import defaultdict
from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[3]
PACKAGES: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]


@pytest.fixture(scope="module")
def imports() -> Mapping[str, Collection[str]]:
    """Module → the modules it imports, those for the type checker included."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=False, cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def circle(graph: Mapping[str, Collection[str]]) -> list[str]:
    """A way from somewhere back to there; empty where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        way: list[str] = error.args[1]
        return way[::-1]
    return []


def test_no_modules_import_each_other(imports: Mapping[str, Collection[str]]) -> None:
    assert len(imports) > 500
    assert circle(imports) == []


def test_no_neighbouring_folders_import_each_other(imports: Mapping[str, Collection[str]]) -> None:
    neighbours: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for module, imported in imports.items():
        for other in imported:
            ours, theirs = module.split("."), other.split(".")
            depth = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), None)
            # Two folders in one folder: a module beside a folder may stand above it or below.
            if depth is not None and len(ours) > depth + 1 and len(theirs) > depth + 1:
                neighbours[".".join(ours[:depth])][ours[depth]].add(theirs[depth])
    circles = {folder: way for folder, graph in neighbours.items() if (way := circle(graph))}
    assert circles == {}


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) in (
        ["a", "b", "c", "a"],
        ["b", "c", "a", "b"],
        ["c", "a", "b", "c"],
    )
