"""Training rows from the run folder to token ids, every row that is left out counted with its reason."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from trainers.runtime.chat import GENERATION_PROMPT, Piece, rendered, rendered_last_turn
from trainers.runtime.tokenizer import encode
from trainers.runtime.work import CannotTrain

Row = dict[str, Any]


@dataclass
class Rows:
    """What is trained on and what is held out, with the count of what was not used."""

    train: list[Any]
    held_out: list[Any]
    left_out: Counter[str] = field(default_factory=Counter)
    truncated: int = 0

    def facts(self) -> dict[str, Any]:
        """For the manifest and the model card."""
        return {
            "train": len(self.train),
            "held_out": len(self.held_out),
            "truncated": self.truncated,
            "left_out": dict(sorted(self.left_out.items())),
        }


@dataclass(frozen=True)
class Answered:
    """One SFT row as tokens: `counted` says which of them the loss falls on."""

    name: str
    ids: list[int]
    counted: list[bool]
    truncated: bool = False


@dataclass(frozen=True)
class Side:
    """One of the two answers of a pair; tool results inside it are context, not choice, and do not count."""

    ids: list[int]
    counted: list[bool]


@dataclass(frozen=True)
class Preferred:
    """One preference row as tokens; both answers follow the same prompt."""

    name: str
    prompt: list[int]
    chosen: Side
    rejected: Side

    @property
    def length(self) -> int:
        """Tokens of the longer of the two sequences."""
        return len(self.prompt) + max(len(self.chosen.ids), len(self.rejected.ids))


def read_rows(path: Path, *, expected_sha256: str) -> tuple[list[Row], list[Row]]:
    """Train and held-out rows of data/rows.jsonl, after its hash was checked against the specification."""
    data = path.read_bytes()
    if sha256(data).hexdigest() != expected_sha256:
        raise CannotTrain("rows_changed", "The rows in the run folder are not the ones that were approved.")
    rows = [json.loads(line) for line in data.splitlines()]
    train = [row for row in rows if row["split"] != "validation"]
    held_out = [row for row in rows if row["split"] == "validation"]
    if not held_out:
        train, held_out = _hold_out_a_tenth(train)
    return train, held_out


def _hold_out_a_tenth(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Where the snapshot holds nothing out: a tenth by row name, so the same rows every time."""
    ordered = sorted(rows, key=lambda row: sha256(row["name"].encode()).digest())
    cut = max(1, len(ordered) // 10) if len(ordered) > 1 else 0
    return ordered[cut:], ordered[:cut]


def pieces_of(row: Row, *, loss_on: str = "last_turn") -> Iterator[Piece]:
    """A row as marked text. Of a preference row, the chosen answer."""
    if row["kind"] == "preference":
        return rendered_last_turn([*row["prompt"], *row["chosen"]], row.get("tools"))
    render = rendered if loss_on == "all" else rendered_last_turn
    return render(row["messages"], row.get("tools"))


def fitted(ids: list[int], counted: list[bool], max_length: int) -> tuple[list[int], list[bool]]:
    """Cut what is too long: the beginning of the context first, down to a quarter of the room, then the answer's end."""
    if len(ids) <= max_length:
        return ids, counted
    first = counted.index(True) if True in counted else len(ids)
    kept = max(max_length - (len(ids) - first), min(first, max_length // 4))
    start = first - min(first, kept)
    return ids[start : start + max_length], counted[start : start + max_length]


def answered_rows(
    raw: tuple[list[Row], list[Row]], tokenizer: Tokenizer, *, max_length: int, max_rows: int, loss_on: str
) -> Rows:
    """SFT rows as tokens. Nothing to learn from, or more than this run can use: left out, counted."""
    rows = Rows([], [])
    for source, sink in zip(raw, (rows.train, rows.held_out), strict=True):
        for row in _of_kind(source, "sft", max_rows, rows):
            answered = answered_row(row, tokenizer, max_length=max_length, loss_on=loss_on)
            rows.truncated += answered.truncated
            if any(answered.counted[1:]):
                sink.append(answered)
            else:
                rows.left_out["no_answer_tokens"] += 1
    if not rows.train:
        raise CannotTrain("no_rows", "The approved snapshot holds no SFT rows to train on.")
    return rows


def answered_row(row: Row, tokenizer: Tokenizer, *, max_length: int, loss_on: str = "last_turn") -> Answered:
    """One row's tokens, cut where they are too many."""
    ids, counted = encode(tokenizer, pieces_of(row, loss_on=loss_on))
    return Answered(row["name"], *fitted(ids, counted, max_length), truncated=len(ids) > max_length)


def preferred_rows(
    raw: tuple[list[Row], list[Row]], tokenizer: Tokenizer, *, max_length: int, max_rows: int
) -> Rows:
    """Preference rows as tokens; pairs that say the same once cut are left out, counted."""
    rows = Rows([], [])
    for source, sink in zip(raw, (rows.train, rows.held_out), strict=True):
        for row in _of_kind(source, "preference", max_rows, rows):
            whole = _preferred(row, tokenizer)
            pair = _cut(whole, max_length)
            rows.truncated += pair != whole
            if pair.chosen.ids == pair.rejected.ids:
                rows.left_out["identical_answers"] += 1
            else:
                sink.append(pair)
    if not rows.train:
        raise CannotTrain("no_rows", "The approved snapshot holds no preference pairs to train on.")
    return rows


def _of_kind(source: list[Row], kind: str, max_rows: int, rows: Rows) -> list[Row]:
    """Rows come ordered by salted hash, so the first `max_rows` are a fair sample."""
    fitting = [row for row in source if row["kind"] == kind]
    if len(fitting) > max_rows:
        rows.left_out["beyond_max_rows"] += len(fitting) - max_rows
    return fitting[:max_rows]


def _cut(pair: Preferred, max_length: int) -> Preferred:
    """The prompt gives way first, down to a quarter of the room; then the ends of the answers."""
    room = max(max_length - (pair.length - len(pair.prompt)), min(len(pair.prompt), max_length // 4))
    prompt = pair.prompt[-room:] if room < len(pair.prompt) else pair.prompt
    left = max_length - len(prompt)
    sides = (Side(side.ids[:left], side.counted[:left]) for side in (pair.chosen, pair.rejected))
    return Preferred(pair.name, prompt, *sides)


def _preferred(row: Row, tokenizer: Tokenizer) -> Preferred:
    """Messages both answers begin with (a common tool call) belong to the prompt."""
    chosen, rejected = list(row["chosen"]), list(row["rejected"])
    shared: list[Row] = []
    while len(chosen) > 1 and len(rejected) > 1 and chosen[0] == rejected[0]:
        shared.append(chosen.pop(0))
        rejected.pop(0)
    prompt = rendered([*row["prompt"], *shared], row.get("tools"))
    ids, _ = encode(tokenizer, [*prompt, (GENERATION_PROMPT, False)])
    return Preferred(row["name"], ids, _side(chosen, tokenizer), _side(rejected, tokenizer))


def _side(messages: list[Row], tokenizer: Tokenizer) -> Side:
    """What follows the generation prompt, to the end of the last message."""
    pieces = list(rendered(messages))[1:-1]
    return Side(*encode(tokenizer, pieces))
