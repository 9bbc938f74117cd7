"""The reasons an annotator can tick, as stable codes; a campaign keeps its own list of them."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "ungrounded": _("Says what the sources do not"),
    "wrong": _("Wrong"),
    "incomplete": _("Leaves part of the question open"),
    "off_topic": _("Misses the question"),
    "verbosity": _("Too long"),
    "hedging": _("Hedges without need"),
    "missing_citation": _("No source where one is needed"),
    "gratuitous_citation": _("Sources nobody needs"),
    "unclear": _("Hard to read"),
    "tool_misuse": _("Wrong or failed tool use"),
    "unsafe": _("Unsafe"),
}
"""Code to label, in the order the judging page shows them."""

DEFAULT = tuple(REASONS)
