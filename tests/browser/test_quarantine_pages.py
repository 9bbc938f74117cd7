"""The pages of the quarantine and of red-team corpora, wide and narrow, in both themes, without a complaint."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from core import embedding
from curation.actions.quarantine import SetFacts, publish_quarantine
from curation.actions.red_team import CorpusFacts, RedTeamEntry, publish_corpus
from curation.actions.rule_hit import rule_hit
from curation.held_out_files import QuarantineEntry
from curation.models import Screening
from curation.pipeline import run_curation
from tests.browser.conftest import NARROW, WIDE, Visit
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer
from tests.curation.test_containment import QUESTION
from tests.curation.test_red_team import BREAD, LOCK

SHOTS = os.environ.get("WINNOW_SHOTS", "")
ORIGIN = SetFacts("benchmark", "MIT", "openai/grade-school-math @ 3101c7d5")


@pytest.fixture
def addresses(team: Team, settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every page, empty and with something on it."""
    settings.SETTLE_GRACE_SECONDS = 0
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    items = [QuarantineEntry("gsm8k", "1", QUESTION), QuarantineEntry("gsm8k", "2", QUESTION.replace("Janet", "Maria"))]
    publish_quarantine(who=team.lead, project=team.project, items=items, facts=ORIGIN)
    arrive(
        team,
        (f"My kid's homework says: {QUESTION.replace('16', '21')} Could you help?", "18 dollars."),
        (QUESTION, "It is 18."),
        ("Another question", long_answer(3)),
    )
    run_curation(team.project)
    embedded, exact = Screening.objects.filter(verdict="hit").order_by("pk")
    why = "A textbook example that we teach with."
    rule_hit(who=team.second_lead, hit=exact.hits.order_by("-score")[0], decision="cleared", reason=why)
    entries = [RedTeamEntry("a", LOCK, "train_refusal", "illegal"), RedTeamEntry("b", BREAD, "eval_only", "homonyms")]
    facts = CorpusFacts("MIT", "our desk", "Asks how to break in.")
    corpus = publish_corpus(who=team.lead, project=team.project, name="attacks", entries=entries, facts=facts)
    publish_quarantine(who=team.lead, project=team.project, items=[QuarantineEntry("exam", "1", LOCK)])
    run_curation(team.project)
    publish_quarantine(who=team.lead, project=team.project, items=[QuarantineEntry("exam", "2", BREAD)])

    def page(name: str, *arguments: object) -> str:
        return reverse(f"curation:{name}", args=["acme", *arguments])

    return [
        page("quarantine"), page("quarantine") + "?set=gsm8k", page("hit", embedded.pk), page("hit", exact.pk),
        page("red_team"), page("corpus", corpus.pk), page("corpus", corpus.pk) + "?show=1",
    ]  # fmt: skip


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_of_the_quarantine_opens_cleanly(
    visit: Callable[..., Visit], team: Team, addresses: list[str], dark: bool
) -> None:
    window = visit(team.lead, dark=dark)
    for place, path in enumerate(addresses):
        for width in (WIDE, NARROW):
            window.resize(width)
            assert window.open(path) == 200, path
            assert window.sideways() == 0, f"{path} scrolls sideways at {width} px"
            if SHOTS:
                name = f"{SHOTS}/quarantine-{place}-{width}-{'dark' if dark else 'light'}.png"
                window.page.screenshot(path=name, full_page=True)
    assert window.complaints == []
