"""Marks on answers: append-only, on an answer of the item judged, quoting exactly what stands there."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from core import schema

QUOTES = """
CREATE FUNCTION annotation_span_quotes_its_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM annotation_response r
        WHERE r.id = NEW.response_id AND r.project_id = NEW.project_id
          AND substring(r.text FROM NEW.start + 1 FOR NEW."end" - NEW.start) = NEW.quote
          AND char_length(NEW.quote) = NEW."end" - NEW.start) THEN
        RAISE EXCEPTION 'a mark quotes what stands in its answer' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM annotation_judgmentrevision v
        JOIN annotation_judgment j ON j.id = v.judgment_id
        JOIN annotation_pair p ON p.item_id = j.item_id
        WHERE v.id = NEW.revision_id AND v.project_id = NEW.project_id
          AND NEW.response_id IN (p.response_a_id, p.response_b_id)) THEN
        RAISE EXCEPTION 'a mark is on an answer of the pair its revision judges' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_judgmentspan_quotes BEFORE INSERT ON annotation_judgmentspan
    FOR EACH ROW EXECUTE FUNCTION annotation_span_quotes_its_answer();
"""


class Migration(migrations.Migration):
    """Spans of judgments."""

    dependencies = [
        ("accounts", "0003_join_links"),
        ("annotation", "0010_axis_releases"),
    ]

    operations = [
        migrations.CreateModel(
            name="JudgmentSpan",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("quote", models.TextField()),
                ("label", models.CharField(max_length=16)),
                ("passage", models.PositiveSmallIntegerField(null=True)),
                ("document_id", models.CharField(blank=True, default="", max_length=500)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
                    ),
                ),
                (
                    "response",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotation.response",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="spans",
                        to="annotation.judgmentrevision",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("revision", "response", "start", "end", "label"), name="judgment_span_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("start__lt", models.F("end"))), name="judgment_span_not_empty"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("label__in", ["ungrounded", "contradicted", "wrong", "unsafe"])),
                        name="judgment_span_label_known",
                    ),
                ],
            },
        ),
        RunSQL(QUOTES, "DROP FUNCTION annotation_span_quotes_its_answer() CASCADE"),
        *schema.append_only("annotation_judgmentspan"),
        schema.trusted_path("annotation_span_quotes_its_answer"),
    ]
