"""A cheap guess at the language: by script where the script decides, by stopwords among Latin-script languages."""

from __future__ import annotations

import re
from collections import Counter

UNKNOWN = "und"
_SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff]"),
    "ko": re.compile("[\uac00-\ud7af]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "ru": re.compile("[\u0400-\u04ff]"),
}
_STOPWORDS = {
    "en": "the of and to in is that it for you with on are this be have what how do can my your from at not was they should would",
    "de": "der die das und ist nicht ein eine zu den mit auf für von dem sich wie ich sie es im auch kann was",
    "fr": "le la les et est un une des du que qui dans pour pas vous nous sur avec ce il je comment au en",
    "es": "el la los las es un una de que en por para con no se su lo como más al del qué cómo mi",
    "it": "il lo la gli è un una di che in per con non si come più del della sono mi ho questo",
    "pt": "os é um uma de que em por para com não se como mais da na meu você são está",
    "nl": "de het een en is van ik niet dat in te op zijn met voor die er aan hoe wat mijn je",
}
KNOWN = sorted([*_SCRIPTS, *_STOPWORDS])
_BY_WORD: dict[str, list[str]] = {}
for _language, _words in _STOPWORDS.items():
    for _word in _words.split():
        _BY_WORD.setdefault(_word, []).append(_language)
_WORD = re.compile(r"[^\W\d_]+")
_NOT_SAID = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`|https?://\S+|<[^<>\n]{1,80}>", re.S)
"""Code, addresses and tags: `os`, `as`, `de` and `no` in them are words of no language."""
_READ = 2000
_SCRIPT_SHARE = 0.2
_WORD_SHARE = 0.08
_ENGLISH_SHARE = 0.03
"""So many words of a text have to be stopwords of the language: ordinary prose has three times as many. English needs
fewer, as lists, code and names in it are English more often than not."""


def language_of(text: str) -> tuple[str, float]:
    """(BCP 47 code, share of evidence for it); `und` when nothing speaks clearly for one language."""
    head = _NOT_SAID.sub(" ", text[:_READ]) if text[:_READ].strip() else ""
    letters = sum(character.isalpha() for character in head)
    if not letters:
        return UNKNOWN, 0.0
    if not head.isascii():
        for code, pattern in _SCRIPTS.items():
            share = len(pattern.findall(head)) / letters
            if share >= _SCRIPT_SHARE:
                return code, round(min(1.0, share), 3)
    votes: Counter[str] = Counter()
    words = _WORD.findall(head.lower())
    for word in words:
        for code in _BY_WORD.get(word, ()):
            votes[code] += 1
    if not votes:
        return UNKNOWN, 0.0
    code, count = votes.most_common(1)[0]
    share = count / votes.total()
    if count < (_ENGLISH_SHARE if code == "en" else _WORD_SHARE) * len(words):
        return UNKNOWN, round(share, 3)
    return (code, round(share, 3)) if share >= 0.4 else (UNKNOWN, round(share, 3))
