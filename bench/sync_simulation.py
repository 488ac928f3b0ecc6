"""How well parties keep together, simulated: ``python -m bench.sync_simulation [--json]``.

Every figure comes from the rules, the clock filter and the drift corrector that run in production, on the simulated
networks and devices of :mod:`bench.simulation`, with fixed seeds: the same on every machine, in about half a minute.
"""

import argparse
import json
import math
import time
from dataclasses import asdict, dataclass

from bench.simulated_devices import Device, Network
from bench.simulation import Server, SimulatedMember, in_step_after_ms, open_party, percentile
from bench.virtual_time import Simulation
from realtime.party.domain.commands import Play, Seek
from realtime.party.domain.model import MemberId, Settings, Wait
from realtime.sync.clock_filter import ClockFilter

HOST = MemberId("m0")
PLAYS_FROM_MS = 4_000.0
STEADY_AFTER_MS = 20_000.0
IN_STEP_MS = 40.0
"""Closer than people can tell from an echo; the target for steady drift."""


@dataclass(frozen=True)
class Row:
    """One figure; ``ok`` says whether it meets its target, ``None`` where there is none."""

    figure: str
    value: float | None
    """``None`` where it never happened."""
    unit: str
    target: str = ""
    ok: bool | None = None


def run() -> list[Row]:
    """All figures."""
    started = time.perf_counter()
    rows = [
        *steady_drift(),
        *clock_errors(),
        *coming_into_step(),
        *late_joiners(),
        *after_a_seek(Device(), "a member"),
        *after_a_seek(Device(refill_ms=400), "a member, players then wait for data up to 400 ms"),
        *stall_decision(),
        *kinds_of_players(),
    ]
    return [*rows, _row("all of the above, computed in", (time.perf_counter() - started) * 1000, "ms")]


def steady_drift() -> list[Row]:
    members = _watch(500, 180_000, seed=1)
    drifts = _drifts(members, STEADY_AFTER_MS)
    changes = sum(member.corrector.rate_changes for member in members) / len(members) / 3
    where = "500 players, 100 ms RTT, 20 ms jitter, 1 % loss"
    return [
        _row(f"steady drift p50, {where}", percentile(drifts, 0.50), "ms"),
        _row(f"steady drift p95, {where}", percentile(drifts, 0.95), "ms", at_most=40),
        _row(f"steady drift p99, {where}", percentile(drifts, 0.99), "ms", at_most=80),
        _row("changes of rate per player and minute", changes, ""),
        _row("seeks", sum(member.player.seeks for member in members), "", at_most=0),
    ]


def clock_errors() -> list[Row]:
    rows = []
    for asymmetry, limit, where in ((0.0, 10, "the same network"), (0.3, 50, "30 % path asymmetry")):
        members = _watch(200, 120_000, seed=2, network=Network(asymmetry=asymmetry))
        errors = [abs(error) for member in members for at, error in member.seen.clock_errors_ms if at > 10_000]
        rows.append(_row(f"clock error p95, {where}", percentile(errors, 0.95), "ms", at_most=limit))
        if not asymmetry:
            locks = [_or_never(member.seen.locked_ms) - member.seen.joined_ms for member in members]
            rows.append(_row("clock lock time p95", percentile(locks, 0.95), "ms", at_most=600))
    both_ways, least_rtt = _filters_side_by_side()
    rows.append(_row("clock error p95 with 8 samples, this filter", both_ways, "ms"))
    rows.append(_row("clock error p95 with 8 samples, least round trip as in NTP", least_rtt, "ms"))
    return rows


def coming_into_step() -> list[Row]:
    simulation, _, members = _playing(100, seed=3)
    simulation.run_until(STEADY_AFTER_MS)
    seeks = sum(member.player.seeks for member in members)
    for index, member in enumerate(members):
        member.player.nudge_off(500 if index % 2 else -500)
    simulation.run_until(STEADY_AFTER_MS + 40_000)
    times = [in_step_after_ms(member, STEADY_AFTER_MS, IN_STEP_MS) for member in members]
    return [
        _row("500 ms off → in step (40 ms), slowest of 100", max(times) / 1000, "s", at_most=12),
        _row("seeks for it", sum(member.player.seeks for member in members) - seeks, "", at_most=0),
    ]


def late_joiners() -> list[Row]:
    simulation, server, _ = _playing(100, seed=4)
    simulation.run_until(60_000)
    versions = server.party.version
    late = [SimulatedMember(server, f"late{index}", Network(), Device()) for index in range(100)]
    for index, member in enumerate(late):
        simulation.at(60_000 + index * 50, member.join)
    simulation.run_until(90_000)
    times = [in_step_after_ms(member, member.seen.joined_ms, IN_STEP_MS) for member in late]
    return [
        _row("late joiner → in step (40 ms) p95", percentile(times, 0.95) / 1000, "s", at_most=2),
        _row("pauses for the others", server.party.version - versions, "", at_most=0),
    ]


