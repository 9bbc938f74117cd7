"""Slow reads rest, quick ones stay live."""

import pytest
from django.utils.translation import gettext_lazy

from core import resting
from core.registry import Count, StationState
from core.resting import rested


@pytest.fixture
def asked() -> list[int]:
    return []


def counted(asked: list[int]) -> int:
    asked.append(1)
    return len(asked)


def test_a_quick_read_is_never_kept(asked: list[int]) -> None:
    assert [rested("quick", lambda: counted(asked)) for _ in range(3)] == [1, 2, 3]


def test_a_slow_read_is_kept_for_a_while(asked: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resting, "SLOW", -1)
    monkeypatch.setattr(resting, "REST", 10**9)
    assert [rested("slow", lambda: counted(asked)) for _ in range(3)] == [1, 1, 1]


def test_an_answer_that_may_not_be_kept_is_asked_again(
    asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resting, "SLOW", -1)
    monkeypatch.setattr(resting, "REST", 10**9)
    assert [rested("news", lambda: counted(asked), keep=lambda found: found > 2) for _ in range(4)] == [
        1,
        2,
        3,
        3,
    ]


def test_a_station_is_kept_with_its_words_untranslated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resting, "SLOW", -1)
    monkeypatch.setattr(resting, "REST", 10**9)
    state = StationState(Count(3, gettext_lazy("traces")))
    assert rested("station", lambda: state) == rested("station", lambda: state)
