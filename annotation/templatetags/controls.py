"""The choices, reasons and acts below a pair: most of a card's markup, and nearly always the same."""

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from annotation.cards import Card
from core.rendering.cache import shared

register = template.Library()


@register.simple_tag
def controls(card: Card) -> SafeString:
    """Rendered once per questions, keys and language for cards nobody has begun; those begun show what was said."""

    def render(_alike: str) -> str:
        return render_to_string("annotation/_controls.html", {"card": card})

    alike = repr((get_language(), card.asks, card.keys))
    return mark_safe(render(alike) if card.begun else shared.get("controls", alike, render))
