"""Prompt, answer, whole and skeleton are deduplicated each on its own; what tells two runs apart is taken out first."""

from __future__ import annotations

import pytest

from curation.actions.choose_deduplication import choose_deduplication
from curation.conversation import Conversation, message, new_conversation
from curation.dedup.views import VIEWS, skeleton, view_texts, without_volatile
from curation.models import Cluster, ClusterMember, ConversationVersion, CurationState
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer
from tests.curation.test_deduplication import deduplicate, edited, state

settled = pytest.mark.usefixtures("settle_at_once")


def calling(*calls: tuple[str, dict[str, str]]) -> Conversation:
    parts = [{"type": "tool_call", "name": name, "arguments": arguments} for name, arguments in calls]
    return new_conversation([message("user", "Book it"), {"role": "assistant", "parts": parts}])  # type: ignore[list-item,typeddict-item]


def test_a_conversation_without_tools_has_no_skeleton() -> None:
    told = new_conversation(
        [message("system", "Be kind."), message("user", "Why?"), message("assistant", "So.")]
    )
    assert view_texts(told) == {"whole": "Why?\nSo.", "prompt": "Why?", "answer": "So."}
    assert set(VIEWS) == {"whole", "prompt", "answer", "skeleton"}


def test_the_skeleton_is_the_calls_without_their_values() -> None:
    one = calling(("search", {"city": "Rome", "day": "1 May"}), ("book", {"hotel": "A"}))
    other = calling(("search", {"day": "2 June", "city": "Oslo"}), ("book", {"hotel": "B"}))
    assert skeleton(one) == skeleton(other) == "search city day\nbook hotel"


@pytest.mark.parametrize(
    "volatile",
    [
        "2f1f6f64-9a8e-4e9c-8f6b-0b6c3d1f2a3b", "2026-03-04T05:06:07.123Z", "2026-03-04 05:06", "1772600000", "1772600000123",
        "9f86d081884c7d659a2feaa0c55ad015", "req-8f3a21bc", "call_9Xk2LmP0q", "trace_id: 77ab-1", "Request ID #4711",
    ],
)  # fmt: skip
def test_ids_and_times_of_day_are_taken_out(volatile: str) -> None:
    assert without_volatile(f"before {volatile} after").split() == ["before", "after"]


@pytest.mark.parametrize(
    "kept", ["on 2026-03-04", "order 10023", "12,50 EUR", "a call-to-action", "run 3 times", "the request id"]
)
def test_what_is_said_stays(kept: str) -> None:
    assert without_volatile(kept) == kept


@settled
@pytest.mark.django_db
def test_two_runs_that_differ_in_an_id_and_a_time_are_exact_twins(team: Team) -> None:
    text = long_answer(30)
    arrive(
        team,
        ("Q", f"{text} req-8f3a21bc at 2026-03-04T05:06:07Z"),
        ("Q", f"{text} req-77b1c09d at 2026-04-05T06:07:08Z"),
    )
    deduplicate(team)
    assert sorted(CurationState.objects.values_list("drop_reason", flat=True)) == ["", "exact_duplicate"]


@settled
@pytest.mark.django_db
def test_one_prompt_with_two_answers_is_a_cluster_of_prompts_and_drops_nothing(team: Team) -> None:
    prompt = long_answer(31)
    first, second = arrive(team, (prompt, long_answer(32)), (edited(prompt), long_answer(33)))
    deduplicate(team)
    assert state(first).drop_reason == state(second).drop_reason == ""
    assert [cluster.view for cluster in Cluster.objects.all()] == ["prompt"]
    assert members(Cluster.objects.get()) == {first.pk, second.pk}


@settled
@pytest.mark.django_db
def test_one_answer_to_two_prompts_is_a_cluster_of_answers(team: Team) -> None:
    answer = long_answer(34)
    first, second = arrive(team, (long_answer(35), answer), (long_answer(36), answer))
    deduplicate(team)
    assert [(cluster.view, members(cluster)) for cluster in Cluster.objects.all()] == [
        ("answer", {first.pk, second.pk})
    ]


def members(cluster: Cluster) -> set[object]:
    return set(ClusterMember.objects.filter(cluster=cluster).values_list("version_id", flat=True))


@settled
@pytest.mark.django_db
def test_a_project_may_leave_out_by_another_view_and_go_back(team: Team) -> None:
    prompt, answer = long_answer(37), long_answer(38)
    versions = arrive(
        team,
        (prompt, answer),
        (edited(prompt), long_answer(39)),
        ("Other", answer.upper()),
        ("Other", answer),
    )
    deduplicate(team)
    whole = outcomes(versions)
    assert sorted(whole) == ["", "", "", "exact_duplicate"]
    choose_deduplication(who=team.lead, project=team.project, dropping_view="prompt")
    deduplicate(team)
    assert sorted(outcomes(versions)) == ["", "", "exact_duplicate", "near_duplicate"]
    choose_deduplication(who=team.lead, project=team.project, dropping_view="whole")
    deduplicate(team)
    assert outcomes(versions) == whole


@settled
@pytest.mark.django_db
def test_a_version_without_the_chosen_view_is_nobodys_duplicate(team: Team) -> None:
    choose_deduplication(who=team.lead, project=team.project, dropping_view="skeleton")
    versions = arrive(team, ("Q", long_answer(40)), ("Q", long_answer(40)))
    deduplicate(team)
    assert outcomes(versions) == ["", ""]
    assert {state(one).step for one in versions} == {"clustered"}


def outcomes(versions: list[ConversationVersion]) -> list[str]:
    return [state(one).drop_reason for one in versions]
