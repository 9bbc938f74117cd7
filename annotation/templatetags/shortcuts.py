"""Keys as this person has them: in a `kbd`, for screen readers, and in the panel of keys."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from annotation.shortcuts import EVERY, Keys

register = template.Library()


@register.simple_tag
def shortcut(keys: Keys, name: str) -> SafeString:
    """The key of an act, drawn; nothing where it has none."""
    pressed = keys.as_pressed(name)
    return format_html('<kbd aria-hidden="true">{}</kbd>', pressed) if pressed else SafeString("")


@register.simple_tag
def keyshortcuts(keys: Keys, name: str) -> SafeString:
    """The attribute that tells a screen reader the key of an element; nothing where it has none."""
    pressed = keys.as_pressed(name)
    return format_html(' aria-keyshortcuts="{}"', pressed) if pressed else SafeString("")


@register.simple_tag
def key_line(keys: Keys, names: str, what: str = "") -> SafeString:
    """One line of the panel of keys for one or several acts; nothing where none of them has a key."""
    acts = [(name, keys.as_pressed(name)) for name in names.split()]
    caps = format_html_join(" ", "<kbd>{}</kbd>", [(pressed,) for _, pressed in acts if pressed])
    label = what or EVERY[acts[0][0]].label
    return format_html("<dt>{}</dt><dd>{}</dd>", caps, label) if caps else SafeString("")
