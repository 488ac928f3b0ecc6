"""What stands between a member and the room: a network that delays and a player that is never quite exact."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from bench.virtual_time import Simulation

RETRANSMISSION_MS = 200.0
"""The least retransmission timeout of Linux (TCP_RTO_MIN); a round trip comes on top."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """How messages travel.  ``asymmetry`` 0.3: one way takes 65 % of the round trip, the other 35 %."""

    rtt_ms: float = 100.0
    jitter_ms: float = 20.0
    loss: float = 0.01
    asymmetry: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Device:
    """What a device and its player are like; the ranges each simulated one is drawn from."""

    clock_skew_ppm: float = 100.0
    audio_skew_ppm: float = 100.0
    reading_noise_ms: float = 3.0
    timer_lateness_ms: float = 8.0
    start_latency_ms: tuple[float, float] = (10.0, 60.0)
    seek_median_ms: float = 150.0
    refill_ms: float = 0.0
    """After ``seeked`` the player may still wait for data, up to this long (browsers: ``readyState`` 2)."""
    rate_step: float = 0.0
    honours_rate: bool = True


class Direction:
    """One way of one member's connection."""

    def __init__(self, simulation: Simulation, network: Network, share: float) -> None:
        self._simulation = simulation
        self._network = network
        self._least_ms = max(network.rtt_ms * share - network.jitter_ms, 0.0)
        self._last_arrival_ms = 0.0

    def send(self, deliver: Callable[[], None]) -> None:
        chance, network = self._simulation.chance, self._network
        delay_ms = self._least_ms
        if network.jitter_ms > 0:
            delay_ms += chance.expovariate(1 / network.jitter_ms)
        while chance.random() < network.loss:
            delay_ms += RETRANSMISSION_MS + network.rtt_ms
        # In order: a late packet holds up those behind it.
        self._last_arrival_ms = max(self._last_arrival_ms, self._simulation.now_ms + delay_ms)
        self._simulation.at(self._last_arrival_ms, deliver)


class SimulatedPlayer:
    """A media element: moves by its own audio clock, takes time to start and to seek, may stall."""

    def __init__(self, simulation: Simulation, device: Device) -> None:
        chance = simulation.chance
        self._simulation = simulation
        self._device = device
        self._audio_speed = 1 + chance.uniform(-1, 1) * device.audio_skew_ppm * 1e-6
        self._start_latency_ms = chance.uniform(*device.start_latency_ms)
        self._position_ms = 0.0
        self._since_ms = 0.0
        self._moves_from_ms = math.inf
        self.rate = 1.0
        self.playing = False
        self.seeking = False
        self.stalled_until_ms = -math.inf
        self.seeks = 0

    @property
    def stalled(self) -> bool:
        return self._simulation.now_ms < self.stalled_until_ms

    def position_ms(self) -> float:
        """Where it truly is, now."""
        from_ms = max(self._since_ms, self._moves_from_ms, self.stalled_until_ms)
        moved_ms = max(self._simulation.now_ms - from_ms, 0.0) if self.playing and not self.seeking else 0.0
        return self._position_ms + moved_ms * self.rate * self._audio_speed

    def read_ms(self) -> float:
        """What its ``currentTime`` says."""
        return self.position_ms() + self._simulation.chance.gauss(0, self._device.reading_noise_ms)

    def play(self) -> None:
        if not self.playing:
            self._settle()
            self.playing = True
            self._moves_from_ms = self._simulation.now_ms + self._start_latency_ms * self._simulation.chance.uniform(
                0.8, 1.2
            )

    def pause(self) -> None:
        self._settle()
        self.playing = False

    def set_rate(self, rate: float) -> None:
        if not self._device.honours_rate:
            rate = 1.0
        if self._device.rate_step:
            rate = round(rate / self._device.rate_step) * self._device.rate_step
        if rate != self.rate:
            self._settle()
            self.rate = rate

    def seek(self, position_ms: float, done: Callable[[], None]) -> None:
        self.seeks += 1
        self._settle()
        self._position_ms = position_ms
        self.seeking = True
        took_ms = min(
            max(self._simulation.chance.lognormvariate(math.log(self._device.seek_median_ms), 0.5), 40), 1_500
        )

        refill_ms = self._simulation.chance.uniform(0, self._device.refill_ms)

        def arrive() -> None:
            self._since_ms = self._simulation.now_ms
            self.seeking = False
            if refill_ms:
                self.stall(refill_ms)
                self._simulation.after(refill_ms, done)
            done()

        self._simulation.after(took_ms, arrive)

    def stall(self, duration_ms: float) -> None:
        self._settle()
        self.stalled_until_ms = self._simulation.now_ms + duration_ms

    def nudge_off(self, by_ms: float) -> None:
        """Put it off its place, as a hiccup would."""
        self._settle()
        self._position_ms += by_ms

    def _settle(self) -> None:
        self._position_ms, self._since_ms = self.position_ms(), self._simulation.now_ms
