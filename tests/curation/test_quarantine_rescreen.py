"""After a new version only the new items are compared, with the result of comparing all; workers and kill -9 change nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core import embedding
from curation.actions import quarantine as quarantine_action
from curation.actions import screening as screening_action
from curation.actions.quarantine import QuarantineEntry, publish_quarantine
from curation.actions.read_versions import read_versions
from curation.actions.rescreen import rescreen, stale_count
from curation.actions.screening import Content, current_quarantine, screen_contents
from curation.models import CurationState, Drop, Screening, ScreeningHit
from curation.pipeline import run_curation
from curation.quarantine_state import standing
from tests.conftest import Team, make_team
from tests.curation.arrivals import arrive, long_answer
from tests.curation.test_containment import QUESTION

ROOT = Path(__file__).resolve().parent.parent.parent
OTHER = (
    "A robe takes two bolts of blue fiber and half that much white fiber; how many bolts does it take in all?"
)
THIRD = "Josh buys a house for eighty thousand dollars, puts fifty thousand into repairs and sells it; what is his profit?"
PATIENCE = 60


@pytest.fixture(autouse=True)
def without_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)


def hold_out(team: Team, *texts: str) -> None:
    entries = [QuarantineEntry("set", text[:20], text) for text in texts]
    publish_quarantine(who=team.lead, project=team.project, items=entries)


def contents() -> list[Content]:
    return [
        Content("a" * 64, [f"One: {QUESTION}"]),
        Content("b" * 64, [f"Two: {OTHER}", f"and {QUESTION}"]),
        Content("c" * 64, ["Nothing of that."]),
        Content("d" * 64, [THIRD]),
    ]


def found(team: Team) -> dict[str, set[str]]:
    current = current_quarantine(team.project)
    screenings = Screening.objects.filter(project=team.project, quarantine=current)
    return {one.content_hash: set(one.hits.values_list("item__external_id", flat=True)) for one in screenings}


@pytest.mark.django_db
def test_a_screening_and_what_came_after_are_a_screening_of_today(team: Team, other_team: Team) -> None:
    for step in ([QUESTION], [OTHER], [THIRD]):
        hold_out(team, *step)
        screen_contents(project=team.project, contents=contents())
    hold_out(other_team, QUESTION, OTHER, THIRD)
    screen_contents(project=other_team.project, contents=contents())
    assert found(team) == found(other_team)
    last = Screening.objects.filter(project=team.project, quarantine=current_quarantine(team.project))
    assert all(one.base is not None for one in last)


@pytest.mark.django_db
def test_only_new_items_are_compared_with_what_was_screened(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_out(team, QUESTION)
    screen_contents(project=team.project, contents=contents())
    hold_out(team, OTHER)
    compared: list[int] = []
    real = screening_action.screen

    def watched(parts, index, hasher=None):  # type: ignore[no-untyped-def]
        compared.append(len(index.entries))
        return real(parts, index, hasher)

    monkeypatch.setattr(screening_action, "screen", watched)
    screen_contents(project=team.project, contents=[*contents(), Content("e" * 64, ["New."])])
    assert compared[:4] == [1] * 4
    assert compared[4] > 1


@pytest.mark.django_db
def test_another_matcher_screens_everything_again(
    team: Team, settle_at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_out(team, QUESTION)
    arrive(team, ("A", long_answer(1)))
    run_curation(team.project)
    before = current_quarantine(team.project)
    for module in (quarantine_action, screening_action):
        monkeypatch.setattr(module, "MATCHER", "containment-next")
    run_curation(team.project)
    after = current_quarantine(team.project)
    assert (after.number, after.body["matcher"]) == (before.number + 1, "containment-next")
    assert after.body["sets"] == before.body["sets"]
    assert Screening.objects.get(quarantine=after).base is None


@pytest.mark.django_db
def test_progress_counts_what_is_done_and_what_waits(team: Team, settle_at_once: None) -> None:
    arrive(team, *((f"Question {seed}?", long_answer(seed)) for seed in range(4)), (QUESTION, "18."))
    run_curation(team.project)
    hold_out(team, QUESTION)
    now = standing(current_quarantine(team.project))
    assert (now.clean, now.hits, now.stale) == (0, 0, 5)
    rescreen(team.project, limit=3)
    now = standing(current_quarantine(team.project))
    assert (now.done, now.stale, now.total) == (3, 2, 5)
    run_curation(team.project)
    now = standing(current_quarantine(team.project))
    assert (now.clean, now.hits, now.stale) == (4, 1, 0)


@pytest.mark.django_db
def test_a_version_read_before_and_clustered_after_a_new_quarantine_is_left_out(
    team: Team, settle_at_once: None
) -> None:
    (version,) = arrive(team, (QUESTION, "18 dollars."))
    read_versions(team.project)
    hold_out(team, QUESTION)
    while rescreen(team.project):
        pass
    run_curation(team.project)
    assert CurationState.objects.get(version=version).drop_reason == "quarantined"


@pytest.mark.django_db
def test_the_database_refuses_a_screening_that_lost_a_hit_or_grew_from_another_content(team: Team) -> None:
    hold_out(team, QUESTION)
    screen_contents(project=team.project, contents=contents())
    hold_out(team, OTHER)
    current = current_quarantine(team.project)
    for content in ("a", "e"):
        base = Screening.objects.get(content_hash="a" * 64)
        grown = Screening(
            project=team.project, content_hash=content * 64, quarantine=current, verdict="clean", base=base, engine=base.engine
        )  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            checked_at_once(grown)


def checked_at_once(screening: Screening) -> None:
    screening.save()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db(transaction=True)
def test_workers_that_screen_at_once_and_a_publisher_between_them_lose_nothing(settle_at_once: None) -> None:
    team = make_team("acme")
    arrive(
        team,
        *((f"Question {seed}?", long_answer(seed)) for seed in range(30)),
        (QUESTION, "18."),
        (OTHER, "3."),
    )
    run_curation(team.project)
    hold_out(team, QUESTION)
    faults: list[BaseException] = []

    def work(publishes: bool) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET ROLE winnow_app")
            if publishes:
                hold_out(team, OTHER)
            while rescreen(team.project, limit=4):
                pass
        except BaseException as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number == 1,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    run_curation(team.project)
    now = standing(current_quarantine(team.project))
    assert (now.clean, now.hits, now.stale) == (30, 2, 0)
    assert CurationState.objects.filter(drop_reason="quarantined").count() == 2


RESCREEN = (
    "import django; django.setup()\n"
    "from accounts.models import Project\n"
    "from curation.actions.rescreen import rescreen\n"
    "project = Project.objects.get(slug='acme')\n"
    "while rescreen(project, limit=2): pass\n"
)


def start_worker() -> subprocess.Popen[bytes]:
    database = connection.settings_dict
    url = (
        f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={database['HOST']}"
    )
    environment = os.environ | {"DATABASE_URL": url, "DATABASE_OWNER_URL": url, "WINNOW_DATABASE_ROLE": "owner",
                                "DJANGO_SETTINGS_MODULE": "config.settings.test"}  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-c", RESCREEN], cwd=ROOT, env=environment, stderr=subprocess.PIPE
    )


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_whole_screenings_and_the_next_goes_on(
    settle_at_once: None,
) -> None:
    team = make_team("acme")
    arrive(team, *((f"Question {seed}?", f"{QUESTION} {long_answer(seed)}") for seed in range(120)))
    run_curation(team.project)
    hold_out(team, QUESTION)
    current = current_quarantine(team.project)
    worker = start_worker()
    until = time.monotonic() + PATIENCE
    while (
        not Screening.objects.filter(quarantine=current).exists()
        and worker.poll() is None
        and time.monotonic() < until
    ):
        time.sleep(0.01)
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    done = Screening.objects.filter(quarantine=current)
    assert 0 < done.count() < 120
    assert ScreeningHit.objects.filter(screening__in=done).count() == done.count()
    assert Drop.objects.filter(reason="quarantined").count() == done.count()
    assert stale_count(team.project) == 120 - done.count()
    while rescreen(team.project, limit=50):
        pass
    assert done.count() == Drop.objects.filter(reason="quarantined").count() == 120


@pytest.mark.django_db
@pytest.mark.usefixtures("settle_at_once")
def test_a_conversation_that_breaks_a_step_is_left_out_with_a_reason_and_the_rest_is_screened(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(team, ("A", long_answer(1)), ("breaks it", long_answer(2)), (f"C {QUESTION}", long_answer(3)))
    run_curation(team.project)
    hold_out(team, QUESTION)
    look = screening_action.screen

    def brittle(parts: Any, *rest: Any) -> Any:
        if any("breaks it" in part.text for part in parts):
            raise ValueError("no such text")
        return look(parts, *rest)

    monkeypatch.setattr(screening_action, "screen", brittle)
    assert run_curation(team.project).counts == {
        "versions": 3, "kept": 1, "unreadable": 1, "quarantined": 1
    }  # fmt: skip
    assert stale_count(team.project) == 0
