"""Marking words of an answer in a real browser: by mouse and by keyboard, in code points, kept, taken back and sent."""

import json
from typing import Any

import pytest

from annotation.actions.campaigns import create_campaign
from annotation.actions.choose_keys import choose_keys
from annotation.actions.make_pairs import make_pairs
from annotation.models import Assignment, JudgmentSpan
from tests.annotation.conftest import conversation, store
from tests.browser.conftest import NARROW, Visit, Visits
from tests.browser.test_judging import answered
from tests.conftest import Team

CARD = "[data-card]:not([hidden])"
BAR = f"{CARD} [data-marker]:not([hidden])"
ANSWER = (
    "Hello 👩‍👩‍👧 **bold 🎉 words** here [1] and [9]. The *second* sentence has é in it.\r\n\r\n"
    "- First point [doc-1].\n- Second point.\n\n```python\nprint('🎉')\n```\n\nSo $x^2$ it ends. Again: here here."
)


@pytest.fixture
def window(team: Team, visit: Visits) -> Visit:
    """A judging page with one pair of hard answers."""
    campaign = create_campaign(who=team.lead, project=team.project, name="Mark", overlap=2)
    for n, text in enumerate((ANSWER, ANSWER.replace("second", "other"))):
        made = conversation("What is a list?", text, passages=["A list is a sequence.", "A tuple is not."])
        store(team.project, made, variant=str(n))
    assert make_pairs(who=team.lead, campaign=campaign).total == 1
    window = visit(team.annotator)
    assert window.open(f"/p/{team.project.slug}/annotation/judge/") == 200
    return window


def marks(window: Visit) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        window.page.input_value("[data-card]:not([hidden]) [name=spans]")
    )
    return found


