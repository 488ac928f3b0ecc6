"""CTA-5004-B, event mode: what a body says, and what is wrong with it."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.origin.cmcd import MAX_CHARACTERS, MAX_EVENTS, PlayerReport
from streaming.origin.qoe.events import MAX_FAULTS, LineFault, PlaybackEvent, PlayerState, read_body

LINES: dict[str, Any] = json.loads((Path(__file__).parent / "event_lines.json").read_text())
"""Judged by ``@svta/cml-cmcd`` as well, in ``web/src/player/qoe/report.test.ts``."""
AT_MS = 1_764_500_000_000


@pytest.mark.parametrize("line", LINES["valid"], ids=range(len(LINES["valid"])))
def test_nothing_is_wrong_with_what_the_validator_accepts(line: str) -> None:
    read = read_body(line.encode())
    assert read.faults == ()
    assert len(read.events) == len(read.reports) == 1


@pytest.mark.parametrize(("line", "key"), LINES["invalid"], ids=range(len(LINES["invalid"])))
def test_what_is_wrong_is_named(line: str, key: str) -> None:
    assert key in {fault.key for fault in read_body(line.encode()).faults}


def test_a_report_in_our_units() -> None:
    (event,) = read_body(
        b'bl=(5500),br=(462),bsa=(2),bsda=(1200),dfa=17,e=ps,ec=("levelLoadError"),msd=840,mtp=(25400),pb=(300),sn=3,sta=p,'
        b"ts=1764500000000,v=2"
    ).events
    assert event == PlaybackEvent(
        at_ms=AT_MS,
        sequence=3,
        state=PlayerState.PLAYING,
        bitrate_bps=300_000,
        startup_ms=840,
        rebuffers=2,
        rebuffered_ms=1_200,
        dropped_frames=17,
        error="levelLoadError",
    )


def test_a_change_of_bitrate_and_an_answer_are_told_apart() -> None:
    body = b'br=(5000;v 128;a),e=bc,ts=1,v=2\nbr=(900),e=rr,ts=2,url="https://a.example/1",v=2'
    change, answer = read_body(body).events
    assert (change.bitrate_bps, change.switched_to_bps) == (5_000_000, 5_000_000)
    assert (answer.bitrate_bps, answer.switched_to_bps) == (None, None)


def test_a_report_with_a_fault_counts_as_far_as_it_can_be_read() -> None:
    read = read_body(b"bs,br=5000,e=t,nonsense=1,mtp=800")
    assert read.reports == (PlayerReport(800_000, 5_000_000, None, starved=True),)
    assert read.events == (), "it does not say when"
    assert {fault.key for fault in read.faults} == {"br", "nonsense", "mtp", "ts", "v"}


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n\n"], ids=["none", "lf", "crlf", "several"])
def test_lines_end_somehow(ending: str) -> None:
    read = read_body(f"e=t,ts=1,v=2\r\ne=t,ts=2,v=2{ending}".encode())
    assert [event.at_ms for event in read.events] == [1, 2]
    assert [fault.line for fault in read.faults] == ([2] if ending else [])


def test_no_report_at_all_is_a_fault() -> None:
    assert read_body(b" \n").faults == (LineFault(1, "", "has no report"),)


def test_of_too_many_the_latest_count() -> None:
    read = read_body(b"\n".join(b"e=t,ts=%d,v=2" % number for number in range(MAX_EVENTS + 10)))
    assert [event.at_ms for event in read.events] == list(range(10, MAX_EVENTS + 10))
    assert len(read.faults) == 1


@pytest.mark.parametrize(
    "line",
    ["bsa=(-1)", "bsda=(999999999999999)", "dfa=-3", "msd=999999999999999", "br=(-4)", "sta=zz", "pb=(0)", "ec=()"],
)
def test_hostile_values_are_left_out(line: str) -> None:
    (event,) = read_body(f"e=t,ts=1,v=2,{line}".encode()).events
    assert event == PlaybackEvent(at_ms=1)


@pytest.mark.parametrize("at", ["-1", "999999999999999", "1.5e9", "(1 2)", "?1", '"1"'])
def test_only_a_time_is_a_time(at: str) -> None:
    events = read_body(f"e=t,ts={at},v=2".encode()).events
    assert [event.at_ms for event in events] in ([], [999_999_999_999_999], [2]), at


@given(st.binary(max_size=4_000) | st.text(alphabet='aetvs=,;()"?1.\\\n', max_size=2_000).map(str.encode))
def test_never_raises(body: bytes) -> None:
    assert len(read_body(body).faults) <= MAX_FAULTS


@pytest.mark.parametrize("piece", ["a=1,", "(", 'a="\\"', "a=(1 ", "a;b", "a-a,", "\n"])
def test_the_longest_body_takes_little(piece: str) -> None:
    line = (piece * MAX_CHARACTERS)[:MAX_CHARACTERS]
    body = "\n".join([line] * 8).encode()
    began = time.process_time()
    read_body(body)
    assert time.process_time() - began < 0.5, "20 ms or so; more is not linear"
