"""The life of a promo, and where it may lead."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from streaming.ads.audience import Audience, FrequencyCap
from streaming.ads.campaign import CampaignState
from streaming.ads.links import is_safe_link
from streaming.ads.promos.model import (
    BadPromoLink,
    Placement,
    Promo,
    PromoDraft,
    PromoEdited,
    PromoEndsTooEarly,
    PromoOver,
    TargetNeedsRelease,
)

NOW = datetime(2026, 11, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DRAFT = PromoDraft(
    name="n",
    placement=Placement.HOME_HERO,
    title="t",
    text="",
    action="",
    link="/schedule",
    starts_at=NOW + HOUR,
    ends_at=NOW + 2 * HOUR,
    weight=1,
    audience=Audience(),
    cap=FrequencyCap(),
)


def test_it_is_seen_between_its_start_and_its_end_unless_it_is_stopped() -> None:
    promo = Promo.create("p", DRAFT, NOW)
    assert promo.state(NOW + HOUR) is CampaignState.STOPPED
    promo.start(NOW)
    moments = [NOW, NOW + HOUR, NOW + 2 * HOUR]
    assert [promo.state(at) for at in moments] == [CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.ENDED]
    promo.stop(NOW)
    assert [promo.state(at) for at in moments] == [CampaignState.STOPPED, CampaignState.STOPPED, CampaignState.ENDED]
    with pytest.raises(PromoOver):
        promo.start(NOW + 2 * HOUR)


def test_starting_and_stopping_twice_is_told_once() -> None:
    promo = Promo.create("p", DRAFT, NOW)
    promo.pull_events()
    for deed in (promo.start, promo.start, promo.stop, promo.stop):
        deed(NOW)
    assert [event.name for event in promo.pull_events()] == ["PromoStarted", "PromoStopped"]


def test_an_edit_says_what_it_changed() -> None:
    promo = Promo.create("p", DRAFT, NOW)
    promo.pull_events()
    promo.edit(DRAFT, NOW)
    assert promo.pull_events() == []
    promo.edit(replace(DRAFT, title="u", weight=2), NOW)
    (event,) = promo.pull_events()
    assert isinstance(event, PromoEdited)
    assert event.changes == {"title": ("t", "u"), "weight": (1, 2)}


def test_a_draft_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(PromoEndsTooEarly):
        replace(DRAFT, ends_at=DRAFT.starts_at)
    with pytest.raises(BadPromoLink):
        replace(DRAFT, link="javascript:alert(1)")
    for audience in (Audience(kinds=("TV",)), Audience(genres=("war",)), Audience(release_ids=("r",))):
        with pytest.raises(TargetNeedsRelease):
            replace(DRAFT, audience=audience)
        replace(DRAFT, audience=audience, placement=Placement.RELEASE)


@pytest.mark.parametrize("link", ["/", "/releases/abc?x=1#y", "https://example.org/a", "https://пример.рф/"])
def test_links(link: str) -> None:
    assert is_safe_link(link)


@pytest.mark.parametrize(
    "link",
    [
        "", "//evil.example", "/\\evil.example", "/\t/evil.example", "http://example.org", "https://", "https:///x",
        "javascript:alert(1)", "data:text/html,x", "https://a@b.example", "https://[", "schedule", " /x", "/x y", "/" + "a" * 500,
    ],
)  # fmt: skip
def test_no_links(link: str) -> None:
    assert not is_safe_link(link)
