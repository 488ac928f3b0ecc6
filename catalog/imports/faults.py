"""What went wrong with a source or with a row of it: an English sentence, and a code with parameters for pages in other languages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from kernel.errors import AniError

STORED_MAX: Final = 500
_PARAM_MAX: Final = 60
_SENTENCE_MIN: Final = 40


class Why(str):
    """A clause of an error's sentence, with the code and parameters it is known by where sentences are in another language."""

    __slots__ = ("code", "params")

    code: str
    params: Mapping[str, str | int]

    def __new__(cls, clause: str, code: str, **params: str | int) -> Self:
        """``clause`` is English, and as good as any other text."""
        why = super().__new__(cls, clause)
        why.code, why.params = code, params
        return why

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (str(self), self.code, dict(self.params))


def _again(clause: str, code: str, params: Mapping[str, str | int]) -> Why:
    return Why(clause, code, **params)


def unknown_type(said: str) -> Why:
    """A source names a kind of work that nobody here knows."""
    return Why(f"its type {said[:20]!r} is unknown", "unknown_type", type=said[:20])


@dataclass(frozen=True, slots=True)
class Fault:
    """What is stored of it, and shown."""

    text: str
    code: str = ""
    """Empty in what was stored before there were codes."""
    params: Mapping[str, str | int] = field(default_factory=dict)

    @classmethod
    def of(cls, error: AniError) -> "Fault":
        """By its reason, where that has a code, else by its own."""
        why = error.details.get("why")
        if isinstance(why, Why):
            return cls(error.message, why.code, dict(why.params))
        return cls(error.message, error.code, {k: v for k, v in error.details.items() if isinstance(v, str | int)})

    @classmethod
    def read(cls, stored: str) -> "Fault | None":
        """What :meth:`stored` wrote; a plain sentence is one of former versions, and no text no fault."""
        if not stored:
            return None
        try:
            values = json.loads(stored) if stored.startswith('{"code":') else {}
            return cls(str(values["text"]), str(values["code"]), dict(values["params"]))
        except (ValueError, KeyError, TypeError):
            return cls(stored)

    def stored(self) -> str:
        """At most :data:`STORED_MAX` characters."""
        params = {k: v[:_PARAM_MAX] if isinstance(v, str) else v for k, v in self.params.items()}
        room = STORED_MAX - len(_packed(self.code, params, ""))
        if room < _SENTENCE_MIN:  # quotes and control characters are six characters each
            params, room = {}, STORED_MAX - len(_packed(self.code, {}, ""))
        text = self.text
        while len(_packed(self.code, params, text)) > STORED_MAX:
            over = len(_packed(self.code, params, text)) - STORED_MAX
            text = text[: -max(1, over // 6)]
        return _packed(self.code, params, text)


def _packed(code: str, params: Mapping[str, str | int], text: str) -> str:
    return json.dumps({"code": code, "params": params, "text": text}, ensure_ascii=False, separators=(",", ":"))
