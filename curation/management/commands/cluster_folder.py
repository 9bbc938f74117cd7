"""`manage.py cluster_folder FOLDER --out clusters.parquet`: near-duplicates of a folder of Parquet or JSON lines; no database."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from curation.bulk.folder import Unreadable, parts
from curation.bulk.run import Progress, cluster_parts, read_here
from curation.signing.spec import DEFAULT_SPEC, Spec, spec_at

RAY = "read and sign on the Ray cluster at this address; without an address, on one made on this machine"


class Command(BaseCommand):
    """See the module docstring."""

    help = "Cluster the near-duplicates of a folder of .parquet, .jsonl and .jsonl.gz files, here or on a Ray cluster."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FOLDER, --column, --out, --memory, --threshold, --ray."""
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--column", default="text", help="column or field that holds the text (default: text)"
        )
        parser.add_argument(
            "--out", type=Path, required=True, help="Parquet file to write, one row a document"
        )
        parser.add_argument(
            "--memory",
            type=float,
            default=4.0,
            metavar="GB",
            help="beyond this the arrays lie in files (default: 4)",
        )
        parser.add_argument(
            "--threshold",
            type=float,
            default=DEFAULT_SPEC.threshold,
            metavar="J",
            help="Jaccard similarity from which two documents are near (default: 0.8)",
        )
        parser.add_argument("--ray", nargs="?", const="local", metavar="ADDRESS", help=RAY)

    def handle(self, *args: Any, **options: Any) -> None:
        """Cluster, with progress on the error stream; then say how many survive."""
        folder, out = options["folder"], options["out"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        if not out.parent.is_dir():
            raise CommandError(f"{out.parent} is no folder: make it first.")
        try:
            spec = spec_at(options["threshold"])
        except ValueError as error:
            raise CommandError(f"--threshold: {error}") from error
        try:
            found = parts(folder, options["column"], out)
            reduced = self._reduced(found, spec, options)
            outcome = cluster_parts(
                found,
                reduced,
                out,
                spec=spec,
                budget=int(options["memory"] * 1e9),
                tell=self._teller(),
            )
        except Unreadable as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error}") from error
        self.stdout.write(f"{outcome.documents:,} documents, {outcome.kept:,} survive: {out}")

    def _reduced(self, found: Any, spec: Spec, options: dict[str, Any]) -> Any:
        if options["ray"] is None:
            return read_here(found, options["column"], spec)
        try:
            from curation.bulk.on_ray import read_on_ray

            address = None if options["ray"] == "local" else options["ray"]
            return read_on_ray(found, options["column"], spec, address)
        except ImportError as error:
            raise CommandError("Ray is not installed: install the extra `ray`.") from error

    def _teller(self) -> Any:
        started = told = time.monotonic()

        def tell(progress: Progress) -> None:
            nonlocal told
            now = time.monotonic()
            if now - told < 2:
                return
            told = now
            share = progress.done / max(progress.of, 1)
            left = (now - started) * (1 - share) / share if share else 0
            self.stderr.write(
                f"{progress.documents:,} documents read, {share:.0%}, {left:.0f} s left; clustering follows"
            )

        return tell
