"""Writes the vectors that hold the Python and TypeScript twins together: ``python -m tests.vectors.record``.

The situations are chosen here; what the Python twin does in them is written down.  Whether that is *right* is the matter
of ``tests/unit/realtime``; the vectors say that both twins do the *same*, and show in a diff what a change of a constant
does.  Record again after a deliberate change, and read the diff.
"""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bench.drift import DriftCorrector, Observation, PlayerMode, Steering
from bench.simulated_devices import Device
from bench.simulation import open_party
from realtime.party.domain.commands import Play, Seek
from realtime.party.domain.model import MemberId
from realtime.party.serializers import playback_json
from realtime.sync.clock_filter import ClockFilter
from realtime.sync.live import newest_ms, oldest_ms, put_on, watchable
from realtime.sync.playback import Media, Playback, position_at, time_at

HERE = Path(__file__).parent
MEDIA = Media(episode_id="episode", title="Episode", duration_ms=600_000)
PLAYING = Playback(media=MEDIA, position_ms=10_000, rate=1.0, paused=False, anchor_ms=1_000)
PAUSED = replace(PLAYING, paused=True)

Json = dict[str, Any]


def clock_vectors() -> list[Json]:
    """Answers as (t0, t1, t2, t3), and what the filter makes of them."""
    situations: dict[str, list[tuple[float, float, float, float]]] = {
        "one symmetric answer": [(0, 1_050, 1_050, 100)],
        "time at the server does not count": [(0, 1_050, 1_090, 140)],
        "each way is quick once": [(0, 1_030, 1_030, 110), (75, 1_165, 1_165, 195)],
        "an answer over a second is left out": [(0, 1_050, 1_050, 1_001)],
        "an answer before its question is left out": [(100, 1_050, 1_050, 99)],
        "a server that travels in time is left out": [(0, 1_050, 1_040, 100)],
        "three answers lock": [(at, 1_050 + at, 1_050.2 + at, 100.2 + at) for at in (0, 75, 150)],
        "five answers end the burst": [(at, 1_050 + at, 1_050.2 + at, 100.2 + at) for at in (0, 75, 150, 225, 300)],
        "old answers fade by the skew": [(0, 1_050, 1_050, 100), (60_000, 61_070, 61_070, 60_140)],
        "a clock that stepped starts over": [
            *((at, 1_050 + at, 1_050 + at, 100 + at) for at in (0, 75, 150, 225, 300)),
            (10_000, 31_050, 31_050, 10_100),
        ],
        "only the last sixteen count": [
            (at, at + 500.0 + (index * 7) % 11, at + 500.5 + (index * 7) % 11, at + 40.25 + (index * 5) % 13)
            for index, at in enumerate(range(0, 200_000, 10_000))
        ],
    }
    vectors = []
    for name, answers in situations.items():
        clock = ClockFilter()
        steps = []
        for answer in answers:
            taken = clock.add(*answer)
            steps.append(
                {
                    "times": answer,
                    "taken": taken,
                    "offset_ms": clock.offset_ms,
                    "error_ms": clock.error_ms if taken or clock.rtt_ms is not None else None,
                    "rtt_ms": clock.rtt_ms,
                    "locked": clock.locked,
                    "next_ping_in_ms": clock.next_ping_in_ms(),
                }
            )
        vectors.append({"name": name, "steps": steps})
    return vectors


def playback_vectors() -> list[Json]:
    """Documents, moments and positions."""
    documents = {
        "playing": PLAYING,
        "paused": PAUSED,
        "one and a half times": replace(PLAYING, rate=1.5),
        "half": replace(PLAYING, rate=0.5, position_ms=123_457, anchor_ms=98_765),
        "nothing on": Playback(position_ms=0, paused=False, anchor_ms=0),
        "near the end": replace(PLAYING, position_ms=599_000),
    }
    moments = (0.0, 999.5, 1_000.0, 1_000.25, 3_141.59, 100_000.0, 1e12)
    positions = (0.0, 9_900.0, 10_000.0, 123_456.789)
    return [
        {
            "name": name,
            "playback": playback_json(playback),
            "position_at": [[at, position_at(playback, at)] for at in moments],
            "time_at": [[position, time_at(playback, position)] for position in positions],
        }
        for name, playback in documents.items()
    ]


