"""Markdown of an answer → safe HTML: no raw HTML, no remote picture, no script, MathML, `dir=auto` per block."""

from collections.abc import Sequence
from html import escape
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from core.rendering import formula
from core.rendering.cache import shared
from core.rendering.characters import revealed
from core.rendering.code import highlight
from core.rendering.math_rules import CLOSING, add_mathematics
from core.rendering.redactions import with_chips

MAX_MARKDOWN = 100_000
MAX_MATHEMATICS = 20_000
"""Characters of LaTeX set in one text; setting takes about 30 µs for each."""
HEADINGS_BELOW = 3
TAGS = {
    "a", "abbr", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li",
    "ol", "p", "pre", "s", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul", *formula.TAGS,
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "span": {"class", "title"},
    "code": {"class"},
    "ol": {"start"},
    **formula.ATTRIBUTES,
    **{tag: {"dir"} for tag in ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "td", "th")},
}


class _AnswerRenderer(RendererHTML):
    """Pictures are named, never fetched: a remote picture would tell its host who reads what. Formulas are set."""

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        alt = escape(tokens[idx].content or "picture")
        return f'<span class="picture" title="{escape(str(tokens[idx].attrs.get("src", "")))}">⬚ {alt}</span>'

    def math_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _set(tokens[idx], env, display=False)

    def math_inline_double(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return _set(tokens[idx], env, display=True)

    def math_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<p>{_set(tokens[idx], env, display=True)}</p>\n"


def _set(token: Token, env: EnvType, *, display: bool) -> str:
    """One formula in MathML; as it was written where it is broken or the text holds more than anybody reads."""
    latex = token.content.strip()
    env["mathematics"] = env.get("mathematics", 0) + len(latex)
    made = formula.mathml(latex, display=display) if env["mathematics"] <= MAX_MATHEMATICS else ""
    if made:
        return f'<span class="math{" math--block" if display else ""}">{made}</span>'
    return formula.as_written(token.markup + token.content + CLOSING.get(token.markup, token.markup))


def _parser() -> MarkdownIt:
    settings: dict[str, Any] = {
        "html": False,
        "linkify": False,
        "highlight": lambda code, lang, _: highlight(code, lang),
    }
    parser = MarkdownIt("commonmark", settings, renderer_cls=_AnswerRenderer)
    add_mathematics(parser)
    return parser.enable(["table", "strikethrough"])


_markdown = _parser()


def _prepared(tokens: list[Token]) -> list[Token]:
    """Headings of an answer stand below those of the page; each block chooses its own direction."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + HEADINGS_BELOW)}"
        if token.nesting == 1 and "dir" in ATTRIBUTES.get(token.tag, set()):
            token.attrSet("dir", "auto")
    return tokens


def _render(text: str) -> str:
    shown = revealed(text[:MAX_MARKDOWN])
    env: dict[str, Any] = {}
    html = _markdown.renderer.render(_prepared(_markdown.parse(shown, env)), _markdown.options, env)
    clean = nh3.clean(
        str(html),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    clean = clean.replace("<pre>", '<pre tabindex="0">')  # a region that scrolls is reached by keyboard
    rest = revealed(text[MAX_MARKDOWN:])
    return with_chips(clean + (f'<pre tabindex="0">{escape(rest)}</pre>' if rest else ""))


def prose(text: str) -> SafeString:
    """Safe HTML of one piece of markdown; the same content is rendered once per process and language (its chips speak)."""
    return mark_safe(shared.get(f"markdown/4/{get_language()}", text, _render))


def plain(text: str) -> SafeString:
    """Escaped text with its redaction chips, for places where markdown would be noise; it may be translated late."""
    return mark_safe(with_chips(escape(revealed(str(text)))))
