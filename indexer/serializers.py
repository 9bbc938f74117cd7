"""What the index endpoints take and give."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from indexer.actions.search import MAX_QUERY, MAX_RESULTS
from indexer.models import DocumentVersion, IndexBuild, SyncRefusal


class SearchIn(serializers.Serializer[Any]):
    """Query parameters of a search."""

    q = serializers.CharField(max_length=MAX_QUERY)
    k = serializers.IntegerField(min_value=1, max_value=MAX_RESULTS, default=10)
    licence = serializers.ListField(child=serializers.CharField(allow_blank=True), required=False)


class PlaceOut(serializers.Serializer[Any]):
    """Where a passage stands: enough to cite it."""

    document = serializers.UUIDField()
    external_id = serializers.CharField()
    uri = serializers.CharField()
    title = serializers.CharField()
    version = serializers.IntegerField()
    version_key = serializers.CharField()
    start = serializers.IntegerField(help_text="Code points of the canonical text (NFC, LF).")
    end = serializers.IntegerField()
    section = serializers.CharField()
    licence = serializers.CharField(help_text="Empty: none was stated.")
    retrieved_at = serializers.DateTimeField()
    citation = serializers.CharField()


class ResultOut(serializers.Serializer[Any]):
    """One passage with every live place it stands at."""

    rank = serializers.IntegerField()
    text = serializers.CharField()
    score = serializers.FloatField()
    lexical = serializers.FloatField(allow_null=True)
    dense = serializers.FloatField(allow_null=True)
    occurrences = PlaceOut(many=True)


class AnswerOut(serializers.Serializer[Any]):
    """A search answer. `ranked_by` is "words+meaning" or "words"; `why_words_only` then names the reason."""

    query = serializers.CharField()
    build = serializers.UUIDField()
    ranked_by = serializers.CharField()
    why_words_only = serializers.CharField(allow_null=True)
    milliseconds = serializers.FloatField()
    results = ResultOut(many=True)


class VersionOut(serializers.ModelSerializer[DocumentVersion]):
    """A document version without its text."""

    document = serializers.UUIDField(source="source_id")
    external_id = serializers.CharField(source="source.external_id")
    state = serializers.CharField()

    class Meta:
        model = DocumentVersion
        fields = (
            "document", "external_id", "number", "key", "state", "uri", "title", "licence", "published",
            "content_sha256", "parser", "retrieved_at", "live_at", "superseded_at", "deleted_at",
        )  # fmt: skip


class VersionTextOut(VersionOut):
    """A document version with its canonical text."""

    class Meta(VersionOut.Meta):
        fields = (*VersionOut.Meta.fields, "text")  # type: ignore[assignment]


class RefusalOut(serializers.ModelSerializer[SyncRefusal]):
    """A refused row."""

    class Meta:
        model = SyncRefusal
        fields = ("line", "field", "external_id", "reason")


class SyncOut(serializers.Serializer[Any]):
    """What a delivery changed."""

    id = serializers.UUIDField()
    origin = serializers.CharField()
    complete = serializers.BooleanField()
    counts = serializers.DictField(child=serializers.IntegerField())
    created_at = serializers.DateTimeField()
    refusals = RefusalOut(many=True)
    build = serializers.UUIDField(
        allow_null=True, help_text="The queued build; null when nothing has to be indexed."
    )
    removal_withheld = serializers.BooleanField()


class BuildOut(serializers.ModelSerializer[IndexBuild]):
    """An index build and how far it is."""

    state = serializers.CharField(source="shown_state")
    done = serializers.IntegerField(source="job.done", default=0)
    total = serializers.IntegerField(source="job.total", default=0)
    doing = serializers.CharField(source="job.doing", default="")
    error = serializers.CharField(source="job.error", default="")

    class Meta:
        model = IndexBuild
        fields = (
            "id", "number", "state", "chunker", "model_id", "model_sha256", "dtype", "lexical_weight",
            "manifest_sha256", "counts", "metrics", "created_at", "published_at", "done", "total", "doing", "error",
        )  # fmt: skip


class CiteIn(serializers.Serializer[Any]):
    """A span of a document version."""

    version_key = serializers.CharField(max_length=64)
    start = serializers.IntegerField(min_value=0)
    end = serializers.IntegerField(min_value=1)


class CitationOut(serializers.Serializer[Any]):
    """What a citation stands for today."""

    citation = serializers.CharField()
    quote = serializers.CharField()
    is_current = serializers.BooleanField()
    state = serializers.CharField()
    place = PlaceOut()
    now_at = PlaceOut(many=True)


class NeedsWorkIn(serializers.Serializer[Any]):
    """Why a passage needs work."""

    reason = serializers.CharField(max_length=40)
    note = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class NeedsWorkOut(serializers.Serializer[Any]):
    """The backlog item."""

    id = serializers.UUIDField()
    reason = serializers.CharField()
    state = serializers.CharField()
