"""Ask the leads about an item, answer, and let an answer become an example of the guidelines."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Project, User
from accounts.permissions import require
from core import audit
from core.errors import NotFound, Refused
from curation.actions.cleaned import cleaned
from curation.models import AssetVersion

from .. import queue
from ..models import Assignment, Item, Question, QuestionAnswer
from .lock import lock_assignment
from .publish_text import publish_text

ASKED = "asked"
"""The skip reason of an item its annotator asked about: kept from them until it is answered."""
LONGEST = 2_000


def ask_lead(
    *, who: User, project: Project, assignment_id: UUID, lease_token: UUID, key: UUID, text: str
) -> Question:
    """Store the question and pass the item on; its asker gets it again when it is answered. `key` again: no second one."""
    asked = _words(text, project)
    with transaction.atomic():
        assignment = lock_assignment(who=who, project=project, pk=assignment_id, lease_token=lease_token)
        earlier = Question.objects.filter(assignment=assignment).first()
        if earlier is not None:
            if earlier.idempotency_key == key:
                return earlier
            raise Refused("asked_before", _("You have already asked about this one."))
        if Question.objects.filter(idempotency_key=key).exists():
            raise Refused("key_used", _("This idempotency key belongs to another question."))
        question = Question.objects.create(
            project=project,
            item=assignment.item,
            profile=assignment.profile,
            assignment=assignment,
            text=asked,
            idempotency_key=key,
        )
        queue.give_back([assignment.item_id], state="skipped", assignment=assignment.pk, reason=ASKED)
        audit.record(actor=who.actor, verb="annotation.ask", subject=assignment.item, project_id=project.pk)
        audit.emit(subject=question, name="question.asked", project_id=project.pk, to_state="open")
    return question


def answer_question(*, who: User, question: Question, text: str) -> QuestionAnswer:
    """A lead's word; from now on the asker may be given the item again."""
    require(who, "annotation.manage", question.project)
    said = _words(text, question.project)
    try:
        with transaction.atomic():
            Item.objects.select_for_update().get(pk=question.item_id)
            answer = QuestionAnswer.objects.create(
                question=question, project_id=question.project_id, text=said, answered_by=who
            )
            Assignment.objects.filter(pk=question.assignment_id, state="skipped", skip_reason=ASKED).update(
                state="released"
            )
            audit.record(
                actor=who.actor,
                verb="annotation.answer",
                subject=question.item,
                project_id=question.project_id,
            )
            audit.emit(
                subject=question,
                name="question.answered",
                project_id=question.project_id,
                from_state="open",
                to_state="answered",
            )
    except IntegrityError as error:
        raise Refused("answered_before", _("This question was answered already.")) from error
    return answer


def make_example(*, who: User, answer: QuestionAnswer) -> AssetVersion:
    """The next version of the campaign's guidelines, with this question and its answer as an example."""
    question = answer.question
    campaign = question.item.campaign
    version = campaign.guidelines
    if version is None:
        raise Refused(
            "no_guidelines",
            _("This campaign has no guidelines to carry an example."),
            hint=_("Write some, and attach them on the campaign's page."),
        )
    current = version.asset.current or version
    examples = current.body.get("examples", [])
    if any(one.get("id") == str(question.pk) for one in examples):
        raise Refused("example_there", _("The guidelines carry this example already."))
    new = {"id": str(question.pk), "question": question.text, "answer": answer.text}
    return publish_text(
        who=who,
        project=question.project,
        kind=current.asset.kind,
        name=current.asset.name,
        text=current.body.get("text", ""),
        note=_("An example from a question."),
        examples=[*examples, new],
    )


def find_question(project: Project, pk: UUID) -> Question:
    """A question of this project."""
    found = Question.objects.filter(project=project, pk=pk)
    question = found.select_related("item__campaign__guidelines__asset__current", "project", "answer").first()
    if question is None:
        raise NotFound("question_not_found", _("There is no such question."))
    return question


def _words(text: str, project: Project) -> str:
    given = text.replace("\r\n", "\n").replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()
    if not given:
        raise Refused("words_needed", _("Write a word or two first."))
    if len(given) > LONGEST:
        raise Refused("words_too_long", _("That is longer than %(n)d characters.") % {"n": LONGEST})
    return cleaned(given, project=project)
