"""What makes conversations findable and comparable: their words, and what was counted in each. Tables made in migration 0018."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models.functions import Now

if TYPE_CHECKING:
    _Field = models.Field[str, str]
    _Lookup = models.Lookup[Any]
else:
    _Field, _Lookup = models.Field, models.Lookup


class TsVector(_Field):
    """A PostgreSQL tsvector; written as its literal, asked with the lookup `holds`."""

    def db_type(self, connection: Any) -> str:
        """The column's type."""
        return "tsvector"


@TsVector.register_lookup
class Holds(_Lookup):
    """`words__holds=<tsquery as text>`: the vector matches the query."""

    lookup_name = "holds"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """`column @@ query`."""
        left, given = self.process_lhs(compiler, connection)
        return f"{left} @@ %s::tsquery", (*given, self.rhs)


class SearchRow(models.Model):
    """The words of a trace's current conversation, in a day partition beside its body: it goes when the body goes.

    Written by the ingest role only, as what it holds was redacted; a new current version removes it (trigger).
    """

    pk = models.CompositePrimaryKey("day", "version_id")
    day = models.DateField()
    version = models.OneToOneField(
        "curation.ConversationVersion",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="search_row",
    )
    trace = models.OneToOneField(
        "curation.Trace", on_delete=models.DO_NOTHING, db_constraint=False, related_name="search_row"
    )
    project_id = models.UUIDField()
    at = models.DateTimeField()
    language = models.CharField(max_length=16)
    words = TsVector()

    class Meta:
        db_table = "curation_searchrow"

    def __str__(self) -> str:
        return str(self.version_id)


class ConversationMeasure(models.Model):
    """Numbers of one conversation version that its pages and comparisons need; no word of it. Stays after retention."""

    version = models.OneToOneField(
        "curation.ConversationVersion", on_delete=models.CASCADE, primary_key=True, related_name="measure"
    )
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    depth = models.PositiveIntegerField(default=0)
    fan_out = models.PositiveIntegerField(default=0)
    tools = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    timeouts = models.PositiveIntegerField(default=0)
    interrupts = models.PositiveIntegerField(default=0)
    recovered = models.BooleanField(default=False)
    answered = models.BooleanField(default=False)
    prompt_words = models.PositiveIntegerField(default=0)
    answer_words = models.PositiveIntegerField(default=0)
    hedges = models.PositiveIntegerField(null=True)
    measured_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["project", "day"], name="measure_day"),
            models.Index(
                fields=["project", "day"], condition=models.Q(recovered=True), name="measure_recovered"
            ),
        ]

    def __str__(self) -> str:
        return str(self.version_id)
