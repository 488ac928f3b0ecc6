"""Packets to runs: the times that containers write, and those that they do not."""

from streaming.ingest.timing import packet_times
from streaming.ingest.timing.packet_times import PacketTrack

UNSET = str(packet_times.UNSET)


def track(*packets: tuple[str, str, str]) -> PacketTrack:
    """Decoded, shown and duration of each, in milliseconds."""
    made = PacketTrack()
    for packet in packets:
        made.add(*packet)
    return made


def test_a_packet_that_lasts_until_after_a_jump_ends_before_it() -> None:
    frames = [(str(at), str(at), "40") for at in (0, 40, 80)]
    jump = [("120", "120", "3600000"), ("3600120", "3600120", "40")]
    assert track(*frames, *jump).summary()["runs"] == [[0, 160], [3600120, 3600160]]


def test_slides_stay_as_long_as_the_one_before() -> None:
    slides = [(str(at), str(at), "10000") for at in range(0, 60_000, 10_000)]
    assert track(*slides).summary()["runs"] == [[0, 60_000]]


def test_a_time_that_nobody_knows_is_the_one_of_decoding_and_the_usual_delay() -> None:
    made = track(("-30", "10", "40"), ("10", UNSET, "40"), ("50", UNSET, "40")).summary()
    assert made["runs"] == [[10, 130]]
    assert (made["last_ms"], made["packets"]) == (90, 3)


def test_without_any_time_it_is_no_packet() -> None:
    assert track((UNSET, UNSET, UNSET)).summary()["packets"] == 0
