"""Tickets: ours, of their kind, in their time, and nobody else's."""

import pytest

from kernel.ids import new_id
from streaming.ads.tickets import LIFETIME_S, Ticket, TicketOffice

OLD, NEW = b"o" * 32, b"n" * 32
NOW = 1_800_000_000.5


@pytest.fixture
def ticket() -> Ticket:
    return Ticket.new(1, new_id(), "ab" * 16, now_s=NOW)


def test_a_ticket_is_read_as_it_was_issued_until_it_is_too_old(ticket: Ticket) -> None:
    office = TicketOffice([NEW, OLD])
    text = office.issue(ticket)
    assert len(text) < 120
    assert office.read(text, 1, now_s=NOW) == ticket
    assert office.read(text, 2, now_s=NOW) is None
    assert office.read(text, 1, now_s=NOW + LIFETIME_S - 1) == ticket
    assert office.read(text, 1, now_s=NOW + LIFETIME_S) is None


def test_a_showing_with_a_name_has_one_nonce_and_others_have_others() -> None:
    ad, other = new_id(), new_id()

    def nonce(showing: str, subject_id: str = ad, viewer: str = "ab" * 16, now_s: float = NOW) -> str:
        ticket = Ticket.of_showing(showing, 2, subject_id, viewer, now_s=now_s)
        office = TicketOffice([NEW])
        assert office.read(office.issue(ticket), 2, now_s=now_s) == ticket
        return ticket.nonce

    assert nonce("stream|0") == nonce("stream|0", now_s=NOW + 60)
    others = [nonce("stream|1"), nonce("stream|0", other), nonce("stream|0", viewer="cd" * 16)]
    assert len({nonce("stream|0"), *others}) == 4


def test_former_keys_are_believed_and_others_are_not(ticket: Ticket) -> None:
    text = TicketOffice([OLD]).issue(ticket)
    assert TicketOffice([NEW, OLD]).read(text, 1, now_s=NOW) == ticket
    assert TicketOffice([NEW]).read(text, 1, now_s=NOW) is None


def test_nothing_else_is_a_ticket(ticket: Ticket) -> None:
    office = TicketOffice([NEW])
    text = office.issue(ticket)
    for place in range(len(text)):
        other = "A" if text[place] != "A" else "B"
        changed = text[:place] + other + text[place + 1 :]
        # The last letter has bits that stand for nothing.
        assert office.read(changed, 1, now_s=NOW) is None or place == len(text) - 1
    for bad in ("", "A", "é" * 20, text + "AAAA", text[:-4], "=" * 90, "A" * 5_000, "\0" * 87):
        assert office.read(bad, 1, now_s=NOW) is None, bad
