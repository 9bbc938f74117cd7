"""rensa and datasketch in an environment of their own, made when first asked for; one thread, CPU time."""

import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).resolve().parents[2] / ".winnow" / "dedup-peers"
NEEDED = ("rensa==0.5.0", "datasketch==2.0.0", "xxhash")
ENGINES = ("rensa", "datasketch", "datasketch-xxh3")


class Absent(Exception):
    """The peer could not be installed or run; the message says why."""


@dataclass(frozen=True)
class Measured:
    """CPU seconds from texts to signatures, and to clusters; verified pairs (low, high); how many documents survive."""

    signatures: float
    clusters: float
    pairs: list[tuple[int, int]]
    kept: int


def ask(engine: str, lane: str, texts: list[str]) -> Measured:
    """Run one peer over these texts; raises Absent."""
    program = Path(__file__).with_name("peer_program.py")
    alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"}
    done = subprocess.run(
        [_python(), str(program), engine, lane],
        input=json.dumps(texts), capture_output=True, text=True, check=False, timeout=3600, env=os.environ | alone,
    )  # fmt: skip
    answer = done.stdout.rpartition("RESULT")[2]
    if done.returncode or not answer:
        raise Absent(f"{engine}: {(done.stderr.strip().splitlines() or ['no output'])[-1][:120]}")
    data = json.loads(answer)
    pairs = [(low, high) for low, high in data["pairs"]]
    return Measured(data["signatures"], data["clusters"], pairs, data["kept"])


def _python() -> str:
    python = HOME / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if not (HOME / "ready").exists():
        venv.create(HOME, with_pip=True, clear=True)
        made = subprocess.run(
            [str(python), "-m", "pip", "install", "-q", *NEEDED], capture_output=True, text=True, check=False, timeout=1800
        )  # fmt: skip
        if made.returncode:
            raise Absent("the package index could not be reached")
        (HOME / "ready").touch()
    return str(python)
