"""Names, addresses, colours and texts of teams, also as somebody would write them who means no good."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.teams import names
from accounts.teams.errors import ColourInvalid, RoleTitleInvalid, SlugInvalid, TeamNameInvalid, TeamTextInvalid
from notify.emails.templates import write_invitation


@pytest.mark.parametrize("text", ["Night Owls", "  Night   Owls ", "夜のフクロウ", "Ночные совы", "Z3", "👩‍💻 coders"])
def test_good_names(text: str) -> None:
    assert names.team_name(text) == " ".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a",
        "x" * 61,
        "!?!",
        "a\x00b",
        "evil\u202egpj.exe",
        "zero\u200bwidth",
        "soft\u00adhyphen",
        "\ud800x",
        "\u3164\u3164",
    ],
)
def test_names_that_are_refused(text: str) -> None:
    with pytest.raises(TeamNameInvalid):
        names.team_name(text)


def test_a_name_is_one_line_so_that_it_cannot_write_headers_of_a_letter() -> None:
    assert names.team_name("Owls\r\nBcc: all@example.org") == "Owls Bcc: all@example.org"
    subject, _ = write_invitation("en", inviter="Anna", team=names.team_name("Owls\nSubject: x"), link="")
    assert "\n" not in subject


@pytest.mark.parametrize("text", ["owl", "night-owls", "a1-b2-c3", "x" * 40])
def test_good_slugs(text: str) -> None:
    assert names.slug(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ab",
        "x" * 41,
        "Owls",
        "-owls",
        "owls-",
        "night--owls",
        "совы",
        "a b c",
        "a/b",
        "a.b",
        "owls\n",
        "new",
        "mine",
        "invite",
        "invitations",
        "0192f0c1-2f6b-7cc0-8a3b-6d1f5e4c3b2a",
    ],
)
def test_slugs_that_are_refused(text: str) -> None:
    with pytest.raises(SlugInvalid):
        names.slug(text)


def test_colours() -> None:
    assert names.colour("#A0b1C2") == "#a0b1c2"
    for text in ("", "red", "#abc", "#12345g", "#1234567", "#123456\n", "#123456;background:url(//x)", "#١٢٣٤٥٦"):
        with pytest.raises(ColourInvalid):
            names.colour(text)


def test_titles() -> None:
    assert names.role_title(" Chief  timer ") == "Chief timer"
    for text in ("", "   ", "x" * 33, "a\x00", "\u202e"):
        with pytest.raises(RoleTitleInvalid):
            names.role_title(text)


def test_descriptions_keep_their_lines() -> None:
    assert names.description(" one\r\ntwo\n") == "one\ntwo"
    for text in ("x" * 2_001, "a\x00", "bell\x07", "\u202e"):
        with pytest.raises(TeamTextInvalid):
            names.description(text)


@given(st.text())
def test_whatever_passes_can_be_stored_and_shown_on_one_line(text: str) -> None:
    try:
        name = names.team_name(text)
    except TeamNameInvalid:
        return
    name.encode()
    assert name.splitlines() == [name]
    assert "\x00" not in name
    assert 2 <= len(name) <= 60
    assert names.team_name(name) == name
