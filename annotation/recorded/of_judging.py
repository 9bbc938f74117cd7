"""What a person said of themselves, was given, answered, marked, asked, read and practised; what checks of answers named them."""

import json
from typing import Final

from django.db.models import F, Func, JSONField, QuerySet, Value
from django.utils.translation import gettext as _

from ..models import (
    AnnotatorProfile,
    Assignment,
    GuidelinesRead,
    JudgmentGroup,
    JudgmentRevision,
    JudgmentSpan,
    KeyMap,
    PracticeAnswer,
    PracticeTry,
    ProfileValue,
    Qualification,
    QualityReport,
    Question,
)
from .section import Section

ABOUT_ME = (
    ("axis", "axis__name"),
    ("version", "axis__number"),
    ("value", "value"),
    ("chosen_at", "chosen_at"),
)
GROUPS = (("answer", "judgment"), ("axis", "axis__name"), ("version", "axis__number"), ("value", "value"))
ANSWERS = (
    ("answer", "judgment"),
    ("campaign", "judgment__item__campaign__name"),
    ("revision", "number"),
    ("choice", "choice"),
    ("strength", "strength"),
    ("reasons", "tags"),
    ("in_own_words", "rationale"),
    ("own_version", "response__text"),
    ("turn_should", "act"),
    ("policy_section", "section"),
    ("guidelines", "guidelines"),
    ("active_ms", "active_ms"),
    ("at", "created_at"),
)
MARKS = (
    ("answer", "revision__judgment"),
    ("revision", "revision__number"),
    ("label", "label"),
    ("words", "quote"),
    ("start", "start"),
    ("end", "end"),
    ("passage", "passage"),
    ("document", "document_id"),
)
LEASES = (
    ("assignment", "pk"),
    ("campaign", "item__campaign__name"),
    ("state", "state"),
    ("given_at", "claimed_at"),
    ("until", "leased_until"),
    ("ended_at", "ended_at"),
    ("skip_reason", "skip_reason"),
    ("draft", "draft"),
    ("sides_swapped", "swapped"),
)
QUESTIONS = (
    ("assignment", "assignment"),
    ("asked", "text"),
    ("asked_at", "asked_at"),
    ("answer", "answer__text"),
    ("answered_at", "answer__answered_at"),
)
READ = (("version", "version"), ("read_at", "read_at"))
PRACTICE = (
    ("campaign", "practice__campaign__name"),
    ("try", "practice__number"),
    ("item", "item"),
    ("choice", "choice"),
    ("strength", "strength"),
    ("right", "is_right"),
    ("active_ms", "active_ms"),
    ("at", "created_at"),
)
TRIES = (
    ("campaign", "campaign__name"),
    ("try", "number"),
    ("right_needed", "needs"),
    ("started_at", "started_at"),
    ("ended_at", "ended_at"),
)
OPEN_TO_ME = (("campaign", "campaign__name"), ("since", "created_at"), ("by_try", "practice__number"))
KEYS = (("mode", "mode"), ("keys", "keys"), ("changed_at", "changed_at"))
CHECKS = (("campaign", "campaign__name"), ("at", "created_at"), ("checks", "named_by"))

NAMED_BY: Final = "$.annotators[*] ? (@.annotator == $who).checks[*] ? (@.alarm == true).check"


def of_judging(profile: AnnotatorProfile) -> list[Section]:
    """The sections of an annotator's own work."""
    mine = {"profile": profile}
    answers = JudgmentRevision.objects.filter(judgment__profile=profile, judgment__assignment__isnull=False)
    groups = JudgmentGroup.objects.filter(judgment__profile=profile)
    marks = JudgmentSpan.objects.filter(revision__judgment__profile=profile)
    leases = Assignment.objects.filter(**mine)
    practised = PracticeAnswer.objects.filter(practice__profile=profile)
    tries = PracticeTry.objects.filter(**mine)
    open_to_me = Qualification.objects.filter(**mine)
    keys = KeyMap.objects.filter(user=profile.user_id)
    return [
        Section("about_me", _("What I say about myself"), ProfileValue.objects.filter(**mine), ABOUT_ME),
        Section("answers", _("Answers, and every change of them"), answers, ANSWERS),
        Section("marks", _("Words I marked"), marks, MARKS),
        Section("groups", _("What I had said about myself when I answered"), groups, GROUPS),
        Section("leases", _("Items I was given, with skips and drafts"), leases, LEASES),
        Section("questions", _("Questions to the leads"), Question.objects.filter(**mine), QUESTIONS),
        Section("guidelines_read", _("Guidelines I have read"), GuidelinesRead.objects.filter(**mine), READ),
        Section("practice", _("Practice answers"), practised, PRACTICE),
        Section("practice_tries", _("Practice rounds"), tries, TRIES),
        Section("open_to_me", _("Campaigns open to me after practice"), open_to_me, OPEN_TO_ME),
        Section("keys", _("Keys I chose"), keys, KEYS),
        Section("checks", _("Checks of answers that named me"), _named(profile), CHECKS),
    ]


def _named(profile: AnnotatorProfile) -> QuerySet[QualityReport]:
    """Reports with an alarm over this person's answers: the checks by name, without counts and without whoever was compared."""
    named_by = Func(
        F("numbers"),
        Value(NAMED_BY),
        Value(json.dumps({"who": str(profile.pk)})),
        function="jsonb_path_query_array",
        output_field=JSONField(),
    )
    reports = QualityReport.objects.filter(project=profile.project_id).annotate(named_by=named_by)
    return reports.exclude(named_by=[])
