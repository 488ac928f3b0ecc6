"""Processes of one installation must know each other's secret key."""

import pytest
from pydantic import SecretStr

from kernel.concurrency.tasks import TaskSet
from server import cluster
from server.cluster import KeyPrints, SecretDiffers, member
from server.services import connect_redis
from server.settings import Settings

ONE, OTHER = "one secret key " * 3, "another secret key " * 3


def having(signs: str, *accepted: str, redis_url: str = "") -> Settings:
    return Settings.load(
        _env_file=None,
        secret_key=SecretStr(signs),
        accepted_secret_keys=[SecretStr(key) for key in accepted],
        redis_url=redis_url,
    )


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        (having(ONE), having(ONE), True),
        (having(ONE), having(OTHER), False),
        (having(ONE), having(ONE, OTHER), True),  # the next key is made known first …
        (having(OTHER, ONE), having(ONE, OTHER), True),  # … then it signs, here and there
        (having(OTHER, ONE), having(ONE), False),
        (having(ONE), having(OTHER, ONE), False),
    ],
)
def test_each_must_believe_what_the_other_signs(one: Settings, other: Settings, agree: bool) -> None:
    assert KeyPrints.of(one).agrees(KeyPrints.of(other)) is agree


def test_a_fingerprint_is_no_key() -> None:
    told = KeyPrints.of(having(ONE)).to_json().decode()
    assert ONE not in told
    assert all(key.hex() not in told for key in having(ONE).derive_keys("process-agreement"))


async def test_a_process_with_another_secret_does_not_join(valkey_url: str) -> None:
    redis, tasks = connect_redis(valkey_url), TaskSet("test")
    try:
        async with member(having(ONE), redis, tasks), member(having(ONE), redis, tasks):
            with pytest.raises(SecretDiffers):
                async with member(having(OTHER), redis, tasks):
                    pass
        async with member(having(OTHER), redis, tasks):
            """Once the others have ended, nothing of them is left."""
        assert await redis.keys(f"{cluster.PREFIX}*") == []
    finally:
        await tasks.close()
        await redis.aclose()
