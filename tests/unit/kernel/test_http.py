"""Field masks, identifiers and error messages: the pure parts of the HTTP helper."""

from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from kernel.errors import AniError, Conflict, NotFound, Stale, TooManyRequests
from kernel.http import Router
from kernel.http.field_masks import mask
from kernel.http.problems import Fault, PayloadError, status_of
from kernel.ids import is_id, new_id

KNOWN_ID = "01a20000-0000-7000-8000-000000000000"  # parameters must be the same in every worker of a test run

RELEASE: dict[str, Any] = {"id": 1, "name": {"main": "a", "english": "b"}, "genres": [{"id": 2, "name": "c"}]}


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        (["id"], None, {"id": 1}),
        (["name.main"], None, {"name": {"main": "a"}}),
        (["genres.name", "id"], None, {"id": 1, "genres": [{"name": "c"}]}),
        (["name", "name.main"], None, {"name": {"main": "a", "english": "b"}}),
        (None, ["genres", "name.english"], {"id": 1, "name": {"main": "a"}}),
        (["name"], ["name.main"], {"name": {"english": "b"}}),
        (["nothing.like.this"], None, {}),
        (None, ["id.deeper", "nothing"], RELEASE),
    ],
)
def test_masks(include: list[str] | None, exclude: list[str] | None, expected: dict[str, Any]) -> None:
    value = {"id": 1, "name": dict(RELEASE["name"]), "genres": [dict(RELEASE["genres"][0])]}
    split = [None if paths is None else [path.split(".") for path in paths] for paths in (include, exclude)]
    mask(value, keep=split[0], drop=split[1])
    assert value == expected


def test_new_ids_are_ids_and_sort_by_age() -> None:
    ids = [new_id() for _ in range(100)]
    assert all(map(is_id, ids))
    assert ids == sorted(ids)


@pytest.mark.parametrize("text", ["", "1", "g" * 36, "../../etc/passwd", KNOWN_ID.upper(), KNOWN_ID + "\n", "٣" * 36])
def test_other_texts_are_no_ids(text: str) -> None:
    assert not is_id(text)


class TeapotIsEmpty(Conflict):
    """There is no {drink} left.

    More for the reader of the code.
    """


def test_an_errors_docstring_is_its_message() -> None:
    error = TeapotIsEmpty(drink="tea")
    assert (error.code, error.message, error.details) == ("teapot_is_empty", "There is no tea left.", {"drink": "tea"})


@pytest.mark.parametrize(
    ("error", "conditional", "status"),
    [
        (NotFound, False, 404),
        (TeapotIsEmpty, True, 409),
        (Stale, False, 409),
        (Stale, True, 412),
        (AniError, False, 500),
    ],
)
def test_statuses(error: type[AniError], conditional: bool, status: int) -> None:
    assert status_of(error, conditional=conditional) == status


def test_retry_after_is_in_the_message() -> None:
    assert TooManyRequests(retry_after_s=7).message == "Too many attempts. Try again in 7 s."


def test_a_route_must_take_its_path_parameters() -> None:
    router = Router(tag="Test")
    with pytest.raises(TypeError, match="thing_id"):

        @router.get("/things/{thing_id}", summary="Read a thing")
        async def read(call: object) -> None: ...


class Box(BaseModel):
    model_config = ConfigDict(extra="forbid")

    label: str = Field("box", min_length=1, max_length=3)
    code: str = Field("0000", min_length=4, pattern="^[0-9]+$")
    count: int = Field(1, ge=1, le=9)
    colours: list[Literal["red", "blue"]] = Field([], max_length=2)

    @field_validator("count")
    @classmethod
    def _even_enough(cls, count: int) -> int:
        if count == 7:
            raise ValueError("Seven brings no luck.")
        return count


class Parcel(BaseModel):
    box: Box


@pytest.mark.parametrize(
    ("given", "pointer", "fault", "limit"),
    [
        ({}, "/box", Fault.REQUIRED, None),
        ({"box": {"label": ""}}, "/box/label", Fault.REQUIRED, None),
        ({"box": {"label": "boxes"}}, "/box/label", Fault.TOO_LONG, 3),
        ({"box": {"code": "12"}}, "/box/code", Fault.TOO_SHORT, 4),
        ({"box": {"code": "12ab"}}, "/box/code", Fault.FORMAT, None),
        ({"box": {"count": 0}}, "/box/count", Fault.TOO_SMALL, 1),
        ({"box": {"count": 10}}, "/box/count", Fault.TOO_LARGE, 9),
        ({"box": {"count": 7}}, "/box/count", Fault.FORMAT, None),
        ({"box": {"count": "few"}}, "/box/count", Fault.FORMAT, None),
        ({"box": {"colours": ["red", "green"]}}, "/box/colours/1", Fault.CHOICE, None),
        ({"box": {"colours": ["red", "red", "red"]}}, "/box/colours", Fault.TOO_MANY, 2),
        ({"box": {"lid~/": True}}, "/box/lid~0~1", Fault.UNKNOWN, None),
    ],
)
def test_a_refused_field_says_what_is_wrong_and_which_limit_there_is(
    given: dict[str, Any], pointer: str, fault: Fault, limit: int | None
) -> None:
    with pytest.raises(ValidationError) as refused:
        Parcel.model_validate(given)
    [field] = PayloadError.of(refused.value).fields
    assert (field.pointer, field.code, field.limit) == (pointer, fault, limit)
    assert field.detail
