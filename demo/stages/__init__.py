"""The stages in the order they are told."""

from demo.stages.annotate import annotate
from demo.stages.curate import curate
from demo.stages.index import index
from demo.stages.ingest import ingest
from demo.stages.snapshot import snapshot
from demo.stages.train import train
from demo.stages.wrongs import wrongs
from demo.story import Stage

STAGES: tuple[tuple[str, Stage], ...] = (
    ("1 · Ingest and redact", ingest),
    ("2 · Deduplicate, stratify, screen", curate),
    ("3 · Index with attribution", index),
    ("4 · Annotate", annotate),
    ("5 · Snapshot and approval", snapshot),
    ("6 · Train from the approval", train),
    ("7 · Three wrongs, refused", wrongs),
)
