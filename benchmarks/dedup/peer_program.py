"""Runs inside the peers' own environment: `python peer_program.py ENGINE LANE < texts.json`; prints one line of JSON.

Knows nothing of the product. Lane `same` gives every engine the regex word 5-grams the product uses, `own` blank-separated words.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from typing import Any

N, PERMUTATIONS, THRESHOLD = 5, 128, 0.8
WORD = re.compile(r"\w+")


def _grams(words: list[str]) -> list[str]:
    if len(words) >= N:
        return [" ".join(words[place : place + N]) for place in range(len(words) - N + 1)]
    joined = " ".join(words)
    return [joined[place : place + N] for place in range(max(1, len(joined) - N + 1))]


LANES: dict[str, Callable[[str], list[str]]] = {
    "same": lambda text: _grams(WORD.findall(text.lower())),
    "own": lambda text: _grams(text.lower().split()),
}


def _rensa(texts: list[str], split: Callable[[str], list[str]]) -> tuple[Any, float]:
    from rensa import RMinHash

    started = time.process_time()
    made = []
    for text in texts:
        one = RMinHash(num_perm=PERMUTATIONS, seed=42)
        one.update(split(text))
        one.digest()
        made.append(one)
    return made, time.process_time() - started


def _rensa_pairs(made: Any) -> list[tuple[int, int]]:
    from rensa import RMinHashLSH

    index = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=16)
    pairs = []
    for place, one in enumerate(made):
        pairs += [(other, place) for other in index.query(one) if one.jaccard(made[other]) >= THRESHOLD]
        index.insert(place, one)
    return pairs


def _datasketch(texts: list[str], split: Callable[[str], list[str]], fast: bool) -> tuple[Any, float]:
    import xxhash
    from datasketch import MinHash

    how = {"hashfunc": lambda raw: xxhash.xxh3_64_intdigest(raw) & 0xFFFFFFFF} if fast else {}
    started = time.process_time()
    sets = ([one.encode("utf-8", "surrogatepass") for one in split(text)] for text in texts)
    made = MinHash.bulk(sets, num_perm=PERMUTATIONS, **how)
    return made, time.process_time() - started


def _datasketch_pairs(made: Any) -> list[tuple[int, int]]:
    from datasketch import MinHashLSH

    index = MinHashLSH(num_perm=PERMUTATIONS, params=(16, 8))
    pairs = []
    for place, one in enumerate(made):
        pairs += [(other, place) for other in index.query(one) if one.jaccard(made[other]) >= THRESHOLD]
        index.insert(place, one, check_duplication=False)
    return pairs


def _components(pairs: list[tuple[int, int]], count: int) -> list[int]:
    root = list(range(count))

    def find(one: int) -> int:
        while root[one] != one:
            root[one] = root[root[one]]
            one = root[one]
        return one

    for one, other in pairs:
        low, high = sorted((find(one), find(other)))
        root[high] = low
    return root


def main() -> None:
    """Sign, then find clusters; CPU seconds of each, one thread."""
    engine, lane = sys.argv[1:3]
    texts = json.load(sys.stdin)
    split = LANES[lane]
    for part in (texts[:200], texts):  # the first round loads what is loaded lazily
        if engine == "rensa":
            made, seconds = _rensa(part, split)
        else:
            made, seconds = _datasketch(part, split, engine == "datasketch-xxh3")
        started = time.process_time()
        pairs = _rensa_pairs(made) if engine == "rensa" else _datasketch_pairs(made)
        root = _components(pairs, len(part))
        clusters = time.process_time() - started
    kept = sum(one == place for place, one in enumerate(root))
    print(
        "RESULT"
        + json.dumps({"signatures": seconds, "clusters": seconds + clusters, "pairs": pairs, "kept": kept})
    )


if __name__ == "__main__":
    main()
