"""Thumbnails for the seek bar."""

from hypothesis import given
from hypothesis import strategies as st

from streaming.ingest.picture import storyboard
from tests.unit.streaming.ingest.pictures import picture


def test_a_minute_has_a_thumbnail_each_second() -> None:
    board = storyboard.plan(picture(), 60_000)
    assert (board.interval_s, board.count, board.columns, board.rows, board.sprites) == (1, 60, 10, 6, 1)
    assert (board.width, board.height) == (160, 90)


def test_a_film_has_one_each_ten_seconds_in_several_sprites() -> None:
    board = storyboard.plan(picture(), 2 * 3600 * 1000)
    assert (board.interval_s, board.count, board.sprites) == (10, 720, 8)


def test_standing_pictures_stand() -> None:
    board = storyboard.plan(picture(720, 1280), 5000)
    assert (board.width, board.height, board.columns, board.rows) == (90, 160, 5, 1)


def test_the_whole_file() -> None:
    board = storyboard.plan(picture(320, 180), 2500)
    assert storyboard.webvtt(board, 2500) == (
        "WEBVTT\n"
        "\n"
        "00:00:00.000 --> 00:00:01.000\n"
        "storyboard-001.jpg#xywh=0,0,160,90\n"
        "\n"
        "00:00:01.000 --> 00:00:02.000\n"
        "storyboard-001.jpg#xywh=160,0,160,90\n"
        "\n"
        "00:00:02.000 --> 00:00:02.500\n"
        "storyboard-001.jpg#xywh=320,0,160,90\n"
    )


def test_a_picture_shorter_than_promised_gets_no_cues_behind_its_end() -> None:
    board = storyboard.plan(picture(), 10_000)
    assert storyboard.webvtt(board, 8_000).count("-->") == 8


@given(st.integers(1, 12 * 3600 * 1000))
def test_every_moment_has_its_thumbnail_inside_its_sprite(duration_ms: int) -> None:
    board = storyboard.plan(picture(), duration_ms)
    assert (board.count - 1) * board.interval_s * 1000 < duration_ms <= board.count * board.interval_s * 1000
    assert board.columns * board.rows * board.sprites >= board.count
    assert board.columns * board.width <= 1600
    assert board.rows * board.height <= 1600
