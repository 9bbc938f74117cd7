"""Plots are well-formed SVG without inline style, and their tables hold the same numbers."""

from xml.etree import ElementTree as ET

import pytest

from core.plots import Bar, Dot, Plot, Series, bars, dots, funnel, heat, lines, sparkline
from core.plots.frame import nice_ticks, number
from web.samples import sample_plots

HOSTILE = '"><script>alert(1)</script>&'


def all_plots() -> list[Plot]:
    return [
        *sample_plots(),
        lines(HOSTILE, [], unit=HOSTILE, x_label=HOSTILE),
        lines("one point", [Series(HOSTILE, [1], [2])], unit="u", x_label="x"),
        lines("flat", [Series("a", [0, 1], [3, 3])], unit="u", x_label="x"),
        lines("holes", [Series("a", [0, 1, 2], [1.0, float("nan"), 2.0])], unit="u", x_label="x"),
        bars(HOSTILE, [], unit="u"),
        bars("zero", [Bar(HOSTILE, (0,))], unit="u"),
        funnel("none", [], unit="u"),
        heat("empty", [], [], {}, unit="u"),
        dots("nothing known", [Dot(HOSTILE, None)], unit="u"),
    ]


@pytest.mark.parametrize("plot", all_plots(), ids=lambda plot: plot.title[:12])
def test_a_drawing_is_well_formed_and_carries_no_inline_style(plot: Plot) -> None:
    root = ET.fromstring(str(plot.svg))
    assert root.get("aria-label")
    for element in root.iter():
        assert element.tag in {"svg", "g", "line", "path", "rect", "circle", "text"}
        assert not {"style", "onclick", "fill", "stroke"} & set(element.keys())
        assert "nan" not in " ".join(element.attrib.values())


def test_the_table_of_a_funnel_holds_every_loss() -> None:
    plot = funnel("f", [("received", 10, 0), ("kept", 7, 3)], unit="u")
    assert plot.rows == [["received", "10", "0"], ["kept", "7", "3"]]


def test_the_table_of_a_heat_map_tells_no_such_cell_from_zero() -> None:
    plot = heat("h", ["a"], ["x", "y"], {("a", "x"): 0}, unit="u")
    assert plot.rows == [["a", "0", ""]]


def test_an_undefined_estimate_stays_undefined() -> None:
    plot = dots("d", [Dot("tiny group", None, note="n = 2")], unit="α")
    assert plot.rows[0][1] == ""
    assert "n = 2" in plot.svg


def test_a_long_series_is_thinned_but_keeps_its_spike() -> None:
    values = [1.0] * 20_000
    values[12_345] = 99.0
    plot = lines("l", [Series("a", range(20_000), values)], unit="u", x_label="x")
    assert len(plot.svg) < 40_000
    assert len(plot.rows) <= 52
    top = min(float(part.split(",")[1]) for part in plot.svg.split('d="M')[1].split('"')[0].split("L"))
    assert top < 30


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (0.0013, 0.0019), (-3, 7), (0, 123_456), (5, 5), (1e-9, 2e-9)]
)
def test_ticks_cover_the_values_with_round_steps(low: float, high: float) -> None:
    ticks = nice_ticks(low, high)
    assert ticks[0] <= low + abs(low) * 1e-9
    assert ticks[-1] >= high - abs(high) * 1e-9
    assert 2 <= len(ticks) <= 8


def test_numbers_are_short_and_exact_enough() -> None:
    shown = [number(value) for value in (0, 1234567, 0.12345, 2.5, 1e-7)]
    assert shown == [
        "0",
        "1,234,567",
        "0.1235",
        "2.5",
        "1.0e-07",
    ]


def test_a_sparkline_of_one_value_is_nothing() -> None:
    assert sparkline([1], "x") == ""
