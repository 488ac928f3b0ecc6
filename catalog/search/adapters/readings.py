"""How Japanese is read, by the morphological dictionary of the optional packages ``cutlet`` and ``unidic-lite``."""

import threading
import unicodedata
from functools import cache, lru_cache
from typing import Any, Final

import structlog

from catalog.search.model import Readings, no_readings

log = structlog.get_logger()

_LOOSE_SIGNS: Final = str.maketrans({"×": " x ", "☆": " ", "★": " ", "♡": " ", "♪": " "})
"""Cutlet answers a question mark for what stands together with one of these."""
_TEXT_MAX: Final = 255
_CACHE: Final = 4096
"""Readings kept: an edit reads the other names of its release again."""


@cache
def dictionary_readings() -> Readings:
    """Readings in Hepburn, with loan words once as they sound (``sukuuru``) and once as in their language (``school``).

    Where the packages are not installed, :func:`no_readings`.  Loads the dictionary, which takes about 0.3 s, once a process: it maps 260 MB
    of files, and gives none of them back.
    """
    try:
        import cutlet
    except ImportError:
        log.info("no dictionary of Japanese readings is installed; kanji are found by themselves alone", extra="romaji")
        return no_readings
    spellers: list[Any] = [cutlet.Cutlet(), cutlet.Cutlet()]
    for speller, foreign in zip(spellers, (False, True), strict=True):
        speller.use_foreign_spelling = foreign
    one_at_a_time = threading.Lock()  # MeCab's words point into what its last text left

    @lru_cache(_CACHE)
    def read(text: str) -> tuple[str, ...]:
        plain = unicodedata.normalize("NFKC", text[:_TEXT_MAX]).translate(_LOOSE_SIGNS)
        try:
            with one_at_a_time:
                return tuple(dict.fromkeys(speller.romaji(plain) for speller in spellers))
        except Exception:  # noqa: BLE001 - a name the dictionary chokes on is searched without a reading
            log.warning("a name has no reading", name=text)
            return ()

    return read
