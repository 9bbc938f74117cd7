"""Winnow's own attributes (`winnow.*`), found also where an SDK lets an application write metadata only."""

from __future__ import annotations

from typing import Any

from curation.formats.json_text import scalar_of
from curation.formats.rewriting import as_dict

OWN = "winnow."
METADATA = (
    "langfuse.trace.metadata.", "langfuse.observation.metadata.", "traceloop.association.properties.",
    "ai.telemetry.metadata.", "langsmith.metadata.", "metadata.",
)  # fmt: skip
WHOLE = ("metadata", "langfuse.trace.metadata", "langfuse.observation.metadata")


def lifted(attributes: dict[str, Any]) -> dict[str, Any]:
    """The attributes with every `….winnow.x` of a metadata namespace also said as `winnow.x`; the same object if none."""
    found: dict[str, Any] = {}
    for name, value in attributes.items():
        if OWN in name and name.startswith(METADATA):
            prefix = next(one for one in METADATA if name.startswith(one))
            if name[len(prefix) :].startswith(OWN):
                found[name[len(prefix) :]] = scalar_of(value)
        elif name in WHOLE and OWN in str(value):
            found |= {key: inner for key, inner in as_dict(value).items() if key.startswith(OWN)}
    return {**found, **attributes} if found else attributes
