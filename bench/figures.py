"""What a bench found out, as rows of ``RESULTS.md``: made and printed alike by those that use this."""

import json
from typing import Any


def figure(name: str, value: float, unit: str, target: float | None = None, *, least: bool = False) -> dict[str, Any]:
    """A row; ``target`` is what may be reached at most, with ``least`` what must be reached at least."""
    ok = None if target is None else bool(value >= target if least else value <= target)
    aim = "" if target is None else f"{'≥' if least else '≤'} {target:g}"
    return {"figure": name, "value": round(float(value), 3), "unit": unit, "target": aim, "ok": ok}


def show(figures: list[dict[str, Any]], *, as_json: bool) -> None:
    """Print the rows: as one line of JSON for ``python -m bench``, or a line each for people."""
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    for row in figures:
        print(f"{row['figure']}: {row['value']} {row['unit']} {row['target']}")
