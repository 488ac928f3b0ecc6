"""What guessing makes of unsigned playlists; see ``scenes``."""

import re

import pytest

from streaming.proxy.detect.detect import DetectionRules, detect
from tests.unit.streaming.proxy.detect.scenes import ADS, PROGRAMME, Scene


def _slug(scene: Scene) -> str:
    return re.sub(r"\W+", "-", scene.name)


@pytest.mark.parametrize("scene", ADS, ids=_slug)
def test_foreign_blocks(scene: Scene) -> None:
    playlist = scene.playlist()
    assert detect(playlist).ads == scene.ads
    assert detect(playlist, DetectionRules(heuristics=False)).ads == []


@pytest.mark.parametrize("scene", PROGRAMME, ids=_slug)
def test_innocent_blocks(scene: Scene) -> None:
    assert detect(scene.playlist()).ads == []
