"""One person who has left a record of every kind, each with their own word in it."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from accounts.actions.api_tokens import create_token
from accounts.actions.invite import accept_as_member, invite_member
from accounts.models import Role, User
from annotation.actions.adjudicate import Ruling, adjudicate
from annotation.actions.ask import answer_question, ask_lead
from annotation.actions.campaigns import create_campaign
from annotation.actions.choose_keys import choose_keys
from annotation.actions.claim import claim
from annotation.actions.gold import Right, mark_gold
from annotation.actions.make_repairs import make_repairs
from annotation.actions.people import describe_myself
from annotation.actions.practice import answer_practice, start_try
from annotation.actions.practice_setup import set_practice, write_practice_item
from annotation.actions.profile import choose_value, define_axis, profile_of
from annotation.actions.publish_text import publish_text, read_guidelines
from annotation.actions.repair import Cites, submit_repair
from annotation.actions.submit import submit_judgment
from annotation.bridge.refusals import write_down
from annotation.bridge.take_in import SUBMITTED, Incoming, take_in
from annotation.choices import RepairChoice, Shown
from annotation.models import (
    AnnotatorProfile,
    ArgillaAccount,
    ArgillaConnection,
    ArgillaRecord,
    Campaign,
    Item,
    QualityReport,
)
from annotation.spans import SpanGiven
from core.errors import Refused
from curation.actions.backlog import open_item, resolve_item
from tests.conftest import Team

from .conftest import annotators, conversation, queue_pairs, store
from .test_adjudication import vote

CHECKS = ("side", "copy")


def leave_every_record(team: Team, who: User, word: str) -> AnnotatorProfile:
    """Everything once; `who` is a data lead, who may judge too."""
    come(team, who, word)
    profile = profile_of(who=who, project=team.project)
    campaign = create_campaign(who=who, project=team.project, name=f"{word} compares", overlap=2)
    decide(team, campaign, who, word)
    judge(team, campaign, who, word)
    mend(team, who, word)
    practise(team, who, word)
    answer_in_argilla(team, profile, word)
    needs_work(team, who, word)
    named_by_checks(campaign, profile, partner=word)
    return profile


def come(team: Team, who: User, word: str) -> None:
    """Invited, described, with keys and a token."""
    _invitation, secret = invite_member(
        who=team.admin, project=team.project, email=who.email, role=Role.ANNOTATOR, about={"team": word}
    )
    accept_as_member(user=who, secret=secret)
    describe_myself(who=who, project=team.project, languages="", expertise=f"{word} law")
    axis = define_axis(who=who, project=team.project, name=f"{word} axis", values=["de", "en"])
    choose_value(who=who, project=team.project, axis=axis, value="de")
    choose_keys(who=who, mode="alt", keys={})
    create_token(who=who, project=team.project, name=f"{word} token", scopes=["read"])
    text = publish_text(
        who=who, project=team.project, kind="guidelines", name=f"{word} rules", text="Be right."
    )
    read_guidelines(who=who, project=team.project, version=text)


def decide(team: Team, campaign: Campaign, who: User, word: str) -> None:
    """A decision over two votes, and a gold item with its reason."""
    _first, second = queue_pairs(campaign, 2)
    for person, choice in zip(annotators(team.project, 2), "ab", strict=True):
        vote(person, campaign, choice, "Somebody else's reason.")
    conflict = Item.objects.get(campaign=campaign, decision__outcome="conflict")
    adjudicate(who=who, item=conflict, ruling=Ruling("tie"), reason=f"{word} decides")
    mark_gold(who=who, item=second, right=Right("a", f"{word} knows"))


def judge(team: Team, campaign: Campaign, who: User, word: str) -> None:
    """An answer with words and a mark; a question asked, and another person's answered."""
    queue_pairs(campaign, 2)
    lease = claim(who=who, campaign=campaign)
    assert lease is not None
    mark = SpanGiven("left", 0, 6, "Answer", "wrong")
    submit_judgment(
        who=who, project=team.project, assignment_id=lease.pk, lease_token=lease.lease_token, key=uuid4(),
        shown=Shown.LEFT, rationale=f"{word} thinks so", spans=[mark],
    )  # fmt: skip
    (other,) = annotators(team.project, 1)
    mine, theirs = (ask(team, campaign, person, f"{word} asks") for person in (who, other))
    answer_question(who=team.admin, question=mine, text="As the rules say.")
    answer_question(who=who, question=theirs, text=f"{word} answers")


