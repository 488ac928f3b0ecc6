"""Measures the tracks of a film by their packets; a program of its own.

``python packet_times.py FFMPEG ARGUMENT…`` runs an ffmpeg that copies packets to ``-f framecrc -``, one line each, and sums
up: a two-hour film has a million of them, which is nothing for an event loop.  The last line is a JSON list with an object
for each track, in the order of the ``-map`` options (see ``timeline.Measured``); the lines before it say how far it is.
"""

import json
import subprocess
import sys
from typing import Any

SPLIT_MS = 10_000
"""A longer time without a packet ends a run; what it means is decided elsewhere."""

MAX_RUNS = 1_000
"""After so many the last one is extended: slides have no jumps that are worth a list."""

LONGEST_MS = 60_000
"""Steps over this are jumps, and say nothing of how long a picture usually stays."""

UNKNOWN_STEP_MS = 1_000
"""A first packet is taken to last this long at most."""

UNSET = -(2**63)
"""How framecrc writes a time that nobody knows (``AV_NOPTS_VALUE``)."""

REPORT_PACKETS = 20_000


class PacketTrack:
    """What is known of one track so far; times in milliseconds from the beginning of the film."""

    def __init__(self) -> None:
        self.tick_ms = 1.0
        self.packets = 0
        self.runs: list[list[float]] = []
        self.longest_ms = 0.0
        self.last_ms = self.last_duration_ms = self._previous_ms = 0.0
        self._delay_ms = float(LONGEST_MS)

    def add(self, decoded: str, shown: str, duration: str) -> None:
        """Count a packet with its times, in ticks."""
        shown_ms, decoded_ms = self._time_ms(shown), self._time_ms(decoded)
        if shown_ms is not None and decoded_ms is not None:
            self._delay_ms = max(0.0, min(self._delay_ms, shown_ms - decoded_ms))
        if shown_ms is not None:
            at_ms = shown_ms
        elif decoded_ms is not None:
            # Program streams say when every other picture is shown; it is not before this.
            at_ms = decoded_ms + (self._delay_ms if self._delay_ms < LONGEST_MS else 0)
        else:
            return  # nobody knows when it is
        duration_ms = max(0.0, self._time_ms(duration) or 0.0)
        step_ms = at_ms - self._previous_ms
        if self.packets and self.longest_ms < step_ms <= LONGEST_MS:
            self.longest_ms = step_ms
        self._previous_ms = at_ms
        self.packets += 1
        # Before a jump MP4 has a packet that lasts until after it.
        end_ms = at_ms + min(duration_ms, SPLIT_MS, self.longest_ms or UNKNOWN_STEP_MS)
        if not self.runs or (at_ms - self.runs[-1][1] > SPLIT_MS and len(self.runs) < MAX_RUNS):
            self.runs.append([at_ms, end_ms])
        else:
            run = self.runs[-1]
            run[0], run[1] = min(run[0], at_ms), max(run[1], end_ms)
        if at_ms >= self.last_ms or self.packets == 1:
            self.last_ms, self.last_duration_ms = at_ms, duration_ms

    def _time_ms(self, ticks: str) -> float | None:
        try:
            number = int(ticks)
        except ValueError:
            return None
        return None if number == UNSET else number * self.tick_ms

    def summary(self) -> dict[str, Any]:
        """The track as the object that ``timeline.Measured`` is made of."""
        return {
            "packets": self.packets,
            "runs": [[round(begin), round(end)] for begin, end in self.runs],
            "last_ms": round(self.last_ms),
            "last_duration_ms": round(self.last_duration_ms),
            "longest_ms": round(self.longest_ms),
        }


def main(command: list[str]) -> int:
    """Run ``command``, sum up the packets it lists, and print them as JSON; its exit status."""
    tracks: dict[int, PacketTrack] = {}
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, errors="replace")
    assert process.stdout is not None
    for number, line in enumerate(process.stdout):
        if line.startswith("#"):
            if line.startswith("#tb "):
                index, _, base = line[4:].partition(":")
                numerator, _, denominator = base.partition("/")
                track = tracks.setdefault(int(index), PacketTrack())
                track.tick_ms = 1000 * int(numerator) / int(denominator)
            continue
        index, decoded, shown, duration, _ = line.split(",", 4)
        tracks[int(index)].add(decoded, shown, duration)
        if number % REPORT_PACKETS == 0:
            print(number, flush=True)  # noqa: T201 - its output
    status = process.wait()
    print(json.dumps([tracks[index].summary() for index in sorted(tracks)]))  # noqa: T201 - its output
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
