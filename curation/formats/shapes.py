"""Every shape becomes one: spans and log records of any instrumentation as spans with GenAI attributes.

One direction, one span at a time; what is read under a shape's own names is not kept a second time under them.
"""

from __future__ import annotations

from collections.abc import Iterable

from curation.formats import events, langfuse, openinference, openllmetry, vercel
from curation.formats.own_words import lifted
from curation.formats.spans import Span

CURRENT = "genai"
SHAPES = (langfuse, openinference, vercel, openllmetry, events)


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
    spoken = []
    for shape in SHAPES:
        if shape.speaks(span):
            spoken.append(shape.NAME)
            span = {**span, "attributes": shape.translate(span)}
    return span, spoken
