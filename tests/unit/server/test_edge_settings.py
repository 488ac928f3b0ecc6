"""``ANI_EDGES``: what an operator writes, and what they are told when it is wrong."""

import json
from typing import Any

import pytest

from server.settings import BadSettings, Settings
from streaming.origin.steering.model import Edge

EU = {"name": "eu", "url": "https://eu.example.org/"}


def load(edges: Any, **more: Any) -> Settings:
    text = edges if isinstance(edges, str) else json.dumps(edges)
    return Settings.load(_env_file=None, edges=text, **more)


def test_edges() -> None:
    settings = load(
        [
            {**EU, "weight": 2},
            {"name": "home", "priority": 1},
            {"name": "us", "url": "http://us:81/ani", "health_path": "/up"},
        ]
    )
    assert settings.media_edges == [
        Edge("eu", "https://eu.example.org", weight=2),
        Edge("home", "", priority=1),
        Edge("us", "http://us:81/ani", health_path="/up"),
    ]
    assert settings.edge_origins == ["https://eu.example.org", "http://us:81"]
    assert load("[]").media_edges == Settings.load(_env_file=None).media_edges == []


@pytest.mark.parametrize(
    ("edges", "reason"),
    [
        ("eu", "is no JSON"),
        ([{"url": "https://eu"}], "Field required"),
        ([{**EU, "name": "e u"}], "pattern"),
        ([{**EU, "name": "a,b"}], "pattern"),
        ([{**EU, "url": "ftp://eu"}], "must be like"),
        ([{**EU, "url": "https://"}], "must be like"),
        ([{**EU, "url": "https://eu/?x"}], "must be like"),
        ([{**EU, "url": 'https://eu"'}], "must be like"),
        ([{**EU, "url": "https://eu; script-src *"}], "must be like"),
        ([{**EU, "wieght": 2}], "Extra inputs"),
        ([{**EU, "weight": 0}], "greater than"),
        ([EU, EU], "has a name twice"),
        ([EU, {**EU, "name": "us"}], "has a url twice"),
        ([{"name": f"e{number}", "url": f"https://e{number}"} for number in range(9)], "at most 8"),
    ],
)  # fmt: skip
def test_wrong_ones(edges: Any, reason: str) -> None:
    with pytest.raises(BadSettings, match=reason) as error:
        load(edges)
    assert "ANI_EDGES" in str(error.value)


def test_a_page_over_tls_loads_nothing_without() -> None:
    with pytest.raises(BadSettings, match="us must be https"):
        load([EU, {"name": "us", "url": "http://us"}], public_url="https://ani.example")
