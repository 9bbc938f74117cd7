"""Attributes of one shape on their way to the GenAI convention: what is read is taken, what is not stays as the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from curation.formats.json_text import value_of

DEEPEST = 40
EMPTY: tuple[Any, ...] = (None, "", [], {})


class Rewriting:
    """`take` reads and removes; `put` says what it means, unless the sender or an earlier `put` said so already."""

    def __init__(self, attributes: dict[str, Any]) -> None:
        self.rest = dict(attributes)
        self.found: dict[str, Any] = {}

    def peek(self, *names: str) -> Any:
        """The first of these that has a value, left where it is."""
        return next((self.rest[name] for name in names if self.rest.get(name) not in EMPTY), None)

    def take(self, *names: str) -> Any:
        """The first of these that has a value; all of them are removed."""
        value = self.peek(*names)
        for name in names:
            self.rest.pop(name, None)
        return value

    def take_tree(self, prefix: str) -> Any:
        """Everything under `prefix.`, as the nested lists and objects it was before it was flattened; None if nothing.

        A value that stands under the prefix itself, as JSON or as a structure, is the tree already.
        """
        whole = value_of(self.rest.pop(prefix, None))
        start = f"{prefix}."
        leaves = [
            (name[len(start) :], self.rest.pop(name)) for name in list(self.rest) if name.startswith(start)
        ]
        return nested(leaves) if leaves else whole

    def take_list(self, prefix: str) -> list[Any]:
        """As `take_tree` for `prefix.N.…` alone: other names under the prefix mean something else."""
        start = f"{prefix}."
        numbered = [name for name in self.rest if name.startswith(start) and name[len(start) :][:1].isdigit()]
        return (
            as_list(nested([(name[len(start) :], self.rest.pop(name)) for name in numbered]))
            if numbered
            else []
        )

    def drop(self, *names: str) -> None:
        """Remove what says nothing of its own."""
        for name in names:
            self.rest.pop(name, None)

    def put(self, name: str, value: Any) -> None:
        """Say what this means under its GenAI name."""
        if value not in EMPTY and self.rest.get(name) in EMPTY:
            self.found.setdefault(name, value)

    def move(self, name: str, *names: str) -> None:
        """Say the same under another name."""
        self.put(name, self.take(*names))

    def done(self) -> dict[str, Any]:
        """The attributes as the GenAI reader takes them."""
        return {**self.rest, **self.found}


def nested(leaves: Iterable[tuple[str, Any]]) -> Any:
    """Dotted paths as a structure; numbers in a path are places in a list."""
    root: dict[str, Any] = {}
    for path, value in leaves:
        *way, last = path.split(".", DEEPEST)
        node = root
        for step in way:
            inner = node.get(step)
            if not isinstance(inner, dict):
                inner = node[step] = {}
            node = inner
        if not isinstance(node.get(last), dict):
            node[last] = value
    return _listed(root)


def _listed(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(key.isascii() and key.isdigit() for key in node):
        return [_listed(node[key]) for key in sorted(node, key=int)]
    return {key: _listed(inner) for key, inner in node.items()}


def as_list(value: Any) -> list[Any]:
    """A list as it is, nothing as an empty list, anything else as a list of one."""
    value = value_of(value)
    return value if isinstance(value, list) else [] if value in EMPTY else [value]


def as_dict(value: Any) -> dict[str, Any]:
    """An object, decoded if it is a string; {} for anything else."""
    value = value_of(value)
    return value if isinstance(value, dict) else {}
