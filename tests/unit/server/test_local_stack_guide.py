"""What `make stack` tells people to type starts a process that has everything it needs."""

import re
import shlex

import pytest

from server.local_stack.__main__ import guide
from server.settings import Settings


def test_what_is_printed_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = guide("postgresql://ani@127.0.0.1:5432/ani", "redis://127.0.0.1:6379/0", "s" * 64)
    for name, value in re.findall(r"^  export (\w+)=(.*)$", printed, re.MULTILINE):
        monkeypatch.setenv(name, shlex.split(value)[0])
    settings = Settings.load(_env_file=None)
    assert settings.redis_url == "redis://127.0.0.1:6379/0"
    assert settings.has_own_secret
    assert settings.runs_jobs, "or uploads would wait for a worker that nobody started"
