"""What voice asks of the cluster: which node carries the voice of a party, and how to reach it."""

from typing import Any, Protocol

Json = dict[str, Any]


class VoiceOwners(Protocol):
    """Party → the node that carries its voice: the first one a member asked, for as long as anybody talks."""

    async def owner(self, party_id: str) -> str | None:
        """Which node it is; ``None`` while nobody talks.  Raises Unavailable."""
        ...

    async def claim(self, party_id: str) -> str:
        """Which node it is: this one, if there was none.  Raises Unavailable."""
        ...

    async def renew(self, party_id: str) -> bool:
        """Go on; false where another node has taken over.  Raises Unavailable."""
        ...

    async def release(self, party_id: str) -> None:
        """Nobody talks any more.  Raises Unavailable."""
        ...


class NodeCalls(Protocol):
    """A question to another node, and its answer."""

    async def ask(self, node_id: str, question: Json) -> Json:
        """Raises what the other node raised, and Unavailable where it does not answer."""
        ...


class Answer(Protocol):
    """What a node does with a question."""

    async def __call__(self, question: Json) -> Json: ...
