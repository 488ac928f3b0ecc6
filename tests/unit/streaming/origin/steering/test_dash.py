"""Content steering of DASH: ETSI TS 103 998."""

import pytest
from defusedxml.ElementTree import fromstring

from streaming.origin.steering.dash import steered
from streaming.origin.steering.manifest import pathways
from streaming.origin.steering.schemas import SteeringIn
from tests.unit.streaming.origin.steering.test_manifest import ASSET, EU, HOME, SESSION, TOKEN, told

MPD = '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">\n  <Period id="0"><AdaptationSet/></Period>\n</MPD>\n'
NAME = "{urn:mpeg:dash:schema:mpd:2011}"
FOLDER = f"/hls/{TOKEN}/{ASSET}"


def text_of(edges: list[object]) -> str:
    there = pathways(edges, session_id=SESSION, token=TOKEN, asset_id=ASSET)  # type: ignore[arg-type]
    return steered(MPD, there, origin="https://ani.example", folder=FOLDER)


def test_a_manifest_names_its_edges_and_who_says_which() -> None:
    root = fromstring(text_of([EU, HOME]))
    assert [(each.get("serviceLocation"), each.text) for each in root.findall(f"{NAME}BaseURL")] == [
        ("eu", f"https://eu.example{FOLDER}/"), ("home", f"https://ani.example{FOLDER}/"),
    ]  # fmt: skip
    (steering,) = root.findall(f"{NAME}ContentSteering")
    assert steering.attrib == {"defaultServiceLocation": "eu", "queryBeforeStart": "false"}
    assert steering.text == (
        f"https://ani.example/api/v1/playback/{SESSION}/steering?token={TOKEN}&known=eu,home&dash=1"
    )
    assert [each.tag.removeprefix(NAME) for each in root] == ["BaseURL", "BaseURL", "ContentSteering", "Period"]


def test_one_edge_is_no_choice() -> None:
    root = fromstring(text_of([EU]))
    assert [each.tag.removeprefix(NAME) for each in root] == ["BaseURL", "Period"]


def test_what_has_no_period_stays_as_it_is() -> None:
    there = pathways([EU, HOME], session_id=SESSION, token=TOKEN, asset_id=ASSET)
    assert steered("<MPD/>", there, origin="", folder="") == "<MPD/>"


def test_clones_are_for_playlists() -> None:
    answer = told([EU, HOME], "eu", is_dash=True)
    assert (answer.priority, answer.clones) == (("eu",), ())
    assert answer.reload_uri.endswith("&known=eu&dash=1")


@pytest.mark.parametrize(
    ("pathway", "throughput", "seen"),
    [
        ('"eu"', "5140000", ("eu", 5_140_000)),
        ('"eu,us"', "5140000,900000", ("us", 900_000)),
        ('"eu","us"', "5140000,", ("us", None)),
        ("eu", "12.5", ("eu", 12)),
        ("", "", ("", None)),
        ('"', "a lot", ("", None)),
    ],
)
def test_what_players_say(pathway: str, throughput: str, seen: tuple[str, int | None]) -> None:
    said = SteeringIn.model_validate(
        {"token": TOKEN, "dash": "1", "_DASH_pathway": pathway, "_DASH_throughput": throughput}
    )
    query = said.value()
    assert (query.pathway, query.throughput_bps, query.is_dash) == (*seen, True)
