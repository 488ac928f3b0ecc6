"""What addresses say in words: that something is advertising, or that it is a part of the programme."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

_AD_WORD = re.compile(
    r"(?:^|[^a-z0-9])(ads?|adverts?|advertisements?|adverti[sz]ing|(?:pre|mid|post)-?roll|adserver|adfiles|adbreak)\d*"
    # What is free of ads is none, and half of all random names that begin so go on with a digit and a letter.
    r"(?:$|[^a-z0-9](?!free|hoc))"
    # Words of the language besides: only as the whole name of a folder or a file.
    r"|(?:^|/)(commercials?|creatives?|vast)[-_]?\d*(?:$|[/.])",
    re.IGNORECASE | re.MULTILINE,
)
_AD_NAME = re.compile(r"(?:ads?|adverts?|commercials?|(?:pre|mid|post)-?roll(?:[-_.]?ads?)?)[-_.]?", re.IGNORECASE)
_OWN_WORD = re.compile(r"(?:^|[^a-z0-9])(?:opening|ending|intro|outro|credits|recap)\d*(?:$|[^a-z])", re.IGNORECASE)


def with_ad_words(uris: Sequence[str]) -> set[int]:
    """Which of ``uris`` have a word for advertising in host or path; a query may carry anybody's tracking.  One search for all."""
    paths = [uri.partition("?")[0] for uri in uris]
    starts = list(accumulate((len(path) + 1 for path in paths), initial=0))
    found = _AD_WORD.finditer("\n".join(paths))
    return {bisect_right(starts, match.start(match.lastindex or 0)) - 1 for match in found}


def is_ad_name(stem: str) -> bool:
    """Whether a file is called an ad, and nothing else."""
    return _AD_NAME.fullmatch(stem) is not None


def is_own_part(uri: str) -> bool:
    """Whether this calls itself a part of the programme that is kept apart because many episodes share it."""
    return _OWN_WORD.search(uri.partition("?")[0]) is not None
