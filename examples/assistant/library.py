"""The assistant's documents: the language reference and the docstrings this Python carries."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pydoc_data.topics import topics

DOMAINS: dict[str, tuple[str, ...]] = {
    "strings": ("string", "textwrap", "re", "difflib"),
    "files": ("pathlib", "os.path", "shutil", "tempfile", "glob", "zipfile", "tarfile", "fileinput"),
    "networking": (
        "socket",
        "urllib.request",
        "urllib.parse",
        "http.client",
        "ssl",
        "smtplib",
        "http.server",
    ),
    "concurrency": ("threading", "asyncio", "queue", "concurrent.futures", "multiprocessing", "subprocess"),
    "math": ("math", "statistics", "decimal", "fractions", "random", "cmath"),
    "data structures": ("collections", "heapq", "bisect", "array", "itertools", "functools"),
    "testing": ("unittest", "unittest.mock", "doctest", "logging", "contextlib"),
    "dates": ("datetime", "calendar", "time", "zoneinfo"),
    "serialisation": ("json", "csv", "configparser", "struct", "base64", "pickle", "sqlite3"),
    "packaging": ("argparse", "importlib", "venv", "dataclasses", "enum", "inspect", "typing"),
}
BUILTINS: dict[str, tuple[type, ...]] = {"strings": (str, bytes), "data structures": (dict, list, set, tuple)}
SYNTAX = "syntax"
LICENCE = "PSF-2.0"
SHORTEST, LONGEST = 60, 1400
ADDRESS = re.compile(r" at 0x[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of documentation; `document` is what it is cut from, `name` what a reader would call it."""

    id: str
    document: str
    name: str
    domain: str
    text: str

    @property
    def uri(self) -> str:
        """Where the document is found again: the name pydoc knows it by."""
        return f"pydoc:{self.document}"


@cache
def passages() -> tuple[Passage, ...]:
    """Every passage, in a fixed order; about two thousand."""
    found: dict[str, Passage] = {}
    for document, name, domain, text in documents():
        for number, piece in enumerate(_pieces(text)):
            passage = Passage(f"{document}#{number}", document, name, domain, piece)
            found.setdefault(passage.id, passage)
    return tuple(found.values())


@cache
def documents() -> tuple[tuple[str, str, str, str], ...]:
    """(document, name, domain, text) of every document, each once."""
    seen: set[str] = set()
    kept = []
    for document, name, domain, text in _all_documents():
        if document not in seen and text not in seen and len(text) >= SHORTEST:
            seen |= {document, text}
            kept.append((document, name, domain, text))
    return tuple(kept)


def _all_documents() -> Iterator[tuple[str, str, str, str]]:
    for topic, text in sorted(topics.items()):
        yield f"reference/{topic}", topic, SYNTAX, text.strip()
    for domain, modules in DOMAINS.items():
        for kind in BUILTINS.get(domain, ()):
            yield from _members(kind.__name__, kind, domain)
        for module_name in modules:
            module = importlib.import_module(module_name)
            yield module_name, module_name, domain, ADDRESS.sub("", inspect.getdoc(module) or "")
            for name in getattr(module, "__all__", None) or sorted(vars(module)):
                one = getattr(module, name, None)
                if not name.startswith("_") and callable(one):
                    yield f"{module_name}.{name}", f"{module_name}.{name}", domain, _doc(one)
                    if inspect.isclass(one) and not issubclass(one, BaseException):
                        yield from _members(f"{module_name}.{name}", one, domain)


def _members(prefix: str, owner: type, domain: str) -> Iterator[tuple[str, str, str, str]]:
    for name, member in sorted(vars(owner).items()):
        if not name.startswith("_") and callable(member):
            yield f"{prefix}.{name}", f"{prefix}.{name}", domain, _doc(member)


def _doc(one: object) -> str:
    try:
        signature = str(inspect.signature(one))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        signature = ""
    text = inspect.getdoc(one) or ""
    name = getattr(one, "__name__", "")
    head = f"{name}{signature}\n\n" if signature and len(signature) < 200 and name else ""
    return ADDRESS.sub("", head + text) if len(text) >= SHORTEST else ""


def _pieces(text: str) -> Iterator[str]:
    """Paragraphs joined to passages of at most about LONGEST characters."""
    piece = ""
    for paragraph in re.split(r"\n\s*\n", text):
        if piece and len(piece) + len(paragraph) > LONGEST:
            yield piece
            piece = ""
        piece = f"{piece}\n\n{paragraph}" if piece else paragraph
    if piece.strip():
        yield piece[: LONGEST * 2]
