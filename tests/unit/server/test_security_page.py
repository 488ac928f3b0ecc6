"""docs/security.md names tests for what it claims: they exist, and no requirement is left out."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`((?:unit|integration|acceptance)/[^`]+)`", TEXT)))

# The last requirement of each section that has any of level 1 or 2, and those of level 3 among them (ASVS 5.0.0).
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 11, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_is_there(name: str) -> None:
    path, _, function = name.partition("::")
    file = ROOT / "tests" / path
    assert file.is_file(), path
    if function:
        assert re.search(rf"^\s*(async )?def {re.escape(function)}\(", file.read_text(encoding="utf-8"), re.MULTILINE)


def test_names_many() -> None:
    assert len(NAMED) > 100


def test_no_requirement_is_left_out() -> None:
    said = set(re.findall(r"\b\d{1,2}\.\d{1,2}(?:\.\d{1,2})?\b", TEXT))
    for first, last in re.findall(r"\b(\d{1,2}\.\d{1,2}\.\d{1,2}) to (\d{1,2}\.\d{1,2}\.\d{1,2})\b", TEXT):
        section, _, begin = first.rpartition(".")
        said |= {f"{section}.{number}" for number in range(int(begin), int(last.rpartition(".")[2]) + 1)}
    wanted = [f"{section}.{number}" for section, last in SECTIONS.items() for number in range(1, last + 1)]
    missing = [
        item
        for item in wanted
        if item not in said and item.rpartition(".")[0] not in {"4.3", "10.6", "10.7", "17.1", "17.2", "17.3"}
    ]
    assert missing == []
