"""Gold items: items whose right answer is known, mixed in unseen. Their answers are versioned, counted nowhere and exported never."""

from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import require
from core import audit
from core.errors import Refused
from core.keyring import project_key
from curation.actions.cleaned import cleaned

from ..exchange import with_text
from ..filters import why_not_shown
from ..models import Decision, GoldAnswer, Item, ItemRole, Pair, Repair
from ..same_answers import practised_on
from .repair import close_preferences
from .responses import NewResponse, store_responses

CHOICES = {"pair": ("a", "b", "tie", "both_bad"), "repair": ("accept", "fix", "drop")}
MOST_PEOPLE = 50
"""After so many people an item is no secret any more; the database then closes it."""
LONGEST = 4_000
LONGEST_ANSWER = 40_000


@dataclass(frozen=True, slots=True)
class Right:
    """What is right, why, and how many people may be asked before the item wears out."""

    choice: str
    explanation: str
    most_people: int = MOST_PEOPLE


def mark_gold(*, who: User, item: Item, right: Right) -> Item:
    """A gold item of the same content; the item it is made from is closed, so that nobody meets it twice as work.

    Its votes stay; what they decided is training data no longer.
    """
    require(who, "annotation.manage", item.project)
    with transaction.atomic():
        locked = Item.objects.select_for_update(of=("self",)).select_related("project").get(pk=item.pk)
        if locked.role != ItemRole.WORK or locked.state not in ("open", "decided"):
            raise Refused(
                "not_work", _("Only an item people work on can become gold: not one reported or closed.")
            )
        _require_asked(locked)
        gold = _copy(locked)
        if locked.kind == "pair":
            pair = Pair.objects.get(item=locked)
            Pair.objects.create(
                item=gold, response_a=pair.response_a, response_b=pair.response_b, source=pair.source
            )
        else:
            repair = Repair.objects.select_related("response", "item").get(item=locked)
            Repair.objects.create(item=gold, response=repair.response)
            close_preferences(repair, keep=[])
        _require_unpractised(gold)
        _add(who, gold, right)
        _retire_work(locked)
    return gold


def write_gold(*, who: User, item: Item, text: str, right: Right) -> Item:
    """A gold pair of the item's first answer and one a lead wrote; the item itself stays as it is.

    The written answer keeps the steps of the other, so that nothing but its words tells it apart.
    """
    require(who, "annotation.manage", item.project)
    if item.kind != "pair" or item.role != ItemRole.WORK:
        raise Refused(
            "not_a_pair", _("An answer is written against the first answer of a pair people work on.")
        )
    _require_asked(item)
    words = cleaned(text[: LONGEST_ANSWER + 1], project=item.project).strip()
    first = Pair.objects.select_related("response_a").get(item=item).response_a
    if not words or len(words) > LONGEST_ANSWER or why_not_shown(first.text, words) is not None:
        raise Refused(
            "answer_not_shown",
            _("Write an answer of up to 40,000 characters that a reader can tell from the first."),
        )
    with transaction.atomic():
        made = NewResponse(
            first.version_id, "fix", "", with_text(first.messages, words), first.pk, first.turn
        )
        (written,) = store_responses(project_id=item.project_id, found=[made])
        locked = Item.objects.select_for_update(of=("self",)).select_related("project").get(pk=item.pk)
        gold = _copy(locked, salt=written.content_hash)
        Pair.objects.create(item=gold, response_a=first, response_b=written, source="gold")
        _require_unpractised(gold)
        _add(who, gold, right)
    return gold


def answer_gold(*, who: User, item: Item, right: Right) -> GoldAnswer:
    """Another right answer, or another reason for it; what was right before stays readable."""
    require(who, "annotation.manage", item.project)
    with transaction.atomic():
        locked = Item.objects.select_for_update(of=("self",)).select_related("project").get(pk=item.pk)
        return _add(who, locked, right)


