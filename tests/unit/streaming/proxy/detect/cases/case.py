"""A playlist in short and what is an ad in it."""

from dataclasses import dataclass

P, A = "10 p.ts", "10 a.ts"


@dataclass
class Case:
    """``body``: what ``corpus.media`` makes a playlist of; ``ads``: indexes of segments."""

    name: str
    body: str
    ads: list[int]
    msn: int | None = None
    vod: bool = False


def lines(*parts: str) -> str:
    return "\n".join(parts)
