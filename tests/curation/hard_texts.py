"""Texts that break text code: every script, every form, nothing at all, and characters that are none."""

from __future__ import annotations

import random

PIECES = (
    "aA zZ09_ .,;\n\t\x00\x7f~[`{@/:éßＡ한국어今天天气ไทย\u0301\u200b\ufeff\ud800\udfff\U0001f600\u202eשלוםﬁİ"
)
LENGTHS = (0, 1, 2, 5, 20, 63, 64, 65, 127, 128, 129, 300)

NAMED = [
    "", " ", "\x00", "...", "a", "yes", "two words", "四字", "\U0001f600", "\ud800", "e\u0301", "é",
    "今天天气怎么样，我们去公园吧", "ภาษาไทยไม่มีช่องว่าง", "שלום לכולם, מה שלומכם היום?", "مرحبا بالعالم كيف الحال اليوم",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 family of three is here today", "a\x00b c\x00d e f g", "a \ud800 b c d e f",
    "zero\u200bwidth jo\u200diner in the mid\u2060dle of words", "Die STRASSE und die Straße, ﬁne",
    "for (int i=0;i<n;++i) { a[i] += B->x; }", "x" * 15, "x" * 16, "x" * 17, "y" * 32, "z" * 33, "w " * 64, "\ufdfa" * 9,
]  # fmt: skip


def mixtures(count: int, seed: int) -> list[str]:
    """Random mixtures of every kind of character, with the lengths at which a kernel goes wrong."""
    draw = random.Random(seed)
    plain = PIECES[: PIECES.index("é")]
    return [
        "".join(draw.choices(plain if number % 2 else PIECES, k=draw.choice(LENGTHS)))
        for number in range(count)
    ]


def hard_texts() -> list[str]:
    """All of them, with every length of word and of text around the kernel's steps."""
    lengths = ["x" * length for length in range(200)] + [("w" * length + " ") * 7 for length in range(40)]
    return [*NAMED, *lengths, *mixtures(1500, seed=4)]
