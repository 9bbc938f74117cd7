"""What every benchmark yields, how it is judged, and the table and file it ends in.

A benchmark is a module `benchmarks/<name>.py` or `benchmarks/<name>/rows.py` with `rows(*, quick: bool) -> Iterator[Row]`. Peers are
measured in the same run and yield rows of the same table. `SETTING = "database"` asks for Django and a migrated throwaway database.
"""

import json
import operator
import os
import platform
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
}
DEMAND = re.compile(r"^(>=|<=|>|<|==) (-?\d+(?:\.\d+)?(?:e-?\d+)?)$")


@dataclass(frozen=True)
class Row:
    """One measured value and what it must be.

    `must` is a comparison with a number (">= 0.30"), or empty for a value that is only reported, such as a peer's.
    """

    what: str
    value: float
    unit: str = ""
    must: str = ""

    def __post_init__(self) -> None:
        if self.must and not DEMAND.match(self.must):
            raise ValueError(f"{self.must!r} is not a comparison with a number, such as '>= 0.30'.")

    @property
    def holds(self) -> bool:
        """Is the value what it must be? A value nothing is asked of holds; one that is no number never does."""
        match = DEMAND.match(self.must)
        if match is None:
            return True
        return self.value == self.value and COMPARISONS[match[1]](self.value, float(match[2]))

    def as_data(self) -> dict[str, Any]:
        """The row as it stands in the file."""
        fields = asdict(self)
        return {name: fields[name] for name in ("what", "must", "value", "unit")} | {"holds": self.holds}


def report(name: str, rows: Iterable[Row], *, quick: bool) -> dict[str, Any]:
    """The whole file: name, machine, rows."""
    return {"name": name, "quick": quick, "machine": machine(), "rows": [row.as_data() for row in rows]}


def table(rows: Iterable[Row]) -> str:
    """The same for people."""
    head = ("what", "must", "value", "unit", "holds")
    lines = [head, *((row.what, row.must, _short(row.value), row.unit, _verdict(row)) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def write(file: Path, data: dict[str, Any]) -> None:
    """The file, whole or not at all."""
    partial = file.with_name(file.name + ".partial")
    partial.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
    partial.replace(file)


def machine() -> dict[str, Any]:
    """Where and when it was measured: a number without this means little."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
        "date": time.strftime("%Y-%m-%d"),
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor()
    match = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return match[1] if match else platform.processor() or platform.machine()


def _short(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def _verdict(row: Row) -> str:
    if not row.must:
        return ""
    return "yes" if row.holds else "NO"
