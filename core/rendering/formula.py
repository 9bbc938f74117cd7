"""LaTeX → MathML elements; what is broken, nested too deep or too long is no formula and is shown as it was written."""

from html import unescape
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import Converter

MAX_CHARACTERS = 2_000
MAX_DEPTH = 40
CHILDREN = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "msubsup": 3,
    "munderover": 3,
}
"""Elements that need exactly so many children (MathML Core §3): fewer means an argument is missing."""
DEFINING = ("\\newcommand", "\\renewcommand", "\\providecommand", "\\def", "\\let")
"""Macros may double with every level, so none is ever expanded."""
TAGS = {
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup",
    "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "mtable", "mtr", "mtd", "mstyle", "mpadded",
    "mphantom", "merror", "menclose",
}  # fmt: skip
ATTRIBUTES = {
    "math": {"display", "alttext"},
    "mo": {"stretchy", "fence", "form", "separator", "movablelimits", "largeop", "minsize", "maxsize"},
    "mi": {"mathvariant"},
    "mspace": {"width"},
    "mfrac": {"linethickness"},
    "mtable": {"displaystyle"},
    "mtd": {"columnalign", "columnspan"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "menclose": {"notation"},
}


def _nests_too_deep(latex: str) -> bool:
    depth = deepest = 0
    for character in latex:
        depth += (character == "{") - (character == "}")
        deepest = max(deepest, depth)
    return deepest > MAX_DEPTH or max(latex.count("\\begin"), latex.count("\\left")) > MAX_DEPTH


def _is_whole(element: Element) -> bool:
    """Whether every command was understood and every argument is there; entities become characters on the way."""
    element.text = unescape(element.text) if element.text else None
    if (element.text or "").startswith("\\"):
        return False
    if len(element) != CHILDREN.get(element.tag, len(element)):
        return False
    return all(_is_whole(child) for child in element)


def mathml(latex: str, *, display: bool) -> str:
    """The formula as MathML that still has to be sanitised; "" where it is none that can be set."""
    if len(latex) > MAX_CHARACTERS or any(word in latex for word in DEFINING) or _nests_too_deep(latex):
        return ""
    try:
        element = Converter(display="block" if display else "inline").convert_to_element(latex)
        if not _is_whole(element):
            return ""
        del element.attrib["xmlns"]
        element.set("alttext", latex)
        return tostring(element, encoding="unicode")
    except Exception:
        return ""  # the converter answers broken input with many kinds of errors, plain IndexError among them
