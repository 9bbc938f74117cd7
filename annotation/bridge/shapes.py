"""Our plans and records as objects of the SDK."""

from typing import Any

from .blueprint import LANGUAGE, PRIORITY, STRATUM, Blueprint, Field, Question
from .contents import Outgoing
from .sdk import sdk


def as_settings(plan: Blueprint) -> Any:
    """What a data set asks, of whom and how often."""
    rg = sdk()
    return rg.Settings(
        guidelines=plan.guidelines or None,
        fields=[_field(one) for one in plan.fields],
        questions=[_question(one) for one in plan.questions],
        metadata=[
            rg.TermsMetadataProperty(name=STRATUM),
            rg.TermsMetadataProperty(name=LANGUAGE),
            rg.FloatMetadataProperty(name=PRIORITY),
        ],
        distribution=rg.TaskDistribution(min_submitted=plan.min_submitted),
    )


def _field(one: Field) -> Any:
    rg = sdk()
    kind = rg.ChatField if one.chat else rg.TextField
    return kind(name=one.name, title=one.title, use_markdown=False, required=one.required)


def _question(one: Question) -> Any:
    rg = sdk()
    named = {"name": one.name, "title": one.title, "required": one.required}
    if one.kind == "text":
        return rg.TextQuestion(**named)
    if one.kind == "span":
        return rg.SpanQuestion(field=one.field, labels=dict(one.labels or {}), **named)
    kind = rg.LabelQuestion if one.kind == "label" else rg.MultiLabelQuestion
    return kind(labels=dict(one.labels or {}), **named)


def as_record(one: Outgoing, dataset: Any) -> Any:
    """One pair with its metadata and suggestions."""
    rg = sdk()
    suggestions = [
        rg.Suggestion(question_name=s.question, value=s.value, score=s.score, agent=s.agent)
        for s in one.suggestions
    ]
    made = rg.Record(
        id=one.external_id,
        fields=one.fields,
        metadata=one.metadata,
        suggestions=suggestions,
        _dataset=dataset,
    )
    made.dataset = dataset
    return made
