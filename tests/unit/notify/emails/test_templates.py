"""What e-mail says, in which language, and that nobody else writes into it."""

from typing import get_args

import pytest

from accounts.identity.emails import LANGUAGES, EmailKind, TokenKind, language_of
from notify.emails.templates import write, write_invitation

KINDS = [kind for part in get_args(EmailKind) for kind in (get_args(part) or (part,)) if kind != "team_invitation"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_written_in_every_language(kind: EmailKind) -> None:
    written = [
        write(kind, language, nickname="Anna", secret="s3cret", public_url="https://ani.example")
        for language in LANGUAGES
    ]
    assert len({subject for subject, _ in written}) == len({text for _, text in written}) == len(LANGUAGES)
    for subject, text in written:
        assert "Anna" in text
        assert "{" not in subject + text
        assert ("#s3cret" in text) == (kind in get_args(TokenKind))


def test_an_unknown_language_is_the_default() -> None:
    assert write("reset", "xx", nickname="Anna", secret="s", public_url="") == write(
        "reset", LANGUAGES[0], nickname="Anna", secret="s", public_url=""
    )
    assert write_invitation("xx", inviter="Anna", team="Owls", link="L")[0] == "Anna invites you to Owls"


def test_invitations_are_written_in_a_known_language() -> None:
    assert "приглашает" in write_invitation("ru", inviter="Анна", team="Совы", link="L")[0]


def test_braces_in_names_are_text_and_no_places_to_fill_in() -> None:
    assert write_invitation("en", inviter="{link}", team="{0}", link="L")[0] == "{link} invites you to {0}"


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "en"), ("ru", "ru"), ("de, ru-RU;q=0.8, en;q=0.5", "ru"), ("EN-gb, ru", "en"), ("fr", "en"), (";;,", "en")],
)
def test_the_first_language_we_write_in(header: str, language: str) -> None:
    assert language_of(header) == language
