"""Every test of the server and of the pages: ``python -m tests.support.whole_run WORKERS WORD…``, words as pytest's.

What plays films in Chromium runs one by one, because two films on two cores do not keep time.  Such a test mostly waits for its film,
so the other tests run beside it, at a priority that leaves a film what it needs.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from tests.support.shared import VARIABLE

FILMS = "browser and not page"
YIELDING = 10
"""How much less the other tests matter to the scheduler: a tenth of a film's share where both want a core."""
NO_TESTS = 5
"""pytest's exit code where the words leave no test."""


def main(workers: str, words: Sequence[str]) -> int:
    """Run both, and show what there is to say of films when all is over; returns pytest's code, of the worse of the two."""
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches the two as well, which stop what they started
    pytest = [sys.executable, "-m", "pytest", *words]
    with tempfile.TemporaryFile() as shown, tempfile.TemporaryDirectory(prefix="ani-tests-") as shared:
        environment = {**os.environ, VARIABLE: shared}
        films = subprocess.Popen(
            [*pytest, "-n", "0", "-m", FILMS], env=environment, stdout=shown, stderr=subprocess.STDOUT
        )
        others = subprocess.Popen(
            [*pytest, "-n", workers, "--dist", "worksteal", "-m", f"not ({FILMS})"],
            env=environment,
            preexec_fn=lambda: os.nice(YIELDING),
        )
        codes = {others.wait(), films.wait()}
        if films.returncode != NO_TESTS:
            print("\n› Films in Chromium", flush=True)
            shown.seek(0)
            shutil.copyfileobj(shown, sys.stdout.buffer)
            sys.stdout.flush()
    return max((abs(code) for code in codes - {NO_TESTS}), default=NO_TESTS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
