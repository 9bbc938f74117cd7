"""A tool trace of thirty turns in a real browser: its middle folded, opened by key, by search and by address."""

import pytest

from annotation.actions.campaigns import create_campaign
from annotation.actions.make_pairs import make_pairs
from annotation.actions.make_repairs import make_repairs
from core.rendering.cache import shared
from curation.conversation import Conversation, message, new_conversation
from tests.annotation.conftest import store
from tests.browser.conftest import Visits
from tests.conftest import Team

CARD = "[data-card]:not([hidden])"
FOLD = f"{CARD} .fold--turns"


def trace(name: str, steps: int = 14) -> Conversation:
    """One question, thirty turns of calls and results, and what was said in the end."""
    turns = [message("user", "How long is the longest list?")]
    for n in range(steps):
        call = {"type": "tool_call", "id": f"c{n}", "name": "measure", "arguments": {"list": n}}
        result = {
            "type": "tool_result",
            "id": f"c{n}",
            "result": "\n".join(f"{name} {n} row {i}" for i in range(80)),
        }
        turns += [{"role": "assistant", "parts": [call]}, {"role": "tool", "parts": [result]}]  # type: ignore[list-item]
    turns.append(message("assistant", f"It is {name} long. " * 3))
    return new_conversation(turns)


@pytest.fixture
def pair(team: Team) -> Team:
    """A pair of long traces."""
    campaign = create_campaign(who=team.lead, project=team.project, name="Long", overlap=2)
    for name in ("seven", "nine"):
        store(team.project, trace(name), variant=name)
    assert make_pairs(who=team.lead, campaign=campaign).total == 1
    return team


def test_the_middle_of_a_long_trace_is_folded_and_opens_by_key(pair: Team, visit: Visits) -> None:
    window = visit(pair.annotator)
    page = window.page
    window.open(f"/p/{pair.project.slug}/annotation/judge/")
    assert page.locator(FOLD).count() == 2
    assert page.locator(f"{FOLD} > summary").first.inner_text() == "21 more turns"
    assert page.locator(f"{CARD} [data-side=left] .message:visible").count() == 8
    page.locator(f"{FOLD} > summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(f"{CARD} [data-side=left] .message:visible").count() == 29
    assert page.get_attribute(CARD, "data-assignment")
    assert not window.complaints


def test_a_place_in_the_fold_that_is_addressed_opens_it(pair: Team, visit: Visits) -> None:
    window = visit(pair.annotator)
    page = window.page
    window.open(f"/p/{pair.project.slug}/annotation/judge/")
    inside = f"{FOLD} .message >> nth=4"
    page.locator(inside).evaluate("(turn) => { turn.id = 'here'; location.hash = 'here'; }")
    page.wait_for_selector(f"{FOLD}[open] #here", state="visible")
    page.locator(f"{CARD} [data-side=right] .fold--turns .message").nth(2).evaluate(
        "(turn) => window.WinnowReveal(turn)"
    )
    assert page.locator(f"{FOLD}[open]").count() == 2


def test_a_long_result_shows_its_beginning_when_its_card_is_opened(pair: Team, visit: Visits) -> None:
    window = visit(pair.annotator)
    page = window.page
    window.open(f"/p/{pair.project.slug}/annotation/judge/")
    card = page.locator(f"{CARD} [data-side=left] .message--tool:visible .tool").first
    card.locator("> summary").click()
    shown = card.inner_text()
    assert "row 24" in shown
    assert "row 25" not in shown
    card.get_by_text("55 more lines").click()
    assert "row 79" in card.inner_text()


def test_a_repair_folds_as_well(team: Team, visit: Visits) -> None:
    campaign = create_campaign(who=team.lead, project=team.project, name="Mend", kind="repair", overlap=1)
    store(team.project, trace("seven"))
    assert make_repairs(who=team.lead, campaign=campaign) == 1
    window = visit(team.annotator)
    window.open(f"/p/{team.project.slug}/annotation/repair/")
    assert window.page.locator(FOLD).count() == 1
    assert window.sideways() == 0


def test_a_trace_of_thirty_turns_is_whole_in_the_page_and_rendered_once(pair: Team) -> None:
    client = pair.client(pair.annotator)
    address = f"/p/{pair.project.slug}/annotation/judge/"
    client.get(address)
    rendered = len(shared)
    assert client.get(address).content.decode().count('class="message ') >= 58
    assert len(shared) == rendered
