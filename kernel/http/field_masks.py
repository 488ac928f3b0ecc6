"""Field masks: ``include`` and ``exclude`` on reads, with paths that go into objects and lists."""

from collections.abc import Iterator
from typing import Any, Final, get_args

from pydantic import BaseModel

from kernel.http.problems import Fault, PayloadError, ProblemField

Paths = list[list[str]]

MASKS: Final = ("include", "exclude")
MASK_MAX: Final = 2_000
"""Characters: every field of the largest answer by its whole name."""


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


def check(name: str, text: str | None, answer: type[BaseModel]) -> None:
    """Refuse a mask of fields that ``answer`` does not have.  Raises :class:`PayloadError` that names them."""
    if text is not None and len(text) > MASK_MAX:
        raise PayloadError(
            [ProblemField(pointer=f"/{name}", detail="The mask is too long.", code=Fault.TOO_LONG, limit=MASK_MAX)]
        )
    rows = _rows(answer)
    unknown = [".".join(path) for path in paths(text) or [] if not _has(rows, path)]
    if unknown:
        raise PayloadError(
            [
                ProblemField(
                    pointer=f"/{name}", detail=f"There is no field {path[:100]!r} in the answer.", code=Fault.UNKNOWN
                )
                for path in unknown[:20]
            ]
        )


def _children(value: Any) -> list[dict[str, Any]]:
    candidates = value if isinstance(value, list) else [value]
    return [child for child in candidates if isinstance(child, dict)]


def _rows(answer: type[BaseModel]) -> list[type[BaseModel]]:
    """What a mask is about: the rows of a list, or the answer itself."""
    items = answer.model_fields.get("items")
    return (list(_models(items.annotation)) if items is not None else []) or [answer]


def _has(models: list[type[BaseModel]], path: list[str]) -> bool:
    for model in models:
        known = {field.serialization_alias or field.alias or name: field for name, field in model.model_fields.items()}
        field = known.get(path[0])
        if field is None:
            continue
        if len(path) == 1:
            return True
        below = list(_models(field.annotation))
        # What is no model (free JSON) has whatever it has.
        if (not below and _is_free(field.annotation)) or _has(below, path[1:]):
            return True
    return False


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models in ``X``, ``X | None``, ``list[X]``, ``dict[str, X]``, ``Annotated[X, …]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _is_free(annotation: Any) -> bool:
    return annotation is Any or any(_is_free(part) for part in get_args(annotation))
