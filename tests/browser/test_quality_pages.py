"""Quality, adjudication and gold pages: clean at every width and in both themes, and a decision made by keyboard alone."""

from collections.abc import Callable

import pytest

from annotation.actions.campaigns import create_campaign
from annotation.actions.gold import Right, mark_gold
from annotation.models import Campaign, Decision, Item
from tests.annotation.conftest import annotators, queue_pairs
from tests.annotation.test_adjudication import vote
from tests.annotation.test_quality_pages import stored
from tests.browser.conftest import NARROW, WIDE, Visit
from tests.browser.test_themes import CONTRASTS
from tests.conftest import Team


@pytest.fixture
def disputed(team: Team) -> Campaign:
    """Two pairs in conflict, one gold item, and a report."""
    campaign = create_campaign(who=team.lead, project=team.project, name="Which is better", overlap=2)
    items = queue_pairs(campaign, 3)
    mark_gold(who=team.lead, item=items[2], right=Right("a", "The second invents a source."))
    first, second = annotators(team.project, 2)
    for _item in items[:2]:
        vote(first, campaign, "a", "It names the passage it was given, and says where it stops.")
        vote(second, campaign, "b", "Shorter.")
    stored(campaign, people=6)
    return campaign


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_quality_page_is_clean(
    visit: Callable[..., Visit], team: Team, disputed: Campaign, dark: bool
) -> None:
    gold = Item.objects.get(campaign=disputed, role="gold")
    work = Item.objects.filter(campaign=disputed, role="work", state="decided")[0]
    home = f"/p/acme/annotation/campaigns/{disputed.pk}"
    window = visit(team.lead, dark=dark)
    for path in (
        f"{home}/quality/",
        f"{home}/adjudicate/",
        f"{home}/adjudicate/?by=divided",
        f"{home}/gold/",
        f"/p/acme/annotation/gold/{gold.pk}/",
        f"/p/acme/annotation/gold/{work.pk}/new/",
    ):
        for width in (WIDE, NARROW, 320):
            window.resize(width)
            assert window.open(path) == 200, path
            assert window.sideways() == 0, f"{path} scrolls sideways at {width} px"
        assert window.page.evaluate(CONTRASTS) == [], path
    assert window.complaints == []


def test_a_lead_decides_by_keyboard_alone(
    visit: Callable[..., Visit], team: Team, disputed: Campaign
) -> None:
    window = visit(team.lead)
    window.open(f"/p/acme/annotation/campaigns/{disputed.pk}/adjudicate/")
    window.page.keyboard.press("1")
    window.page.keyboard.press("r")
    window.page.keyboard.type("It names its source.")
    window.page.keyboard.press("Control+Enter")
    window.page.wait_for_selector("text=Decided. The votes stay")
    decided = Decision.objects.get(adjudication__isnull=False)
    assert decided.outcome in ("a", "b")
    assert decided.strength == 2
    assert decided.adjudication is not None
    assert decided.adjudication.reason == "It names its source."
    assert window.complaints == []