def set_gold_state(*, who: User, item: Item, state: str) -> Item:
    """Ask it of nobody any more, or again: closed and open."""
    require(who, "annotation.manage", item.project)
    with transaction.atomic():
        locked = Item.objects.select_for_update(of=("self",)).get(pk=item.pk)
        if locked.role != ItemRole.GOLD or (locked.state, state) not in (
            ("open", "closed"),
            ("closed", "open"),
        ):
            raise Refused("gold_state", _("A gold item is open or closed."))
        before, locked.state = locked.state, state
        locked.save(update_fields=["state"])
        audit.record(
            actor=who.actor, verb=f"annotation.gold_{state}", subject=locked, project_id=locked.project_id
        )
        audit.emit(
            subject=locked, name="item.state", project_id=locked.project_id, from_state=before, to_state=state
        )
    return locked


def _require_asked(item: Item) -> None:
    """What a fix leaves behind is of another kind than its campaign asks; its page could not show it to anybody."""
    if item.kind != item.campaign.kind:
        raise Refused(
            "left_by_a_fix",
            _("This was made by somebody's fix and is asked of nobody, so it cannot be gold."),
            hint=_("Choose an item this campaign asks people about."),
        )


def _require_unpractised(gold: Item) -> None:
    """Whoever practised on one of its answers was told which is right."""
    if Item.objects.filter(practised_on(), pk=gold.pk).exists():
        raise Refused(
            "gold_practised",
            _("A practice round shows an answer of this item and says what is right, so it cannot be gold."),
            hint=_("Choose an item nobody has practised on."),
        )


def _copy(item: Item, *, salt: str = "") -> Item:
    """The same place in the queue, as gold: it asks for no slots, and its fingerprint is its own."""
    mark = project_key(item.project_id, "item").mac(f"gold|{item.fingerprint}|{salt}".encode()).hex()
    if Item.objects.filter(campaign_id=item.campaign_id, fingerprint=mark).exists():
        raise Refused(
            "gold_already", _("This is a gold item already."), hint=_("Change its answer under Gold items.")
        )
    return Item.objects.create(
        id=uuid4(),
        project_id=item.project_id,
        campaign_id=item.campaign_id,
        kind=item.kind,
        version_id=item.version_id,
        fingerprint=mark,
        slots_asked=0,
        slots_left=0,
        priority=item.priority,
        role=ItemRole.GOLD,
        stratum=item.stratum,
        language=item.language,
        sensitive=item.sensitive,
        asked_by=item.asked_by,
        prompt_group=item.prompt_group,
        sampled=False,
    )


def _add(who: User, gold: Item, right: Right) -> GoldAnswer:
    if right.choice not in CHOICES[gold.kind]:
        raise Refused("gold_choice", _("Choose what is right."), hint=", ".join(CHOICES[gold.kind]))
    explanation = cleaned(right.explanation[: LONGEST + 1], project=gold.project).strip()
    if not explanation or len(explanation) > LONGEST:
        raise Refused("gold_unexplained", _("Say why it is right, in 1 to 4,000 characters."))
    if not 1 <= right.most_people <= 10_000:
        raise Refused("gold_exposure", _("Between 1 and 10,000 people may be asked a gold item."))
    made = GoldAnswer.objects.create(
        project_id=gold.project_id,
        item=gold,
        number=gold.gold_answers.count() + 1,
        choice=right.choice,
        explanation=explanation,
        most_people=right.most_people,
        author=who,
    )
    audit.record(
        actor=who.actor,
        verb="annotation.answer_gold",
        subject=gold,
        project_id=gold.project_id,
        data={"number": made.number},
    )
    return made


def _retire_work(item: Item) -> None:
    Decision.objects.filter(item=item).delete()
    Item.objects.filter(pk=item.pk).update(state="closed")
    audit.emit(
        subject=item,
        name="item.closed",
        project_id=item.project_id,
        from_state=item.state,
        to_state="closed",
        data={"gold": True},
    )
