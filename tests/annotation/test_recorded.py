"""What is recorded of a person is shown to them: every table that links to people is in the file or says why not, and nobody else is."""

import json

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse

from accounts.models import ApiToken, Invitation, User
from annotation.models import (
    Adjudication,
    AnnotatorProfile,
    ArgillaAccount,
    Assignment,
    GoldAnswer,
    Judgment,
    Question,
)
from annotation.recorded import sections

from .everything_recorded import CHECKS, leave_every_record

AUDIT = "an act of whoever leads or trains; the audit holds it, and the file shows those acts"
TELLS_GOLD = "which answers count, and which do not, would tell gold from work"
INSTALLATION = (
    "sign-ins and operators are of the whole installation, of no project; the operator answers for them"
)
NAMES_OTHERS = "the row is about somebody else; the audit holds the act, and the file shows it"

SHOWN = {
    "accounts.membership.user": "memberships",
    "accounts.invitation.accepted_by": "invitations",
    "accounts.invitation.email": "invitations",
    "accounts.apitoken.owner": "tokens",
    "annotation.adjudication.by": "decided",
    "annotation.argillaaccount.profile": "argilla_accounts",
    "annotation.argillaanswer.profile": "argilla_answers",
    "annotation.argillarefusal.user_id": "argilla_refused",
    "annotation.assignment.profile": "leases",
    "annotation.goldanswer.author": "right_answers",
    "annotation.guidelinesread.profile": "guidelines_read",
    "annotation.judgmentgroup.judgment": "groups",
    "annotation.judgmentrevision.judgment": "answers",
    "annotation.judgmentspan.revision": "marks",
    "annotation.keymap.user": "keys",
    "annotation.practiceanswer.practice": "practice",
    "annotation.practiceitem.created_by": "practice_items",
    "annotation.practicetry.profile": "practice_tries",
    "annotation.profilevalue.profile": "about_me",
    "annotation.qualification.profile": "open_to_me",
    "annotation.question.profile": "questions",
    "annotation.questionanswer.answered_by": "questions_answered",
    "core.auditentry.actor_id": "acts",
    "curation.backlogitem.opened_by": "needs_work_opened",
    "curation.backlogitem.owner": "needs_work_owned",
    "curation.backlogitem.resolved_by": "needs_work_resolved",
}
"""Links to a person, and the section whose rows are found by them."""

NOT_SHOWN = {
    "accounts.user.email": "the head of the file says it",
    "annotation.annotatorprofile.user": "the head of the file is both ends of it",
    "annotation.judgment.profile": "section answers shows each with all its revisions",
    "annotation.judgment.assignment": "section answers shows it",
    "annotation.question.assignment": "section questions shows it",
    "annotation.questionanswer.question": "section questions shows the answer beside the question",
    "annotation.argillaanswer.judgment": "section argilla_answers shows it",
    "annotation.argillaaccount.user_id": "section argilla_accounts shows it; it is Argilla's id",
    "annotation.argillaaccount.username": "section argilla_accounts shows it",
    "annotation.qualification.practice": "section open_to_me shows it",
    "annotation.item.given_to": "section leases shows each lease; the item names them only to spare a look",
    "annotation.practicetry.items": "which items stood in which place; section practice shows those answered",
    "annotation.axisrelease.as_said": "which votes a report on groups rests on tells what few others said of themselves",
    "annotation.axisrelease.as_rest": "which votes a report on groups rests on tells what few others said of themselves",
    "snapshots.rowjudgment.revision": TELLS_GOLD,
    "annotation.qualification.granted_by": NAMES_OTHERS,
    "accounts.invitation.invited_by": NAMES_OTHERS,
    "accounts.joinlink.created_by": AUDIT,
    "annotation.argillaconnection.changed_by": AUDIT,
    "annotation.campaign.created_by": AUDIT,
    "core.auditentry.actor_kind": "what kind of actor, not who",
    "core.auditentry.actor_name": "the person's name as it was at each act; the head of the file says it",
    "core.idempotentanswer.actor": "answers kept for a day, so that a write sent twice counts once",
    "curation.trace.user_key": "a keyed surrogate of whoever used the product; nobody here can say whose it is",
    "indexer.source.owner": "a word a team wrote about a source of documents",
    "axes.accessattempt.username": INSTALLATION,
    "axes.accessattempt.user_agent": INSTALLATION,
    "axes.accessfailurelog.username": INSTALLATION,
    "axes.accessfailurelog.user_agent": INSTALLATION,
    "axes.accesslog.username": INSTALLATION,
    "axes.accesslog.user_agent": INSTALLATION,
    "admin.logentry.user": INSTALLATION,
    "accounts.user_groups.user": INSTALLATION,
    "accounts.user_user_permissions.user": INSTALLATION,
    "accounts.user.is_superuser": INSTALLATION,
} | dict.fromkeys(
    [
        "curation.assetversion.created_by",
        "curation.costrevision.author",
        "curation.deduplicationchoice.chosen_by",
        "curation.hitruling.ruled_by",
        "curation.hitruling.seconded_by",
        "curation.labelrevision.author",
        "curation.meaningflag.answered_by",
        "curation.reciperun.run_by",
        "curation.reredaction.requested_by",
        "curation.reveal.shown_to",
        "curation.revealrequest.decided_by",
        "curation.revealrequest.requested_by",
        "curation.rulereport.reported_by",
        "curation.rulereport.set_aside_by",
        "curation.semanticdecision.decided_by",
        "curation.semanticthreshold.set_by",
        "curation.servicedefault.set_by",
        "curation.vaultkey.shredded_by",
        "curation.vaultswitch.changed_by",
        "snapshots.approval.approver",
        "snapshots.approval.requester",
        "snapshots.peoplegate.set_by",
        "snapshots.review.decided_by",
        "snapshots.review.requested_by",
        "snapshots.selection.created_by",
        "snapshots.snapshot.created_by",
        "snapshots.tombstone.erased_by",
        "snapshots.withdrawal.withdrawn_by",
        "trainers.recipe.created_by",
        "trainers.run.requested_by",
    ],
    AUDIT,
)
"""Links to a person that the file leaves out, each with its reason."""

