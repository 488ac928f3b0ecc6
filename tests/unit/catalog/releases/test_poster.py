"""Posters: which files there are, and those that are made of a title."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.releases.poster import Poster, PosterKind, colour_of, generated_url, poster_key, shown_poster
from catalog.releases.posters.generated import poster_svg

ID = "01a20000-0000-7000-8000-000000000000"
OTHER = "01a20000-0000-7000-8000-000000000001"
SVG = "{http://www.w3.org/2000/svg}"


def lines(svg: str) -> list[str]:
    return [span.text or "" for span in ElementTree.fromstring(svg).iter(f"{SVG}tspan")]


@pytest.mark.parametrize(
    ("width", "widths"),
    [(180, (180,)), (200, (180, 200)), (360, (180, 360)), (500, (180, 360, 500)), (720, (180, 360, 720))],
)
def test_there_are_files_up_to_the_width_it_was_sent_in(width: int, widths: tuple[int, ...]) -> None:
    poster = Poster("k", width, 2 * width, "")
    assert poster.widths_px == widths
    assert poster.usual_url == f"/posters/k/{min(360, width)}.webp"


def test_an_upload_beats_an_episode_and_that_a_title() -> None:
    uploaded = Poster("k", 720, 1080, "aGk=")
    for poster, episode, kind, url in (
        (uploaded, "/posters/x.jpg", PosterKind.UPLOADED, "/posters/k/360.webp"),
        (None, "/posters/x.jpg", PosterKind.EPISODE, "/posters/x.jpg"),
        (None, None, PosterKind.GENERATED, generated_url(ID, "Show")),
    ):
        shown = shown_poster(ID, "Show", uploaded=poster, adopted_url=episode)
        assert (shown.kind, shown.url, shown.colour) == (kind, url, colour_of(ID))


def test_the_same_picture_of_two_releases_has_files_of_its_own_for_each() -> None:
    assert poster_key(ID, b"x") == poster_key(ID, b"x")
    assert len({poster_key(ID, b"x"), poster_key(OTHER, b"x"), poster_key(ID, b"y")}) == 3


def test_the_address_of_a_generated_poster_is_known_to_who_knows_the_title() -> None:
    assert len({generated_url(ID, "Show"), generated_url(ID, "Shaw"), generated_url(OTHER, "Show")}) == 3


def test_a_title_is_set_in_lines_that_fit() -> None:
    svg = poster_svg(ID, "The Melancholy of Haruhi Suzumiya")
    assert (svg, lines(svg)) == (
        poster_svg(ID, "The Melancholy of Haruhi Suzumiya"),
        ["The", "Melancholy", "of Haruhi", "Suzumiya"],
    )
    assert lines(poster_svg(ID, "新世紀エヴァンゲリオン")) == ["新世紀エヴァンゲリオン"]
    assert lines(poster_svg(ID, '<script> & "Co"')) == ["<script> &", '"Co"']
    assert poster_svg(ID, "Show") != poster_svg(OTHER, "Show"), "another colour"


@given(st.text(max_size=255))
def test_whatever_the_title_it_is_a_document_of_few_lines(title: str) -> None:
    assert 1 <= len(lines(poster_svg(ID, title))) <= 7
