"""Peak memory of clustering above its input, in a process of its own: `python -m benchmarks.dedup.memory COUNT`."""

import gc
import subprocess
import sys
from pathlib import Path

from benchmarks.dedup.corpus import real_texts, with_edits


def bytes_per_document(count: int) -> float:
    """Runs the measurement in a fresh process; needs Linux, else NaN."""
    if not Path("/proc/self/clear_refs").exists():
        return float("nan")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.dedup.memory", str(count)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout.rpartition("PEAK")[2])


def _status(field: str) -> int:
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith(field))
    return int(line.split()[1]) * 1024


def main() -> None:
    """Measure here: the peak is reset after everything is loaded and the texts stand in memory."""
    from curation.bulk.cluster import cluster

    texts = with_edits(real_texts(), int(sys.argv[1]), seed=5)
    cluster(texts[:2000])
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    cluster(texts)
    print(f"PEAK{(_status('VmHWM') - before) / len(texts)}")


if __name__ == "__main__":
    main()
