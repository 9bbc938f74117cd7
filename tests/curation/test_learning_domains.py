"""With the embedding extra: what people correct is learned, judged on what was held out, and used where it is not worse."""

from __future__ import annotations

import pytest

from core import embedding
from core.errors import Refused
from core.jobs.runner import run
from core.models import Job
from curation.actions.edit_taxonomy import add_domain
from curation.actions.label import correct_label
from curation.actions.learn_domains import LEAST_LABELS, ask_to_learn, learn_when_due, not_yet
from curation.actions.taxonomy import taxonomy_version
from curation.models import CurationState, DomainVector, LabelRevision
from curation.pipeline import run_curation
from curation.strata import Taxonomy
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer
from tests.curation.test_domains import QUESTIONS

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("settle_at_once"),
    pytest.mark.skipif(not embedding.available(), reason="the embed extra is not installed"),
]


def truth(question: str) -> str:
    """What a lead would call it."""
    if "flight" in question or "train" in question:
        return "journeys"
    return "software" if "Python" in question or "code" in question else "everything else"


def test_corrections_become_a_classifier_with_a_report_and_labels_follow(team: Team) -> None:
    versions = arrive(team, *[(question, long_answer(seed)) for seed, question in enumerate(QUESTIONS)])
    run_curation(team.project)
    assert DomainVector.objects.filter(project=team.project).count() == len(QUESTIONS)
    with pytest.raises(Refused, match="at least 20 labels"):
        ask_to_learn(who=team.lead, project=team.project)
    for version, question in list(zip(versions, QUESTIONS, strict=True))[::2]:
        correct_label(who=team.lead, version=version, axis="domain", value=truth(question))
    assert len(QUESTIONS) // 2 >= LEAST_LABELS
    assert not_yet(team.project) == ""
    job = learn_when_due(team.project)
    assert job is not None
    run(str(job.pk))
    held = taxonomy_version(team.project)
    assert held is not None
    report = held.body["report"]
    assert report["in_force"] == "classifier"
    assert report["labelled"] == 35
    assert report["accuracy"] > report["centroids"]["accuracy"]
    assert learn_when_due(team.project) is None
    run(str(Job.objects.get(kind="curation.relabel").pk))
    learned = list(zip(versions, QUESTIONS, strict=True))[1::2]
    right = [
        CurationState.objects.get(version=version).domain == truth(question) for version, question in learned
    ]
    assert sum(right) > 0.7 * len(right)
    said = LabelRevision.objects.filter(author=team.lead, axis="domain").count()
    assert said == 35
    added = add_domain(
        who=team.lead, project=team.project, name="weather", phrases=["What is the weather in Oslo?"]
    )
    taxonomy = Taxonomy.from_data(added.body)
    assert taxonomy.classifier is None
    assert "weather" in taxonomy.domains
