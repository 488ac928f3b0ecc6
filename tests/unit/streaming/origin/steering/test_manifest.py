"""Steering manifests: draft-pantos-hls-rfc8216bis-20 §7."""

from urllib.parse import parse_qs, urlsplit

import pytest

from kernel.ids import new_id
from streaming.origin.cmcd import PlayerReport
from streaming.origin.steering.manifest import BUSY_TTL_S, Manifest, manifest, origins, pathways, stable_id
from streaming.origin.steering.model import NOTHING_SEEN, Edge, Offer, ViewerMemory
from streaming.origin.steering.schemas import SteeringIn, SteeringManifestOut
from streaming.origin.steering.usecases import Steering, SteeringQuery
from tests.unit.streaming.origin.steering.memory import MemoryHealth, MemoryMemories

SESSION, ASSET, TOKEN = new_id(), new_id(), "t" * 76
EU, US, HOME = Edge("eu", "https://eu.example"), Edge("us", "http://us.example:81/ani", priority=1), Edge("home", "")
OFFER = Offer(("v720/main.m3u8", "v360/main.m3u8"), ("a-en/main.m3u8",), 800_000)


def told(edges: list[Edge], known: str, **more: object) -> Manifest:
    return manifest(
        edges,
        OFFER,
        session_id=SESSION,
        token=TOKEN,
        asset_id=ASSET,
        known=known.split(),
        **more,  # type: ignore[arg-type]
    )


def test_pathways_of_a_playlist() -> None:
    there = pathways([EU, HOME], session_id=SESSION, token=TOKEN, asset_id=ASSET)
    assert there.are_steered
    assert [each.base for each in there.entries] == [f"https://eu.example/hls/{TOKEN}/{ASSET}/", ""]
    assert there.server_uri == f"/api/v1/playback/{SESSION}/steering?token={TOKEN}&known=eu,home"


def test_one_edge_is_no_choice() -> None:
    there = pathways([EU], session_id=SESSION, token=TOKEN, asset_id=ASSET)
    assert (there.are_steered, there.server_uri) == (False, "")
    assert there.entries[0].base.startswith("https://eu.example/hls/")


def test_edges_that_the_player_knows() -> None:
    answer = told([US, EU], "eu us")
    assert (answer.priority, answer.clones, answer.ttl_s) == (("us", "eu"), (), 30)
    assert parse_qs(urlsplit(answer.reload_uri).query) == {"token": [TOKEN], "known": ["us,eu"]}


def test_an_edge_that_came_later_is_a_clone_of_one_that_is_known() -> None:
    """§7.2, with an address for each variant: edges differ in more than their host."""
    answer = told([US, EU, HOME], "eu gone", breaks_ms=(0, 600_000))
    (clone,) = answer.clones
    assert (clone.name, clone.base_name) == ("us", "eu")
    assert clone.variants == {
        f"v{height}/main.m3u8": f"http://us.example:81/ani/hls/{TOKEN}/{ASSET}/v{height}/breaks-0.600000-main.m3u8"
        for height in (720, 360)
    }
    assert list(clone.renditions) == ["a-en/main.m3u8"]
    assert answer.priority == ("us", "eu"), "what has no address cannot be cloned"
    assert parse_qs(urlsplit(answer.reload_uri).query)["known"] == ["eu,us"]
    assert "breaks=0.600000" in answer.reload_uri


def test_a_player_that_knows_no_edge_any_more_keeps_what_it_has() -> None:
    assert told([EU], "old other").priority == ("old", "other")


def test_as_players_read_it() -> None:
    document = SteeringManifestOut.of(told([US, EU], "eu")).model_dump(mode="json")
    assert list(document) == ["VERSION", "TTL", "RELOAD-URI", "PATHWAY-PRIORITY", "PATHWAY-CLONES"]
    assert list(document["PATHWAY-CLONES"][0]) == ["BASE-ID", "ID", "URI-REPLACEMENT"]
    assert list(document["PATHWAY-CLONES"][0]["URI-REPLACEMENT"]) == ["PER-VARIANT-URIS", "PER-RENDITION-URIS"]


