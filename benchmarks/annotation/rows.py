"""The queue in the store and over HTTP, at the load the product promises to carry.

Every module of `PARTS` yields rows of this one table from `rows(*, quick)`; what a part needs and does not find, it says.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator

from benchmarks.contract import Row

SETTING = "database"
PARTS = ("store", "http", "browser", "quality", "bridge")


def rows(*, quick: bool) -> Iterator[Row]:
    """Part by part; models need Django to be set up."""
    for name in PARTS:
        yield from importlib.import_module(f"benchmarks.annotation.{name}").rows(quick=quick)
