"""The base pass: a tokenizer and a tiny Llama from random weights, trained for a short while on the rows as text.

What comes out is registered as π0, the reference every later model is compared with.
"""

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor

from trainers.runtime.batches import planned
from trainers.runtime.rows import Answered, Row, pieces_of, read_rows
from trainers.runtime.scoring import answers, end_id, pad_id, row_losses, token_nats
from trainers.runtime.statistics import compared, perplexity
from trainers.runtime.tiny_llama import LlamaShape, TinyLlama, initialised, load_model, save_model
from trainers.runtime.tokenizer import encode, load_tokenizer, save_tokenizer, texts_of, train_tokenizer
from trainers.runtime.work import CannotTrain, StopAsked, Work, main


class BasePass:
    """One base pass from rows to published model."""

    def __init__(self, work: Work) -> None:
        self.work, self.recipe = work, work.recipe
        torch.manual_seed(work.seed)
        torch.set_num_threads(int(work.spec.get("threads", 1)))
        torch.use_deterministic_algorithms(True)
        work.phase("reading rows")
        self.train_rows, self.held_out = read_rows(work.run.rows, expected_sha256=work.spec["rows_sha256"])
        if not self.train_rows:
            raise CannotTrain("no_rows", "The approved snapshot holds no rows to train on.")
        self.steps, self.rows_used = int(self.recipe["steps"]), 0
        self.resumed = work.resume_from()
        self.tokenizer = self._tokenizer()
        self.blocks = self._blocks()
        self.model = self._model()
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=self.recipe["learning_rate"], weight_decay=self.recipe["weight_decay"]
        )

    def run(self) -> None:
        """Train, measure, publish."""
        before = row_losses(self.model, self._measured()) if not self.resumed else None
        self._train()
        self.work.phase("measuring")
        after = row_losses(self.model, self._measured())
        if before is None:
            before = row_losses(initialised(self.model.shape, self.work.seed), self._measured())
        facts = {
            "kind": "base",
            "rows": self._row_facts(),
            "parameters": self.model.parameters_count,
            "vocabulary": self.tokenizer.get_vocab_size(),
            "tokens_trained": self.steps * self.recipe["batch_size"] * self.recipe["block"],
            "perplexity": {"before": perplexity(before).as_json(), "after": perplexity(after).as_json()},
            "comparison": compared(before, after),
        }
        said = answers(
            self.model,
            self.tokenizer,
            self.held_out,
            count=self.recipe["samples"],
            new_tokens=self.recipe["new_tokens"],
        )
        for place, (question, text) in enumerate(said):
            self.work.sample(self.steps, question, text, None, place=place)
        with self.work.artifacts(facts) as folder:
            self._save(folder / "model")

    def _row_facts(self) -> dict[str, Any]:
        unused = len(self.train_rows) - self.rows_used
        left_out = {"beyond_the_steps": unused} if unused else {}
        return {
            "train": self.rows_used,
            "held_out": len(self.held_out[: self.recipe["measured_rows"]]),
            "truncated": 0,
            "left_out": left_out,
        }

    def _tokenizer(self) -> Tokenizer:
        if self.resumed:
            return load_tokenizer(self.resumed[1])
        self.work.phase("training the tokenizer")
        texts = enough(
            texts_of(pieces_of(row) for row in self.train_rows), self.recipe["vocabulary_characters"]
        )
        return train_tokenizer(texts, int(self.recipe["vocabulary"]))

    def _blocks(self) -> Tensor:
        """Rows as one stream cut into equal blocks, [blocks, block + 1]; no more rows than the steps can use."""
        block = int(self.recipe["block"])
        wanted = self.steps * int(self.recipe["batch_size"]) * block + 1
        stream: list[int] = []
        for row in self.train_rows:
            if len(stream) >= wanted:
                break
            stream.extend(encode(self.tokenizer, pieces_of(row))[0])
            self.rows_used += 1
        while len(stream) < block + 1:
            stream.extend(stream)
        count = (len(stream) - 1) // block
        return torch.tensor([stream[at * block : (at + 1) * block + 1] for at in range(count)])

    def _model(self) -> TinyLlama:
        shape = LlamaShape(vocab_size=self.tokenizer.get_vocab_size(), **self.recipe["shape"])
        return initialised(shape, self.work.seed)

    def _measured(self) -> list[Answered]:
        """Held-out rows as text: every token counts in a base pass."""
        longest = int(self.recipe["block"])
        rows = [self._as_text(row, longest) for row in self.held_out[: self.recipe["measured_rows"]]]
        return rows or [self._as_text(self.train_rows[0], longest)]

    def _as_text(self, row: Row, longest: int) -> Answered:
        ids, _ = encode(self.tokenizer, pieces_of(row))
        return Answered(row["name"], ids[:longest], [True] * len(ids[:longest]))

    def _train(self) -> None:
        plan = planned(
            [1] * len(self.blocks),
            batch_size=self.recipe["batch_size"],
            steps=self.steps,
            seed=self.work.seed,
        )
        start = self._restore()
        self.work.begin(self.steps, at=start)
        for step in range(start + 1, self.steps + 1):
            loss = self._one_step(step, self.blocks[plan[step - 1]])
            self.work.tick(step, loss=loss, learning_rate=self._rate(step))
            if self.work.must_stop or (step % self.recipe["checkpoint_every"] == 0 and step < self.steps):
                self._checkpoint(step)
            if self.work.must_stop:
                raise StopAsked

    def _one_step(self, step: int, ids: Tensor) -> float:
        self.model.train()
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate(step)
        loss = token_nats(self.model, ids, torch.ones_like(ids)).mean()
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return float(loss.detach())

    def _rate(self, step: int) -> float:
        """Linear warm-up over a twentieth of the steps, then a cosine down to a tenth."""
        top, warm = float(self.recipe["learning_rate"]), max(1, self.steps // 20)
        if step <= warm:
            return top * step / warm
        share = (step - warm) / max(1, self.steps - warm)
        return top * (0.1 + 0.45 * (1 + math.cos(math.pi * share)))

    def _checkpoint(self, step: int) -> None:
        with self.work.checkpoint(step) as folder:
            self._save(folder)
            torch.save(self.optimizer.state_dict(), folder / "optimizer.pt")

    def _restore(self) -> int:
        if self.resumed is None:
            return 0
        step, folder = self.resumed
        self.model.load_state_dict(load_model(folder).state_dict())
        self.optimizer.load_state_dict(torch.load(folder / "optimizer.pt", weights_only=True))
        return step

    def _save(self, folder: Path) -> None:
        save_model(self.model, folder, end_id=end_id(self.tokenizer), pad_id=pad_id(self.tokenizer))
        save_tokenizer(self.tokenizer, folder, max_length=self.model.shape.max_position_embeddings)
        generation: dict[str, Any] = {
            "eos_token_id": end_id(self.tokenizer),
            "pad_token_id": pad_id(self.tokenizer),
        }
        (folder / "generation_config.json").write_text(json.dumps(generation, sort_keys=True) + "\n")


def enough(texts: Iterable[str], characters: int) -> Iterator[str]:
    """Texts until so many characters are reached: merges learned from a few megabytes are good enough for a tiny model."""
    seen = 0
    for text in texts:
        if seen >= characters:
            return
        seen += len(text)
        yield text


def train(work: Work) -> None:
    """Entry of this kind."""
    BasePass(work).run()


if __name__ == "__main__":
    main(train)
