"""A project in which every page of annotation has something to show: long names, people of groups, practice, gold, questions."""

from dataclasses import dataclass
from uuid import uuid4

from django.urls import reverse

from accounts.actions.invite import invite_member
from accounts.actions.join_links import make_join_link
from accounts.models import Role, User
from annotation.actions.ask import answer_question, ask_lead
from annotation.actions.campaigns import create_campaign
from annotation.actions.claim import claim
from annotation.actions.from_backlog import repair_from_backlog
from annotation.actions.gold import Right, mark_gold
from annotation.actions.make_repairs import make_repairs
from annotation.actions.people import describe_annotator, describe_myself, read_words
from annotation.actions.practice import start_try
from annotation.actions.practice_setup import set_practice
from annotation.actions.profile import choose_value, define_axis, profile_of
from annotation.actions.publish_text import attach_text, publish_text, read_guidelines
from annotation.actions.release_axes import release_axis
from annotation.actions.repair import submit_repair
from annotation.actions.responses import NewResponse, store_responses
from annotation.actions.revise import revise_judgment
from annotation.choices import RepairChoice, Shown
from annotation.models import AnnotatorProfile, Assignment, AutomaticTie, Campaign, Item
from annotation.rules import Adaptive, Rules
from annotation.spans import SpanGiven
from curation.actions.backlog import open_item
from curation.conversation import message, new_conversation
from curation.models import BacklogItem
from tests.annotation import test_adjudication, test_my_work
from tests.annotation.conftest import annotators, conversation, queue_pairs, store
from tests.annotation.test_practice import written
from tests.annotation.test_quality_pages import stored
from tests.conftest import Team

LONG = "averyverylongnamewithoutanybreakinit" * 3
POLICY = "Read this first.\n\n1. Truth\nSay what is so.\n\n2.1 Refusals\nRefuse what harms, and say why in a sentence."
GUIDE = "# What good means\n\nPrefer what is **true**, then what is short.\n\n- Name the source.\n- Say where it stops."


@dataclass
class Annotated:
    """What was made, and the addresses of its pages by who opens them."""

    team: Team
    campaign: Campaign
    guarded: Campaign
    repairs: Campaign
    answered: list[Assignment]
    mended: Assignment
    texts: list[int]
    person: User
    empty: Campaign
    gold: Item
    warned: Campaign
    backlog: BacklogItem

    def page(self, name: str, *args: object) -> str:
        """An address in this project."""
        return reverse(f"annotation:{name}", args=[self.team.project.slug, *args])

    def of_a_lead(self) -> list[str]:
        """Pages of leads: campaigns, people, texts."""
        own = self.campaign.pk
        return [
            self.page("campaigns"),
            self.page("campaign-new"),
            *(
                self.page(name, one.pk)
                for one in (self.campaign, self.empty)
                for name in ("campaign", "campaign-settings", "diversity", "quality", "adjudicate", "gold")
            ),
            self.page("campaign", self.guarded.pk),
            *(self.page(name, self.guarded.pk) for name in ("practice-setup", "practice-add")),
            self.page("practice-setup", self.empty.pk),
            self.page("practice-add", own),
            self.page("item", self.answered[0].item_id),
            self.page("item", self.answered[1].item_id),
            self.page("backlog-turns", self.backlog.pk),
            self.page("campaign", self.warned.pk),
            self.page("repair"),
            self.page("gold-answer", self.gold.pk),
            self.page("gold-new", self.answered[1].item_id),
            self.page("people"),
            self.page("people") + "?team=Nobody",
            self.page("invite-people"),
            self.page("person", self.person.pk),
            self.page("person", self.team.lead.pk),
            self.page("axes"),
            self.page("people-hours"),
            self.page("people-hours") + "?last=2020-01-01",
            self.page("texts"),
            self.page("text-new"),
            *(self.page("text", one) for one in self.texts),
            self.page("text-next", self.texts[0]),
            self.page("argilla", own),
        ]

    def of_an_annotator(self) -> list[str]:
        """Pages of the person who judges."""
        return [
            self.page("judge") + f"?campaign={self.campaign.pk}",
            self.page("judge") + f"?campaign={self.empty.pk}",
            self.page("judge") + f"?campaign={self.warned.pk}",
            self.page("judge") + f"?campaign={self.guarded.pk}",
            self.page("revise", self.answered[0].pk),
            self.page("repair"),
            self.page("repair-revise", self.mended.pk),
            self.page("practice", self.guarded.pk),
            self.page("my-work"),
            self.page("my-corrections"),
            self.page("my-hours"),
            self.page("my-records"),
            self.page("argilla-account"),
            self.page("keys"),
            self.page("profile"),
        ]

    def of_a_newcomer(self) -> list[str]:
        """The same pages of somebody who has done nothing yet."""
        judge = self.page("judge") + f"?campaign={self.campaign.pk}"
        names = ("my-work", "my-corrections", "my-hours", "my-records", "profile", "keys", "argilla-account")
        return [judge, self.page("practice", self.guarded.pk), *map(self.page, names)]


