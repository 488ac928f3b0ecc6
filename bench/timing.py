"""Who has an account: whether the time of an answer tells, ``python -m bench.timing [--json]``.

Over HTTP, from a real server: a login with a wrong password, "forgotten password" and a code by e-mail, each for people who
are there and for people who are not, taking turns.  *Told apart* is the chance that of two answers, one for somebody known and
one for somebody unknown, the slower is the one for the known (Mann–Whitney U as a share of all pairs; 50 % is a coin); *p* is
how often chance alone strays as far.  *KS* is the largest distance of the two distribution functions.  Reported, not judged:
the figures of one machine under one load prove nothing about another.
"""

import argparse
import json
import math
import random
import statistics
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from server.boot import open_services
from tests.support.people import sign_up
from tests.support.servers.live_server import LiveServer

PEOPLE = 100
TRIES = 3
"""For each person and question: some limits hold from the sixth letter on."""

QUESTIONS: dict[str, tuple[str, Callable[[str], dict[str, str]]]] = {
    "a wrong password": ("/auth/login", lambda address: {"login": address, "password": "eleven quiet herons"}),
    "forgotten password": ("/auth/forgot", lambda address: {"email": address}),
    "code by e-mail": ("/auth/otp/request", lambda address: {"email": address}),
}


def superiority(known: list[float], unknown: list[float]) -> tuple[float, float]:
    """Mann–Whitney: the share of pairs in which ``known`` is the larger, and the two-sided p (normal approximation)."""
    ordered = sorted(unknown)
    wins = sum((bisect_left(ordered, value) + bisect_right(ordered, value)) / 2 for value in known)
    pairs = len(known) * len(unknown)
    spread = math.sqrt(pairs * (len(known) + len(unknown) + 1) / 12)
    return wins / pairs, math.erfc(abs(wins - pairs / 2) / spread / math.sqrt(2))


def distance(known: list[float], unknown: list[float]) -> float:
    """Kolmogorov–Smirnov: the largest difference of the two empirical distribution functions."""
    one, other = sorted(known), sorted(unknown)
    return max(
        abs(bisect_right(one, value) / len(one) - bisect_right(other, value) / len(other)) for value in one + other
    )


async def ask(session: aiohttp.ClientSession, url: str, body: Any, number: int) -> float:
    """Milliseconds to the whole answer. Each comes from an address of its own, or the limits would answer."""
    headers = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
    started = time.perf_counter()
    async with session.post(url, json=body, headers=headers) as answer:
        await answer.read()
        taken_ms = (time.perf_counter() - started) * 1000
        assert answer.status in (204, 401), await answer.text()
    return taken_ms


async def measure(folder: Path) -> list[dict[str, Any]]:
    server = LiveServer(folder / "server", {"ANI_TRUSTED_PROXIES": "1", "ANI_LOG_LEVEL": "warning"})
    await server.start()
    try:
        async with open_services(server.settings()) as services:
            known = [(await sign_up(services.container)).email for _ in range(PEOPLE)]
        unknown = [f"nobody{number}@example.org"[-len(address) :] for number, address in enumerate(known)]
        figures, number = [], 0
        async with aiohttp.ClientSession() as session:
            for question, (path, body) in QUESTIONS.items():
                taken_ms: dict[bool, list[float]] = {True: [], False: []}
                people = [(address, there) for there, group in ((True, known), (False, unknown)) for address in group]
                for _ in range(TRIES):
                    random.Random(number).shuffle(people)
                    for address, there in people:
                        number += 1
                        url = f"{server.url}/api/v1{path}"
                        taken_ms[there].append(await ask(session, url, body(address), number))
                figures += compared(question, taken_ms[True], taken_ms[False])
    finally:
        await server.stop()
    return figures


def compared(question: str, known: list[float], unknown: list[float]) -> list[dict[str, Any]]:
    share, chance = superiority(known, unknown)
    return [
        figure(f"{question}, {len(known)} known: median", statistics.median(known), "ms", 2),
        figure(f"{question}, {len(unknown)} unknown: median", statistics.median(unknown), "ms", 2),
        figure("– told apart by time (50: not at all)", 100 * share, "%", 1),
        figure("– p", chance, "", 3),
        figure("– KS", distance(known, unknown), "", 3),
    ]


def figure(name: str, value: float, unit: str, digits: int) -> dict[str, Any]:
    return {"figure": name, "value": round(value, digits), "unit": unit, "target": "", "ok": None}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = uvloop.run(measure(Path(folder)))
    if arguments.json:
        print(json.dumps(figures))
        return
    for found in figures:
        print(f"{found['figure']:50} {found['value']:>10,} {found['unit']}")


if __name__ == "__main__":
    main()
