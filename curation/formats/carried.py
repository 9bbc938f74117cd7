"""What a file carried in addition to its own form: fields of the normal form, put back when a trace is assembled.

No file format has room for all of a conversation. An export writes what its format cannot say under a key of
ours (curation/formats/files/carry.py); its reader hands that on as one attribute, which passes redaction like any
other and is put back here. Session and user are never taken from it: they only come in by way of pseudonyms.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from curation.conversation import Conversation
from curation.formats.shape import misshapen
from curation.formats.spans import Span

CARRIED = "winnow.conversation"
PSEUDONYMOUS = ("session", "user")


def put_back(conversation: Conversation, spans: Iterable[Span]) -> Conversation:
    """The conversation with what its spans carried; a carried value of the wrong shape is left out."""
    for span in spans:
        carried = span["attributes"].get(CARRIED)
        if not isinstance(carried, dict):
            continue
        for name, value in carried.items():
            if misshapen({name: value}) is None:
                _put(conversation, name, value)
    return conversation


def _put(conversation: Conversation, name: str, value: Any) -> None:
    if name == "context":
        own = {key: conversation["context"][key] for key in PSEUDONYMOUS}  # type: ignore[literal-required]
        value = {**value, **own}
    conversation[name] = value  # type: ignore[literal-required]
