"""Forms of the index pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from curation.actions.backlog import REASONS

MAX_UPLOAD = 32 * 1024 * 1024


class DeliveryForm(forms.Form):
    """A file of documents."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "JSON lines, plain or gzipped: doc_id and text, and where known uri, title, published, licence."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".jsonl,.ndjson,.json,.gz"}),
    )
    complete = forms.BooleanField(
        label=_("This is everything: remove documents that are not in the file"), required=False
    )

    def clean_file(self) -> Any:
        """Larger corpora go through the command line, which streams."""
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD:
            raise forms.ValidationError(_("Files over 32 MB go through `manage.py index_documents`."))
        return file


class NeedsWorkForm(forms.Form):
    """Why a passage needs work."""

    reason = forms.ChoiceField(label=_("Reason"))
    note = forms.CharField(label=_("What is wrong?"), required=False, max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(REASONS.items())
        field.initial = "bad_citation"
