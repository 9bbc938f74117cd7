"""Constants of the shingle hash, shared by the compiled path and the plain one; they are part of the normaliser's name.

A token of UTF-8 bytes is read as little-endian 8-byte words, padded with zeros to a multiple of 16 bytes (a token holds no zero byte):

    h = SEED;  for each 16 bytes (low, high):  h = (h ^ low)·LOW;  h ^= h >> 32;  h = (h ^ high)·HIGH;  h ^= h >> 29

A character is hashed as the token (code point + 1). The hash of n tokens is the high half of

    x = Σ hⱼ·GRAM^(n-1-j) + WORDS (or n·CHARACTERS for n-grams of characters);  (x ^ x >> 32)·LAST
"""

from __future__ import annotations

import numpy as np

SEED, LOW, HIGH, GRAM, WORDS, CHARACTERS, LAST = (
    0x2545F4914F6CDD1D, 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93, 0xBF58476D1CE4E5B9,
    0x632BE59BD9B4E019, 0xA0761D6478BD642F, 0x94D049BB133111EB,
)  # fmt: skip
MIXERS = np.array([SEED, LOW, HIGH, GRAM, WORDS, CHARACTERS, LAST], dtype=np.uint64)
EMPTY = 0xFFFFFFFF
