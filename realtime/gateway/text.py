"""Text from strangers that others are shown."""

import re

# Control characters, and the ones that turn the direction of everything after them.  The joiners inside emoji stay.
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """``text`` fit for a name or a title: one line, single spaces, nothing that changes how its surroundings look."""
    return " ".join(_UNFIT.sub(" ", text).split())