def live_vectors() -> list[Json]:
    """Channels, moments and positions."""
    channels = {
        "half an hour of it": put_on("channel", wall_ms=1.79e12, room_ms=5e9, window_ms=1_800_000),
        "no more than players need": put_on("channel", wall_ms=1.79e12, room_ms=5e9 + 0.4, window_ms=40_000),
        "less than the delay": put_on("channel", wall_ms=1.79e12, room_ms=5e9, window_ms=1_000),
        "began a minute ago": put_on("channel", wall_ms=1.79e12, room_ms=5e9, window_ms=1_800_000, live_for_ms=60_000),
        "longer than it is there": put_on("channel", wall_ms=1.79e12, room_ms=5e9, window_ms=86_400_000),
    }
    moments = (5e9, 5e9 + 123.25, 5e9 + 7_200_000)
    positions = (0.0, 14_000_000.5, 14_390_000.0, 14_396_000.0, 20_000_000.0)
    return [
        {
            "name": name,
            "live": asdict(live),
            "newest": [[at, newest_ms(live, at)] for at in moments],
            "oldest": [[at, oldest_ms(live, at)] for at in moments],
            "watchable": [[at, position, watchable(live, position, at)] for at in moments for position in positions],
        }
        for name, live in channels.items()
    ]


class Recorder:
    """A corrector that writes down what it sees and says."""

    def __init__(self, name: str, *, offset_ms: float = 0.0) -> None:
        self._name = name
        self._offset_ms = offset_ms
        self._corrector = DriftCorrector()
        self._steps: list[Json] = []

    def follow(self, playback: Playback) -> None:
        self._corrector.follow(playback)
        self._steps.append({"follow": playback_json(playback)})

    def step(self, room_ms: float, position_ms: float, mode: PlayerMode = PlayerMode.PLAYING) -> Steering:
        seen = Observation(
            now_ms=round(room_ms - self._offset_ms, 3),
            room_ms=round(room_ms, 3),
            position_ms=round(position_ms, 3),
            mode=mode,
        )
        steering = self._corrector.step(seen)
        self._steps.append({"see": asdict(seen), "steer": asdict(steering)})
        return steering

    def vector(self) -> Json:
        return {
            "name": self._name,
            "steps": self._steps,
            "seeks": self._corrector.seeks,
            "rate_changes": self._corrector.rate_changes,
            "honours_rate": self._corrector.honours_rate,
        }


def drift_vectors() -> list[Json]:
    """Situations of one player, and two whole parties seen by one member."""
    vectors = [
        _off_by("ahead by 100 ms", 100),
        _off_by("behind by 700 ms", -700),
        _off_by("within the dead zone", 9),
        _off_by("behind by 5 s", -5_000),
        _joins_late(),
        _pauses_and_resumes(),
        _stalls_and_hides(),
        _seeks_without_end(),
        _ignores_rate(),
        _reaches_the_end(),
    ]
    return [
        *vectors,
        _party("a party, as one member saw it", Device()),
        _party("rates in steps", Device(rate_step=0.05)),
    ]


def _off_by(name: str, drift_ms: float) -> Json:
    recorder = Recorder(name, offset_ms=777.7)
    recorder.follow(PAUSED)
    recorder.step(900, 10_000, PlayerMode.PAUSED)
    recorder.follow(PLAYING)
    position_ms, mode = 10_000.0 + drift_ms, PlayerMode.PLAYING
    for index in range(60):
        steering = recorder.step(1_000 + index * 250, position_ms, mode)
        if steering.seek_to_ms is not None:
            position_ms, mode = steering.seek_to_ms, PlayerMode.SEEKING
        elif mode is PlayerMode.SEEKING:
            mode = PlayerMode.PAUSED
        elif steering.play_in_ms is not None and steering.play_in_ms < 250:
            run_ms = 250 - (0 if mode is PlayerMode.PLAYING else steering.play_in_ms)
            position_ms, mode = position_ms + run_ms * steering.rate, PlayerMode.PLAYING
    return recorder.vector()


def _joins_late() -> Json:
    recorder = Recorder("joins late, the seek takes longer than thought")
    recorder.follow(PLAYING)
    target = recorder.step(101_000, 0, PlayerMode.PAUSED).seek_to_ms
    assert target is not None
    recorder.step(101_250, target, PlayerMode.SEEKING)
    recorder.step(101_500, target, PlayerMode.STALLED)
    recorder.step(101_780, target, PlayerMode.PAUSED)
    for index in range(8):
        recorder.step(102_030 + index * 250, target + 200 + index * 250, PlayerMode.PLAYING)
    return recorder.vector()


