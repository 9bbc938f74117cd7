"""What is judged. The item row is what a claim locks: every condition that can race lives on it or under its lock."""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .campaign import Campaign


class Response(models.Model):
    """One answer that can be judged: from production, a variant, a regeneration, a fix. Append-only.

    It answers the last thing its conversation asked, or with `turn` what stood there after that many messages.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(
        "curation.ConversationVersion", on_delete=models.PROTECT, related_name="responses"
    )
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="fixes")
    origin = models.CharField(max_length=16)
    generator = models.CharField(max_length=120, blank=True, default="")
    turn = models.PositiveSmallIntegerField(null=True)
    messages = models.JSONField()
    text = models.TextField()
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "origin", "content_hash"], name="response_once"),
            models.CheckConstraint(
                condition=Q(
                    origin__in=["production", "n_best", "regeneration", "fix", "sampled", "hard_negative"]
                ),
                name="response_origin_known",
            ),
            models.CheckConstraint(
                condition=Q(turn__isnull=True) | Q(turn__gte=1), name="response_turn_answers_something"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


MADE_BY_A_FIX = "repair"
"""The source of a pair whose author had already decided it: fixed over original."""


class ItemQuerySet(models.QuerySet["Item"]):
    """Reads of the queue."""

    def waiting(self) -> "ItemQuerySet":
        """Items that still have a free slot in an open campaign."""
        return self.filter(waiting=True, campaign__state="open")

    def asked_in(self, campaign: "Campaign") -> "ItemQuerySet":
        """What this campaign asks people, whose answers its numbers are made of; pairs that a fix made were asked of nobody."""
        own = self.filter(campaign=campaign, kind=campaign.kind, role=ItemRole.WORK)
        return own.exclude(pair__source=MADE_BY_A_FIX)


class ItemRole(models.TextChoices):
    """What an item is there for. Only work asks for slots, is decided, counted and exported."""

    WORK = "work", _("Work")
    GOLD = "gold", _("Gold")
    PRACTICE = "practice", _("Practice")


DECIDABLE = ("open", "decided")
"""States in which votes on an item count. What is reported or closed keeps them, and nothing follows from them."""


class Item(models.Model):
    """One place in a campaign's queue: a pair or a repair, with the judgments it asks for and has still to give out.

    Eligibility is frozen when the item is made: `stratum` (domain), `language` (BCP 47, "" unknown), `asked_by` (the
    surrogates of the people whose conversations it shows). `quota` is {"caps": {axis: most}, "distinct": {axis: least}};
    `groups` names, as "axis=value", the groups of everybody who holds a slot, and `barred` those that may take no more:
    the database derives it. `sampled` items were chosen at random, whatever the uncertainty: unbiased estimates use them.
    `given_to` are the profiles that hold, answered or skipped it, as the queue knows them.
    The queue's indexes ask whether an item is `waiting`, not how many slots it has left: a claim that leaves one more changes
    no indexed column, and PostgreSQL updates the row in place (heap-only tuples).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey("annotation.Campaign", on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=8)
    version = models.ForeignKey(
        "curation.ConversationVersion", on_delete=models.PROTECT, related_name="items"
    )
    backlog_item = models.ForeignKey(
        "curation.BacklogItem", on_delete=models.PROTECT, null=True, related_name="items"
    )
    fingerprint = models.CharField(max_length=64)
    slots_asked = models.PositiveSmallIntegerField()
    slots_left = models.PositiveSmallIntegerField()
    priority = models.FloatField(default=0)
    state = models.CharField(max_length=8, default="open")
    role = models.CharField(max_length=8, choices=ItemRole.choices, default=ItemRole.WORK, db_default="work")
    stratum = models.CharField(max_length=80, blank=True, default="", db_default="")
    language = models.CharField(max_length=16, blank=True, default="", db_default="")
    sensitive = models.BooleanField(default=False, db_default=False)
    asked_by = ArrayField(models.CharField(max_length=64), default=list, db_default=[])
    prompt_group = models.CharField(max_length=64, blank=True, default="", db_default="")
    sampled = models.BooleanField(default=True, db_default=True)
    quota = models.JSONField(default=dict, db_default={})
    groups = ArrayField(models.CharField(max_length=101), default=list, db_default=[])
    barred = ArrayField(models.CharField(max_length=101), default=list, db_default=[])
    given_to = ArrayField(models.UUIDField(), default=list, db_default=[])
    waiting = models.GeneratedField(
        expression=Q(state="open", slots_left__gt=0),  # type: ignore[arg-type]  # the stubs know no conditions
        output_field=models.BooleanField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "fingerprint"], name="item_once"),
            models.CheckConstraint(
                condition=Q(slots_left__lte=F("slots_asked")), name="item_slots_conserved"
            ),
            models.CheckConstraint(condition=Q(kind__in=["pair", "repair"]), name="item_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "decided", "flagged", "closed"]), name="item_state_known"
            ),
            models.CheckConstraint(condition=Q(role__in=ItemRole.values), name="item_role_known"),
            models.CheckConstraint(
                condition=Q(role=ItemRole.WORK) | Q(slots_asked=0), name="item_only_work_asks_for_slots"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["campaign", "barred", "-priority", "id"],
                condition=Q(waiting=True),
                name="item_queue",
            ),
            models.Index(
                fields=["campaign", "prompt_group", "-priority", "id"],
                condition=Q(waiting=True) & ~Q(prompt_group=""),
                name="item_of_one_prompt",
            ),
            models.Index(
                fields=["campaign", "role", "id"], condition=~Q(role=ItemRole.WORK), name="item_not_work"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {str(self.id)[:8]}"


class Pair(models.Model):
    """A prompt with two responses; which one is shown first is decided per assignment."""

    item = models.OneToOneField(Item, on_delete=models.PROTECT, primary_key=True, related_name="pair")
    response_a = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="+")
    response_b = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=24)
    hard_negative = models.ForeignKey(
        "curation.HardNegative", on_delete=models.PROTECT, null=True, related_name="pairs"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(response_a=F("response_b")), name="pair_two_responses"),
            models.CheckConstraint(
                condition=Q(source="hard_negative") | Q(hard_negative__isnull=True),
                name="pair_names_its_hard_negative",
            ),
        ]

    def __str__(self) -> str:
        return str(self.item_id)[:8]


