"""What addresses say in words: that something is advertising, or that it is a part of the programme."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from urllib.parse import unquote

_AD_WORD = re.compile(
    r"(?:^|[^a-z0-9])(ads?|adverts?|advertisements?|adverti[sz]ing|(?:pre|mid|post)-?roll"
    # With what is theirs: "adcontent", "adserver", "ad-stitcher"; but "address" and "adventure" are words of their own.
    r"|ad[-_]?(?:assets?|breaks?|cdn|clips?|content|creatives?|delivery|files?|insert(?:er|ion)?|media|pods?|segments?|servers?|slots?|spots?"
    r"|stitch(?:er|ing)?|store|videos?))\d*"
    # What is free of ads is none, and half of all random names that begin so go on with a digit and a letter.
    r"(?:$|[^a-z0-9](?!free|hoc))"
    # Words of the language besides: only as the whole name of a folder or a file.
    r"|(?:^|/)(commercials?|creatives?|vast)[-_]?\d*(?:$|[/.])",
    re.IGNORECASE | re.MULTILINE,
)
_AD_NAME = re.compile(r"(?:ads?|adverts?|commercials?|(?:pre|mid|post)-?roll(?:[-_.]?ads?)?)[-_.]?", re.IGNORECASE)
#: What films and series call their own parts, in English, in the short forms of fans and archives, and in other tongues; and what a
#: station calls itself, and the encoder that takes over.
_OWN_WORD = re.compile(
    r"(?<![a-z0-9])(?:(?:nc|textless|creditless)?[-_]?(?:op|ed|opening|ending)|creditless|textless|intro|outro|credits?|recap|eye[-_]?catch(?:es)?"
    r"|(?:web[-_]?)?preview|next[-_]?(?:ep(?:isode)?|time|week)|jikai|yokoku|pv|avan(?:t|title)?|prologue|epilogue|title[-_]?(?:card|sequence)|teaser"
    r"|omake|theme(?:[-_]?song)?|cold[-_]?open|[abc][-_]?part|open|close|closing|(?:station|channel)?[-_]?idents?|back-?up|fail-?over)"
    r"(?:[-_.]?v?\d{1,3}){0,2}[a-d]?(?![a-z0-9])"
    r"|予告|次回|アイキャッチ|オープニング|エンディング|アバン|主題歌|片头|片頭|片尾|预告|預告|заставк|опенинг|эндинг|титры|анонс|엔딩|오프닝|예고",
    re.IGNORECASE,
)


def with_ad_words(addresses: Sequence[str]) -> set[int]:
    """Which of ``addresses`` have a word for advertising in host or path; a query may carry anybody's tracking.  One search for all."""
    return _found(_AD_WORD, [address.partition("?")[0] for address in addresses])


def own_parts(addresses: Sequence[str]) -> set[int]:
    """Which of ``addresses`` call themselves a part of the programme that is kept apart because many episodes share it.

    Their path does; a host of that name may be anybody's.
    """
    return _found(_OWN_WORD, [_path(address) for address in addresses])


def is_ad_name(stem: str) -> bool:
    """Whether a file is called an ad, and nothing else."""
    return _AD_NAME.fullmatch(stem) is not None


def _path(address: str) -> str:
    path = address.partition("?")[0]
    if (scheme := path.find("//")) >= 0:
        path = path[path.find("/", scheme + 2) :] if path.find("/", scheme + 2) >= 0 else ""
    return " ".join(unquote(path).splitlines()) if "%" in path else path


def _found(pattern: re.Pattern[str], texts: Sequence[str]) -> set[int]:
    """Which of ``texts`` the pattern is found in; each is one line."""
    starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
    found = pattern.finditer("\n".join(texts))
    return {bisect_right(starts, match.start(match.lastindex or 0)) - 1 for match in found}
