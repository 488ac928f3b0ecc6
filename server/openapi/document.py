"""The OpenAPI 3.1 document, read off the routers; what cannot be is in ``handwritten.py``."""

import re
from collections.abc import Iterable
from typing import Any

from openapi_pydantic import (
    Components,
    Header,
    Info,
    MediaType,
    OpenAPI,
    Operation,
    Parameter,
    PathItem,
    Reference,
    RequestBody,
    Response,
    Schema,
    SecurityScheme,
    Server,
    Tag,
)
from pydantic import BaseModel

from catalog.releases.feature import FEATURE as RELEASES
from kernel.access import Role
from kernel.http import Endpoint
from kernel.http.idempotency import HEADER as IDEMPOTENCY_KEY
from kernel.http.problems import TITLES, Problem, status_of
from server.openapi import component_schemas, handwritten

_PATTERN_IN_PATH = re.compile(r"{(\w+):[^{}]*}")


def openapi_document(endpoints: Iterable[Endpoint], *, version: str, url: str) -> dict[str, Any]:
    """The whole document as JSON values."""
    paths: dict[str, PathItem] = {}
    tags: dict[str, None] = {}
    endpoints = list(endpoints)
    # What can be edited with If-Match is read with the ETag for it.
    versioned = {endpoint.path for endpoint in endpoints if endpoint.conditional}
    for endpoint in endpoints:
        path = _PATTERN_IN_PATH.sub(r"{\1}", endpoint.path)
        operation = _operation(endpoint, versioned=endpoint.path in versioned)
        setattr(paths.setdefault(path, PathItem()), endpoint.method.lower(), operation)
        tags[endpoint.tag] = None
    api = OpenAPI(
        openapi="3.1.1",
        info=Info(
            title="Ani",
            version=version,
            summary="Adaptive HLS and watch parties",
            description=(
                "Errors are `application/problem+json` (RFC 9457) with a stable `code`. "
                "Reads take `include` and `exclude` field masks; edits take `If-Match` with the `ETag` of a read; creates "
                "take an `Idempotency-Key`, so that one that is sent twice happens once."
            ),
        ),
        servers=[Server(url=url)],
        paths=paths,
        tags=[Tag(name=name) for name in tags],
        components=Components(
            securitySchemes={
                "bearer": SecurityScheme(
                    type="http", scheme="bearer", bearerFormat="JWT", description="From `POST /api/v1/auth/login`."
                )
            }
        ),
    )
    models: list[type[BaseModel]] = [Problem]
    for endpoint in endpoints:
        models += [model for model in (endpoint.body, endpoint.returns) if model is not None]
    references, schemas = component_schemas.named(models)
    value: dict[str, Any] = component_schemas.pointed(
        api.model_dump(mode="json", by_alias=True, exclude_none=True), references
    )
    value["components"]["schemas"] = schemas
    for path, operations in handwritten.PATHS.items():
        value["paths"].setdefault(path, {}).update(operations)
    for endpoint in endpoints:
        if endpoint.masks:
            path = _PATTERN_IN_PATH.sub(r"{\1}", endpoint.path)
            content = value["paths"][path]["get"]["responses"][str(endpoint.status)]["content"]["application/json"]
            content["schema"] = {"anyOf": [content["schema"], component_schemas.masked(content["schema"], schemas)]}
    return value


def _operation(endpoint: Endpoint, *, versioned: bool) -> Operation:
    responses: dict[str, Response | Reference] = {str(endpoint.status): _success(endpoint, versioned=versioned)}
    if versioned and endpoint.masks:
        responses["304"] = Response(description="What the client has in its cache is the present version.")
    for status, reasons in _failures(endpoint).items():
        responses[str(status)] = Response(
            description=TITLES.get(status, "Error") + ": " + "; ".join(dict.fromkeys(reasons)),
            content={"application/problem+json": _json(Problem)},
        )
    description = (endpoint.handler.__doc__ or "").strip() or None
    if endpoint.role is not None:
        needed = "a signed-in user" if endpoint.role is Role.USER else f"the role `{endpoint.role}` or above"
        description = f"{description}\n\nNeeds {needed}." if description else f"Needs {needed}."
    return Operation(
        operationId=endpoint.handler.__name__,
        summary=endpoint.summary,
        description=description,
        tags=[endpoint.tag],
        parameters=_parameters(endpoint, versioned=versioned) or None,
        requestBody=_request_body(endpoint),
        responses=responses,
        # An empty requirement beside the scheme means «may be signed in».
        security=[{"bearer": []}] if endpoint.role is not None else [{}, {"bearer": []}],
    )


def _request_body(endpoint: Endpoint) -> RequestBody | None:
    if endpoint.body is not None:
        return RequestBody(required=True, content={"application/json": _json(endpoint.body)})
    if endpoint.media:
        return RequestBody(required=True, content={kind: MediaType() for kind in endpoint.media})
    return None


