"""What a model gives to held-out tokens and what it says: the same code before and after every kind of training."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from trainers.runtime.chat import END, GENERATION_PROMPT, PAD, rendered
from trainers.runtime.rows import Answered, Row
from trainers.runtime.statistics import RowLoss
from trainers.runtime.tiny_llama import TinyLlama
from trainers.runtime.tokenizer import encode

BATCH = 16


def padded(rows: Sequence[Sequence[int]], filler: int) -> Tensor:
    """[rows, longest], filled on the right."""
    longest = max(len(row) for row in rows)
    return torch.tensor([[*row, *([filler] * (longest - len(row)))] for row in rows])


def token_nats(model: TinyLlama, ids: Tensor, counted: Tensor) -> Tensor:
    """Negative log likelihood of each counted token given what stands before it, in reading order."""
    wanted = counted[:, 1:].bool()
    logits = model.logits(model.hidden(ids[:, :-1])[wanted])
    return functional.cross_entropy(logits.float(), ids[:, 1:][wanted], reduction="none")


@torch.no_grad()
def row_losses(model: TinyLlama, rows: Sequence[Answered]) -> list[RowLoss]:
    """Loss of every row over its counted tokens, in the order given."""
    model.eval()
    order = sorted(range(len(rows)), key=lambda place: len(rows[place].ids))
    out: dict[int, RowLoss] = {}
    for start in range(0, len(order), BATCH):
        places = order[start : start + BATCH]
        ids = padded([rows[place].ids for place in places], 0)
        counted = padded([[int(bit) for bit in rows[place].counted] for place in places], 0)
        nats = token_nats(model, ids, counted)
        sizes = counted[:, 1:].sum(dim=1).tolist()
        for place, share in zip(places, torch.split(nats, sizes), strict=True):
            out[place] = RowLoss(float(share.double().sum()), len(share))
    return [out[place] for place in range(len(rows))]


@torch.no_grad()
def greedy(model: TinyLlama, prompt: Sequence[int], *, end: int, new_tokens: int) -> list[int]:
    """The likeliest continuation, up to the end token."""
    model.eval()
    room = model.shape.max_position_embeddings - new_tokens
    ids = torch.tensor([list(prompt)[-room:]])
    said: list[int] = []
    for _ in range(new_tokens):
        token = int(model.logits(model.hidden(ids)[0, -1]).argmax())
        if token == end:
            break
        said.append(token)
        ids = torch.cat([ids, torch.tensor([[token]])], dim=1)
    return said


def sample_prompts(rows: Sequence[Row], count: int) -> Iterator[tuple[str, list[dict[str, Any]], Any]]:
    """The question as people read it, the messages before the answer, and the tools offered."""
    for row in rows[:count]:
        messages = row.get("prompt") or row["messages"]
        asked = max(
            (place for place, message in enumerate(messages) if message["role"] == "user"), default=-1
        )
        if asked >= 0:
            yield messages[asked]["content"], messages[: asked + 1], row.get("tools")


def answers(
    model: TinyLlama, tokenizer: Tokenizer, rows: Sequence[Row], *, count: int, new_tokens: int
) -> list[tuple[str, str]]:
    """(question, what the model says) for the first `count` rows."""
    end = end_id(tokenizer)
    out = []
    for question, messages, tools in sample_prompts(rows, count):
        prompt, _ = encode(tokenizer, [*rendered(messages, tools), (GENERATION_PROMPT, False)])
        said = greedy(model, prompt, end=end, new_tokens=new_tokens)
        out.append((question, tokenizer.decode(said, skip_special_tokens=False)))
    return out


def pad_id(tokenizer: Tokenizer) -> int:
    """Id of the padding token."""
    return _special(tokenizer, PAD)


def end_id(tokenizer: Tokenizer) -> int:
    """Id of the token that ends a turn."""
    return _special(tokenizer, END)


def _special(tokenizer: Tokenizer, token: str) -> int:
    found = tokenizer.token_to_id(token)
    if found is None:
        raise ValueError(f"the tokenizer has no {token}")
    return int(found)
