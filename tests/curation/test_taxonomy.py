"""A lead renames, merges, adds and removes domains: each a version, every label follows, and a person's word stays a person's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core import embedding
from core.errors import PermissionRefused, Refused
from core.models import AuditEntry, Job
from curation.actions import relabel_domains as relabel_module
from curation.actions import taxonomy as taxonomy_module
from curation.actions.edit_taxonomy import add_domain, merge_domains, remove_domain, rename_domain
from curation.actions.label import correct_label
from curation.actions.relabel_domains import relabel_domains
from curation.actions.taxonomy import publish_taxonomy, shaped_by_people, taxonomy_version
from curation.models import AssetVersion, ConversationVersion, CurationState, LabelRevision
from curation.pipeline import run_curation
from curation.strata import OTHER, Taxonomy
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]
Labelled = Callable[[str], ConversationVersion]


@pytest.fixture(autouse=True)
def without_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)


@pytest.fixture
def taxonomy(team: Team) -> AssetVersion:
    """Three domains, as if they had been found."""
    found = Taxonomy(("maths", "travel", "code"), np.eye(3, 8, dtype=np.float32), "model")
    return publish_taxonomy(team.project, found, team.lead.actor, about={"found_in": 100})


@pytest.fixture
def labelled(team: Team, taxonomy: AssetVersion) -> Labelled:
    """Makes a curated conversation that the product put into a domain."""
    seeds = iter(range(1, 99))

    def make(domain: str) -> ConversationVersion:
        (version,) = arrive(team, ("A", long_answer(next(seeds))))
        run_curation(team.project)
        LabelRevision.objects.create(
            project=team.project, version=version, axis="domain", number=2, value=domain, source="taxonomy v1"
        )
        CurationState.objects.filter(version=version).update(domain=domain, domain_confidence=0.5)
        return version

    return make


def domain(version: ConversationVersion) -> str:
    return CurationState.objects.get(version=version).domain


def last(version: ConversationVersion) -> LabelRevision:
    return LabelRevision.objects.filter(version=version, axis="domain").latest("number")


def names(team: Team) -> list[str]:
    version = taxonomy_version(team.project)
    assert version is not None
    return Taxonomy.from_data(version.body).domains


def test_a_rename_is_a_version_and_labels_follow_at_once(team: Team, labelled: Labelled) -> None:
    version, other = labelled("travel"), labelled("maths")
    made = rename_domain(who=team.lead, project=team.project, name="travel", new="trips  and flights")
    assert (made.number, made.created_by, made.note) == (2, team.lead, "travel → trips and flights")
    assert names(team) == ["code", "maths", "trips and flights"]
    assert (domain(version), domain(other)) == ("trips and flights", "maths")
    assert (last(version).number, last(version).author, last(version).source) == (3, None, "taxonomy v2")
    assert AuditEntry.objects.filter(verb="taxonomy.publish").count() == 2


def test_what_a_person_said_is_renamed_in_the_name_of_who_renamed_it(team: Team, labelled: Labelled) -> None:
    version = labelled("maths")
    correct_label(who=team.second_lead, version=version, axis="domain", value="travel")
    rename_domain(who=team.lead, project=team.project, name="travel", new="trips")
    assert (last(version).value, last(version).author) == ("trips", team.lead)
    assert last(version).evidence == {"renamed_from": "travel"}


def test_merged_domains_are_one(team: Team, labelled: Labelled) -> None:
    one, other = labelled("maths"), labelled("code")
    merge_domains(who=team.lead, project=team.project, names=["maths", "code"], into="exact things")
    assert names(team) == ["exact things", "travel"]
    assert domain(one) == domain(other) == "exact things"
    version = taxonomy_version(team.project)
    assert version is not None
    merged = Taxonomy.from_data(version.body)
    between = np.array([[0.7, 0, 0.7, 0, 0, 0, 0, 0]], dtype=np.float32)
    assert merged.assign(between)[0][0] == "exact things"


def test_a_removed_domain_leaves_other_behind_until_the_background_has_looked(
    team: Team, labelled: Labelled
) -> None:
    version = labelled("code")
    remove_domain(who=team.lead, project=team.project, name="code")
    assert names(team) == ["maths", "travel"]
    assert domain(version) == OTHER
    assert Job.objects.filter(kind="curation.relabel").count() == 1


def test_a_rename_while_labels_are_given_is_what_all_of_them_follow(
    team: Team, labelled: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = [labelled("travel"), labelled("code")]
    renamed: list[AssetVersion] = []

    def vectors(project_id: object, texts: dict[object, str]) -> object:
        if not renamed:
            renamed.append(rename_domain(who=team.lead, project=team.project, name="maths", new="sums"))
        return np.eye(3, 8, dtype=np.float32)[[0] * len(texts)]

    monkeypatch.setattr(relabel_module, "topic_vectors", vectors)
    monkeypatch.setattr(taxonomy_module, "model_name", lambda: "model")
    relabel_domains(team.project)
    assert [domain(one) for one in versions] == ["sums", "sums"]


def test_every_change_that_needs_it_is_followed_by_labels_of_its_own(team: Team, labelled: Labelled) -> None:
    labelled("code")
    for name in ("code", "maths"):
        remove_domain(who=team.lead, project=team.project, name=name)
    assert Job.objects.filter(kind="curation.relabel").count() == 2


@pytest.mark.usefixtures("taxonomy")
@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda t: rename_domain(who=t.lead, project=t.project, name="nowhere", new="x"), "unknown_domain"),
        (lambda t: rename_domain(who=t.lead, project=t.project, name="maths", new="code"), "name_taken"),
        (lambda t: rename_domain(who=t.lead, project=t.project, name="maths", new=" "), "bad_name"),
        (lambda t: rename_domain(who=t.lead, project=t.project, name="maths", new="other"), "bad_name"),
        (lambda t: rename_domain(who=t.lead, project=t.project, name="maths", new="a × b"), "bad_name"),
        (
            lambda t: merge_domains(who=t.lead, project=t.project, names=["maths"], into="maths"),
            "nothing_to_merge",
        ),
        (
            lambda t: merge_domains(who=t.lead, project=t.project, names=["maths", "code"], into="travel"),
            "name_taken",
        ),
        (lambda t: merge_domains(who=t.lead, project=t.project, names=[], into="x"), "unknown_domain"),
        (lambda t: add_domain(who=t.lead, project=t.project, name="law", phrases=[" "]), "bad_phrases"),
        (
            lambda t: add_domain(who=t.lead, project=t.project, name="law", phrases=["my rights"]),
            "embedding_missing",
        ),
        (lambda t: remove_domain(who=t.lead, project=t.project, name="nowhere"), "unknown_domain"),
    ],
)
def test_an_edit_that_means_nothing_is_refused_and_changes_nothing(
    team: Team, edit: Callable[[Team], object], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        edit(team)
    assert refusal.value.code == code
    assert names(team) == ["code", "maths", "travel"]


@pytest.mark.usefixtures("taxonomy")
def test_only_who_manages_curation_may_edit(team: Team) -> None:
    with pytest.raises(PermissionRefused):
        rename_domain(who=team.engineer, project=team.project, name="maths", new="sums")


def test_before_domains_are_found_there_is_nothing_to_edit(team: Team) -> None:
    with pytest.raises(Refused, match="No domains were found"):
        rename_domain(who=team.lead, project=team.project, name="maths", new="sums")


def test_the_page_shows_sizes_and_takes_the_edits(team: Team, labelled: Labelled) -> None:
    labelled("travel")
    client, base = team.client(team.lead), f"/p/{team.project.slug}/curation/taxonomy/"
    assert "Most typical" in client.get(base).content.decode()
    answer = client.post(f"{base}rename/", {"name": "travel", "new": "trips"}, follow=True)
    assert "travel is called trips now." in answer.content.decode()
    answer = client.post(f"{base}merge/", {"names": ["maths", "code"], "into": "exact"}, follow=True)
    assert "They are one domain now: exact." in answer.content.decode()
    answer = client.post(f"{base}remove/", {"name": "exact"}, follow=True)
    assert "exact is gone" in answer.content.decode()
    assert "install the extra" in client.post(f"{base}learn/", follow=True).content.decode()
    assert team.client(team.engineer).post(f"{base}rename/", {}).status_code == 403
    assert team.client(team.engineer).get(base).status_code == 200


def test_a_label_is_corrected_on_the_trace_and_in_the_list_of_the_least_sure(
    team: Team, labelled: Labelled
) -> None:
    version, sure = labelled("travel"), labelled(OTHER)
    client, base = team.client(team.lead), f"/p/{team.project.slug}/curation"
    assert f"labels/{sure.pk}/" in client.get(f"{base}/labels/").content.decode()
    assert f"labels/{version.pk}/" in client.get(f"{base}/labels/?show=least-sure").content.decode()
    assert f"labels/{version.pk}/" in client.get(f"{base}/traces/{version.trace_id}/").content.decode()
    answer = client.post(
        f"{base}/labels/{version.pk}/",
        {"axis": "domain", "value": "maths", "next": f"{base}/labels/"},
        follow=True,
    )
    assert "Labelled maths." in answer.content.decode()
    assert (domain(version), last(version).author) == ("maths", team.lead)
    assert f"labels/{version.pk}/" not in client.get(f"{base}/labels/?show=least-sure").content.decode()
    wrong = client.post(f"{base}/labels/{version.pk}/", {"axis": "kind", "value": "gossip"}, follow=True)
    assert "is no value of kind" in wrong.content.decode()
    away = client.post(
        f"{base}/labels/{version.pk}/", {"axis": "domain", "value": "x", "next": "https://evil.example/"}
    )
    assert away["Location"].startswith("/p/")


def test_domains_somebody_shaped_are_never_found_anew_over_their_work(team: Team, labelled: Labelled) -> None:
    version = taxonomy_version(team.project)
    assert version is not None
    assert not shaped_by_people(version)
    rename_domain(who=team.lead, project=team.project, name="maths", new="sums")
    assert shaped_by_people(version)


def test_a_label_is_enough_to_have_shaped_them(team: Team, labelled: Labelled) -> None:
    correct_label(who=team.lead, version=labelled("maths"), axis="domain", value="travel")
    version = taxonomy_version(team.project)
    assert version is not None
    assert shaped_by_people(version)
