"""Events that are JSON to their sender and not to us: answered, instead of taken for another protocol.

JavaScript's ``JSON.stringify`` writes half of a character cut in two as ``\\ud83d``, which no Unicode text can hold; Python's
``json.dumps`` writes ``NaN``; and there is nesting beyond what a parser follows.  Pure.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

_NAME = re.compile(r'\s*\[\s*"([^"\\]{1,100})"')

HALF_A_CHARACTER = "The text holds half a character, or a number that is none."
TOO_DEEP = "The payload is nested too deep."


@dataclass(frozen=True, slots=True)
class Malformed:
    """Stands for the arguments of an event, or for the ``auth`` of a connection."""

    reason: str


def salvaged_event(text: str) -> list[Any] | None:
    """Of an event our parser refuses: its name and a :class:`Malformed`; ``None`` where it is no event."""
    try:
        data = json.loads(text)
    except RecursionError:
        name = _NAME.match(text)
        return None if name is None else [name[1], Malformed(TOO_DEEP)]
    except ValueError:
        return None
    if not isinstance(data, list) or not data or not isinstance(data[0], str):
        return None
    return [data[0].encode("utf-8", "replace").decode(), Malformed(HALF_A_CHARACTER)]