def _success(endpoint: Endpoint, *, versioned: bool) -> Response:
    headers: dict[str, Header | Reference] = {}
    if versioned and endpoint.returns is not None:
        headers["ETag"] = Header(description="Version, for If-Match.", schema=Schema(type="string"))
    if endpoint.idempotent:
        replayed = "`true` when this is the answer to an earlier request under the same key."
        headers["Idempotency-Replayed"] = Header(description=replayed, schema=Schema(type="string"))
    if endpoint.returns is None:
        return Response(description="Done.", headers=headers or None)
    return Response(
        description="The answer.", content={"application/json": _json(endpoint.returns)}, headers=headers or None
    )


def _failures(endpoint: Endpoint) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for error in endpoint.raises:
        reason = (error.__doc__ or error.__name__).strip().partition("\n")[0].rstrip(".")
        found.setdefault(status_of(error), []).append(f"`{error.code}`, {reason}")
    if endpoint.conditional:
        found.setdefault(412, []).append("`stale`, the version in If-Match is not the present one")
    # A bad bearer token is refused everywhere, also where none is needed.
    found.setdefault(401, []).append("`invalid_token` or `unauthenticated`")
    if endpoint.role not in {None, Role.USER}:
        found.setdefault(403, []).append("`forbidden`")
    if any(name.endswith("_id") for name in endpoint.path_parameters):
        found.setdefault(404, []).append("`not_found`")
    if endpoint.body is not None or endpoint.media:
        found.setdefault(408, []).append("`request_timeout`, the body came too slowly")
        found.setdefault(413, []).append("the body is over the limit")
        found.setdefault(415, []).append("`unsupported_media_type`")
    if endpoint.body is not None or endpoint.query is not None or endpoint.masks:
        found.setdefault(422, []).append("`invalid_payload`")
    if endpoint.idempotent:
        found.setdefault(400, []).append("`idempotency_key_invalid`")
        found.setdefault(409, []).append("`request_in_progress`, the same request is still being worked on")
        found.setdefault(422, []).append("`idempotency_key_reused`, for another request")
    found.setdefault(429, []).append("`too_many_requests`; `Retry-After` says when to come back")
    if endpoint.method in {"POST", "PUT", "PATCH", "DELETE"}:
        found.setdefault(503, []).append("`unavailable`")
    return dict(sorted(found.items()))


def _parameters(endpoint: Endpoint, *, versioned: bool) -> list[Parameter | Reference]:
    parameters: list[Parameter | Reference] = [
        _parameter("path", name, _path_schema(name), required=True) for name in endpoint.path_parameters
    ]
    if endpoint.idempotent:
        described = (
            "Any text that is new for each thing to make, a UUID say. Sent again, the request happens only once."
        )
        parameters.append(_parameter("header", IDEMPOTENCY_KEY, {"type": "string", "description": described}))
    if endpoint.conditional:
        described = "The `ETag` that the change is based on; without it the last writer wins."
        parameters.append(_parameter("header", "If-Match", {"type": "string", "description": described}))
    elif versioned and endpoint.masks:
        described = "The `ETag` of what the client has."
        parameters.append(_parameter("header", "If-None-Match", {"type": "string", "description": described}))
    if endpoint.query is not None:
        schema = endpoint.query.model_json_schema(ref_template="#/components/schemas/{model}")
        required = schema.get("required", [])
        for name, value in schema.get("properties", {}).items():
            inlined = _inlined(value, schema.get("$defs", {}))
            parameters.append(_parameter("query", name, inlined, required=name in required))
    if endpoint.masks:
        parameters += [
            _parameter(
                "query",
                name,
                {"type": "string", "description": f"Fields to {verb}, separated by commas; `name.main` goes deeper."},
            )
            for name, verb in (("include", "answer with alone"), ("exclude", "leave out"))
        ]
    return parameters


def _path_schema(name: str) -> dict[str, Any]:
    if name in RELEASES.path_names:
        return {"type": "string", "description": "By id or alias."}
    return {"type": "string", "format": "uuid"} if name.endswith("_id") else {"type": "string"}


def _parameter(place: str, name: str, schema: dict[str, Any], *, required: bool = False) -> Parameter:
    # Built from a mapping because «in», its field's name, is a keyword of Python.
    described = schema.pop("description", None)
    return Parameter.model_validate(
        {"in": place, "name": name, "required": required, "description": described, "schema": schema}
    )


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """``schema`` with its ``$ref``s (enumerations of a query model) written out."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
        return {key: _inlined(value, definitions) for key, value in schema.items()}
    return [_inlined(value, definitions) for value in schema] if isinstance(schema, list) else schema


def _json(model: type[BaseModel]) -> MediaType:
    return MediaType(schema=Reference.model_validate({"$ref": component_schemas.place_of(model)}))
