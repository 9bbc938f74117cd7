"""Plain features of an answer's text that a reader would notice too; simulated annotators judge by them."""

import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

_WORD = re.compile(r"[^\W\d_]{4,}")
_CITATION = re.compile(
    r"https?://|\[\d+\]|\[[\w.:/-]+#\d+\]|\bsource:|\bsee (?:also )?[`\"']|\baccording to\b", re.IGNORECASE
)
_HEDGE = re.compile(
    r"\b(?:might|perhaps|possibly|maybe|probably|i think|it seems|not (?:entirely )?sure|may or may not)\b",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\b(?:i (?:can(?:no|')t|could not|couldn't|am unable|do not know|don't know)"
    r"|i'm (?:sorry|unable)|no answer)\b",
    re.IGNORECASE,
)
_STRUCTURE = re.compile(r"^(?:[-*] |\d+\. |```|    \S)", re.MULTILINE)
_COMMON = frozenset(
    """about after also because been before being between both could does each every from have here into just
    like made make many more most much must only other over same should some such than that their them then
    there these they this those through under upon used using very want were what when where which while will
    with would your""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Features:
    """Each in 0..1, more meaning more of it; `grounded` is 0.5 where there is no evidence to compare with."""

    grounded: float
    relevant: float
    cites: float
    long: float
    hedges: float
    refuses: float
    structured: float
    empty: float

    def weighted(self, weights: dict[str, float]) -> dict[str, float]:
        """Contribution of each feature under these weights."""
        return {name: weights.get(name, 0.0) * value for name, value in asdict(self).items()}


def content_words(text: str) -> frozenset[str]:
    """Words that carry meaning: four letters or more, lower case, none of the commonest."""
    return frozenset(word for word in _WORD.findall(text.casefold()) if word not in _COMMON)


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part & whole) / len(part) if part else 0.0


def measure(answer: str, *, prompt: str, evidence: Sequence[str]) -> Features:
    """Features of one answer, given what was asked and the passages and tool results shown with it."""
    words = content_words(answer)
    shown = frozenset[str]().union(*(content_words(text) for text in evidence))
    return Features(
        grounded=_share(words, shown) if shown and words else 0.5,
        relevant=_share(content_words(prompt), words),
        cites=min(1.0, len(_CITATION.findall(answer)) / 2),
        long=min(1.0, math.log1p(len(answer)) / math.log1p(4_000)),
        hedges=min(1.0, len(_HEDGE.findall(answer)) / 3),
        refuses=1.0 if _REFUSAL.search(answer) else 0.0,
        structured=min(1.0, len(_STRUCTURE.findall(answer)) / 3),
        empty=0.0 if answer.strip() else 1.0,
    )


def without_stray_end(answer: str, *, prompt: str) -> str:
    """The answer without a last of three or more paragraphs that shares no content word with the question."""
    blocks = answer.strip().split("\n\n")
    stray = len(blocks) > 2 and "```" not in blocks[-1]
    if not stray or content_words(blocks[-1]) & content_words(prompt):
        return answer.strip()
    return "\n\n".join(blocks[:-1])


def rests_on(answer: str, passage: str) -> bool:
    """Whether most of what an answer says stands in this passage."""
    return _share(content_words(answer), content_words(passage)) > 0.5