def groups_of(team: Team, campaign: Campaign) -> None:
    """Twelve people of three groups who judged, with one report published; a second axis nobody answered."""
    axis = define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en", LONG[:40]])
    define_axis(
        who=team.lead, project=team.project, name="age band", values=["under 30", "30 to 50", "over 50"]
    )
    crowd = annotators(team.project, 13)
    for person, value in zip(crowd, ["de"] * 6 + ["en"] * 6 + [LONG[:40]], strict=True):
        choose_value(who=person, project=team.project, axis=axis, value=value)
    queue_pairs(campaign, 4)
    for number, person in enumerate(crowd):
        for turn in range(4):
            test_adjudication.vote(person, campaign, "ab"[(number + turn) % 2], f"Because {LONG}")
    release_axis(campaign=campaign, axis=axis)


def people_of(team: Team) -> User:
    """Somebody with a long name, a team, languages, and expertise they claim; an open invitation and a team link."""
    (person,) = annotators(team.project, 1)
    User.objects.filter(pk=person.pk).update(name=LONG[:100])
    words = read_words(team=f"Team {LONG}"[:80], languages="de, en, pt-br, fr, it", expertise="law, tax")
    profile = profile_of(who=person, project=team.project)
    describe_annotator(who=team.lead, profile=profile, words=words)
    describe_myself(who=person, project=team.project, languages="de, en", expertise="medicine, law")
    invite_member(who=team.lead, project=team.project, email=f"{LONG[:60]}@x.example", role=Role.ANNOTATOR)
    make_join_link(who=team.lead, project=team.project, name=f"North {LONG}"[:80], most=20, days=7)
    return person


def work_of(team: Team, campaign: Campaign) -> list[Assignment]:
    """Five answers of the annotator, one overruled, one question asked and answered."""
    answered = []
    for _number in range(5):
        judgment = test_my_work.judged(team.annotator, campaign)
        assert judgment.assignment is not None
        answered.append(judgment.assignment)
    test_my_work.decide(team, answered[0].item, "tie", f"The first invents a source. {LONG}")
    lease = claim(who=team.annotator, campaign=campaign)
    assert lease is not None
    asked = ask_lead(
        who=team.annotator, project=team.project, assignment_id=lease.pk, lease_token=lease.lease_token,
        text=f"Is a joke an answer? {LONG}", key=uuid4(),
    )  # fmt: skip
    answer_question(who=team.lead, question=asked, text="Only where it was asked for.")
    return answered


def mended_by(team: Team, repairs: Campaign) -> Assignment:
    """Two answers to repair, one of them done by the annotator."""
    for number in range(2):
        store(
            team.project,
            conversation(f"What is a tuple? {number}", f"A list. {LONG}", passages=["Tuples are fixed."]),
        )
    make_repairs(who=team.lead, campaign=repairs)
    lease = claim(who=team.annotator, campaign=repairs)
    assert lease is not None
    submit_repair(
        who=team.annotator, project=team.project, assignment_id=lease.pk, lease_token=lease.lease_token,
        key=uuid4(), choice=RepairChoice.FIX, text="A sequence that never changes.",
    )  # fmt: skip
    return lease


