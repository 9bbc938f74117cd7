"""What needs work is opened once, owned by a member, ended once, and never lost: counted in equals counted out."""

from __future__ import annotations

import uuid

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import NotFound, PermissionRefused, Refused
from core.models import AuditEntry
from curation.actions.backlog import REASONS, assign_item, open_item, resolve_item
from curation.backlog import balance
from curation.models import BacklogItem, ConversationVersion, PinnedBody
from tests.conftest import Team
from tests.curation.arrivals import arrive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]


@pytest.fixture
def version(team: Team) -> ConversationVersion:
    return arrive(team, ("What is a set?", "Ordered."))[0]


def opened(team: Team, version: ConversationVersion, reason: str = "wrong_answer") -> BacklogItem:
    return open_item(who=team.annotator, project=team.project, reason=reason, trace=version.trace)


def test_the_same_complaint_is_one_item_and_its_text_outlives_retention(
    team: Team, version: ConversationVersion
) -> None:
    assert opened(team, version).pk == opened(team, version).pk
    assert opened(team, version, "unsafe").pk != opened(team, version).pk
    assert PinnedBody.objects.get().version_id == version.pk
    assert balance(team.project).opened == 2


def test_an_item_is_about_one_thing(team: Team, version: ConversationVersion) -> None:
    with pytest.raises(Refused, match="one trace or about one cited passage"):
        open_item(who=team.lead, project=team.project, reason="other", trace=version.trace, citation="c1")
    with pytest.raises(Refused, match="one trace or about one cited passage"):
        open_item(who=team.lead, project=team.project, reason="other")
    with pytest.raises(Refused, match="reason is one of"):
        open_item(who=team.lead, project=team.project, reason="because", citation="c1")
    with pytest.raises(IntegrityError), transaction.atomic():
        BacklogItem.objects.create(project=team.project, reason="other", trace=version.trace, citation="c1")


def test_another_project_s_trace_does_not_exist(
    team: Team, other_team: Team, version: ConversationVersion
) -> None:
    with pytest.raises(Refused, match="no such trace"):
        open_item(who=other_team.lead, project=other_team.project, reason="other", trace=version.trace)
    with pytest.raises(NotFound):
        open_item(who=other_team.lead, project=team.project, reason="other", trace=version.trace)


def test_an_owner_is_a_member(team: Team, other_team: Team, version: ConversationVersion) -> None:
    item = opened(team, version)
    assign_item(who=team.lead, item=item, owner=team.annotator)
    assert BacklogItem.objects.get().owner == team.annotator
    with pytest.raises(Refused, match="member of this project"):
        assign_item(who=team.lead, item=item, owner=other_team.lead)


def test_only_those_who_manage_the_backlog_end_an_item(team: Team, version: ConversationVersion) -> None:
    item = opened(team, version)
    with pytest.raises(PermissionRefused):
        resolve_item(who=team.annotator, item=item, resolution="dismissed")
    with pytest.raises(Refused, match="which pair or repair"):
        resolve_item(who=team.lead, item=item, resolution="repair")
    made = uuid.uuid4()
    done = resolve_item(who=team.lead, item=item, resolution="repair", produced=made)
    assert (done.state, done.resolution, done.produced, done.resolved_by) == (
        "resolved",
        "repair",
        made,
        team.lead,
    )
    with pytest.raises(Refused, match="resolved already"):
        resolve_item(who=team.lead, item=item, resolution="dismissed")
    assert opened(team, version).pk != item.pk


def test_every_step_is_audited(team: Team, version: ConversationVersion) -> None:
    item = opened(team, version)
    assign_item(who=team.lead, item=item, owner=team.lead)
    resolve_item(who=team.lead, item=item, resolution="dismissed")
    verbs = AuditEntry.objects.filter(subject_id=str(item.pk)).values_list("verb", flat=True)
    assert set(verbs) == {"backlog.open", "backlog.assign", "backlog.resolve"}


def test_an_item_cannot_be_removed_or_rewritten_by_the_app(team: Team, version: ConversationVersion) -> None:
    opened(team, version)
    for attack in ("DELETE FROM curation_backlogitem", "UPDATE curation_backlogitem SET reason = 'style'"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)
    with pytest.raises(IntegrityError), transaction.atomic():
        BacklogItem.objects.update(state="resolved")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["open", "resolve"]), st.integers(0, 5), st.sampled_from(sorted(REASONS))),
        max_size=30,
    )
)
def test_counted_in_equals_counted_out(team: Team, acts: list[tuple[str, int, str]]) -> None:
    for act, number, reason in acts:
        if act == "open":
            open_item(who=team.lead, project=team.project, reason=reason, citation=f"c{number}")
        elif (item := BacklogItem.objects.filter(state="open", citation=f"c{number}").first()) is not None:
            resolve_item(who=team.lead, item=item, resolution="dismissed")
    books = balance(team.project)
    assert books.holds
    assert books.opened == BacklogItem.objects.count()
