"""Field masks: ``include`` and ``exclude`` on reads, with paths that go into objects and lists."""

from typing import Any

Paths = list[list[str]]


def paths(text: str | None) -> Paths | None:
    """``"id,name.main"`` → ``[["id"], ["name", "main"]]``; no text is no mask."""
    return None if text is None else [path.strip().split(".") for path in text.split(",") if path.strip()]


def mask(value: dict[str, Any], *, keep: Paths | None, drop: Paths | None) -> None:
    """Leave only the fields under ``keep`` (``None``: all), less those under ``drop``; paths go into objects and lists."""
    if keep is not None:
        heads = {path[0] for path in keep}
        for name in set(value) - heads:
            del value[name]
        for name in heads & set(value):
            deeper = [path[1:] for path in keep if path[0] == name and len(path) > 1]
            # «name» beside «name.main» asks for the whole of it.
            if deeper and [name] not in keep:
                for child in _children(value[name]):
                    mask(child, keep=deeper, drop=None)
    for path in drop or []:
        if len(path) == 1:
            value.pop(path[0], None)
        else:
            for child in _children(value.get(path[0])):
                mask(child, keep=None, drop=[path[1:]])


def _children(value: Any) -> list[dict[str, Any]]:
    candidates = value if isinstance(value, list) else [value]
    return [child for child in candidates if isinstance(child, dict)]
