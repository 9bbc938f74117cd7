"""How a held-out item was found, in words a person reads; `Hit.method` is what is stored."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

SHAPE = re.compile(r"(gram|letters)(\d+)")


def method_words(method: str) -> str:
    """`gram3`, `gram8`, `letters8` or `exact`, said in full; an unknown method as it is."""
    if method == "exact":
        return _("word for word")
    shape = SHAPE.fullmatch(method)
    if shape is None:
        return method
    if shape[1] == "letters":
        return _("by pieces of %(count)s letters") % {"count": shape[2]}
    return _("by runs of %(count)s words") % {"count": shape[2]}
