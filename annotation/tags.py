"""The reasons an annotator can tick, as stable codes; a campaign keeps its own list of them."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "ungrounded": _("Not in the sources"),
    "wrong": _("Wrong"),
    "incomplete": _("Incomplete"),
    "off_topic": _("Off topic"),
    "verbosity": _("Too long"),
    "hedging": _("Hedges"),
    "missing_citation": _("Source missing"),
    "gratuitous_citation": _("Needless sources"),
    "unclear": _("Hard to read"),
    "tool_misuse": _("Tool misused"),
    "unsafe": _("Unsafe"),
}
"""Code to label, in the order the judging page shows them."""

DEFAULT = tuple(REASONS)
