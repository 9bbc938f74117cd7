"""One spelling for a person or an address, so that `Dr. LENA Hoffmann` and `Hoffmann, Lena` get the same surrogate."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_TITLES = {
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "herr", "frau", "fräulein", "monsieur", "madame", "mme",
    "señor", "señora", "signor", "signora", "dipl", "ing", "dott", "med", "rev", "hon", "aunt", "uncle", "captain", "king",
    "jr", "sr", "md", "phd", "dds", "esq", "mba",
}  # fmt: skip


def normal(kind: str, text: str) -> str:
    """The words of an address; of a person the words without titles, given name first. Never empty for a text with a letter."""
    folded = text.casefold()
    words = _WORD.findall(folded)
    if kind != "person":
        return " ".join(words)
    before, comma, after = folded.partition(",")
    if comma:
        words = _WORD.findall(f"{after} {before}")
    return " ".join([word for word in words if word not in _TITLES] or words)
