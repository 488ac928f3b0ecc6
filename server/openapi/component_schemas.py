"""The named shapes of the OpenAPI document."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

_PLACE = "#/components/schemas/"
_LAYERS = {"model", "payloads", "ports", "routes", "schemas", "usecases"}
"""Files whose name says nothing about what a shape is of."""


def place_of(model: type[BaseModel]) -> str:
    """Stands in a reference for ``model`` until all names are known."""
    return f"{_PLACE}{model.__module__}.{model.__qualname__}"


def named(models: Sequence[type[BaseModel]]) -> tuple[dict[str, str], dict[str, Any]]:
    """What each :func:`place_of` is really called, and all schemas by name.

    A shape is called like its class.  Where several features have one of that name each, it says whose: ``TeamsRoleIn``.
    """
    unique = list(dict.fromkeys(models))
    references, described = models_json_schema(
        [(model, "validation") for model in unique], ref_template=_PLACE + "{model}"
    )
    renamed = {_PLACE + name: _PLACE + _plain(name) for name in described["$defs"]}
    for name, times in Counter(renamed.values()).items():
        if times > 1:
            raise ValueError(f"two shapes would be called {name.removeprefix(_PLACE)}; rename one of them")
    schemas = {_plain(name): pointed(schema, renamed) for name, schema in described["$defs"].items()}
    return {place_of(model): renamed[references[model, "validation"]["$ref"]] for model in unique}, schemas


def _plain(name: str) -> str:
    """``accounts__teams__shapes__RoleIn`` → ``TeamsRoleIn``; a name without a module stays."""
    *module, own = name.split("__")
    feature = next((part for part in reversed(module) if part not in _LAYERS), "")
    return "".join(word.capitalize() for word in feature.split("_")) + own


def pointed(value: Any, references: Mapping[str, str]) -> Any:
    """``value`` with each reference in it replaced."""
    if isinstance(value, dict):
        return {
            key: references.get(child, child)
            if key == "$ref" and isinstance(child, str)
            else pointed(child, references)
            for key, child in value.items()
        }
    return [pointed(child, references) for child in value] if isinstance(value, list) else value


def masked(schema: Any, schemas: dict[str, Any], *, within_page: bool = True) -> Any:
    """``schema`` as a field mask may leave it: nothing is required, except around the rows of a page.

    The shapes it refers to get a twin each, ``…Masked``.
    """
    if isinstance(schema, list):
        return [masked(value, schemas, within_page=False) for value in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(reference := schema.get("$ref"), str):
        name = reference.rpartition("/")[2]
        found = schemas[name]
        if found.get("type") != "object":
            return schema  # an enumeration has no fields
        is_page = within_page and found.get("properties", {}).get("items", {}).get("type") == "array"
        twin = f"{name}Masked"
        if twin not in schemas:
            schemas[twin] = {}  # for shapes that hold themselves
            schemas[twin] = {
                key: masked(value, schemas, within_page=False)
                for key, value in found.items()
                if key != "required" or is_page
            }
            schemas[twin]["title"] = twin
        return {"$ref": f"#/components/schemas/{twin}"}
    return {key: masked(value, schemas, within_page=False) for key, value in schema.items()}
