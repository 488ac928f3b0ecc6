"""What is left of HTML in a description."""

import time

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.text.markup import plain_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("1 < 2 & 3 > 2, Tom & Jerry, I <3 you", "1 < 2 & 3 > 2, Tom & Jerry, I <3 you"),
        ("<b>Bold</b> &amp; <i>more</i>", "Bold & more"),
        ("one<br>two<br />three", "one\ntwo\nthree"),
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("<script>alert(1)</script><style>p {}</style>hi", "hi"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;hi", "hi"),
        ("&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;hi", "hi"),
        ("<img src=x onerror=alert(1)>ok <a href='javascript:x'>link</a>", "ok link"),
        ("<scr<script>x</script>ipt>alert(1)</script>", "xipt>alert(1)"),
        ("<!-- hidden -->seen", "seen"),
        ("<ul><li>one<li class='x'>two</li>\n <li>three</li></ul>", "one\ntwo\nthree"),
        ("<noscript>a</noscript><template>b</template>seen", "seen"),
        ("«Ёлка»\r\n\r\n\r\n\r\nдва \t  пробела\x00", "«Ёлка»\n\nдва пробела"),
        ("\u202eevil &#x202e;&amp;#8237;live\u202c", "evil live\u202c"),
        ("<scr\u202eipt>alert(1)</script>hi", "hi"),
        ("", ""),
    ],
)
def test_what_a_person_reads(markup: str, text: str) -> None:
    assert plain_text(markup, 1_000) == text
    assert plain_text(text, 1_000) == text, "what was read once stays as it is"


def test_what_is_too_long_ends_in_dots() -> None:
    assert plain_text("word " * 100, 13) == "word word wo…"
    assert plain_text("x" * 13, 13) == "x" * 13


@given(st.text(alphabet="<>&;/ab \n\"'=!-", max_size=200))
def test_no_tag_survives(markup: str) -> None:
    text = plain_text(markup, 200)
    assert len(text) <= 200
    assert not nh3.is_html(text)


@pytest.mark.parametrize("part", ["<", "<br ", "<p>", "&amp;", "<b><i><table>", "&lt;b&gt;<"])
def test_ten_megabytes_are_not_read(part: str) -> None:
    markup = (part * 10_000_000)[:10_000_000]
    before = time.process_time()
    plain_text(markup, 10_000)
    assert time.process_time() - before < 1, "of all of it this would take minutes"