def test_stable_ids_have_legal_characters_only() -> None:
    assert stable_id("v1/a_b-c.m3u8") == "v1/a_b-c.m3u8"
    assert stable_id("v1/ä.m3u8") != stable_id("v1/ö.m3u8")
    assert stable_id("v1/ä.m3u8").isalnum()


def test_origins_for_the_policy_of_pages() -> None:
    assert origins([EU, US, HOME, Edge("eu2", "https://eu.example/two")]) == [
        "https://eu.example",
        "http://us.example:81",
    ]


@pytest.mark.parametrize(
    ("throughput", "bps"), [("5000000", 5_000_000), ("1.5", 1), ("-3", None), ("x", None), ("9" * 24, None), ("", None)]
)
def test_what_a_player_says(throughput: str, bps: int | None) -> None:
    said = SteeringIn.model_validate(
        {"token": TOKEN, "known": "a,,b", "breaks": "0.5", "_HLS_pathway": "b", "_HLS_throughput": throughput}
    )
    assert said.value() == SteeringQuery(TOKEN, ("a", "b"), (0, 5), "b", bps)


class Clock:
    def now_ms(self) -> int:
        return 1_700_000_000_000


@pytest.fixture
def world() -> tuple[Steering, MemoryHealth, MemoryMemories]:
    health, memories = MemoryHealth(), MemoryMemories()
    return Steering([EU, US], health, memories, Clock()), health, memories  # type: ignore[arg-type]  # tells the time alone


async def test_a_dead_edge_goes_last_at_the_next_question(
    world: tuple[Steering, MemoryHealth, MemoryMemories],
) -> None:
    steering, health, memories = world
    query = SteeringQuery(TOKEN, ("eu", "us"), (), "eu", 5_000_000)
    assert (await steering.steer(SESSION, ASSET, query, OFFER)).priority == ("eu", "us")
    health.names = {"eu"}
    assert (await steering.steer(SESSION, ASSET, query, OFFER, ttl_s=BUSY_TTL_S)).priority == ("us", "eu")
    assert memories.kept[SESSION].told == "us"
    assert memories.kept[SESSION].seen["eu"].bps == 5_000_000
    assert (await steering.plan(SESSION, TOKEN, ASSET))(1).entries[0].name == "us"


async def test_a_player_that_went_over_by_itself_is_not_sent_back(
    world: tuple[Steering, MemoryHealth, MemoryMemories],
) -> None:
    steering, _, memories = world
    answer = await steering.steer(SESSION, ASSET, SteeringQuery(TOKEN, ("eu", "us"), (), "us"), OFFER)
    assert answer.priority == ("us", "eu")
    assert memories.kept[SESSION].seen["eu"].failed(Clock().now_ms())


async def test_reports_that_name_the_edge(world: tuple[Steering, MemoryHealth, MemoryMemories]) -> None:
    steering, _, memories = world
    await steering.observe(
        SESSION,
        [
            PlayerReport(throughput_bps=9),
            PlayerReport(throughput_bps=7_000_000, pathway="us"),
            PlayerReport(throughput_bps=1_000, pathway="eu", failed=True),
            PlayerReport(throughput_bps=1, pathway="unheard-of"),
        ],
    )
    memory = memories.kept[SESSION]
    assert set(memory.seen) == {"eu", "us"}
    assert (memory.seen["us"].bps, memory.seen["eu"].bps) == (7_000_000, None)
    query = SteeringQuery(TOKEN, ("eu", "us"), (), "eu")
    assert (await steering.steer(SESSION, ASSET, query, OFFER)).priority == ("us", "eu")


async def test_without_a_choice_nothing_is_remembered() -> None:
    memories = MemoryMemories()
    steering = Steering([EU], MemoryHealth(), memories, Clock())  # type: ignore[arg-type]  # tells the time alone
    await steering.observe(SESSION, [PlayerReport(throughput_bps=7_000_000, pathway="eu")])
    assert memories.kept == {}
    assert not (await steering.plan(SESSION, TOKEN, ASSET))(1).are_steered
    assert ViewerMemory() == NOTHING_SEEN
