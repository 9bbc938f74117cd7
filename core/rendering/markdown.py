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
from core.rendering.characters import Revealed, revealed
from core.rendering.code import highlight
from core.rendering.math_rules import CLOSING, add_mathematics
from core.rendering.redactions import with_chips
from core.rendering.source_map import PLACE, SourceMap

MAX_MARKDOWN = 100_000
MAP = "source_map"
MAX_MATHEMATICS = 20_000
"""Characters of LaTeX set in one text; setting takes about 30 µs for each."""
HEADINGS_BELOW = 3
TAGS = {
    "a", "abbr", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li",
    "ol", "p", "pre", "s", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul", *formula.TAGS,
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "span": {"class", "title", "data-s", "data-e"},
    "code": {"class", "data-s", "data-e"},
    "ol": {"start"},
    **formula.ATTRIBUTES,
    **{tag: {"dir"} for tag in ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "td", "th")},
}


class _AnswerRenderer(RendererHTML):
    """Pictures are named, never fetched: a remote picture would tell its host who reads what. Formulas are set."""

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        alt = escape(tokens[idx].content or "picture")
        title = escape(str(tokens[idx].attrs.get("src", "")))
        return f'<span class="picture" title="{title}"{_whole(tokens[idx], env)}>⬚ {alt}</span>'

    def math_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _set(tokens[idx], env, display=False)

    def math_inline_double(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return _set(tokens[idx], env, display=True)

    def math_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<p>{_set(tokens[idx], env, display=True)}</p>\n"

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        if PLACE not in token.meta:
            return escape(token.content)
        return str(env[MAP].run(token.content, token.meta[PLACE]))

    text_special = text

    def code_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<code{_exact(tokens[idx], env)}>{escape(tokens[idx].content)}</code>"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        html = super().fence(tokens, idx, options, env)
        return html.replace("<code", f"<code{_exact(tokens[idx], env)}", 1)

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<pre><code{_exact(tokens[idx], env)}>{escape(tokens[idx].content)}</code></pre>\n"


def _whole(token: Token, env: EnvType) -> str:
    return f" {env[MAP].whole(token.meta[PLACE])}" if PLACE in token.meta else ""


def _exact(token: Token, env: EnvType) -> str:
    """The place of code; each of its characters has one, unless some are shown otherwise than they are stored."""
    if PLACE not in token.meta:
        return ""
    attributes = str(env[MAP].whole(token.meta[PLACE]))
    exact = env[MAP].is_exact(token.content, token.meta[PLACE])
    return " " + (attributes.partition(" ")[0] if exact else attributes)


def _set(token: Token, env: EnvType, *, display: bool) -> str:
    """One formula in MathML; as it was written where it is broken or the text holds more than anybody reads."""
    latex = token.content.strip()
    env["mathematics"] = env.get("mathematics", 0) + len(latex)
    made = formula.mathml(latex, display=display) if env["mathematics"] <= MAX_MATHEMATICS else ""
    place = _whole(token, env)
    if made:
        return f'<span class="math{" math--block" if display else ""}"{place}>{made}</span>'
    written = token.markup + token.content + CLOSING.get(token.markup, token.markup)
    return f'<code class="formula"{place}>{escape(written)}</code>'


def _parser() -> MarkdownIt:
    settings: dict[str, Any] = {
        "html": False,
        "linkify": False,
        "highlight": lambda code, lang, _: highlight(code, lang),
    }
    parser = MarkdownIt("commonmark", settings, renderer_cls=_AnswerRenderer)
    add_mathematics(parser)
    return parser.enable(["table", "strikethrough"]).disable("text_join")


_markdown = _parser()


def _prepared(tokens: list[Token]) -> list[Token]:
    """Headings of an answer stand below those of the page; each block chooses its own direction."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + HEADINGS_BELOW)}"
        if token.nesting == 1 and "dir" in ATTRIBUTES.get(token.tag, set()):
            token.attrSet("dir", "auto")
    return tokens


def _render(text: str, *, mapped: bool = False) -> str:
    shown = Revealed(text[:MAX_MARKDOWN])
    env: dict[str, Any] = {}
    tokens = _prepared(_markdown.parse(shown.text, env))
    if mapped:
        env[MAP] = SourceMap(shown)
        env[MAP].place(tokens)
    clean = nh3.clean(
        str(_markdown.renderer.render(tokens, _markdown.options, env)),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    clean = clean.replace("<pre>", '<pre tabindex="0">')  # a region that scrolls is reached by keyboard
    rest = revealed(text[MAX_MARKDOWN:])
    return with_chips(clean + (f'<pre tabindex="0">{escape(rest)}</pre>' if rest else ""))


def _render_mapped(text: str) -> str:
    return _render(text, mapped=True)


def prose(text: str) -> SafeString:
    """Safe HTML of one piece of markdown; the same content is rendered once per process and language (its chips speak)."""
    return mark_safe(shared.get(f"markdown/5/{get_language()}", text, _render))


def mapped_prose(text: str) -> SafeString:
    """The same with `data-s` on every run of text: its offset in `text`, in code points, for marks people make.

    An element that also carries `data-e` is shown otherwise than stored and is marked as a whole. The part that is
    too long for markdown carries no places.
    """
    return mark_safe(shared.get(f"markdown/5/mapped/{get_language()}", text, _render_mapped))


def plain(text: str) -> SafeString:
    """Escaped text with its redaction chips, for places where markdown would be noise; it may be translated late."""
    return mark_safe(with_chips(escape(revealed(str(text)))))
