"""The board counts every trace once: each step is the one before it less its losses, and every loss opens onto its examples."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import embedding
from curation.actions.quarantine import publish_quarantine
from curation.actions.set_checks import set_checks
from curation.actions.set_quotas import set_quotas
from curation.board_slice import Slice, read_slice
from curation.funnel import Funnel, read_funnel
from curation.held_out_files import QuarantineEntry
from curation.models import ConversationVersion, CurationState, Trace
from curation.pipeline import run_curation
from curation.strata_map import read_strata
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer
from tests.curation.test_containment import QUESTION
from tests.curation.test_deduplication_sessions import call

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]
TEXT = long_answer(1)
SHORTER = TEXT.rsplit(" ", 6)[0]


@pytest.fixture(autouse=True)
def without_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)


@pytest.fixture
def curated(team: Team, settle_at_once: None) -> list[ConversationVersion]:
    """Kept, exact twin, near-duplicate, quarantined, failed, denied, wrong arithmetic, kept."""
    publish_quarantine(
        who=team.lead, project=team.project, items=[QuarantineEntry("held-out", "7", QUESTION)]
    )
    set_checks(who=team.lead, project=team.project, effects={"wrong_arithmetic": "drop"}, note="")
    versions = arrive(
        team,
        ("A question", TEXT),
        ("A question!", TEXT),
        ("A question", SHORTER),
        (f"Well then. {QUESTION}", "18."),
        ("It fails", None),
        ("What is 6 times 7?", "It is 6*7 = 43."),
        ("<b>Bold</b>", long_answer(2)),
    )
    (denied,) = arrive(team, ("Mine", long_answer(3)), training_use="denied")
    run_curation(team.project)
    return [*versions, denied]


def page(team: Team, path: str) -> str:
    response = team.client(team.lead).get(f"/p/{team.project.slug}/curation/{path}")
    assert response.status_code == 200, path
    return response.content.decode()


def losses(funnel: Funnel) -> dict[str, int]:
    return {loss.reason: loss.count for stage in funnel.stages for loss in stage.losses}


def adds_up(funnel: Funnel) -> bool:
    steps = [stage.count for stage in funnel.stages]
    return all(
        after == before - stage.lost
        for (before, after), stage in zip(pairwise(steps), funnel.stages[1:], strict=True)
    )


@pytest.mark.usefixtures("curated")
def test_every_step_is_the_one_before_less_its_losses(team: Team) -> None:
    funnel = read_funnel(Trace.objects.filter(project=team.project))
    assert losses(funnel) == {
        "no_answer": 1, "quarantined": 1, "training_denied": 1, "wrong_arithmetic": 1, "exact_duplicate": 1,
        "near_duplicate": 1,
    }  # fmt: skip
    assert adds_up(funnel)
    assert (funnel.came_in, funnel.kept) == (8, 2)
    assert (
        funnel.kept == CurationState.objects.filter(project=team.project, step="done", drop_reason="").count()
    )


def test_what_is_only_not_there_yet_waits_and_is_dropped_by_nothing(team: Team) -> None:
    arrive(team, ("Later", TEXT), ("Compared", long_answer(2)))
    Trace.objects.create(
        project=team.project,
        external_id="open",
        day=date(2026, 11, 1),
        occurred_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    CurationState.objects.filter(version__prompt_preview="Compared").update(step="published")
    funnel = read_funnel(Trace.objects.filter(project=team.project))
    assert losses(funnel) == {"unsettled": 1, "unread": 1, "uncompared": 1}
    assert adds_up(funnel)
    assert (funnel.waiting, funnel.kept) == (3, 0)


def test_a_reason_this_release_does_not_know_is_counted_all_the_same(
    team: Team, curated: list[ConversationVersion]
) -> None:
    CurationState.objects.filter(version=curated[0]).update(drop_reason="of_tomorrow")
    funnel = read_funnel(Trace.objects.filter(project=team.project))
    assert losses(funnel)["of_tomorrow"] == 1
    assert adds_up(funnel)
    assert "Of tomorrow" in page(team, "")


@pytest.mark.usefixtures("curated")
def test_days_and_service_narrow_what_is_counted(team: Team) -> None:
    day = datetime(2026, 1, 5, 12, tzinfo=UTC)
    moved = Trace.objects.filter(project=team.project).order_by("pk").first()
    assert moved is not None
    Trace.objects.filter(pk=moved.pk).update(occurred_at=day, service="lonely")
    for within in (Slice(date(2026, 1, 5), date(2026, 1, 5)), Slice(service="lonely")):
        assert read_funnel(within.traces(team.project)).came_in == 1
    assert read_funnel(Slice(until=date(2026, 1, 4)).traces(team.project)).came_in == 0
    text = page(team, "?since=2026-01-05&until=2026-01-05")
    assert "since=2026-01-05" in text
    assert "No trace came in then" in page(team, "?until=2026-01-04")
    assert "No trace came in then" not in page(team, "?until=9999-12-31")


def test_a_day_that_is_none_is_named() -> None:
    assert "yesterday" in read_slice({"since": "yesterday"}).problem
    assert read_slice({"since": "2026-02-02", "until": "2026-02-01"}).problem
    assert not read_slice({"since": "2026-02-01", "until": "2026-02-01"}).problem


@pytest.mark.usefixtures("curated")
@pytest.mark.parametrize(
    ("reason", "evidence"),
    [
        ("near_duplicate", r"0\.9\d\d Jaccard: compare"),
        ("exact_duplicate", r"1\.000 Jaccard: compare"),
        ("quarantined", r"held-out · 7.*<mark>"),
        ("wrong_arithmetic", r"an equation does not hold: 6\*7 = 42, not 43.*<mark>6\*7 = 43"),
        ("no_answer", r"failed: timeout"),
        ("training_denied", r"Its people do not allow training on it"),
    ],
)
def test_every_reason_opens_onto_examples_with_their_evidence(team: Team, reason: str, evidence: str) -> None:
    assert f"dropped/?reason={reason}" in page(team, "")
    assert re.search(evidence, page(team, f"dropped/?reason={reason}"), re.DOTALL)


@pytest.mark.usefixtures("curated")
def test_examples_are_of_this_project_and_a_reason_must_be_named(team: Team, other_team: Team) -> None:
    client = other_team.client(other_team.lead)
    text = client.get("/p/other/curation/dropped/?reason=no_answer").content.decode()
    assert "Nothing is left out for this" in text
    assert client.get("/p/acme/curation/dropped/?reason=no_answer").status_code == 404
    assert client.get("/p/other/curation/dropped/").status_code == 404
    assert team.client(team.annotator).get("/p/acme/curation/dropped/?reason=no_answer").status_code == 403


@pytest.mark.usefixtures("curated")
def test_strata_stand_against_their_quota_and_open_onto_their_traces(team: Team) -> None:
    (domain,) = CurationState.objects.filter(project=team.project, step="done", drop_reason="").values_list(
        "domain", flat=True
    ).distinct()  # fmt: skip
    set_quotas(
        who=team.lead,
        project=team.project,
        data={"total": 5, "weights": {f"{domain} × easy": 1, f"{domain} × hard": 1}},
    )
    strata = read_strata(team.project, Slice(), "difficulty")
    assert strata.total == 2
    assert strata.short == 3
    text = page(team, "")
    assert "asked 2" in text or "asked 3" in text
    assert f"state=kept&amp;domain={domain}&amp;difficulty=easy" in text
    narrowed = re.findall(r'href="[^"]*traces/[?]([^"]*state=kept[^"]*)"', page(team, "?since=2020-01-01"))
    assert len(narrowed) == 3, "a domain, its cell, the last step of the funnel"
    assert all("since=2020-01-01" in query for query in narrowed)
    assert "short" not in page(team, "?across=kind").split("heatmap", 1)[1]


@pytest.mark.usefixtures("curated")
def test_a_page_asks_no_more_for_more_rows(team: Team) -> None:
    client = team.client(team.lead)

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/p/{team.project.slug}/curation/{path}").status_code == 200
        return len(captured)

    paths = ["", "dropped/?reason=near_duplicate", "dropped/?reason=quarantined", "dropped/?reason=no_answer"]
    queries("")
    before = {path: queries(path) for path in paths}
    arrive(
        team,
        *[("It fails", None)] * 3,
        *[("A question", f"{TEXT} {word}") for word in ("a", "b", "c")],
        *[(f"Say {word}. {QUESTION}", "18.") for word in ("one", "two", "three")],
    )
    run_curation(team.project)
    assert {path: queries(path) for path in paths} == before
    assert max(before.values()) <= 16


def test_a_conversation_logged_call_by_call_names_its_longer_form(team: Team) -> None:
    call(team, ["First question", long_answer(1)])
    call(team, ["First question", long_answer(1), "Second question", long_answer(2)])
    run_curation(team.project)
    assert losses(read_funnel(Trace.objects.filter(project=team.project))) == {"continued": 1}
    text = page(team, "dropped/?reason=continued")
    assert "A longer form:" in text
