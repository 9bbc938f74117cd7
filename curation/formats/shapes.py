"""Every shape becomes one: spans and log records of any instrumentation as spans with GenAI attributes.

One direction, one span at a time; what is read under a shape's own names is not kept a second time under them.
"""

from __future__ import annotations

from collections.abc import Iterable

from curation.formats import events, langfuse, langsmith, openinference, openllmetry, pydantic_ai, vercel
from curation.formats.own_words import lifted
from curation.formats.spans import Span

CURRENT = "genai"
OURS = ("gen_ai.", "winnow.", "app.", "server.", "error.", "session.", "user.", "openai.")
FOREIGN = ("gen_ai.prompt", "gen_ai.completion", "gen_ai.is_streaming", "gen_ai.user")
SHAPES = (langfuse, langsmith, openinference, vercel, openllmetry, pydantic_ai, events)


def in_one_shape(spans: Iterable[Span]) -> tuple[list[Span], list[str]]:
    """The spans as GenAI has them, log records made part of their spans; and the names of the shapes they spoke."""
    read, spoken = [], set()
    for span in events.folded(spans):
        one, shapes = translated(span)
        read.append(one)
        spoken.update(shapes)
    return read, sorted(spoken)


def translated(span: Span) -> tuple[Span, list[str]]:
    """The span with GenAI attributes, and the names of the shapes it spoke."""
    attributes = lifted(span["attributes"])
    if attributes is not span["attributes"]:
        span = {**span, "attributes": attributes}
    spoken: list[str] = []
    for shape in SHAPES if _may_be_foreign(span) else ():
        if shape.speaks(span):
            spoken.append(shape.NAME)
            span = {**span, "attributes": shape.translate(span)}
    return span, spoken


def _may_be_foreign(span: Span) -> bool:
    """Most spans are GenAI's own already: nothing in them starts as another shape's words do."""
    return bool(span["events"]) or any(
        not name.startswith(OURS) or name.startswith(FOREIGN) for name in span["attributes"]
    )