def ask(team: Team, campaign: Campaign, who: User, text: str):  # type: ignore[no-untyped-def]
    """One question about the next item."""
    lease = claim(who=who, campaign=campaign)
    assert lease is not None
    return ask_lead(
        who=who, project=team.project, assignment_id=lease.pk, lease_token=lease.lease_token, key=uuid4(),
        text=text,
    )  # fmt: skip


def mend(team: Team, who: User, word: str) -> None:
    """A fix in one's own words, and what the turn should have done."""
    campaign = create_campaign(who=who, project=team.project, name=f"{word} mends", kind="repair", overlap=1)
    store(team.project, conversation(f"What is a tuple, {word}?", "A list."))
    make_repairs(who=who, campaign=campaign)
    lease = claim(who=who, campaign=campaign)
    assert lease is not None
    submit_repair(
        who=who, project=team.project, assignment_id=lease.pk, lease_token=lease.lease_token, key=uuid4(),
        choice=RepairChoice.FIX, text=f"{word} wrote this.", cites=Cites(act="clarify"),
    )  # fmt: skip


def practise(team: Team, who: User, word: str) -> None:
    """A practice item made, tried and passed."""
    campaign = create_campaign(who=who, project=team.project, name=f"{word} practises", overlap=1)
    write_practice_item(
        who=who, campaign=campaign, question="Q?", answer_a="A", answer_b="B", right=["a"],
        explanation=f"{word} explains",
    )  # fmt: skip
    campaign = set_practice(who=who, campaign=campaign, asked=1, right=1)
    (item,) = start_try(who=who, campaign=campaign).items
    answer_practice(who=who, campaign=campaign, item_id=item, choice="a")


def answer_in_argilla(team: Team, profile: AnnotatorProfile, word: str) -> None:
    """An account there, one answer taken in and one refused."""
    connection, _made = ArgillaConnection.objects.get_or_create(
        project=team.project,
        defaults={
            "server": "https://argilla.example", "workspace": "w", "key_id": "k", "api_key": b"sealed",
            "changed_by": team.admin,
        },
    )  # fmt: skip
    account = ArgillaAccount.objects.create(
        connection=connection, profile=profile, user_id=uuid4(), username=f"{word} there"
    )
    campaign = create_campaign(who=team.admin, project=team.project, name=f"{word} in Argilla", overlap=1)
    taken, refused = (
        ArgillaRecord.objects.create(campaign=campaign, item=item, swapped=False, record_id=uuid4())
        for item in queue_pairs(campaign, 2)
    )
    values = {"preference": {"value": "left"}, "why": {"value": f"{word} said there"}}
    said = Incoming(uuid4(), account.user_id, SUBMITTED, values, timezone.now())
    take_in(record=taken, profile=profile, incoming=said)
    late = Incoming(uuid4(), account.user_id, SUBMITTED, values, timezone.now() + timedelta(minutes=1))
    write_down(project=team.project, record=refused, incoming=late, why=Refused("record_changed", "Changed."))


def needs_work(team: Team, who: User, word: str) -> None:
    """Something reported, taken care of and resolved."""
    version = store(team.project, conversation(f"What is a set, {word}?", "A list."))
    item = open_item(
        who=who, project=team.project, reason="style", version=version, note=f"{word} reports", owner=who
    )
    resolve_item(who=who, item=item, resolution="dismissed")


def named_by_checks(campaign: Campaign, profile: AnnotatorProfile, *, partner: str) -> QualityReport:
    """A report in which two of three checks name this person, one of them beside somebody else, as the job would write it."""
    checks = [
        {"check": check, "hits": 41, "of": 43, "p_value": 1e-8, "partner": f"Partner of {partner}", "alarm": alarm}
        for check, alarm in ((CHECKS[0], True), ("speed", False), (CHECKS[1], True))
    ]  # fmt: skip
    rows = [{"annotator": str(profile.pk), "votes": 43, "checks": checks}]
    return QualityReport.objects.create(
        project=campaign.project, campaign=campaign, votes_hash=uuid4().hex, votes=43,
        numbers={"annotators": rows},
    )  # fmt: skip
