"""What came in, for Prometheus."""

from prometheus_client import Counter, Histogram

ROWS = Counter(
    "winnow_ingest_rows",
    "Spans and records that came in, by route and what became of them",
    ["route", "outcome"],
)
SECONDS = Histogram(
    "winnow_ingest_batch_seconds",
    "Time from the first row of a batch to its commit, by route",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)
