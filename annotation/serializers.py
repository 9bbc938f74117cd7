"""The JSON of annotation: what goes in, checked field by field, and what comes out."""

from typing import Any

from rest_framework import serializers

from .choices import RepairChoice, Shown
from .models import Campaign
from .span_labels import SPAN_LABELS
from .spans import MAX_QUOTE, MAX_SPANS, SIDES


class LeaseSerializer(serializers.Serializer[Any]):
    """Which lease an act is about."""

    assignment = serializers.UUIDField()
    lease_token = serializers.UUIDField()


class ReasonsSerializer(serializers.Serializer[Any]):
    """The optional part of an answer; `active_ms` is time at work in milliseconds, idle excluded."""

    tags = serializers.ListField(child=serializers.CharField(max_length=40), default=list, max_length=50)
    rationale = serializers.CharField(default="", allow_blank=True, max_length=4000)
    active_ms = serializers.IntegerField(min_value=0, max_value=2**31 - 1, allow_null=True, default=None)


class SpanSerializer(serializers.Serializer[Any]):
    """A mark on one answer: `quote` is its `text[start:end]`, in Unicode code points; `passage` counts from 0."""

    side = serializers.ChoiceField(choices=SIDES)
    start = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    end = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    quote = serializers.CharField(max_length=MAX_QUOTE, trim_whitespace=False)
    label = serializers.ChoiceField(choices=list(SPAN_LABELS))  # type: ignore[assignment]
    passage = serializers.IntegerField(min_value=0, max_value=2**15 - 1, allow_null=True, default=None)


class JudgmentIn(LeaseSerializer, ReasonsSerializer):
    """A judgment of a pair, about the sides as they were shown."""

    choice = serializers.ChoiceField(choices=[shown.value for shown in Shown])
    spans = serializers.ListField(child=SpanSerializer(), default=list, max_length=MAX_SPANS)


class RepairIn(LeaseSerializer, ReasonsSerializer):
    """A decision about one answer; `text` is the whole rewritten answer of a fix."""

    choice = serializers.ChoiceField(choices=[choice.value for choice in RepairChoice])
    text = serializers.CharField(default="", allow_blank=True, max_length=200_000)


class EndIn(LeaseSerializer):
    """The end of a lease without an answer."""

    reason = serializers.CharField(max_length=40, default="", allow_blank=True)


class KeptOut(serializers.Serializer[Any]):
    """How long a lease runs now; null once it has ended."""

    leased_until = serializers.DateTimeField(allow_null=True)


class ClaimIn(serializers.Serializer[Any]):
    """Assignments the client already shows; the answer is another one."""

    besides = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=10)


class SubmittedOut(serializers.Serializer[Any]):
    """The vote that now stands."""

    judgment = serializers.UUIDField()
    how = serializers.ChoiceField(choices=["counted", "uncounted", "again"])
    spans = SpanSerializer(many=True)


class ShownAnswer(serializers.Serializer[Any]):
    """One answer as shown; who generated it is never said."""

    messages = serializers.ListField(child=serializers.DictField())
    text = serializers.CharField()
    passages = serializers.ListField(child=serializers.DictField())


class AssignmentOut(serializers.Serializer[Any]):
    """An item under a lease, blind: `left` and `right` for a pair, `answer` for a repair."""

    assignment = serializers.UUIDField()
    lease_token = serializers.UUIDField()
    leased_until = serializers.DateTimeField()
    kind = serializers.CharField()
    prompt = serializers.ListField(child=serializers.DictField())
    left = ShownAnswer(required=False)
    right = ShownAnswer(required=False)
    answer = ShownAnswer(required=False)


class CampaignSerializer(serializers.ModelSerializer[Campaign]):
    """A campaign and its rules."""

    class Meta:
        model = Campaign
        fields = ("id", "name", "kind", "state", "overlap", "lease_seconds", "rules", "created_at")
        read_only_fields = fields


class StatisticsOut(serializers.Serializer[Any]):
    """The board of a campaign in numbers; null is undefined, never zero."""

    campaign = serializers.UUIDField()
    progress = serializers.DictField()
    diversity = serializers.DictField()
    diversity_people_only = serializers.DictField()
    agreement = serializers.DictField()
    position_bias = serializers.DictField(allow_null=True)
    length_bias = serializers.DictField(allow_null=True)
    choices = serializers.DictField()
    report = serializers.DictField(allow_null=True)
