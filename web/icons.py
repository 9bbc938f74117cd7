"""The few shapes the product uses, drawn in a 16 × 16 box in the colour of the text around them."""

from django.utils.safestring import SafeString, mark_safe

_STROKE = (
    'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
)
SHAPES = {
    "kept": '<circle cx="8" cy="8" r="7" fill="currentColor"/>'
    '<path class="cut" d="M4.8 8.3l2.2 2.2 4.2-4.6" fill="none" stroke="var(--kept-ground)" stroke-width="1.9"/>',
    "dropped": f'<path {_STROKE} d="M3.2 3.2l9.6 9.6M12.8 3.2l-9.6 9.6"/>',
    "quarantined": f'<path {_STROKE} d="M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2z"/>'
    '<path d="M8 4.8v3.9M8 11.2v.1" fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round"/>',
    "person": '<circle cx="8" cy="4.4" r="3.2" fill="currentColor"/>'
    '<path d="M1.8 14.6c.4-3.3 2.9-5 6.2-5s5.8 1.7 6.2 5z" fill="currentColor"/>',
    "active": f'<circle cx="8" cy="8" r="6.2" {_STROKE}/><path d="M8 4a4 4 0 010 8z" fill="currentColor"/>',
    "neutral": f'<circle cx="8" cy="8" r="6" {_STROKE}/>',
    "simulated": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.75" '
    'stroke-dasharray="2.4 2.3"/>',
    "copy": f'<rect x="5.5" y="5.5" width="8" height="8" rx="1.5" {_STROKE}/>'
    f'<path {_STROKE} d="M10.5 2.500h-6.500a1.5 1.5 0 00-1.5 1.500v6.5"/>',
    "next": f'<path {_STROKE} d="M6 3.500l4.5 4.5-4.5 4.5"/>',
    "previous": f'<path {_STROKE} d="M10 3.500L5.5 8l4.5 4.5"/>',
    "close": f'<path {_STROKE} d="M4 4l8 8M12 4l-8 8"/>',
    "light": f'<circle cx="8" cy="8" r="3" {_STROKE}/><path {_STROKE} d="M8 1.300v1.200M8 13.500v1.200M1.3 8h1.2'
    'M13.5 8h1.200M3.3 3.300l.8.8M11.9 11.900l.8.8M12.7 3.300l-.8.8M4.1 11.900l-.8.8"/>',
    "dark": f'<path {_STROKE} d="M13.5 9.800A6 6 0 016.2 2.500a6 6 0 107.3 7.300z"/>',
    "auto": f'<circle cx="8" cy="8" r="6" {_STROKE}/><path d="M8 2a6 6 0 010 12z" fill="currentColor"/>',
    "keys": f'<rect x="1.5" y="4" width="13" height="8" rx="1.5" {_STROKE}/>'
    f'<path {_STROKE} d="M4.5 6.700h.1M8 6.700h.1M11.5 6.700h.1M5.5 9.500h5"/>',
    "leave": f'<path {_STROKE} d="M6.5 2.500h-3v11h3M9.5 5l3 3-3 3M12.3 8H6.5"/>',
    "download": f'<path {_STROKE} d="M8 2v8M4.7 7L8 10.3 11.3 7M2.5 13.500h11"/>',
}
BRAND = (
    '<svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">'
    '<path d="M1.5 5.500h17M3.5 9.500h13M6.5 13.500h7" fill="none" stroke="currentColor" stroke-width="1.9" '
    'stroke-linecap="round" opacity=".55"/><circle cx="10" cy="17.3" r="1.9" fill="currentColor"/></svg>'
)


def icon(name: str, size: int = 16) -> SafeString:
    """The shape as an inline SVG hidden from screen readers: the word beside it carries the meaning."""
    box = f'viewBox="0 0 16 16" width="{size}" height="{size}" aria-hidden="true" focusable="false"'
    svg = f"<svg {box}>{SHAPES[name]}</svg>"
    return mark_safe(svg)


def brand() -> SafeString:
    """The mark: grain falling through a sieve."""
    return mark_safe(BRAND)
