"""The allowance of one connection."""

from realtime.gateway.token_bucket import TokenBucket


def test_burst_then_rate() -> None:
    bucket = TokenBucket(rate_per_s=10, burst=5)
    assert [bucket.take(1_000) for _ in range(7)] == [True] * 5 + [False] * 2
    assert bucket.take(1_100)
    assert not bucket.take(1_100)


def test_a_refusal_costs_nothing_and_rest_is_bounded() -> None:
    bucket = TokenBucket(rate_per_s=10, burst=5)
    assert not bucket.take(0, cost=6)
    assert bucket.take(0, cost=5)
    assert [bucket.take(1e9) for _ in range(6)] == [True] * 5 + [False]
