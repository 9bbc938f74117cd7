"""One name for a drop reason on every page: that of the board."""

from django import template

from curation.drop_reasons import Words, reason_of

register = template.Library()


@register.filter
def reason_name(name: str) -> Words:
    """The name of a reason as the board shows it."""
    return reason_of(name).name
