r"""Where mathematics stands in markdown: `$…$`, `$$…$$`, `\(…\)`, `\[…\]` and amsmath environments; prices are none.

Each rule looks at every character a bounded number of times, so a text made of openings costs no more than another.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.amsmath import RE_OPEN
from mdit_py_plugins.dollarmath.index import math_inline_dollar

from core.rendering.formula import MAX_CHARACTERS

INLINE, BLOCK = "math_inline", "math_block"
CLOSING = {"\\(": "\\)", "\\[": "\\]"}
_dollars = math_inline_dollar(allow_space=False, allow_digits=False, allow_double=True)
_environment = re.compile(RE_OPEN)
_FORMULA = re.compile(r"[\\^_{}=<>+]|^[A-Za-z]'?$|^[A-Za-z]\([A-Za-z0-9, ]{1,20}\)$|^-?\d+([.,]\d+)?$")
_UNFINISHED = re.compile(r"[=+\-*/<>&_|^(;,.'\"]$")
_TWO_WORDS = re.compile(r"[A-Za-z]{3,}[ ,.;]+[A-Za-z]{2,}")
_NO_LEFT, _NO_RIGHT = "=*/%({\"'&", "({[#\"'"


def _reads_as_formula(latex: str, before: str, after: str) -> bool:
    """Whether dollars around this mean a formula; prices, shell and PHP write dollars too, and far more often.

    A line of its own kind, signs or a single letter in it, nothing left open at its end, no prose. A command settles it.
    """
    if before.isalnum() or after.isalnum() or "\n" in latex or _UNFINISHED.search(latex):
        return False
    if re.search(r"\\[A-Za-z]{2}", latex):
        return True
    if (before and before in _NO_LEFT) or (after and after in _NO_RIGHT):
        return False
    return bool(_FORMULA.search(latex)) and not _TWO_WORDS.search(latex) and latex[0] not in "({#"


def _dollar_rule(state: StateInline, silent: bool) -> bool:
    """`$…$` and `$$…$$` inside a line."""
    start = state.pos
    if state.src[start] != "$" or not _dollars(state, True):
        return False
    end, state.pos = state.pos, start
    latex, double = state.src[start:end].strip("$"), state.src.startswith("$$", start)
    before, after = state.src[start - 1 : start] if start else "", state.src[end : end + 1]
    if len(latex) > MAX_CHARACTERS or not (double or _reads_as_formula(latex, before, after)):
        return False
    return _dollars(state, silent)


def _bracket_rule(state: StateInline, silent: bool) -> bool:
    r"""`\(…\)` and `\[…\]` inside a paragraph."""
    opening = state.src[state.pos : state.pos + 2]
    if opening not in CLOSING:
        return False
    start = state.pos + 2
    end = state.src.find(CLOSING[opening], start, start + MAX_CHARACTERS)
    if end < 0 or not state.src[start:end].strip():
        return False
    if not silent:
        token = state.push(INLINE if opening == "\\(" else f"{INLINE}_double", "math", 0)
        token.content, token.markup = state.src[start:end], opening
    state.pos = end + 2
    return True


def _block_delimiters(line: str) -> tuple[str, str] | None:
    """What opens and what closes a block of mathematics that begins with this line."""
    if line.startswith("$$"):
        return "$$", "$$"
    if line.startswith("\\["):
        return "\\[", "\\]"
    if found := _environment.match(line):
        return "", found[0].replace("\\begin", "\\end", 1)
    return None


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].rstrip()


def _block_rule(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A formula on lines of its own, closed at the end of a line before the next empty one."""
    found = None if state.is_code_block(first) else _block_delimiters(_line(state, first))
    if found is None:
        return False
    opening, closing = found
    open_until = state.env.setdefault("unclosed", {})
    if first < open_until.get(closing, 0):
        return False
    for number in range(first, last):
        line = _line(state, number)
        held = line[len(opening) :] if number == first else line
        if not line:
            break
        if held.endswith(closing):
            return _push_block(state, first, number, opening, closing, silent)
        if closing in held:
            return False
    open_until[closing] = number
    return False


def _push_block(state: StateBlock, first: int, last: int, opening: str, closing: str, silent: bool) -> bool:
    if silent:
        return True
    whole = "\n".join(_line(state, number) for number in range(first, last + 1))
    token = state.push(BLOCK, "math", 0)
    token.block, token.map, token.markup = True, [first, last + 1], opening
    token.content = whole[len(opening) : -len(closing)] if opening else whole
    state.line = last + 1
    return True


def add_mathematics(parser: MarkdownIt) -> None:
    """The rules, before those that would read a backslash or a fence."""
    parser.inline.ruler.before("escape", INLINE, _dollar_rule)
    parser.inline.ruler.before("escape", f"{INLINE}_brackets", _bracket_rule)
    parser.block.ruler.before("fence", BLOCK, _block_rule, {"alt": ["paragraph", "blockquote", "list"]})
