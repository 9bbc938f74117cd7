"""A byte-level BPE tokenizer trained on the rows themselves, saved as the files every Hugging Face loader reads."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from trainers.runtime.chat import CHAT_TEMPLATE, END, PAD, SPECIAL_TOKENS, Piece

FILES = ("tokenizer.json", "tokenizer_config.json")


def train_tokenizer(texts: Iterable[str], vocab_size: int) -> Tokenizer:
    """At most `vocab_size` tokens incl. the 256 bytes and the special tokens; every text can be encoded."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def save_tokenizer(tokenizer: Tokenizer, folder: Path, *, max_length: int) -> None:
    """tokenizer.json and its configuration with the chat template that says what `chat.rendered` says."""
    tokenizer.save(str(folder / FILES[0]))
    configuration = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": max_length,
        "eos_token": END,
        "pad_token": PAD,
        "clean_up_tokenization_spaces": False,
        "chat_template": CHAT_TEMPLATE,
    }
    text = json.dumps(configuration, indent=1, sort_keys=True, ensure_ascii=False)
    (folder / FILES[1]).write_text(text + "\n", encoding="utf-8")


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a model folder."""
    return Tokenizer.from_file(str(folder / FILES[0]))


def encode(tokenizer: Tokenizer, pieces: Iterable[Piece]) -> tuple[list[int], list[bool]]:
    """Token ids and, for each, whether the assistant wrote it. Pieces are token boundaries, as at inference."""
    ids: list[int] = []
    counted: list[bool] = []
    for text, written in pieces:
        encoded = tokenizer.encode(text, add_special_tokens=False).ids
        ids.extend(encoded)
        counted.extend([written] * len(encoded))
    return ids, counted


def texts_of(pieces: Iterable[Iterable[Piece]]) -> Iterator[str]:
    """Whole texts, for training a tokenizer."""
    for row in pieces:
        yield "".join(text for text, _ in row)
