"""kernel.storage.breaker: refused at once after three failures, tried again after a rest."""

from kernel.storage.breaker import FAILURES, REST_S, Breaker


def test_it_opens_after_some_failures_in_a_row() -> None:
    breaker = Breaker()
    for _ in range(FAILURES - 1):
        breaker.failed(10.0)
    assert not breaker.is_open(10.0)
    breaker.succeeded()
    for _ in range(FAILURES):
        assert not breaker.is_open(10.0)
        breaker.failed(10.0)
    assert breaker.is_open(10.0)


def test_one_is_let_through_after_the_rest() -> None:
    breaker = Breaker()
    for _ in range(FAILURES):
        breaker.failed(10.0)
    again_s = 10.0 + REST_S
    assert breaker.is_open(again_s - 0.1)
    assert not breaker.is_open(again_s), "one may try"
    assert breaker.is_open(again_s), "the others wait for it"
    breaker.succeeded()
    assert not breaker.is_open(again_s)
