"""E-mail addresses and nicknames: what is taken, what is refused, and what counts as the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.identity.errors import EmailInvalid, NicknameInvalid
from accounts.identity.names import Email, Nickname


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("ann@example.org", "ann@example.org"),
        ("  Ann.Lee+ani@Example.ORG ", "Ann.Lee+ani@example.org"),
        ("ann@почта.рф", "ann@xn--80a1acny.xn--p1ai"),
        ("ann@straße.de", "ann@xn--strae-oqa.de"),  # IDNA 2008: not strasse.de, which is somebody else's
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("ann@ｅｘａｍｐｌｅ。org", "ann@example.org"),
        ("admin@localhost", "admin@localhost"),
        (f"{'a' * 64}@example.org", f"{'a' * 64}@example.org"),
    ],
)
def test_email_is_brought_to_one_spelling(text: str, email: str) -> None:
    assert Email.parse(text) == email


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ann",
        "@example.org",
        "ann@",
        "ann@@example.org",
        "a b@example.org",
        ".ann@example.org",
        "ann..lee@example.org",
        '"ann"@example.org',
        "ann@-example.org",
        "ann@exa_mple.org",
        "ann@example..org",
        f"{'a' * 65}@example.org",
        f"ann@{'a' * 64}.org",
        f"ann@{'a.' * 130}org",
        "ann@example.org\nBcc: all@example.org",
        "ann\x00@example.org",
        "ann@example.org, bob@example.org",
        "ánn@example.org",
        "ann@☃.example",  # no letter, so no domain since 2010
        "ann@a\u200db.example",  # a joiner where nothing is joined
        "ann@" + "ü" * 300 + ".example",
    ],
)
def test_email_that_cannot_be_one_is_refused(text: str) -> None:
    with pytest.raises(EmailInvalid):
        Email.parse(text)


def test_emails_differ_by_more_than_case() -> None:
    assert Email.parse("Ann@example.org").key == Email.parse("aNN@EXAMPLE.org").key
    assert Email.parse("ann@example.org").key != Email.parse("ann+1@example.org").key


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("Ann@example.org", "ann@example.org"),
        ("ann+1@example.org", "ann@example.org"),
        ("ann+a+b@Example.org", "ann@example.org"),
        ("+ann@example.org", "+ann@example.org"),
    ],
)
def test_tags_lead_into_one_mailbox(text: str, mailbox: str) -> None:
    assert Email.parse(text).mailbox == mailbox


@pytest.mark.parametrize(
    "text",
    [
        "Ann",
        "аня",
        "Ани-фан 2",
        "名無し",
        "x_X",
        "Zoë",
        "a1",
        "O.K.",
        "मीरा",
        "O'Brien",
        "'t Hooft",
        "李",
        "김",
        "D'Arcy-Li",
    ],
)
def test_nickname_in_any_one_script(text: str) -> None:
    assert Nickname.parse(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a" * 33,
        "12",
        "  ",
        "-ann",
        "ann@home",
        "<b>ann</b>",
        "ann\u202egnp",  # right-to-left override
        "an\u200bn",  # zero-width space
        "аnn",  # the first letter is Cyrillic
        "ann\x00",
        "🙂🙂",
        "é",
        "я",
        "'",
        "O''Brien",
        "1'",
        "\u3164\u3164",  # letters that show nothing
        "admin\u115f",
        "ad\u034fmin",  # marks that show nothing
        "admin\ufe0f",
        "admi\u0307n",  # a dot on the dot
        "a\u0331" + "\u0316" * 4,  # a tower
    ],
)
def test_nickname_that_misleads_is_refused(text: str) -> None:
    with pytest.raises(NicknameInvalid):
        Nickname.parse(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann Lee", "ann_lee"),
        ("ＡＮＮ", "ann"),
        ("Straße", "STRASSE"),
        ("a.n.n", "ann"),
        ("O’Brien", "o'brien"),
        ("O´Brien", "OBrien"),
    ],
)
def test_nicknames_that_look_the_same_are_the_same(one: str, other: str) -> None:
    assert Nickname.parse(one).key == Nickname.parse(other).key


@given(st.text(max_size=80))
def test_parsing_twice_changes_nothing(text: str) -> None:
    for kind, refused in ((Email, EmailInvalid), (Nickname, NicknameInvalid)):
        try:
            parsed = kind.parse(text)
        except refused:
            continue
        assert kind.parse(parsed) == parsed
        assert len(parsed.key) <= 254