SELECT = """([side, words, nth]) => {
  const section = document.querySelector(`[data-card]:not([hidden]) [data-side=${side}] [data-source]`);
  const walker = document.createTreeWalker(section, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  const text = nodes.map((node) => node.data).join("");
  let from = -1;
  for (let n = 0; n <= nth; n += 1) from = text.indexOf(words, from + 1);
  const at = (offset, end) => {
    for (const node of nodes) {
      if (offset < node.data.length || (end && offset === node.data.length)) return [node, offset];
      offset -= node.data.length;
    }
    throw new Error("not found");
  };
  const range = document.createRange();
  range.setStart(...at(from, false));
  range.setEnd(...at(from + words.length, true));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


def select(window: Visit, words: str, nth: int = 0, side: str = "left") -> None:
    window.page.evaluate(SELECT, [side, words, nth])
    window.page.wait_for_selector("[data-card]:not([hidden]) [data-marker]:not([hidden])")


@pytest.mark.parametrize(
    ("words", "nth", "quote"),
    [
        ("bold 🎉 words", 0, "bold 🎉 words"),
        ("👩‍👩‍👧 bold", 0, "👩‍👩‍👧 **bold"),
        ("é", 0, "é"),
        ("here", 2, "here"),
        ("First point", 0, "First point"),
        ("print('🎉')", 0, "print('🎉')"),
    ],
)
def test_what_the_mouse_selects_is_what_is_stored(
    window: Visit, team: Team, words: str, nth: int, quote: str
) -> None:
    select(window, words, nth)
    window.page.click("[data-card]:not([hidden]) [data-mark=wrong]")
    (mark,) = marks(window)
    assert mark["quote"] == quote
    assert window.page.is_visible("[data-card]:not([hidden]) [data-side=left] .marks__quote")
    window.page.keyboard.press("2")
    answered(1)
    kept = JudgmentSpan.objects.select_related("response").get()
    assert kept.response.text[kept.start : kept.end] == kept.quote == quote
    assert not window.complaints


def test_what_was_begun_and_is_still_on_its_way_does_not_follow_the_answer(window: Visit, team: Team) -> None:
    page = window.page
    page.route("**/judge/draft/", lambda _held_until_the_answer_is_in: None)
    select(window, "bold 🎉 words")
    with page.expect_request("**/judge/draft/"):
        page.keyboard.press("1")
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/judge/draft/")):
        page.keyboard.press("2")
    answered(1)
    assert JudgmentSpan.objects.get().quote == "bold 🎉 words"
    assert not window.complaints


def test_a_formula_is_marked_as_a_whole(window: Visit) -> None:
    select(window, "So x")
    window.page.keyboard.press("1")
    assert marks(window)[0]["quote"] == "So $x^2$"


def test_words_are_marked_linked_and_taken_back_by_keyboard_alone(window: Visit, team: Team) -> None:
    page = window.page
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("p")
    page.keyboard.press("2")
    (mark,) = marks(window)
    assert (mark["quote"], mark["label"], mark["passage"]) == (
        "The *second* sentence has é in it.",
        "contradicted",
        0,
    ) or ("other" in mark["quote"])
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("1")
    assert marks(window)[1]["quote"].endswith("First point [doc-1].")
    page.keyboard.press("u")
    assert len(marks(window)) == 1
    page.keyboard.press("ArrowRight")
    page.keyboard.press("w")
    page.keyboard.press("4")
    assert [one["side"] for one in marks(window)] == ["left", "right"]
    assert marks(window)[1]["quote"] == "Hello"
    page.keyboard.press("Delete")
    assert len(marks(window)) == 1
    page.keyboard.press("Escape")
    page.reload()
    assert len(marks(window)) == 1
    page.keyboard.press("2")
    answered(1)
    assert JudgmentSpan.objects.get().document_id == "doc-0"
    assert not window.complaints


@pytest.fixture
def own_keys(team: Team) -> None:
    """Marking with other keys than the usual ones."""
    keys = {"mark": ";", "mark_wrong": "9", "mark_words": "5", "undo": "0"}
    choose_keys(who=team.annotator, mode="plain", keys=keys)


def test_ones_own_keys_hold_while_words_are_marked(own_keys: None, window: Visit) -> None:
    page = window.page
    page.keyboard.press(";")
    assert page.get_attribute(f"{BAR} [data-mark=wrong]", "aria-keyshortcuts") == "9"
    page.keyboard.press("5")
    page.keyboard.press("9")
    assert [(one["label"], one["quote"]) for one in marks(window)] == [("wrong", "Hello")]
    page.keyboard.press("0")
    assert marks(window) == []
    page.keyboard.press(";")
    assert page.locator(BAR).count() == 0
    assert not window.complaints


def test_with_single_keys_off_marking_has_its_buttons_and_arrows_alone(team: Team, window: Visit) -> None:
    choose_keys(who=team.annotator, mode="off", keys={})
    page = window.page
    page.reload()
    page.click("[data-card]:not([hidden]) [data-act=mark]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("3")
    assert marks(window) == []
    page.click(f"{BAR} [data-mark=wrong]")
    assert [one["label"] for one in marks(window)] == ["wrong"]


@pytest.mark.parametrize(("width", "height"), [(320, 568), (380, 700)])
def test_on_a_phone_the_bar_leaves_the_words_in_sight(window: Visit, width: int, height: int) -> None:
    page = window.page
    page.set_viewport_size({"width": width, "height": height})
    page.keyboard.press("m")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    bar, choices = page.locator(BAR).bounding_box(), page.locator(f"{CARD} .choices").bounding_box()
    assert bar is not None
    assert choices is not None
    assert bar["height"] <= 0.46 * height
    assert bar["y"] + bar["height"] <= choices["y"]
    chosen = page.evaluate(
        """() => {
            const [range] = CSS.highlights.get("mark-cursor");
            const box = range.getBoundingClientRect();
            return [box.top, box.bottom];
        }"""
    )
    assert chosen[0] >= 0
    assert chosen[1] <= bar["y"]
    assert window.sideways() == 0


def test_marks_are_shown_again_when_an_answer_is_changed(window: Visit, team: Team) -> None:
    select(window, "bold 🎉 words")
    window.page.keyboard.press("1")
    window.page.keyboard.press("2")
    answered(1)
    lease = Assignment.objects.get()
    window.open(f"/p/{team.project.slug}/annotation/judge/{lease.pk}/")
    assert window.page.inner_text(".marks__quote") == "bold 🎉 words"
    assert window.page.evaluate("CSS.highlights.get('mark-ungrounded').size") == 1
    window.page.click(".marks__off")
    window.page.keyboard.press("4")
    window.page.wait_for_url("**/work/")
    assert JudgmentSpan.objects.count() == 1


def test_citations_open_their_passage_by_click_and_by_key(window: Visit) -> None:
    page = window.page
    page.keyboard.press("v")
    assert page.is_visible("[data-side=left] .passage--meant")
    assert "A list is a sequence." in page.inner_text("[data-side=left] .passage--meant")
    page.keyboard.press("v")
    assert "A tuple is not." in page.inner_text("[data-side=left] .passage--meant")
    page.click("[data-side=right] [data-cite] >> nth=0")
    assert "A list is a sequence." in page.inner_text("[data-side=right] .passage--meant")
    assert page.inner_text("[data-side=left] .cite--dead") == "9"
    assert not window.complaints


def test_the_marker_fits_a_small_window(window: Visit) -> None:
    for width in (NARROW, 320):
        window.resize(width, 700)
        select(window, "Hello")
        assert window.sideways() == 0
        box = window.page.locator("[data-card]:not([hidden]) [data-marker]").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
