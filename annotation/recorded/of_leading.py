"""What a person decided, explained and wrote for others: adjudications, right answers, practice items, answers to questions."""

from django.utils.translation import gettext as _

from curation.models import BacklogItem

from ..models import Adjudication, AnnotatorProfile, GoldAnswer, PracticeItem, QuestionAnswer
from .section import Section

DECIDED = (
    ("campaign", "item__campaign__name"),
    ("item", "item"),
    ("number", "number"),
    ("outcome", "outcome"),
    ("strength", "strength"),
    ("reason", "reason"),
    ("at", "created_at"),
)
RIGHT = (
    ("campaign", "item__campaign__name"),
    ("item", "item"),
    ("number", "number"),
    ("choice", "choice"),
    ("why", "explanation"),
    ("people_at_most", "most_people"),
    ("at", "created_at"),
)
PRACTICE = (
    ("campaign", "campaign__name"),
    ("picked_from", "source"),
    ("question", "question"),
    ("first_answer", "answer_a"),
    ("second_answer", "answer_b"),
    ("right", "right_choices"),
    ("why", "explanation"),
    ("at", "created_at"),
    ("asked_until", "retired_at"),
)
ANSWERED = (("item", "question__item"), ("answer", "text"), ("at", "answered_at"))
OPENED = (
    ("needs_work", "pk"),
    ("reason", "reason"),
    ("note", "note"),
    ("opened_at", "opened_at"),
    ("state", "state"),
)
OWNED = (("needs_work", "pk"), ("reason", "reason"), ("state", "state"), ("opened_at", "opened_at"))
RESOLVED = (("needs_work", "pk"), ("resolution", "resolution"), ("at", "resolved_at"))


def of_leading(profile: AnnotatorProfile) -> list[Section]:
    """The sections of work for others; most are a lead's, some anybody's."""
    user = profile.user_id
    here = {"project": profile.project_id}
    decided = Adjudication.objects.filter(**here, by=user)
    right = GoldAnswer.objects.filter(**here, author=user)
    practice = PracticeItem.objects.filter(**here, created_by=user)
    answered = QuestionAnswer.objects.filter(**here, answered_by=user)
    needs_work = BacklogItem.objects.filter(**here)
    return [
        Section("decided", _("What I decided over votes"), decided, DECIDED),
        Section("right_answers", _("Right answers I gave"), right, RIGHT),
        Section("practice_items", _("Practice items I made"), practice, PRACTICE),
        Section("questions_answered", _("Questions I answered"), answered, ANSWERED),
        Section(
            "needs_work_opened", _("Needs work: what I reported"), needs_work.filter(opened_by=user), OPENED
        ),
        Section(
            "needs_work_owned", _("Needs work: what I take care of"), needs_work.filter(owner=user), OWNED
        ),
        Section(
            "needs_work_resolved",
            _("Needs work: what I resolved"),
            needs_work.filter(resolved_by=user),
            RESOLVED,
        ),
    ]
