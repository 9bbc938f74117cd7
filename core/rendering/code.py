"""Code blocks: Pygments classes only, so the strict content policy needs no inline style."""

from html import escape

from pygments import highlight as pygments_highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

MAX_HIGHLIGHTED = 40_000
_formatter = HtmlFormatter(nowrap=True)


def highlight(code: str, language: str) -> str:
    """HTML spans for `code`; unknown languages and very long blocks are escaped and left plain."""
    if not language or len(code) > MAX_HIGHLIGHTED:
        return escape(code)
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return escape(code)
    return str(pygments_highlight(code, lexer, _formatter))
