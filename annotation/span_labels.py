"""What a marked stretch of an answer can be, as stable codes."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

UNGROUNDED: Final = "ungrounded"
SPAN_LABELS: Final[dict[str, Promise]] = {
    UNGROUNDED: _("Not in the sources"),
    "contradicted": _("A source says otherwise"),
    "wrong": _("Wrong"),
    "unsafe": _("Unsafe"),
}
"""Code to label, in the order of their keys 1 to 4."""
