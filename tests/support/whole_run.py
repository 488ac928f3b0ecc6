"""Every test of the server and of the pages: ``python -m tests.support.whole_run WORKERS WORD…``, words as pytest's.

What plays films in Chromium runs one by one, because two films on two cores do not keep time.  Such a test mostly waits for its film,
so the other tests run beside it, at a priority that leaves a film what it needs.

What failed then runs once more, alone, as CPython's own tests do (``regrtest --rerun``): ADR 21 says why.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from tests.support.shared import VARIABLE

FILMS = "browser and not page"
YIELDING = 10
"""How much less the other tests matter to the scheduler: a tenth of a film's share where both want a core."""
MOST_TRIED_AGAIN = 3
"""More than these in one run are no accident of a busy machine."""
FAILED = 1
NO_TESTS = 5
"""pytest's exit code where the words leave no test."""
_LAST_FAILED = Path("v", "cache", "lastfailed")
"""Where pytest's cache names the tests that failed, as the keys of an object."""


def main(workers: str, words: Sequence[str]) -> int:
    """Run both, and show what there is to say of films when all is over; returns pytest's code, of the worse of the two."""
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches the two as well, which stop what they started
    pytest = [sys.executable, "-m", "pytest", *words]
    with tempfile.TemporaryFile() as shown, tempfile.TemporaryDirectory(prefix="ani-tests-") as shared:
        environment = {**os.environ, VARIABLE: shared}
        caches = Path(shared, "films-cache"), Path(shared, "others-cache")
        films = subprocess.Popen(
            [*pytest, *_cache(caches[0]), "-n", "0", "-m", FILMS],
            env=environment,
            stdout=shown,
            stderr=subprocess.STDOUT,
        )
        others = subprocess.Popen(
            [*pytest, *_cache(caches[1]), "-n", workers, "--dist", "worksteal", "-m", f"not ({FILMS})"],
            env=environment,
            preexec_fn=lambda: os.nice(YIELDING),
        )
        codes = {others.wait(), films.wait()}
        if films.returncode != NO_TESTS:
            print("\n› Films in Chromium", flush=True)
            shown.seek(0)
            shutil.copyfileobj(shown, sys.stdout.buffer)
            sys.stdout.flush()
        code = max((abs(code) for code in codes - {NO_TESTS}), default=NO_TESTS)
        failed = sorted(name for cache in caches for name in _failed(cache))
        if code == FAILED and 0 < len(failed) <= MOST_TRIED_AGAIN:
            code = _try_again(pytest, failed, Path(shared, "again-cache"), environment)
    return code


def _try_again(pytest: Sequence[str], failed: Collection[str], cache: Path, environment: Mapping[str, str]) -> int:
    print("\n› What failed, once more and alone", flush=True)
    names = cache / _LAST_FAILED
    names.parent.mkdir(parents=True)
    names.write_text(json.dumps(dict.fromkeys(failed, True)))
    command = [*pytest, *_cache(cache), "-n", "0", "--last-failed", "--last-failed-no-failures", "none"]
    code = subprocess.run(command, env=environment, check=False).returncode
    if code == 0:
        print("\n› Passed alone and failed beside others, so either the test or the program has a fault to be found:")
        print(*(f"    {name}" for name in failed), sep="\n", flush=True)
    return code


def _cache(folder: Path) -> list[str]:
    return ["-o", f"cache_dir={folder}"]


def _failed(cache: Path) -> list[str]:
    names = cache / _LAST_FAILED
    return list(json.loads(names.read_text())) if names.exists() else []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
