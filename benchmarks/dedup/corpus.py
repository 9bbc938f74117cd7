"""100,000 documents and more: questions and answers of real traces, and edits of them as retries and templates make them."""

import gzip
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "traces"
EDITED = 0.35
LEAST, MOST = 60, 4000
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def real_texts() -> list[str]:
    """Distinct texts of the traces, in the order of the files: what was asked, and what was answered."""
    if not DATA.is_dir():
        raise SystemExit("../shared/data is absent: nothing to measure on.")
    return list(dict.fromkeys(text for text in _texts() if LEAST <= len(text) <= MOST))


def _texts() -> Iterator[str]:
    for name in ("traces-permissive.jsonl.gz", "traces-sgd.jsonl.gz"):
        with gzip.open(DATA / name, "rt", encoding="utf-8") as stream:
            for line in stream:
                record = json.loads(line)
                messages = [one for one in record["request"]["messages"] if one["role"] != "system"]
                choices = (record["response"] or {}).get("choices") or []
                answers = [str(one["message"].get("content") or "") for one in choices]
                asked = [str(one.get("content") or "") for one in messages]
                yield "\n".join(asked)
                yield "\n".join([*asked[-1:], *answers])
                yield from answers


def with_edits(texts: list[str], count: int, seed: int) -> list[str]:
    """`count` documents: 65 % of them from `texts`, the rest planted edits of those, shuffled. Raises when there are too few."""
    originals = int(count * (1 - EDITED))
    if len(texts) < originals:
        raise SystemExit(f"{originals} real documents are needed, {len(texts)} are there.")
    draw = random.Random(seed)
    kept = draw.sample(texts, originals)
    made = [*kept, *(draw.choice(EDITS)(draw.choice(kept), draw) for _ in range(count - originals))]
    draw.shuffle(made)
    return made


def recombined(texts: list[str], count: int, seed: int) -> list[str]:
    """`count` unrelated documents of real sentences: a pool that does not run out, for growth at a constant duplicate rate."""
    draw = random.Random(seed)
    sentences = [one for text in texts for one in _SENTENCE.split(text) if len(one) > 30]
    return [" ".join(draw.choices(sentences, k=draw.randint(3, 7))) for _ in range(count)]


def _substitute(text: str, draw: random.Random) -> str:
    words = text.split(" ")
    words[draw.randrange(len(words))] = draw.choice(words)
    return " ".join(words)


def _insert(text: str, draw: random.Random) -> str:
    words = text.split(" ")
    words.insert(draw.randrange(len(words) + 1), "indeed")
    return " ".join(words)


def _delete(text: str, draw: random.Random) -> str:
    words = text.split(" ")
    del words[draw.randrange(len(words))]
    return " ".join(words)


def _truncate(text: str, draw: random.Random) -> str:
    return text[: int(len(text) * draw.uniform(0.7, 0.98))]


def _prefix(text: str, draw: random.Random) -> str:
    return draw.choice(["Please help. ", "Hi there, ", "Question: ", "URGENT "]) + text


def _suffix(text: str, draw: random.Random) -> str:
    return text + draw.choice([" Thanks!", " Please answer briefly.", "\n-- sent from my phone"])


def _case(text: str, draw: random.Random) -> str:
    return text.upper() if draw.random() < 0.5 else text.lower()


def _request_id(text: str, draw: random.Random) -> str:
    return f"[req-{draw.getrandbits(48):012x}] {text}"


EDITS: list[Callable[[str, random.Random], str]] = [
    _substitute, _insert, _delete, _truncate, _prefix, _suffix, _case, _request_id,
]  # fmt: skip
