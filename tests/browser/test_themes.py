"""Light and dark are equals: text is readable in both, and the choice is kept."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Visit
from tests.conftest import Team

CONTRASTS = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgb = (colour, under) => {
    canvas.fillStyle = under; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (channels) => {
    const [r, g, b] = channels.map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const ground = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) layers.push(getComputedStyle(one).backgroundColor);
    layers.push(getComputedStyle(document.documentElement).backgroundColor);
    return layers.reverse().reduce((under, layer) => {
      const [r, g, b] = rgb(layer, under);
      return `rgb(${r}, ${g}, ${b})`;
    }, 'white');
  };
  const low = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility({visibilityProperty: true})) continue;
    if (element.closest(':disabled, .sr-only, .skip, svg, script, dialog')) continue;
    const under = ground(element);
    const [a, b] = [light(rgb(getComputedStyle(element).color, under)), light(rgb(under, under))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    const words = walker.currentNode.textContent.trim().slice(0, 30);
    if (ratio < 4.5) low.push(`${ratio.toFixed(2)} ${element.className} ${words}`);
  }
  return [...new Set(low)];
}"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_of_the_styleguide_has_enough_contrast(
    visit: Callable[..., Visit], team: Team, dark: bool
) -> None:
    window = visit(team.admin, dark=dark)
    window.open("/styleguide/")
    assert window.page.evaluate(CONTRASTS) == []
    window.page.evaluate(f"document.querySelector('h1').style.color = 'oklch({0.45 if dark else 0.65} 0 0)'")
    assert len(window.page.evaluate(CONTRASTS)) == 1, "the measure itself must notice"


def test_the_chosen_theme_wins_over_the_system_and_survives_a_reload(
    visit: Callable[..., Visit], team: Team
) -> None:
    window = visit(team.lead, dark=True)
    window.open("/")
    window.page.click("[data-theme-form] button")
    assert window.page.get_attribute("html", "data-theme") == "light"
    ground = window.page.evaluate("getComputedStyle(document.documentElement).colorScheme")
    assert ground == "light"
    window.page.reload()
    assert window.page.get_attribute("html", "data-theme") == "light"


def test_nothing_moves_for_people_who_asked_for_that(visit: Callable[..., Visit], team: Team) -> None:
    window = visit(team.admin)
    window.page.emulate_media(reduced_motion="reduce")
    window.open("/styleguide/")
    durations = window.page.evaluate(
        "[...document.querySelectorAll('*')].map(e => getComputedStyle(e).transitionDuration)"
        ".filter(d => d.split(', ').some(one => parseFloat(one) > 0))"
    )
    assert durations == []
