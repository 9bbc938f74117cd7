"""The span tree is drawn from any set of spans: in any order, with missing parents, with circles, with hundreds."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from core.plots import strip, time_axis
from curation.waterfall import laid_out

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
EARLY, LATE = uuid.uuid4(), uuid.uuid4()


def span(
    name: str, parent: str = "", start: float = 0, length: float | None = 1, **more: Any
) -> dict[str, Any]:
    begun = START + timedelta(seconds=start)
    ended = None if length is None else begun + timedelta(seconds=length)
    return {"span_id": name, "parent_span_id": parent, "name": name, "kind": "chat", "started_at": begun,
            "ended_at": ended, "status": "ok", "batch_id": EARLY} | more  # fmt: skip


def test_children_stand_under_their_parent_by_start_whatever_the_order_of_arrival() -> None:
    spans = [
        span("late", "root", 2),
        span("root", length=9),
        span("leaf", "early", 1.5),
        span("early", "root", 1),
    ]
    for arrived in (spans, spans[::-1]):
        tree = laid_out(arrived, {})
        assert [(line.span_id, line.depth) for line in tree.lines] == [
            ("root", 0), ("early", 1), ("leaf", 2), ("late", 1)]  # fmt: skip
        assert tree.total == 9000


def test_spans_whose_parent_never_came_are_grouped_by_it() -> None:
    tree = laid_out([span("root"), span("a", "gone"), span("b", "a"), span("c", "gone")], {})
    assert [line.span_id for line in tree.lines] == ["root"]
    assert [line.span_id for line in tree.orphans["gone"]] == ["a", "b", "c"]


def test_a_circle_of_parents_is_shown_once_and_ends() -> None:
    tree = laid_out([span("a", "b"), span("b", "a")], {})
    assert sorted(line.span_id for line in tree.lines) == ["a", "b"]


def test_facts_of_calls_and_lateness_stand_at_their_span() -> None:
    tree = laid_out([span("a"), span("b", "a", batch_id=LATE)], {"a": {"ttft_ms": 5}}, frozenset({LATE}))
    assert [(line.call.get("ttft_ms"), line.late) for line in tree.lines] == [(5, False), (None, True)]
    assert tree.late == 1


def test_a_span_without_an_end_has_no_length() -> None:
    assert laid_out([span("a", length=None)], {}).lines[0].length is None


def test_every_one_of_five_hundred_spans_is_drawn_once() -> None:
    numbers = random.Random(1)
    spans = [span("0", length=100)]
    spans += [span(str(n), str(numbers.randrange(n)), numbers.random() * 90) for n in range(1, 500)]
    numbers.shuffle(spans)
    tree = laid_out(spans, {})
    assert sorted(line.span_id for line in tree.lines) == sorted(str(n) for n in range(500))
    by_id = {line.span_id: line for line in tree.lines}
    assert all(line.depth == by_id[line.parent_id].depth + 1 for line in tree.lines if line.parent_id)


def test_no_spans_are_no_tree() -> None:
    assert laid_out([], {}).count == 0


def test_the_axis_ends_at_a_round_number_in_a_unit_that_suits() -> None:
    assert list(time_axis(7_400).labels) == ["0.0", "2.5", "5.0", "7.5\u202fs"]
    assert time_axis(104).end == 150
    assert time_axis(380).labels[-1] == "400\u202fms"
    assert time_axis(600_000).labels[-1].endswith("min")
    assert time_axis(0).end > 0


def test_a_bar_is_never_too_thin_to_see_and_stays_inside_its_axis() -> None:
    axis = time_axis(1000)
    assert 'width="3"' in strip(axis, 1000, 0.001)
    assert 'x="997' in strip(axis, 1000, 0.001)
    assert "p-tick" in strip(axis, 0, 500, tick=100)
    assert "p-tick" not in strip(axis, 0, 500, tick=900)