def after_a_seek(device: Device, who: str) -> list[Row]:
    simulation, _, members = _playing(200, seed=5, device=device)
    simulation.run_until(STEADY_AFTER_MS)
    members[1].send(Seek(member_id=members[1].name, id="seek", position_ms=900_000))
    simulation.run_until(STEADY_AFTER_MS + 30_000)
    times = [in_step_after_ms(member, STEADY_AFTER_MS + 500, IN_STEP_MS) for member in members]
    return [
        _row(f"seek by {who} → everyone in step (40 ms) p95", (percentile(times, 0.95) + 500) / 1000, "s"),
        _row("seeks per player for it", sum(member.player.seeks for member in members) / len(members), ""),
    ]


def stall_decision() -> list[Row]:
    simulation, server, members = _playing(50, seed=6, settings=Settings(wait=Wait.STALL))
    simulation.run_until(STEADY_AFTER_MS)
    simulation.after(0, lambda: members[7].stall(3_000))
    simulation.run_until(STEADY_AFTER_MS + 20_000)
    times = {entry.cause.kind: entry.playback.anchor_ms - STEADY_AFTER_MS for entry in server.log}
    return [
        _row("stall → the room waits", times.get("wait", math.inf), "ms", at_most=510),
        _row("3 s stall → the room plays on", times.get("resume", math.inf), "ms"),
    ]


def kinds_of_players() -> list[Row]:
    rows = []
    kinds = {
        "rate in steps of 5 %": Device(rate_step=0.05),
        "rate ignored": Device(honours_rate=False),
        "slow (seeks take 600 ms)": Device(seek_median_ms=600, start_latency_ms=(100, 200)),
        "positions read ± 15 ms": Device(reading_noise_ms=15),
    }
    for kind, device in kinds.items():
        members = _watch(50, 120_000, seed=7, device=device)
        rows.append(_row(f"steady drift p95, players with {kind}", percentile(_drifts(members, 20_000), 0.95), "ms"))
    return rows


# Inside -------------------------------------------------------------------------------------------------------------


def _playing(
    count: int,
    *,
    seed: int,
    network: Network | None = None,
    device: Device | None = None,
    settings: Settings | None = None,
) -> tuple[Simulation, Server, list[SimulatedMember]]:
    simulation, server, members = open_party(seed, count, network=network, device=device, settings=settings)
    simulation.at(PLAYS_FROM_MS, lambda: members[0].send(Play(member_id=HOST, id="play")))
    return simulation, server, members


def _watch(
    count: int, until_ms: float, *, seed: int, network: Network | None = None, device: Device | None = None
) -> list[SimulatedMember]:
    simulation, _, members = _playing(count, seed=seed, network=network, device=device)
    simulation.run_until(until_ms)
    return members


def _drifts(members: list[SimulatedMember], from_ms: float) -> list[float]:
    return [abs(drift) for member in members for at, drift in member.seen.drifts if at >= from_ms]


def _filters_side_by_side(tries: int = 2_000, samples: int = 8) -> tuple[float, float]:
    """The p95 error of our filter and of NTP's choice, given the same answers (100 ms RTT, 20 ms jitter)."""
    chance = Simulation(8).chance
    ours, ntp = [], []
    for _ in range(tries):
        clock = ClockFilter()
        least: tuple[float, float] = (math.inf, 0.0)
        for index in range(samples):
            there, back = 30 + chance.expovariate(1 / 20), 30 + chance.expovariate(1 / 20)
            t0 = index * 75.0
            clock.add(t0, t0 + there, t0 + there, t0 + there + back)
            least = min(least, (there + back, (there - back) / 2))
        ours.append(abs(clock.offset_ms))
        ntp.append(abs(least[1]))
    return percentile(ours, 0.95), percentile(ntp, 0.95)


def _or_never(moment_ms: float | None) -> float:
    return math.inf if moment_ms is None else moment_ms


def _row(figure: str, value: float, unit: str, *, at_most: float | None = None) -> Row:
    shown = round(value, 2) if math.isfinite(value) else None
    if at_most is None:
        return Row(figure, shown, unit)
    return Row(figure, shown, unit, f"≤ {at_most:g}", value <= at_most)


def as_table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    verdict = {None: "", True: "yes", False: "**no**"}
    lines = ["| figure | value | target | met |", "|---|---|---|---|"]
    for row in rows:
        value = "never" if row.value is None else f"{row.value:g} {row.unit}".rstrip()
        lines.append(f"| {row.figure} | {value} | {row.target} | {verdict[row.ok]} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Simulate watch parties and measure how well they keep together.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of a table")
    as_json = parser.parse_args().json
    rows = run()
    print(json.dumps([asdict(row) for row in rows], ensure_ascii=False) if as_json else as_table(rows))


if __name__ == "__main__":
    main()
