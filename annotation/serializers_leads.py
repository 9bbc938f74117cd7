"""The JSON of what leads set: people to invite, and a campaign's settings. A field that is not known is refused by name."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from accounts.actions.invite import DEFAULT_DAYS, MAX_DAYS
from accounts.models import Role

from .people_words import read_languages
from .roster import MOST_BYTES, MOST_ROWS
from .rules import MAX_OVERLAP

MOST_NAMES, LONGEST_WORD = 100, 80


class Strict(serializers.Serializer[Any]):
    """A misspelt setting would otherwise be passed over, and its sender believe it holds."""

    def to_internal_value(self, data: Any) -> Any:
        """The checked fields; refused where one is not known."""
        unknown = sorted(set(map(str, data)) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            known = ", ".join(self.fields)
            raise serializers.ValidationError(
                {name: [_("There is no such field. Known: %(c)s.") % {"c": known}] for name in unknown}
            )
        return super().to_internal_value(data)


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
class WordsField(serializers.Field):  # type: ignore[type-arg]
    """A text with commas, or a list of texts."""

    def to_internal_value(self, data: Any) -> str | list[str]:
        """As it came; what it says is read with its line."""
        words = [data] if isinstance(data, str) else data
        if isinstance(words, list) and all(isinstance(one, str) for one in words):
            for word in words:
                ProhibitSurrogateCharactersValidator()(word)
            return data  # type: ignore[no-any-return]
        raise serializers.ValidationError(_("Write a text with commas, or a list of texts."))


class PersonIn(Strict):
    """One person; only `email` is needed. What is wrong in it is said with its line."""

    email = serializers.CharField(max_length=1_000, allow_blank=True)
    name = serializers.CharField(max_length=1_000, default="", allow_blank=True)
    role = serializers.CharField(
        max_length=100, default="", allow_blank=True, help_text="annotator where nothing is said"
    )
    team = serializers.CharField(max_length=1_000, default="", allow_blank=True)
    languages = WordsField(default="")
    expertise = WordsField(default="")


class InviteIn(Strict):
    """`people` or `csv`. `dry_run` only says what would happen; `skip_wrong` goes on without the lines that are wrong."""

    people = serializers.ListField(child=PersonIn(), max_length=MOST_ROWS, required=False)
    csv = serializers.CharField(max_length=MOST_BYTES, trim_whitespace=False, required=False)
    days = serializers.IntegerField(min_value=1, max_value=MAX_DAYS, default=DEFAULT_DAYS)
    renew = serializers.BooleanField(default=False)
    dry_run = serializers.BooleanField(default=False)
    skip_wrong = serializers.BooleanField(default=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """One list."""
        if ("people" in data) == ("csv" in data):
            raise serializers.ValidationError(_("Send people as a list, or csv as a text; one of the two."))
        return data


class LineError(serializers.Serializer[Any]):
    """What is wrong with one line."""

    line = serializers.IntegerField()
    message = serializers.CharField()


class InvitedOut(serializers.Serializer[Any]):
    """One line: what happens (or happened) to it, and its link, which is shown in this answer only."""

    line = serializers.IntegerField()
    email = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
    what = serializers.ChoiceField(
        choices=["invite", "renew", "waits", "describe", "same", "closed", "forbidden"]
    )
    link = serializers.CharField(allow_null=True)


class InviteOut(serializers.Serializer[Any]):
    """Every line of the list."""

    dry_run = serializers.BooleanField()
    people = InvitedOut(many=True)
    errors = LineError(many=True)  # type: ignore[assignment]


class AdaptiveIn(Strict):
    """One judgment more for a share, and after conflicts up to `most`."""

    share = serializers.FloatField()
    most = serializers.IntegerField()


class EligibilityIn(Strict):
    """Who may be given what; an empty list asks for nothing."""

    languages = serializers.ListField(child=serializers.CharField(max_length=LONGEST_WORD))
    expertise = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_WORD), max_length=MOST_NAMES
    )
    strata = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_WORD), max_length=MOST_NAMES
    )
    match_language = serializers.BooleanField()

    def validate_languages(self, given: list[str]) -> list[str]:
        """BCP 47 tags, in one spelling."""
        try:
            return list(read_languages(given))
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error


class OrderIn(Strict):
    """Which items come first."""

    active = serializers.BooleanField()
    floor = serializers.FloatField()


class RulesIn(Strict):
    """The rules of a campaign; their ranges are said by whoever keeps them."""

    tags = serializers.ListField(child=serializers.CharField(max_length=40), max_length=MOST_NAMES)
    requires = serializers.ListField(child=serializers.CharField(max_length=40), max_length=MOST_NAMES)
    caps = serializers.DictField(child=serializers.IntegerField())
    distinct = serializers.DictField(child=serializers.IntegerField())
    overlap = serializers.DictField(child=serializers.IntegerField())
    adaptive = AdaptiveIn(allow_null=True)
    stop_early = serializers.BooleanField()
    eligibility = EligibilityIn()
    selection = OrderIn()
    gold_share = serializers.FloatField()
    gold_per_day = serializers.IntegerField()
    warning = serializers.CharField(allow_blank=True)
    sensitive_per_day = serializers.IntegerField()
    prefetch_seconds = serializers.IntegerField()
    in_sequence = serializers.BooleanField()
    cost_per_hour = serializers.FloatField(allow_null=True)
    cost_per_answer = serializers.FloatField(allow_null=True)
    currency = serializers.RegexField(r"^[A-Z]{3}$")


class SettingsIn(Strict):
    """Everything a campaign asks. `guidelines` is the id of a version of guidelines, or null."""

    name = serializers.CharField(max_length=120)
    overlap = serializers.IntegerField(min_value=1, max_value=MAX_OVERLAP)
    lease_seconds = serializers.IntegerField()
    guidelines = serializers.IntegerField(min_value=1, max_value=2**63 - 1, allow_null=True)
    rules = RulesIn()


class SettingsOut(serializers.Serializer[Any]):
    """The settings as they stand, in the form they are sent back in, and what the last change changed: [old, new]."""

    campaign = serializers.UUIDField()
    tags_version = serializers.IntegerField()
    settings = SettingsIn()
    changes = serializers.DictField(child=serializers.ListField(), required=False)
