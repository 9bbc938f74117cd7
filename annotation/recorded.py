"""Everything recorded about one annotator, as that person may read it: nobody else's, and not which items were gold.

Whether an answer took a slot is left unsaid, and so are the groups it was counted for and the preference that follows
from a fix by itself: they would tell gold from work.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.models import AuditEntry

from .models import (
    AnnotatorProfile,
    Assignment,
    GuidelinesRead,
    JudgmentGroup,
    JudgmentRevision,
    KeyMap,
    PracticeAnswer,
    PracticeTry,
    ProfileValue,
    Qualification,
    Question,
)

BATCH = 500


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of record: its name in the file, what it is in words, its rows, and (name in the file, column) pairs."""

    name: str
    label: str
    rows: QuerySet[Any]
    columns: Sequence[tuple[str, str]]


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
    ("policy_section", "section"),
    ("guidelines", "guidelines"),
    ("active_ms", "active_ms"),
    ("at", "created_at"),
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
ACTS = (("at", "at"), ("verb", "verb"), ("of", "subject_type"))


def sections(profile: AnnotatorProfile) -> list[Section]:
    """Every table that says something about this person here."""
    answers = JudgmentRevision.objects.filter(judgment__profile=profile, judgment__assignment__isnull=False)
    groups = JudgmentGroup.objects.filter(judgment__profile=profile)
    practised = PracticeAnswer.objects.filter(practice__profile=profile)
    acts = AuditEntry.objects.filter(
        project_id=profile.project_id, actor_kind="user", actor_id=str(profile.user_id)
    ).exclude(verb="annotation.prefer_fix")
    mine = {"profile": profile}
    return [
        Section("about_me", _("What I say about myself"), ProfileValue.objects.filter(**mine), ABOUT_ME),
        Section("answers", _("Answers, and every change of them"), answers, ANSWERS),
        Section("groups", _("What I had said about myself when I answered"), groups, GROUPS),
        Section(
            "leases", _("Items I was given, with skips and drafts"), Assignment.objects.filter(**mine), LEASES
        ),
        Section("questions", _("Questions to the leads"), Question.objects.filter(**mine), QUESTIONS),
        Section("guidelines_read", _("Guidelines I have read"), GuidelinesRead.objects.filter(**mine), READ),
        Section("practice", _("Practice answers"), practised, PRACTICE),
        Section("practice_tries", _("Practice rounds"), PracticeTry.objects.filter(**mine), TRIES),
        Section(
            "open_to_me",
            _("Campaigns open to me after practice"),
            Qualification.objects.filter(**mine),
            OPEN_TO_ME,
        ),
        Section("keys", _("Keys I chose"), KeyMap.objects.filter(user=profile.user_id), KEYS),
        Section("acts", _("What I did, as the audit has it"), acts, ACTS),
    ]


def person_of(profile: AnnotatorProfile) -> dict[str, Any]:
    """The person and the profile themselves."""
    user = profile.user
    assert user is not None
    return {
        "person": {
            "name": user.name,
            "email": user.email,
            "time_zone": user.time_zone,
            "account_since": user.created_at,
            "last_sign_in": user.last_login,
        },
        "profile": {
            "pseudonym": profile.pk,
            "team": profile.team,
            "languages": profile.languages,
            "expertise": profile.expertise,
            "expertise_claimed": profile.expertise_said,
            "warned_of_material": profile.sensitive_ok,
            "warned_of_material_per_day": profile.sensitive_per_day,
            "given_no_work_since": profile.deactivated_at,
            "since": profile.created_at,
        },
    }


def as_json(profile: AnnotatorProfile) -> Iterator[str]:
    """The whole of it as one JSON object, in pieces: a long history needs no more memory than a short one."""
    head = json.dumps(person_of(profile), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    yield head[: head.rindex("}")].rstrip()
    for section in sections(profile):
        yield f',\n "{section.name}": ['
        names = [name for name, _column in section.columns]
        rows = section.rows.order_by("pk").values_list(*(column for _name, column in section.columns))
        for n, row in enumerate(rows.iterator(chunk_size=BATCH)):
            said = dict(zip(names, row, strict=True))
            text = json.dumps(said, cls=DjangoJSONEncoder, ensure_ascii=False)
            yield f"{',' if n else ''}\n  {text}"
        yield "]"
    yield "\n}\n"
