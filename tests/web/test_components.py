"""The components say what they mean in words, not only in colour."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from web.moments import relative
from web.numbers import capped, compact, duration, grouped, percent, with_unit
from web.states import LOOKS, look
from web.templatetags import face


def render(source: str, **context: object) -> str:
    request = RequestFactory().get("/?q=a&after=old")
    return Template("{% load face %}" + source).render(Context({"request": request, **context}))


@pytest.mark.parametrize("state", LOOKS)
def test_a_chip_has_a_word_a_shape_and_a_meaning(state: str) -> None:
    html = render("{% chip state %}", state=state)
    assert f"chip--{LOOKS[state].meaning}" in html
    assert "<svg" in html
    assert str(LOOKS[state].word) in html


def test_a_state_nobody_declared_is_neutral_and_keeps_its_word() -> None:
    assert look("half_done").meaning == "neutral"
    assert look("half_done").word == "Half done"


def test_what_is_simulated_says_so_and_nothing_simulated_says_nothing() -> None:
    assert "12 of 40 simulated" in face.simulated(12, 40)
    assert face.simulated(0, 40) == ""


def test_an_interval_is_shown_with_its_meaning() -> None:
    html = with_unit(0.731, "α", 0.64, 0.8)
    assert "95 % interval" in html
    assert "[0.640, 0.800]" in html


def test_what_was_not_measured_is_not_a_zero() -> None:
    assert "not measured" in with_unit(None)


def test_what_a_template_does_not_know_is_a_dash() -> None:
    assert render("{{ nothing|grouped }}{{ nothing|duration }}{{ none|percent }}", none=None) == "–––"
    assert "not measured" in render("{% number nothing %}")
    assert "–" in render("{{ nothing|moment }}")


def test_numbers_are_grouped_capped_and_short() -> None:
    assert grouped(1234567) == "1,234,567"
    assert capped(10_000) == "10,000+"
    assert compact(12_345_678).startswith("12.3")
    assert percent(0.1234).startswith("12.3")
    assert grouped(float("nan")) == "undefined"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.85, "850 ms"), (12.4, "12.4 s"), (200, "3 min 20 s"), (7200, "2 h")]
)
def test_durations_use_the_two_largest_units(seconds: float, shown: str) -> None:
    assert duration(seconds).replace("\u202f", " ") == shown


def test_times_are_relative_until_a_month_has_passed() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert relative(now - timedelta(minutes=3), now) == "3 minutes ago"
    assert relative(now + timedelta(hours=1, seconds=1), now) == "in 1 hour"
    assert relative(now + timedelta(days=7, seconds=-1), now) == "in 7 days"
    assert relative(now - timedelta(days=60), now) == "31 Dec 2025"


def test_an_id_is_shortened_but_copied_whole() -> None:
    html = render("{% ident value %}", value="0123456789abcdef")
    assert "01234567…" in html
    assert 'data-copy="0123456789abcdef"' in html


def test_facts_that_are_not_known_are_left_out() -> None:
    html = render("{% facts rows %}", rows=[("a", 1), ("b", None)])
    assert "<dt>a</dt>" in html
    assert "<dt>b</dt>" not in html


def test_a_sorted_column_says_so_and_forgets_the_page() -> None:
    html = render('{% sortable "cost" "Cost" %}')
    assert "?q=a&amp;sort=cost" in html


def test_values_are_escaped_everywhere() -> None:
    html = render("{% ident v %}{% facts rows %}{% chip v %}{% empty v v %}", v="<b>", rows=[("<b>", "<b>")])
    assert "<b>" not in html