def _pauses_and_resumes() -> Json:
    recorder = Recorder("pauses with overshoot, resumes, seeks, changes speed")
    recorder.follow(PLAYING)
    recorder.step(2_000, 11_000)
    recorder.follow(replace(PAUSED, position_ms=11_200, anchor_ms=2_200))
    recorder.step(2_250, 11_250)
    recorder.step(2_500, 11_250, PlayerMode.PAUSED)
    recorder.follow(replace(PLAYING, position_ms=11_200, anchor_ms=3_000))
    recorder.step(2_850, 11_250, PlayerMode.PAUSED)
    recorder.step(3_100, 11_290)
    recorder.follow(replace(PLAYING, position_ms=200_000, anchor_ms=3_500))
    recorder.step(3_350, 11_540)
    recorder.step(3_450, 200_000, PlayerMode.SEEKING)
    recorder.step(3_490, 200_000, PlayerMode.PAUSED)
    recorder.step(3_750, 200_240)
    recorder.follow(replace(PLAYING, position_ms=200_500, rate=1.25, anchor_ms=4_000))
    for index in range(6):
        recorder.step(4_000 + index * 250, 200_480 + index * 312.5)
    recorder.follow(replace(PAUSED, position_ms=150_000, anchor_ms=6_000))
    recorder.step(6_050, 202_900)
    recorder.step(6_300, 150_000, PlayerMode.PAUSED)
    return recorder.vector()


def _seeks_without_end() -> Json:
    recorder = Recorder("seeks into a hole, seeks again, and the room seeks out of it")
    recorder.follow(PLAYING)
    recorder.step(2_000, 200_000)
    for second in range(3, 60):
        recorder.step(second * 1_000, 200_000, PlayerMode.SEEKING if second < 30 else PlayerMode.STALLED)
    recorder.follow(replace(PAUSED, position_ms=300_000, anchor_ms=60_000))
    for second in range(60, 100):
        recorder.step(second * 1_000, 200_000, PlayerMode.SEEKING)
    return recorder.vector()


def _stalls_and_hides() -> Json:
    recorder = Recorder("stalls, hides and comes back")
    recorder.follow(PLAYING)
    for index, mode in enumerate([PlayerMode.PLAYING] * 4 + [PlayerMode.STALLED] * 4 + [PlayerMode.PLAYING] * 4):
        recorder.step(1_000 + index * 250, 10_000 + min(index, 4) * 250, mode)
    for index in range(6):
        recorder.step(4_000 + index * 1_000, 10_500 + index * 1_000, PlayerMode.HIDDEN)
    for index in range(6):
        recorder.step(10_000 + index * 250, 16_500 + index * 250)
    recorder.follow(replace(PLAYING, position_ms=50_000, anchor_ms=12_000))
    recorder.step(12_100, 18_000, PlayerMode.STALLED)
    return recorder.vector()


def _ignores_rate() -> Json:
    recorder = Recorder("ignores the rate, so it is sought")
    recorder.follow(PAUSED)
    recorder.step(900, 10_000, PlayerMode.PAUSED)
    recorder.follow(PLAYING)
    for index in range(30):
        recorder.step(1_000 + index * 250, 9_700 + index * 250)
    return recorder.vector()


def _reaches_the_end() -> Json:
    recorder = Recorder("reaches the end of a file that is a little short")
    recorder.follow(replace(PLAYING, position_ms=599_000))
    recorder.step(1_500, 599_500)
    recorder.step(2_100, 599_900, PlayerMode.PAUSED)
    return recorder.vector()


def _party(name: str, device: Device) -> Json:
    """What a member's corrector sees in a simulated party with a seek and a stall."""
    simulation, _, members = open_party(11, 3, device=device)
    member = members[2]
    recorder = Recorder(name)
    corrector = member.corrector
    follow, step = corrector.follow, corrector.step

    def recording_follow(playback: Playback) -> None:
        recorder.follow(playback)
        follow(playback)

    def recording_step(seen: Observation) -> Steering:
        recorder._offset_ms = seen.room_ms - seen.now_ms
        recorder.step(seen.room_ms, seen.position_ms, seen.mode)
        return step(seen)

    corrector.follow, corrector.step = recording_follow, recording_step  # type: ignore[method-assign]
    simulation.at(4_000, lambda: members[0].send(Play(member_id=MemberId("m0"), id="play")))
    simulation.at(12_000, lambda: members[1].send(Seek(member_id=MemberId("m1"), id="seek", position_ms=300_000)))
    simulation.at(20_000, lambda: member.stall(700))
    simulation.run_until(40_000)
    return recorder.vector()


def main() -> None:
    for name, vectors in (
        ("clock", clock_vectors()),
        ("playback", playback_vectors()),
        ("live", live_vectors()),
        ("drift", drift_vectors()),
    ):
        lines = ",\n".join(json.dumps(vector, ensure_ascii=False, allow_nan=False) for vector in vectors)
        (HERE / f"{name}.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
