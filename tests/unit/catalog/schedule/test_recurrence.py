"""ISO 8601 recurrences, in theory and all that bangumi-data has."""

import gzip
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from catalog.schedule.recurrence import EXPANSION_MAX, LATEST, BadRecurrence, Recurrence

TOKYO, NEW_YORK = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
FILE = Path(__file__).parents[3] / "fixtures" / "titles" / "recurrences.txt.gz"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def first(text: str, count: int = 4, zone: ZoneInfo = TOKYO) -> list[str]:
    found = Recurrence.parse(text, zone).between(utc(1900, 1, 1), LATEST, limit=count)
    return [f"{moment:%m-%d %H:%M}" for _, moment in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("R/2016-01-08T15:00:00.000Z/P7D", ["01-08 15:00", "01-15 15:00", "01-22 15:00", "01-29 15:00"]),
        ("R/2016-01-08T15:00Z/P1W", ["01-08 15:00", "01-15 15:00", "01-22 15:00", "01-29 15:00"]),
        ("R3/2016-01-08T15:00:00Z/P2D", ["01-08 15:00", "01-10 15:00", "01-12 15:00"]),
        ("R/2016-01-08T15:00:00.000Z/P0D", ["01-08 15:00"]),
        ("R9/2016-01-08T15:00:00.000Z/P0D", ["01-08 15:00"]),
        ("R/2016-01-31T15:00:00.000Z/P1M", ["01-31 15:00", "02-29 15:00", "03-31 15:00", "04-30 15:00"]),
        ("R/2016-02-29T00:00:00Z/P1Y", ["02-29 00:00", "02-28 00:00", "02-28 00:00", "02-28 00:00"]),
        ("R/2016-01-08T15:00+09:00/P1D", ["01-08 06:00", "01-09 06:00", "01-10 06:00", "01-11 06:00"]),
        ("R2/2026-07-03T25:15/P7D", ["07-03 16:15", "07-10 16:15"]),
        ("R2/2026-07-03T30:00/P7D", ["07-03 21:00", "07-10 21:00"]),
    ],
)
def test_occurrences(text: str, expected: list[str]) -> None:
    assert first(text) == expected


def test_local_starts_keep_their_wall_clock_over_summer_time_and_utc_ones_do_not() -> None:
    assert first("R3/2026-03-01T20:00/P7D", zone=NEW_YORK) == ["03-02 01:00", "03-09 00:00", "03-16 00:00"]
    assert first("R3/2026-03-02T01:00Z/P7D", zone=NEW_YORK) == ["03-02 01:00", "03-09 01:00", "03-16 01:00"]
    # 02:30 is skipped on the 8th, and is then half past three.
    assert first("R2/2026-03-01T02:30/P7D", zone=NEW_YORK) == ["03-01 07:30", "03-08 07:30"]


@pytest.mark.parametrize(
    "text",
    [
        "", "R", "R/P7D", "2016-01-08T15:00Z/P7D", "R/2016-01-08T15:00Z", "R/2016-01-08T15:00Z/P", "R/2016-01-08T15:00Z/PT1H",
        "R0/2016-01-08T15:00Z/P7D", "R/2016-02-30T15:00Z/P7D", "R/2016-01-08T24:00Z/P7D", "R/2016-01-08T25:00+09:00/P7D",
        "R/2016-01-08T31:00/P7D", "R/2016-01-08T30:01/P7D", "R/2016-01-08T15:60Z/P7D", "R/1888-01-08T15:00Z/P7D",
        "R/2016-01-08T15:00Z/P9999Y", "R/2016-01-08T15:00Z/P-7D", "R/2016-01-08T15:00Z/P7D/", "R/2016-01-08T15:00+99:00/P7D",
        "R/٢٠١٦-01-08T15:00Z/P7D", "R/9999-12-31T29:00/P7D", "R/" + "2016-01-08T15:00Z/" * 50 + "P7D", "R1" * 100_000,
    ],
)  # fmt: skip
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadRecurrence):
        Recurrence.parse(text, TOKYO)