def marked_by(team: Team, assignment: Assignment) -> None:
    """A mark on the first word of the left answer."""
    revise_judgment(
        who=team.annotator, project=team.project, judgment_id=assignment.judgment.pk, shown=Shown.LEFT_CLEAR,
        spans=[SpanGiven("left", 0, 6, "Answer", "ungrounded")],
    )  # fmt: skip


def turns_of(team: Team) -> BacklogItem:
    """Two long talks that need work; a turn of the first waits to be repaired."""
    made = []
    for number in range(2):
        talk = [
            message(role, f"{role} {number} {turn} {LONG if turn == 4 else ''}")  # type: ignore[arg-type]
            for turn in range(9)
            for role in ("user", "assistant")
        ]
        version = store(team.project, new_conversation(talk))
        made.append(
            open_item(
                who=team.lead,
                project=team.project,
                reason="wrong_answer",
                trace=version.trace,
                version=version,
            )
        )
    repair_from_backlog(who=team.lead, backlog=made[0], turn=15)
    return made[1]


def warned_of(team: Team) -> Campaign:
    """A pair under a cover with a lead's words, and a tie nobody was asked about."""
    rules = Rules(warning=f"Insults, and threats. {LONG}")
    warned = create_campaign(who=team.lead, project=team.project, name="Hard to read", overlap=2, rules=rules)
    queue_pairs(warned, 1)
    profile = profile_of(who=team.annotator, project=team.project)
    AnnotatorProfile.objects.filter(pk=profile.pk).update(sensitive_ok=True)
    version = store(team.project, conversation("What is a list?", "A row."))
    found = [
        NewResponse(version.pk, origin, "m", [message("assistant", "A row.")])
        for origin in ("production", "n_best")
    ]
    first, second = store_responses(project_id=team.project.pk, found=found)
    AutomaticTie.objects.create(
        project=team.project, campaign=warned, version=version, response_a=first, response_b=second,
        generator_a="m", generator_b="n", source="n_best", fingerprint="f",
    )  # fmt: skip
    return warned


def annotate(team: Team) -> Annotated:
    """Everything once."""
    rules = Rules(adaptive=Adaptive(), gold_share=0.05, cost_per_hour=20.0)
    campaign = create_campaign(
        who=team.lead, project=team.project, name=f"Which is better? {LONG}"[:120], overlap=20, rules=rules
    )
    texts = [
        publish_text(
            who=team.lead, project=team.project, kind=kind, name=f"House rules {LONG}"[:80], text=text
        )
        for kind, text in (("guidelines", GUIDE), ("policy", POLICY))
    ]
    for one in texts:
        campaign = attach_text(who=team.lead, campaign=campaign, kind=one.asset.kind, asset=one.asset)
    read_guidelines(who=team.annotator, project=team.project, version=texts[0])
    groups_of(team, campaign)
    *_work, known = queue_pairs(campaign, 8)
    answered = work_of(team, campaign)
    gold = mark_gold(who=team.lead, item=known, right=Right("a", f"The second invents a source. {LONG}"))
    stored(campaign, people=6)
    guarded = create_campaign(who=team.lead, project=team.project, name="After practice", overlap=2)
    queue_pairs(guarded, 2)
    written(team, guarded, 4)
    guarded = set_practice(who=team.lead, campaign=guarded, asked=3, right=2)
    start_try(who=team.annotator, campaign=guarded)
    repairs = create_campaign(who=team.lead, project=team.project, name="Mend", kind="repair", overlap=1)
    mended = mended_by(team, repairs)
    marked_by(team, answered[1])
    empty = create_campaign(who=team.lead, project=team.project, name="Nothing in it yet", overlap=2)
    return Annotated(
        team,
        campaign,
        guarded,
        repairs,
        answered,
        mended,
        [one.pk for one in texts],
        people_of(team),
        empty,
        gold,
        warned_of(team),
        turns_of(team),
    )
