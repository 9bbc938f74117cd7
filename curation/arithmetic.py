"""Arithmetic recomputed exactly: expressions of calculator calls and equations stated in text. Never `eval`.

Numbers are fractions, so 0.1 + 0.2 is 0.3; a stated result holds when it is the exact one rounded to the digits it gives.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

LONGEST = 200
MOST_DIGITS = 60
LARGEST_POWER = 12
MOST_BITS = 1000
"""Of a numerator or denominator: a power of a power of a power would fill the memory, and a float holds no more."""
_BINARY: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: lambda one, other: Fraction(one // other),
    ast.Mod: operator.mod,
}
_SIGNS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "^": "^", "[": "(", "]": ")"})
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_PERCENT = re.compile(r"(\d(?:[\d.]*\d)?)\s*%(?!\s*[\d(])")
_UNITS = re.compile(r"[$€£]")
_X = re.compile(r"(?<=[\d)])\s*[xX]\s*(?=[\d(.])")
_NUMBER = re.compile(r"[-+]?(?:[$€£]\s?)?\d+(?:,\d{3})*(?:\.\d+)?|[-+]?\.\d+")
_TERM = r"\(*\s*[$€£]?\s?\d[\d,]*(?:\.\d+)?%?\s*\)*"
_EQUATION = re.compile(
    rf"({_TERM}(?:\s*[-+*/×÷·−xX]\s*{_TERM})+)\s*=\s*([-−]?\s?[$€£]?\s?\d[\d,]*(?:\.\d+)?)"
    r"(?![\w%/^*×÷]|[.,:]\d|[ \t]*[-+*/×÷·−^xX=(][ \t]*[\w($]|[ \t]+[\d(])"
)
_GOES_BEFORE = re.compile(
    r"(?:[\w%)\]][ \t]*)?[-+*/×÷·−^<>:,.~≈(\\][ \t]*$|[\dxX)][ \t]*$|\b(?:and|times|minus|plus|by|over)[ \t]+$|\w$"
)
_UNCLEAR = re.compile(r"/\s*\d[\d.]*\s*[/%]|/[^()]*%|\d\s+\d")
"""Divided twice without brackets, or by a percentage: people mean different things by it."""
NOISE = Fraction(1, 10**9)
"""Relative: what floating point leaves behind is no mistake in arithmetic."""


class NotArithmetic(ValueError):
    """The text is no expression of numbers and + - * / // % ** that can be worked out."""


@dataclass(frozen=True, slots=True)
class Equation:
    """An equation stated in a text: [start, end) of it, both sides as written, and what the left side really is."""

    start: int
    end: int
    left: str
    stated: str
    exact: Fraction

    @property
    def holds(self) -> bool:
        """Whether the stated result is the exact one, rounded or cut to the digits it gives.

        A difference without its sign and a change of unit by a hundred (cents, per cent) are ways of speaking.
        """
        said = number(self.stated)
        spoken = (self.exact, -self.exact, self.exact * 100, self.exact / 100)
        return said is None or any(agrees(self.stated, way) for way in spoken)


def evaluate(expression: str) -> Fraction:
    """The exact value. Raises NotArithmetic for anything else than numbers and arithmetic, and for a division by zero."""
    if len(expression) > LONGEST:
        raise NotArithmetic("too long")
    try:
        tree = ast.parse(_plain(expression), mode="eval")
        return _small(_value(tree.body))
    except (SyntaxError, ZeroDivisionError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise NotArithmetic(str(error)) from error


def number(text: str) -> Fraction | None:
    """The number a text is, with its signs of money and thousands; None when it is none."""
    found = _NUMBER.fullmatch(text.strip().replace("−", "-"))
    if found is None or len(text) > MOST_DIGITS:
        return None
    return Fraction(re.sub(r"[$€£,\s]", "", found.group()))


def agrees(stated: str, exact: Fraction) -> bool:
    """Whether a stated number is the exact one rounded, or cut, to the digits it gives; True where it is no number."""
    said = number(stated)
    if said is None:
        return True
    digits = stated.strip().partition(".")[2]
    step = Fraction(1, 10 ** len(re.sub(r"\D", "", digits)))
    if exact.denominator == 1:
        return abs(said - exact) <= abs(exact) * NOISE
    return abs(said - exact) < max(step, abs(exact) * NOISE)


def equations(text: str) -> Iterator[Equation]:
    """Every equation of numbers stated in a text; what has letters in it, or goes on as a longer one, is left alone."""
    for found in _EQUATION.finditer(text):
        left = found.group(1).strip()
        start = text.index(left, found.start(1))
        before = text[max(0, start - 12) : start]
        if left.count("(") != left.count(")") or _GOES_BEFORE.search(before) or _UNCLEAR.search(left):
            continue
        try:
            exact = evaluate(left)
        except NotArithmetic:
            continue
        yield Equation(start, found.end(2), left, found.group(2), exact)


def shown(value: Fraction) -> str:
    """A fraction as a reader writes it: whole, as a decimal, or as a quotient where that goes on for ever."""
    if value.denominator == 1:
        return str(value.numerator)
    decimal = f"{float(value):.6f}".rstrip("0")
    return decimal if Fraction(decimal) == value else f"{float(value):.6g}…"


def _plain(expression: str) -> str:
    text = _GROUPED.sub(lambda found: found.group().replace(",", ""), expression.translate(_SIGNS))
    text = _UNITS.sub("", _X.sub("*", text)).replace("^", "**")
    return _PERCENT.sub(r"(\1/100)", text).strip().rstrip("=").strip()


def _value(node: ast.expr) -> Fraction:
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, (int, float))
        and not isinstance(node.value, bool)
    ):
        return Fraction(str(node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        inner = _value(node.operand)
        return -inner if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left), _value(node.right)
        if isinstance(node.op, ast.Pow):
            return _power(left, right)
        if type(node.op) in _BINARY:
            return _BINARY[type(node.op)](left, right)
    raise NotArithmetic(f"{type(node).__name__} is no arithmetic")


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1 or abs(exponent) > LARGEST_POWER:
        raise NotArithmetic("a power that is not small and whole")
    return _small(_small(base) ** int(exponent))


def _small(value: Fraction) -> Fraction:
    """The value; raises NotArithmetic for one that is too large to go on with."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
        raise NotArithmetic("too large")
    return value