def test_nothing_goes_on_for_ever() -> None:
    daily = Recurrence.parse("R/1960-01-01T00:00Z/P1D", UTC)
    assert sum(1 for _ in daily.between(utc(1900, 1, 1), utc(2300, 1, 1))) == EXPANSION_MAX
    near_the_end = [moment for _, moment in daily.between(LATEST - timedelta(days=2), utc(2300, 1, 1))]
    assert len(near_the_end) == 2
    assert daily.at(10**9) is None
    assert daily.index_from(datetime.max.replace(tzinfo=UTC) - timedelta(days=1)) > 0


@settings(max_examples=60)
@given(
    start=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2030, 1, 1)),  # noqa: DTZ001 - a wall clock's
    months=st.integers(0, 14),
    days=st.integers(0, 40),
    since=st.datetimes(min_value=datetime(1985, 1, 1), max_value=datetime(2040, 1, 1)),  # noqa: DTZ001
    zone=st.sampled_from(["UTC", "Asia/Tokyo", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"]),
)
def test_a_window_is_what_counting_from_the_start_finds(
    start: datetime, months: int, days: int, since: datetime, zone: str
) -> None:
    text = f"R/{start:%Y-%m-%dT%H:%M:%S}/P{months}M{days}D"
    recurrence, moment = Recurrence.parse(text, ZoneInfo(zone)), since.replace(tzinfo=UTC)
    index = recurrence.index_from(moment)
    at, before = recurrence.at(index), recurrence.at(index - 1)
    assert at is None or at >= moment
    assert before is None or before < moment


@given(st.text(alphabet="R0123456789/-:.TZPDMWY+", max_size=60))
def test_any_text_is_a_recurrence_or_refused(text: str) -> None:
    try:
        recurrence = Recurrence.parse(text, TOKYO)
    except BadRecurrence:
        return
    assert str(Recurrence.parse(str(recurrence), TOKYO)) == str(recurrence), "what is stored is read back alike"


def test_all_recurrences_of_bangumi_data() -> None:
    """Against numpy's calendar, which counts in days and months of its own."""
    lines = gzip.decompress(FILE.read_bytes()).decode().splitlines()
    kinds = Counter(line.partition(" ")[0] for line in lines)
    assert (kinds["own"], kinds["site"]) == (1_761, 22_250)
    texts = sorted({line.partition(" ")[2] for line in lines})
    periods = Counter(text.rpartition("/")[2] for text in texts)
    assert sum(Counter(line.rpartition("/")[2] for line in lines)[period] for period in periods) == 24_011
    parsed = [Recurrence.parse(text, TOKYO) for text in texts]
    assert [str(recurrence) for recurrence in parsed] == texts
    starts = np.array([text.split("/")[1].rstrip("Z") for text in texts], "datetime64[ms]")
    for since, days in (("2026-03-05", 26), ("2026-10-22", 12)):  # two changes of clocks in each
        begin = np.datetime64(since, "ms")
        end = begin + np.timedelta64(days, "D")
        window = datetime.fromisoformat(since).replace(tzinfo=UTC)
        found = {
            text: [_ms(moment) for _, moment in recurrence.between(window, window + timedelta(days=days))]
            for text, recurrence in zip(texts, parsed, strict=True)
        }
        for period in periods:
            chosen = [index for index, text in enumerate(texts) if text.endswith(f"/{period}")]
            table = _occurrences(starts[chosen], period, begin)
            for index, moments in zip(chosen, table, strict=True):
                inside = moments[(moments >= begin) & (moments < end)]
                assert found[texts[index]] == [int(moment) for moment in inside.astype("int64")], texts[index]


def _occurrences(starts: NDArray[np.datetime64], period: str, begin: np.datetime64) -> NDArray[np.datetime64]:
    """A row for each start: its occurrences around ``begin``."""
    number, unit = int(period[1:-1]), period[-1]
    if number == 0:
        return starts[:, None]
    if unit == "D":
        step = np.timedelta64(number, "D")
        first = np.maximum((begin - starts) // step - 1, 0)
        return starts[:, None] + (first[:, None] + np.arange(30)) * step
    months = starts.astype("datetime64[M]")
    later = months[:, None] + np.arange(0, 12 * 60, number)
    last = (later + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    days = starts.astype("datetime64[D]")
    day: NDArray[np.datetime64] = np.minimum(
        later.astype("datetime64[D]") + (days - months.astype("datetime64[D]"))[:, None], last
    )
    clocks: NDArray[np.timedelta64] = starts - days
    return np.add(day, clocks[:, None])


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
