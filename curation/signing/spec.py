"""How signatures are made and compared, under a name; rows of two specs never meet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Mode = Literal["text", "code"]
NORMALISER = "nfkc-casefold-2"


class SpecMismatch(ValueError):
    """Rows made under two different specs were to be compared."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One way to sign texts. `normaliser` names the tokens and their hash, `shingle` is n, `permutations` is k.

    `mode`: "text" folds case and drops punctuation; "code" keeps both, every sign being a token of its own.
    """

    name: str = "word5-affine32-20x6-2"
    normaliser: str = NORMALISER
    shingle: int = 5
    permutations: int = 128
    seed: int = 1
    scheme: str = "affine32"
    bands: int = 20
    rows: int = 6
    threshold: float = 0.8
    mode: Mode = "text"

    def __post_init__(self) -> None:
        if self.scheme != "affine32":
            raise ValueError(f"unknown MinHash scheme {self.scheme!r}; there is 'affine32'.")
        if self.normaliser != NORMALISER:
            raise ValueError(f"unknown normaliser {self.normaliser!r}; there is {NORMALISER!r}.")
        if self.mode not in ("text", "code"):
            raise ValueError(f"unknown mode {self.mode!r}; there are 'text' and 'code'.")
        if not 1 <= self.shingle <= 64:
            raise ValueError(f"{self.shingle} tokens a shingle: from 1 to 64 are possible.")
        if self.permutations % 8 or not 8 <= self.permutations <= 4096:
            raise ValueError(f"{self.permutations} permutations: a multiple of 8 up to 4096 is needed.")
        if not 1 <= self.bands * self.rows <= self.permutations:
            raise ValueError(
                f"{self.bands} bands of {self.rows} rows do not fit {self.permutations} permutations."
            )
        if not 0 < self.threshold <= 1:
            raise ValueError(f"a threshold of {self.threshold}: more than 0 and at most 1 is needed.")


DEFAULT_SPEC = Spec()


MISSED = 0.03
"""Of pairs exactly at the threshold, the most that the bands may miss; nearer ones are missed far less often."""


def spec_at(threshold: float, base: Spec = DEFAULT_SPEC) -> Spec:
    """`base` for another threshold: as many rows a band as the bands may have and still meet the pairs at it.

    A pair of similarity t shares one of b bands of r rows with probability 1 - (1 - t^r)^b (Leskovec et al., ch. 3).
    """
    if threshold == base.threshold:
        return base
    most = base.permutations // base.bands
    rows = next((r for r in range(most, 1, -1) if (1 - threshold**r) ** base.bands <= MISSED), 1)
    name = f"word{base.shingle}-{base.scheme}-{base.bands}x{rows}-at-{threshold:g}-2"
    return replace(base, name=name, rows=rows, threshold=threshold)


def demand_same(one: Spec, other: Spec) -> None:
    """Raises SpecMismatch unless both are the same in every field."""
    if one != other:
        raise SpecMismatch(
            f"rows of {one.name!r} and of {other.name!r} cannot be compared: sign both texts under one spec."
        )