NAMING = ("user", "actor", "profile", "person", "annotator", "email", "owner", "author")


def links_to_people() -> set[str]:
    """Columns that lead to a person: keys to an account, to a pseudonym or to what hangs on one, ids in lists, and names of people."""
    found = {field for model in apps.get_models(include_auto_created=True) for field in columns_of(model)}
    people, before = {User, AnnotatorProfile}, set()
    of_one = {AnnotatorProfile}
    while of_one != before:
        before = set(of_one)
        of_one |= {field.model for field in found if field.related_model in of_one}
    linked = {field for field in found if field.related_model in people | of_one or names_somebody(field)}
    return {f"{field.model._meta.label_lower}.{field.name}" for field in linked}


def columns_of(model: type[models.Model]) -> list[models.Field]:  # type: ignore[type-arg]
    return [field for field in model._meta.get_fields() if isinstance(field, models.Field) and field.column]


def names_somebody(field: models.Field) -> bool:  # type: ignore[type-arg]
    ids = isinstance(field, ArrayField) and isinstance(field.base_field, models.UUIDField)
    return ids or (field.related_model is None and any(word in field.name for word in NAMING))


def file_of(team, who) -> str:
    page = team.client(who).get(reverse("annotation:my-records-json", args=[team.project.slug]))
    return b"".join(page.streaming_content).decode()


@pytest.fixture
def both(team):
    """Two people who have each left every record: the first reads."""
    return tuple(
        leave_every_record(team, who, word)
        for who, word in ((team.lead, "quartz"), (team.second_lead, "basalt"))
    )


def test_every_link_to_a_person_is_shown_or_says_why_not():
    assert links_to_people() == SHOWN.keys() | NOT_SHOWN.keys()
    assert not SHOWN.keys() & NOT_SHOWN.keys()


def test_a_section_finds_its_rows_by_the_link_it_stands_for(both):
    by_name = {one.name: one for one in sections(both[0])}
    for link, name in SHOWN.items():
        model = apps.get_model(link.rpartition(".")[0])
        rows = by_name[name].rows
        assert rows.model is model, link
        column = model._meta.get_field(link.rpartition(".")[2]).column
        _what, _where, said = str(rows.query).partition(" FROM ")
        assert f'"{model._meta.db_table}"."{column}"' in said, link
    assert {*SHOWN.values(), "acts_on_me", "checks"} == by_name.keys()


def test_no_section_stays_empty_for_somebody_who_has_done_everything(team, both):
    known = json.loads(file_of(team, team.lead))
    assert [one.name for one in sections(both[0]) if not known[one.name]] == []
    said = {name: json.dumps(rows) for name, rows in known.items()}
    for name, words in {
        "answers": ("quartz thinks so", "quartz wrote this.", "clarify", "quartz said there"),
        "questions": ("quartz asks", "As the rules say."),
        "questions_answered": ("quartz answers",),
        "decided": ("quartz decides",),
        "right_answers": ("quartz knows",),
        "practice_items": ("quartz explains",),
        "argilla_accounts": ("quartz there",),
        "argilla_refused": ("quartz said there", "record_changed"),
        "needs_work_opened": ("quartz reports",),
        "invitations": ("quartz",),
        "tokens": ("quartz token",),
        "acts_on_me": ("annotation.describe_myself", "member.join"),
        "marks": ('"wrong"', '"Answer"'),
    }.items():
        for word in words:
            assert word in said[name], (name, word)


def test_nothing_of_another_person_is_in_the_file(team, both):
    text, (_mine, theirs) = file_of(team, team.lead), both
    assert "quartz" in text
    assert "basalt" not in text
    assert "Somebody else's reason." not in text
    rows = [
        *Judgment.objects.exclude(profile=both[0]),
        *Assignment.objects.exclude(profile=both[0]),
        *Question.objects.exclude(profile=both[0]),
        *Adjudication.objects.exclude(by=team.lead),
        *AnnotatorProfile.objects.exclude(pk=both[0].pk),
        *User.objects.exclude(pk=team.lead.pk),
    ]
    ids = {str(one.pk) for one in rows} | {
        str(one.user_id) for one in ArgillaAccount.objects.filter(profile=theirs)
    }
    assert [one for one in ids if one in text] == []
    assert [user.email for user in User.objects.exclude(pk=team.lead.pk) if user.email in text] == []
    assert not any(str(one.item_id) in text for one in GoldAnswer.objects.exclude(author=team.lead))


def test_a_report_says_which_checks_named_the_person_without_counts_and_without_the_other(team, both):
    known = json.loads(file_of(team, team.lead))
    (report,) = known["checks"]
    assert report.keys() == {"campaign", "at", "checks"}
    assert report["checks"] == list(CHECKS)


def test_the_file_holds_nothing_that_lets_anybody_in(team, both):
    text = file_of(team, team.lead)
    hashes = [one.token_sha256 for one in (*ApiToken.objects.all(), *Invitation.objects.all())]
    assert len(hashes) == 4
    assert [one for one in (*hashes, team.lead.password) if one in text] == []
