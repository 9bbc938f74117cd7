"""A project whose curation has something on every page: clusters, drops, hits with a ruling, red-team corpora, screening that waits."""

from django.urls import reverse

from curation.actions.quarantine import SetFacts, publish_quarantine
from curation.actions.red_team import CorpusFacts, RedTeamEntry, publish_corpus
from curation.actions.rule_hit import rule_hit
from curation.held_out_files import QuarantineEntry
from curation.models import Cluster, Screening
from curation.pipeline import run_curation
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer
from tests.curation.test_containment import QUESTION
from tests.curation.test_red_team import BREAD, LOCK

ORIGIN = SetFacts("benchmark", "MIT", "openai/grade-school-math @ 3101c7d5")


def curate(team: Team) -> list[str]:
    """Everything once, through the product's own doors; the addresses of the pages that show it."""
    items = [
        QuarantineEntry("gsm8k", "1", QUESTION),
        QuarantineEntry("gsm8k", "2", QUESTION.replace("Janet", "Maria")),
    ]
    publish_quarantine(who=team.lead, project=team.project, items=items, facts=ORIGIN)
    arrive(
        team,
        (f"My kid's homework says: {QUESTION.replace('16', '21')} Could you help?", "18 dollars."),
        (QUESTION, "It is 18."),
        ("Another question", long_answer(3)),
        ("Another question", long_answer(3) + " and so it ends"),
        ("It fails", None),
    )
    run_curation(team.project)
    embedded, exact = Screening.objects.filter(verdict="hit").order_by("pk")
    why = "A textbook example that we teach with."
    rule_hit(who=team.second_lead, hit=exact.hits.order_by("-score")[0], decision="cleared", reason=why)
    entries = [
        RedTeamEntry("a", LOCK, "train_refusal", "illegal"),
        RedTeamEntry("b", BREAD, "eval_only", "homonyms"),
    ]
    facts = CorpusFacts("MIT", "our desk", "Asks how to break in.")
    corpus = publish_corpus(who=team.lead, project=team.project, name="attacks", entries=entries, facts=facts)
    publish_quarantine(who=team.lead, project=team.project, items=[QuarantineEntry("exam", "1", LOCK)])
    run_curation(team.project)
    publish_quarantine(who=team.lead, project=team.project, items=[QuarantineEntry("exam", "2", BREAD)])

    def page(name: str, *arguments: object) -> str:
        return reverse(f"curation:{name}", args=[team.project.slug, *arguments])

    cluster = Cluster.objects.filter(project=team.project, view="whole").first()
    assert cluster is not None
    return [
        page("board"), page("board") + "?since=2020-01-01&across=kind", page("threshold"), page("threshold") + "?t=0.95",
        page("keeping") + "?keep=newest", page("clusters"), page("cluster", cluster.pk),
        page("dropped") + "?reason=near_duplicate", page("dropped") + "?reason=quarantined", page("dropped") + "?reason=no_answer",
        page("quarantine"), page("quarantine") + "?set=gsm8k", page("hit", embedded.pk), page("hit", exact.pk),
        page("red_team"), page("corpus", corpus.pk), page("corpus", corpus.pk) + "?show=1",
    ]  # fmt: skip
