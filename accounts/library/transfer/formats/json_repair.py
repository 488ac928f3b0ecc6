"""Mends text that programs write into XML and JSON without asking what may stand there.  Pure, linear.

Sites export what people typed: a bare ``&``, a control character from a paste, half a character where a title was cut.  The
grammar refuses the whole file for it; a person wants the other 2,000 titles.
"""

import codecs
import json
import re
from html.entities import html5
from typing import Any, Final
from xml.sax.saxutils import escape

import orjson

_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARATION: Final = re.compile(r"<\?xml[^>]{0,200}\?>")
_ENCODING: Final = re.compile(rb"""encoding=["']([A-Za-z][A-Za-z0-9._-]{0,40})["']""")
_PROLOGUE_BYTES: Final = 200

_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffc\U00010000-\U0010ffff]")
"""What is no Char of XML 1.0 §2.2, and U+FFFD, which stands for bytes that were no character."""
_REFERENCE: Final = re.compile(r"&(?:(#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)?")
_BARE_LESS: Final = re.compile(r"<(?![A-Za-z_/!?])")
_PREDEFINED: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})
_CDATA, _CDATA_END = "<![CDATA[", "]]>"


_FEW: Final = 2
_SHARE: Final = 100
"""One character in so many may have been no text; where it is more, the encoding is another, and a guess would spoil all."""


def repaired_xml(data: bytes) -> tuple[bytes, int]:
    """``data`` as UTF-8 that an XML parser takes where only characters were wrong, and how many places were mended.

    Raises ``ValueError`` where too much of it is no text, ``LookupError`` where its encoding has a name nobody knows.
    """
    text, count = _decoded(data)
    parts: list[str] = []
    position = 0
    while True:
        begin = text.find(_CDATA, position)
        outside, changed = _without_bare_markup(text[position:] if begin < 0 else text[position:begin])
        parts.append(outside)
        count += changed
        if begin < 0:
            break
        end = text.find(_CDATA_END, begin)
        end = len(text) if end < 0 else end + len(_CDATA_END)
        parts.append(text[begin:end])
        position = end
    return "".join(parts).encode(), count


def _decoded(data: bytes) -> tuple[str, int]:
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    if encoding is None:
        declared = _ENCODING.search(data[:_PROLOGUE_BYTES])
        encoding = declared[1].decode() if declared else "utf-8"
    return _ILLEGAL.subn("", _DECLARATION.sub("", _text(data, encoding), count=1))


def _text(data: bytes, encoding: str) -> str:
    text = data.decode(encoding, "replace")
    if text.count("\ufffd") > max(_FEW, len(text) // _SHARE):
        raise ValueError(f"it is not in {encoding}")
    return text


def _without_bare_markup(text: str) -> tuple[str, int]:
    count = 0

    def reference(found: re.Match[str]) -> str:
        nonlocal count
        name = found[1]
        if name in _PREDEFINED:
            return found[0]
        if name is not None and name.startswith("#"):
            digits, base = (name[2:], 16) if name[1] == "x" else (name[1:], 10)
            code = int(digits, base)
            if code <= 0x10FFFF and not _ILLEGAL.match(chr(code)):
                return found[0]
            count += 1
            return ""
        count += 1
        character = html5.get(f"{name};") if name is not None else None
        return escape(character if character is not None else found[0])

    text = _REFERENCE.sub(reference, text)
    text, less = _BARE_LESS.subn("&lt;", text)
    return text, count + less


def repaired_json(data: bytes) -> Any:
    """The value, although it has control characters in strings, half of a surrogate pair, or bytes that are no UTF-8.

    Raises ``ValueError``, and ``RecursionError`` where it is nested without end.
    """
    value = json.loads(_text(data, "utf-8"), strict=False)
    # Once more through text: what is left of a surrogate pair has no place in a database or an answer.
    return orjson.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
