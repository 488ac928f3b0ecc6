"""A watch party in virtual time: the real rules, clock filter and drift corrector, on simulated devices and networks.

Nothing here sleeps or reads a clock: a heap of events is the time, so minutes of a party with hundreds of members pass in
seconds, and the same seed gives the same party.  What is simulated:

* **network**: per member and direction a delay of at least ``rtt / 2 − jitter`` plus exponential queueing with a mean (and
  standard deviation) of ``jitter``; packets arrive in order; a lost one arrives a retransmission timeout later and holds
  up those behind it, as with TCP;
* **devices**: a clock with its own start and skew, an audio clock with a skew of its own that the player runs by, timers
  that fire late, position readings that are off a little;
* **players**: starts and seeks take time, rates may be quantised or ignored, playback may stall.

Room time is the time of the simulation, so true drift is known exactly.
"""

import math
from dataclasses import dataclass, field

from bench.drift import SAMPLE_INTERVAL_MS, DriftCorrector, Observation, PlayerMode, Steering
from bench.simulated_devices import Device, Direction, Network, SimulatedPlayer
from bench.virtual_time import Simulation
from realtime.party.domain.events import StateChanged
from realtime.party.domain.model import MemberId, PartyId, PlayerState, Role, Settings
from realtime.party.domain.requests import Join, Report, Request, Tick
from realtime.party.domain.rules import apply, new_party, next_due_ms
from realtime.sync.clock_filter import ClockFilter
from realtime.sync.playback import Media, Playback, position_at

REPORT_INTERVAL_MS = 2_000.0
SERVER_WORK_MS = 0.2


class Server:
    """The party with the real rules, telling everyone of every version."""

    def __init__(
        self, simulation: Simulation, *, settings: Settings | None = None, duration_ms: int = 3_600_000
    ) -> None:
        self.simulation = simulation
        self.members: dict[str, SimulatedMember] = {}
        self.log: list[StateChanged] = []
        self.party = new_party(
            PartyId("party"),
            MemberId("m0"),
            simulation.now_ms,
            settings=settings or Settings(),
            media=Media(episode_id="episode", title="Episode", duration_ms=duration_ms),
        )
        self._due_ms = math.inf

    def receive(self, request: Request) -> None:
        revision = self.party.revision
        self.party, events = apply(self.party, request, self.simulation.now_ms)
        for event in events:
            if isinstance(event, StateChanged):
                self.log.append(event)
                for member in self.members.values():
                    member.tell(event.version, event.playback)
        if self.party.revision != revision:
            self._plan_tick()

    def target_ms(self) -> float:
        """Where everybody should be, now."""
        return position_at(self.party.playback, self.simulation.now_ms)

    def _plan_tick(self) -> None:
        due_ms = next_due_ms(self.party)
        if due_ms < self._due_ms or self._due_ms < self.simulation.now_ms:
            self._due_ms = due_ms
            if due_ms < math.inf:
                self.simulation.at(due_ms, self._tick)

    def _tick(self) -> None:
        self._due_ms = math.inf
        self.receive(Tick())
        self._plan_tick()


@dataclass
class Seen:
    """What is known of one member's way."""

    joined_ms: float = 0.0
    locked_ms: float | None = None
    drifts: list[tuple[float, float]] = field(default_factory=list)
    """(room time, true drift) at every step while the room moved."""
    clock_errors_ms: list[tuple[float, float]] = field(default_factory=list)


