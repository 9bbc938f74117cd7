"""Every file format by its name: one module each, with a reader, a writer and a way to recognise it (docs/formats.md)."""

from __future__ import annotations

from curation.formats.files.anthropic_log import ANTHROPIC
from curation.formats.files.base import CannotWrite, Defaults, Exported, Format, Found
from curation.formats.files.dialogues import ALPACA, SHAREGPT
from curation.formats.files.langfuse import LANGFUSE
from curation.formats.files.openai_log import OPENAI
from curation.formats.files.openai_tuning import OPENAI_CHAT, OPENAI_PREFERENCE
from curation.formats.files.record_form import RECORD

AUTO = "auto"
FORMATS: dict[str, Format] = {
    form.name: form
    for form in (RECORD, OPENAI, OPENAI_CHAT, OPENAI_PREFERENCE, ANTHROPIC, SHAREGPT, ALPACA, LANGFUSE)
}

__all__ = ["AUTO", "FORMATS", "CannotWrite", "Defaults", "Exported", "Format", "Found"]
