"""What is alike in any known way falls on one side, the same side every time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import embedding
from curation.actions.choose_deduplication import choose_deduplication
from curation.actions.semantic import decide_pair
from curation.dedup.views import PROMPT
from curation.models import Cluster, ConversationVersion, CurationState, SemanticPair
from curation.pipeline import run_curation
from curation.split_groups import split_groups
from curation.splits import joined, split_of
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer

NAMES = st.text("abcdefghij", min_size=1, max_size=2)


@given(st.lists(st.tuples(NAMES, NAMES)), st.binary(min_size=1, max_size=8))
def test_links_never_part_over_any_number_of_steps(links: list[tuple[str, str]], key: bytes) -> None:
    groups = joined((), links)
    assert all(split_of(groups[one], key, 500) == split_of(groups[other], key, 500) for one, other in links)
    assert all(groups[group] == group and group <= name for name, group in groups.items())


@given(st.lists(st.tuples(NAMES, NAMES)), st.randoms())
def test_groups_do_not_depend_on_the_order_of_links(links: list[tuple[str, str]], random: object) -> None:
    shuffled = list(links)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert joined((), links) == joined((), [(other, one) for one, other in shuffled])


def test_what_is_linked_to_nothing_is_a_group_of_its_own() -> None:
    assert joined(["a", "b", "c"], [("c", "b")]) == {"a": "a", "b": "b", "c": "b"}


@pytest.mark.django_db
@pytest.mark.usefixtures("settle_at_once")
def test_two_answers_to_one_question_are_on_one_side_though_they_are_no_near_duplicates(team: Team) -> None:
    one, other, alone = arrive(team, ("A", long_answer(1)), ("A", long_answer(2)), ("B", long_answer(3)))
    assert CurationState.objects.filter(project=team.project).count() == 3
    groups = split_groups(team.project)
    assert groups[str(one.pk)] == groups[str(other.pk)] == min(str(one.pk), str(other.pk))
    assert str(alone.pk) not in groups


@pytest.mark.django_db
@pytest.mark.usefixtures("settle_at_once")
def test_nearly_the_same_question_or_long_answer_joins_and_a_short_answer_does_not(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    asked = long_answer(7, 60)
    versions = arrive(
        team,
        (asked, long_answer(1)), (f"{asked} please", long_answer(2)),
        ("C", long_answer(3, 120)), (long_answer(8, 120), f"{long_answer(3, 120)} indeed"),
        (long_answer(4), "Your reservation is made."), (long_answer(5), "Your reservation is made."),
    )  # fmt: skip
    run_curation(team.project)
    groups = split_groups(team.project)
    found = [groups.get(str(version.pk), str(version.pk)) for version in versions]
    assert found[0] == found[1]
    assert found[2] == found[3]
    assert len(set(found)) == 4


@pytest.mark.django_db
@pytest.mark.usefixtures("settle_at_once")
def test_near_duplicates_are_on_one_side_though_another_view_leaves_duplicates_out(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    choose_deduplication(who=team.lead, project=team.project, dropping_view=PROMPT)
    asked, answer = long_answer(7, 30).split(), long_answer(1, 40)
    changed = [*asked[:15], "otherwise", *asked[16:]]
    one, other = arrive(team, (" ".join(asked), answer), (" ".join(changed), answer))
    run_curation(team.project)
    assert not Cluster.objects.filter(view=PROMPT).exists()
    groups = split_groups(team.project)
    assert groups[str(one.pk)] == groups[str(other.pk)]


@pytest.mark.django_db
@pytest.mark.usefixtures("settle_at_once")
def test_what_a_lead_said_means_the_same_is_on_one_side_until_it_is_unsaid(team: Team) -> None:
    one, other, third = arrive(team, ("A", long_answer(1)), ("B", long_answer(2)), ("C", long_answer(3)))
    said, undecided = suggested(team, one, other), suggested(team, other, third)
    assert split_groups(team.project) == {}
    decide_pair(who=team.lead, project=team.project, pair_id=said.pk, accepted=True)
    decide_pair(who=team.lead, project=team.project, pair_id=undecided.pk, accepted=False)
    first = min(str(one.pk), str(other.pk))
    assert split_groups(team.project) == {str(one.pk): first, str(other.pk): first}
    decide_pair(who=team.second_lead, project=team.project, pair_id=said.pk, accepted=False)
    assert split_groups(team.project) == {}


def suggested(team: Team, one: ConversationVersion, other: ConversationVersion) -> SemanticPair:
    """A pair the semantic tier would suggest."""
    low, high = sorted((one, other), key=lambda version: version.pk)
    return SemanticPair.objects.create(project=team.project, low=low, high=high, cosine=0.95, model="test")