class SimulatedMember:
    """One browser: its clock, connection, player, and what the web client does with them."""

    def __init__(self, server: Server, name: str, network: Network, device: Device) -> None:
        simulation = server.simulation
        chance = simulation.chance
        # Which way is the slower one differs from member to member.
        tilt = network.asymmetry / 2 * chance.choice((-1, 1))
        self.name = MemberId(name)
        self.seen = Seen()
        self.player = SimulatedPlayer(simulation, device)
        self.corrector = DriftCorrector()
        self.clock = ClockFilter()
        self._server = server
        self._simulation = simulation
        self._device = device
        self._up = Direction(simulation, network, 0.5 + tilt)
        self._down = Direction(simulation, network, 0.5 - tilt)
        self._clock_speed = 1 + chance.uniform(-1, 1) * device.clock_skew_ppm * 1e-6
        self._clock_start_ms = chance.uniform(0, 1e9)
        self._version = -1
        self._plan = 0
        self._state = PlayerState.PAUSED

    # The network side

    def join(self) -> None:
        self.seen.joined_ms = self._simulation.now_ms
        request = Join(member_id=self.name, connection_id=self.name, name=self.name, role=Role.MEMBER)

        def arrive() -> None:
            self._server.receive(request)
            self._server.members[self.name] = self
            party = self._server.party
            self._down.send(lambda: self._joined(party.version, party.playback))

        self._up.send(arrive)
        self._ping()

    def send(self, request: Request) -> None:
        self._up.send(lambda: self._server.receive(request))

    def tell(self, version: int, playback: Playback) -> None:
        self._down.send(lambda: self._hear(version, playback))

    def _joined(self, version: int, playback: Playback) -> None:
        self._hear(version, playback)
        self._step_again()
        self._report_again()

    def _hear(self, version: int, playback: Playback) -> None:
        if version > self._version:
            self._version = version
            self.corrector.follow(playback)
            self.step()

    def _ping(self) -> None:
        t0 = self.local_ms()

        def serve() -> None:
            t1 = self._simulation.now_ms
            self._simulation.after(
                SERVER_WORK_MS, lambda: self._down.send(lambda: self._pong(t0, t1, t1 + SERVER_WORK_MS))
            )

        self._up.send(serve)
        self._simulation.after(self.clock.next_ping_in_ms(), self._ping)

    def _pong(self, t0: float, t1: float, t2: float) -> None:
        self.clock.add(t0, t1, t2, self.local_ms())
        if self.clock.locked and self.seen.locked_ms is None:
            self.seen.locked_ms = self._simulation.now_ms

    def _report_again(self) -> None:
        self._report()
        self._simulation.after(REPORT_INTERVAL_MS, self._report_again)

    def _report(self) -> None:
        position_ms = self.player.read_ms()
        playback = self.corrector.playback
        room_ms = self.clock.room_ms(self.local_ms())
        self.send(
            Report(
                member_id=self.name,
                at_ms=room_ms,
                state=self._state,
                position_ms=position_ms,
                drift_ms=position_ms - position_at(playback, room_ms) if playback else 0.0,
                rtt_ms=self.clock.rtt_ms,
                version=self._version,
            )
        )

    # The player side

    def local_ms(self) -> float:
        return self._clock_start_ms + self._simulation.now_ms * self._clock_speed

    def _step_again(self) -> None:
        self.step()
        self._simulation.after(SAMPLE_INTERVAL_MS, self._step_again)

    def step(self) -> None:
        playback = self.corrector.playback
        if playback is None or not self.clock.locked:
            return
        now_ms = self.local_ms()
        room_ms = self.clock.room_ms(now_ms)
        steering = self.corrector.step(
            Observation(now_ms=now_ms, room_ms=room_ms, position_ms=self.player.read_ms(), mode=self._mode())
        )
        self._steer(steering)
        self._note(room_ms)

    def stall(self, duration_ms: float) -> None:
        """The network cannot keep up for a while."""
        self.player.stall(duration_ms)
        self.step()
        self._simulation.after(duration_ms, self.step)

    def _mode(self) -> PlayerMode:
        if self.player.seeking:
            return PlayerMode.SEEKING
        if self.player.stalled:
            return PlayerMode.STALLED
        return PlayerMode.PLAYING if self.player.playing else PlayerMode.PAUSED

    def _steer(self, steering: Steering) -> None:
        self._plan += 1
        if steering.seek_to_ms is not None:
            self.player.pause()
            self.player.seek(steering.seek_to_ms, self.step)
        elif steering.play_in_ms is None:
            self.player.pause()
        elif steering.play_in_ms == 0:
            self.player.play()
        else:
            self.player.pause()
            plan = self._plan
            late_ms = self._simulation.chance.uniform(0, self._device.timer_lateness_ms)
            self._simulation.after(steering.play_in_ms + late_ms, lambda: self._start(plan))
        self.player.set_rate(steering.rate)

    def _start(self, plan: int) -> None:
        if plan == self._plan:
            self.player.play()

    def _note(self, room_ms: float) -> None:
        now_ms = self._simulation.now_ms
        playback = self._server.party.playback
        if not playback.paused and now_ms >= playback.anchor_ms:
            self.seen.drifts.append((now_ms, self.player.position_ms() - self._server.target_ms()))
        self.seen.clock_errors_ms.append((now_ms, room_ms - now_ms))
        state = {
            PlayerMode.SEEKING: PlayerState.PAUSED,
            PlayerMode.STALLED: PlayerState.STALLED,
            PlayerMode.PLAYING: PlayerState.PLAYING,
            PlayerMode.PAUSED: PlayerState.READY,
        }[self._mode()]
        if state is not self._state:
            self._state = state
            self._report()


def open_party(
    seed: int,
    count: int,
    *,
    network: Network | None = None,
    device: Device | None = None,
    settings: Settings | None = None,
) -> tuple[Simulation, Server, list[SimulatedMember]]:
    """A party with ``count`` members who come within the first two seconds."""
    simulation = Simulation(seed)
    server = Server(simulation, settings=settings)
    members = []
    for index in range(count):
        member = SimulatedMember(server, f"m{index}", network or Network(), device or Device())
        members.append(member)
        simulation.at(simulation.chance.uniform(0, 2_000), member.join)
    return simulation, server, members


def percentile(values: list[float], share: float) -> float:
    """By nearest rank."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def in_step_after_ms(member: SimulatedMember, from_ms: float, within_ms: float) -> float:
    """How long after ``from_ms`` the member came within ``within_ms`` of the room, to stay; infinity for never."""
    last_off = from_ms
    drifts = [(at, drift) for at, drift in member.seen.drifts if at >= from_ms]
    if not drifts or abs(drifts[-1][1]) > within_ms:
        return math.inf
    for index, (_, drift) in enumerate(drifts):
        if abs(drift) > within_ms:
            last_off = drifts[index + 1][0]
    return max(last_off, drifts[0][0]) - from_ms
