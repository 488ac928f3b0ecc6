"""Who may open a connection, by address."""

import itertools

import pytest

from kernel.errors import TooManyRequests
from realtime.gateway.connection_limits import ADDRESSES_REMEMBERED, REFILL_S, ConnectionLimiter

HOME = "203.0.113.9"
NUMBERS = itertools.count()


def let_in(
    limiter: ConnectionLimiter, count: int, address: str = HOME, now_ms: float = 0, *, join: bool = True
) -> list[str]:
    names = []
    for _ in range(count):
        displaced = limiter.ask(address, now_ms)
        if displaced is not None:
            limiter.closed(displaced)
        names.append(f"connection {next(NUMBERS)}")
        limiter.opened(names[-1], address)
        if join:
            limiter.joined(names[-1])
    return names


def test_an_address_holds_so_many_and_somebody_else_is_not_held_up() -> None:
    limiter = ConnectionLimiter(5)
    let_in(limiter, 5)
    with pytest.raises(TooManyRequests):
        limiter.ask(HOME, 0)
    let_in(limiter, 5, "203.0.113.10")
    assert len(limiter) == 10


def test_an_ipv6_site_is_one_place() -> None:
    limiter = ConnectionLimiter(5)
    for number in range(5):
        let_in(limiter, 1, f"2001:db8::{number:x}")
    with pytest.raises(TooManyRequests):
        limiter.ask("2001:db8::ffff", 0)
    let_in(limiter, 1, "2001:db8:0:1::1")


def test_strangers_go_for_newcomers_the_oldest_first_and_members_do_not() -> None:
    limiter = ConnectionLimiter(10)
    [member] = let_in(limiter, 1)
    strangers = let_in(limiter, 9, join=False)
    later_ms = REFILL_S * 1000
    for stranger in strangers:
        assert limiter.ask(HOME, later_ms) == stranger == limiter.oldest_stranger()
        limiter.closed(stranger)
        let_in(limiter, 1, now_ms=later_ms)
        later_ms += REFILL_S * 1000
    with pytest.raises(TooManyRequests):
        limiter.ask(HOME, later_ms)
    limiter.closed(member)
    assert limiter.ask(HOME, later_ms) is None


def test_connecting_has_a_rate_also_where_nobody_stays() -> None:
    limiter = ConnectionLimiter(60)
    opened = 0
    for number in range(9_000):
        now_ms = number * 5_600 / 9_000
        try:
            limiter.ask(HOME, now_ms)
        except TooManyRequests:
            continue
        limiter.opened(str(number), HOME)
        limiter.closed(str(number))
        opened += 1
    assert opened == 60 + 5  # at once, and one a second


def test_loopback_has_ten_times_as_many() -> None:
    limiter = ConnectionLimiter(5)
    let_in(limiter, 50, "127.0.0.1")
    with pytest.raises(TooManyRequests):
        limiter.ask("127.0.0.1", 0)


def test_zero_is_any_number() -> None:
    limiter = ConnectionLimiter(0)
    let_in(limiter, 1_000, join=False)
    assert limiter.ask(HOME, 0) is None


def test_nothing_is_left_of_who_is_gone() -> None:
    limiter = ConnectionLimiter(5)
    for name in let_in(limiter, 3, join=False) + let_in(limiter, 2):
        limiter.closed(name)
        limiter.closed(name)
    assert len(limiter) == 0
    assert limiter.oldest_stranger() is None
    assert not limiter.joined("nobody")


def test_no_number_of_addresses_takes_all_memory() -> None:
    limiter = ConnectionLimiter(5)
    for number in range(ADDRESSES_REMEMBERED + 100):
        limiter.ask(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 0)
    assert len(limiter._addresses) == ADDRESSES_REMEMBERED
