"""What a file's own chapters say: whoever cut the episode knows best where its opening is."""

import re
from collections.abc import Sequence
from typing import Final

from streaming.ingest.model import Chapter
from streaming.markers.model import MarkKind

SHORTEST_MS: Final = 5_000
LONGEST_MS: Final = 300_000
"""Longer is a part of the story that is called so."""

_NAMES: Final = {
    MarkKind.RECAP: re.compile(
        r"\b(?:recap|previously|(?:the )?story so far|last time|last episode|was bisher geschah|résumé|resumen|riassunto"
        r"|в прошл\w+ сери\w+|в предыдущ\w+ сери\w+|краткое содержание|ранее)\b|あらすじ|前回|前情提要|지난 이야기",
        re.IGNORECASE,
    ),
    MarkKind.OPENING: re.compile(
        r"\b(?:nc)?op\d{0,2}\b|\b(?:opening|intro|introduction|main titles?|title sequence|theme song|vorspann|générique de début"
        r"|cabecera|sigla|заставка|опенинг|начальная тема)\b|オープニング|片头|片頭|오프닝",
        re.IGNORECASE,
    ),
    MarkKind.ENDING: re.compile(
        r"\b(?:nc)?ed\d{0,2}\b|\b(?:ending|outro|end(?:ing)? credits|credits|closing|abspann|générique de fin|créditos"
        r"|эндинг|титры|конечная тема)\b|エンディング|片尾|엔딩",
        re.IGNORECASE,
    ),
    MarkKind.PREVIEW: re.compile(
        r"\b(?:preview|next (?:episode|time|week)|vorschau|avance|anteprima|в следующ\w+ сери\w+|анонс|превью)\b|予告|次回|下集预告|下集預告|예고",
        re.IGNORECASE,
    ),
}


def marks(chapters: Sequence[Chapter]) -> dict[MarkKind, tuple[int, int]]:
    """Where each kind begins and stops, in milliseconds, as far as exactly one chapter is called so."""
    found: dict[MarkKind, tuple[int, int]] = {}
    for kind, name in _NAMES.items():
        others = [other for each, other in _NAMES.items() if each is not kind]
        called = [
            chapter
            for chapter in chapters
            if name.search(chapter.title) and not any(other.search(chapter.title) for other in others)
        ]
        if len(called) == 1 and SHORTEST_MS <= called[0].stop_ms - called[0].start_ms <= LONGEST_MS:
            found[kind] = (called[0].start_ms, called[0].stop_ms)
    return found
