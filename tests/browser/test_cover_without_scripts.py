"""Warned-of material without scripts: the cover is lifted by its link, from the keyboard, and looking counts once."""

import pytest

from annotation.actions.campaigns import create_campaign
from annotation.actions.make_repairs import make_repairs
from annotation.models import AnnotatorProfile, Assignment, Item, Judgment
from tests.annotation.conftest import conversation, queue_pairs, store
from tests.browser.conftest import Visits
from tests.conftest import Team

LOOK = "[data-cover] [data-act=uncover]"


@pytest.fixture
def warned(team: Team) -> Team:
    """Three pairs and a repair, all warned of; the annotator may look at one pair and one repair a day."""
    pairs = create_campaign(who=team.lead, project=team.project, name="Which is better", overlap=1)
    queue_pairs(pairs, 3)
    repairs = create_campaign(who=team.lead, project=team.project, name="Mend", kind="repair", overlap=1)
    store(team.project, conversation("What is a tuple?", "A tuple is a mutable list."))
    make_repairs(who=team.lead, campaign=repairs)
    Item.objects.update(sensitive=True)
    AnnotatorProfile.objects.create(
        project=team.project, user=team.annotator, sensitive_ok=True, sensitive_per_day=2
    )
    return team


@pytest.mark.parametrize(
    ("page_name", "kind", "text"), [("judge", "pair", ".answer__body"), ("repair", "repair", ".repair__pane")]
)
def test_the_cover_is_lifted_by_keyboard_and_the_answer_is_given(
    warned: Team,
    visit: Visits,
    page_name: str,
    kind: str,
    text: str,
) -> None:
    window = visit(warned.annotator, scripts=False)
    page = window.page
    window.open(f"/p/{warned.project.slug}/annotation/{page_name}/")
    assert page.is_visible("[data-cover]")
    assert not page.is_visible(f"[data-card]:not([hidden]) {text} >> nth=0")
    claimed = Assignment.objects.filter(item__sensitive=True).count()
    page.focus(LOOK)
    page.keyboard.press("Enter")
    page.wait_for_url("**look=**")
    assert page.is_visible(f"[data-card]:not([hidden]) {text} >> nth=0")
    assert page.is_hidden("[data-card]:not([hidden]) [data-cover]")
    assert Assignment.objects.filter(item__sensitive=True).count() == claimed
    page.click("[data-card]:not([hidden]) button[name=choice] >> nth=0")
    page.wait_for_load_state()
    assert Judgment.objects.get().item.kind == kind


def test_looking_at_one_leaves_the_next_covered(warned: Team, visit: Visits) -> None:
    window = visit(warned.annotator, scripts=False)
    page = window.page
    window.open(f"/p/{warned.project.slug}/annotation/judge/")
    page.click(LOOK)
    page.wait_for_url("**look=**")
    page.click("[data-card]:not([hidden]) button[name=choice] >> nth=0")
    page.wait_for_load_state()
    assert page.is_visible("[data-cover]")
