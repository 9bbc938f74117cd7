"""Everything can be reached, seen and done with the keyboard."""

from collections.abc import Callable

from tests.browser.conftest import Visit
from tests.conftest import Team

FOCUS_IS_SEEN = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
}"""


ROW_WITH_FOCUS = """() => [...document.querySelectorAll('[data-rows] tbody tr')]
  .findIndex(row => row.contains(document.activeElement))"""


def test_the_first_tab_skips_to_the_content(visit: Callable[..., Visit], team: Team) -> None:
    window = visit(team.lead)
    window.open("/")
    window.page.keyboard.press("Tab")
    assert window.page.evaluate("document.activeElement.className") == "skip"
    window.page.keyboard.press("Enter")
    assert window.page.evaluate("document.activeElement.id") == "content"


def test_every_link_of_the_navigation_is_reached_and_its_focus_is_seen(
    visit: Callable[..., Visit], team: Team
) -> None:
    window = visit(team.lead)
    window.open("/")
    wanted = set(
        window.page.eval_on_selector_all(".side a, .side button", "all => all.map(a => a.outerHTML)")
    )
    for _ in range(len(wanted) + 6):
        window.page.keyboard.press("Tab")
        wanted.discard(window.page.evaluate("document.activeElement.outerHTML"))
        if window.page.evaluate("document.activeElement !== document.body"):
            assert window.page.evaluate(FOCUS_IS_SEEN)
    assert wanted == set()


def test_j_and_k_walk_the_rows_and_enter_opens_one(visit: Callable[..., Visit], team: Team) -> None:
    window = visit(team.admin)
    window.open("/styleguide/")
    window.page.evaluate("document.activeElement.blur()")
    seen = []
    for key in "jjjk":
        window.page.keyboard.press(key)
        seen.append(window.page.evaluate(ROW_WITH_FOCUS))
    assert seen == [0, 1, 2, 1]
    window.page.keyboard.press("Enter")
    assert window.page.url.endswith("#content")


def test_a_letter_typed_into_a_field_stays_a_letter(visit: Callable[..., Visit], team: Team) -> None:
    window = visit(team.admin)
    window.open("/styleguide/")
    window.page.focus("#sg-q")
    window.page.keyboard.type("jk?gh")
    assert window.page.input_value("#sg-q") == "jk?gh"
    assert not window.page.evaluate("document.getElementById('keys').open")


def test_the_question_mark_shows_the_keys_of_this_page(visit: Callable[..., Visit], team: Team) -> None:
    window = visit(team.admin)
    window.open("/styleguide/")
    window.page.evaluate("document.activeElement.blur()")
    window.page.keyboard.press("?")
    assert "An example key of this page" in window.page.inner_text("#keys")
    window.page.keyboard.press("Escape")
    assert not window.page.evaluate("document.getElementById('keys').open")


def test_g_then_h_goes_home(visit: Callable[..., Visit], team: Team) -> None:
    window = visit(team.admin)
    window.open("/styleguide/")
    window.page.evaluate("document.activeElement.blur()")
    window.page.keyboard.press("g")
    window.page.keyboard.press("h")
    window.page.wait_for_url("**/")
    assert window.complaints == []
