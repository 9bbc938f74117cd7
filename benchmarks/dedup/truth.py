"""All pairs at J ≥ 0.7 by an exact join (prefix filter) over shingles as strings: neither our hashes nor MinHash have part in it."""

from collections import defaultdict
from dataclasses import dataclass

from core.text import tokens

LEAST = 0.7
N = 5


def shingles(text: str) -> frozenset[str]:
    """The set our documents define: word 5-grams, character 5-grams of a shorter text."""
    words = tokens(text)
    if len(words) >= N:
        return frozenset(" ".join(words[place : place + N]) for place in range(len(words) - N + 1))
    joined = " ".join(words)
    return (
        frozenset(joined[place : place + N] for place in range(max(1, len(joined) - N + 1)))
        if joined
        else frozenset()
    )


@dataclass(frozen=True)
class Truth:
    """`twin`: for each document the first with the same set. `pairs`: (low, high) of such firsts → exact similarity."""

    twin: list[int]
    sets: list[list[int]]
    pairs: dict[tuple[int, int], float]


def exact_join(texts: list[str]) -> Truth:
    """Compare every text with every other that could reach LEAST: those that share one of its rarest shingles."""
    sets = [shingles(text) for text in texts]
    frequency: dict[str, int] = defaultdict(int)
    for shingled in sets:
        for one in shingled:
            frequency[one] += 1
    rarest = {one: rank for rank, one in enumerate(sorted(frequency, key=frequency.__getitem__))}
    ranked = [sorted(rarest[one] for one in own) for own in sets]
    first: dict[tuple[int, ...], int] = {}
    twin = [first.setdefault(tuple(own), place) for place, own in enumerate(ranked)]
    pairs: dict[tuple[int, int], float] = {}
    postings: dict[int, list[int]] = defaultdict(list)
    for place in sorted(set(twin), key=lambda one: len(ranked[one])):
        own = ranked[place]
        prefix = len(own) - int(-(-LEAST * len(own) // 1)) + 1
        near = {other for one in own[:prefix] for other in postings[one]}
        for other in near:
            if len(ranked[other]) >= LEAST * len(own):
                shared = len(sets[place] & sets[other])
                similarity = shared / (len(own) + len(sets[other]) - shared)
                if similarity >= LEAST:
                    pairs[min(place, other), max(place, other)] = similarity
        for rank in own[:prefix]:
            postings[rank].append(place)
    return Truth(twin, ranked, pairs)