class Repair(models.Model):
    """One answer to accept, fix or drop."""

    item = models.OneToOneField(Item, on_delete=models.PROTECT, primary_key=True, related_name="repair")
    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.item_id)[:8]


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Reads of what was decided."""

    def standing(self) -> "DecisionQuerySet":
        """Decisions over items that were not closed since: what is closed is training data no longer."""
        return self.exclude(item__state="closed")


class Decision(models.Model):
    """What an item's counted judgments add up to so far, or what a person decided over them: a projection over both."""

    item = models.OneToOneField(Item, on_delete=models.PROTECT, primary_key=True, related_name="decision")
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12)
    strength = models.FloatField(default=0)
    votes = models.JSONField(default=dict)
    counted = models.PositiveSmallIntegerField()
    simulated = models.PositiveSmallIntegerField(default=0)
    response = models.ForeignKey(Response, on_delete=models.PROTECT, null=True, related_name="+")
    adjudication = models.ForeignKey(
        "annotation.Adjudication", on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(db_default=Now())

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    outcome__in=[
                        "a",
                        "b",
                        "tie",
                        "both_bad",
                        "cannot",
                        "conflict",
                        "accepted",
                        "fixed",
                        "dropped",
                    ]
                ),
                name="decision_outcome_known",
            ),
            models.CheckConstraint(condition=Q(simulated__lte=F("counted")), name="decision_simulated_share"),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "outcome"], name="decision_outcome")]

    def __str__(self) -> str:
        return self.outcome
