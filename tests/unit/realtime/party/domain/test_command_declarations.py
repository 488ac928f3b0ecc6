"""A party command is one declaration; what it forgets is told where it is made, not when somebody sends it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from realtime.party.domain import commands
from realtime.party.domain.command import COMMANDS, Command
from realtime.party.domain.commands import Pause, Seek
from realtime.party.domain.errors import NotPermitted
from realtime.party.domain.model import MemberId, Role
from realtime.party.domain.roles import Action
from realtime.party.domain.rules import apply
from realtime.party.domain.transition import Transition
from realtime.party.schemas import CommandIn, _payload_of

from .scene import Scene


@pytest.fixture
def registered() -> Iterator[dict[str, type[Command]]]:
    """The commands, as they were once more afterwards."""
    before = dict(COMMANDS)
    yield COMMANDS
    COMMANDS.clear()
    COMMANDS.update(before)


def test_every_command_of_the_module_is_known_by_its_kind() -> None:
    declared = {kind for kind in vars(commands).values() if isinstance(kind, type) and issubclass(kind, Command)}
    assert set(COMMANDS.values()) == declared - {Command}
    assert all(COMMANDS[command.kind] is command for command in COMMANDS.values())
    assert COMMANDS["seek"] is Seek


def test_a_new_command_is_dispatched_and_asks_for_its_permission(registered: dict[str, type[Command]]) -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Loop(Command):
        kind: ClassVar[str] = "loop"
        action: ClassVar[Action] = Action.SETTINGS
        wanted: bool

        def apply(self, transition: Transition) -> None:
            transition.advance(self.cause)

    assert registered["loop"] is Loop
    scene = Scene("ben")
    [event] = scene.command(Loop, "ann", wanted=True)
    assert scene.log[-1].cause.kind == "loop"
    assert event is scene.log[-1]
    scene.join("carl", role=Role.GUEST)
    with pytest.raises(NotPermitted):
        apply(scene.party, Loop(member_id=MemberId("carl"), id="x", wanted=True), scene.now_ms)
    payload = _payload_of(Loop).model_validate({"kind": "loop", "id": "x", "wanted": True})
    assert payload.wanted is True  # type: ignore[attr-defined]  # made of the declaration


@pytest.mark.parametrize("forgotten", ["kind", "action", "apply"])
def test_what_a_declaration_forgets_fails_at_import(registered: dict[str, type[Command]], forgotten: str) -> None:
    body: dict[str, Any] = {"kind": "loop", "action": Action.CONTROL, "apply": lambda _command, _transition: None}
    del body[forgotten]
    with pytest.raises(TypeError, match=f"the command Loop declares no {forgotten}"):
        type("Loop", (Command,), body)
    assert "loop" not in registered


def test_a_kind_is_taken_once(registered: dict[str, type[Command]]) -> None:
    body = {"kind": "pause", "action": Action.CONTROL, "apply": lambda _command, _transition: None}
    with pytest.raises(TypeError, match="both of the kind pause"):
        type("Halt", (Command,), body)
    assert registered["pause"] is Pause


def test_a_field_of_a_type_nobody_knows_how_to_send_fails_at_import(registered: dict[str, type[Command]]) -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Loop(Command):
        kind: ClassVar[str] = "loop"
        action: ClassVar[Action] = Action.CONTROL
        until: complex

        def apply(self, transition: Transition) -> None:
            """Nothing."""

    with pytest.raises(TypeError, match="nobody has said how a"):
        _payload_of(Loop)
    assert registered["loop"] is Loop


def test_the_wire_is_made_of_the_declarations() -> None:
    payload = CommandIn.model_validate({"kind": "seek", "id": "c1", "position_ms": 59.5}).root
    assert payload.command_type is Seek
    assert payload.model_dump() == {
        "kind": "seek", "id": "c1", "if_version": None, "position_ms": 59.5, "by_ms": None,
    }  # fmt: skip
