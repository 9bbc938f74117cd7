"""`manage.py index_documents FILE.jsonl[.gz] --project SLUG`: deliver a corpus from the command line."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from accounts.access import find_project
from core.actors import system
from core.errors import Refused
from core.jobs import runner
from core.models import Job
from indexer.actions.sync_documents import SyncDone, sync_documents
from indexer.documents import read_documents

SHOWN_REFUSALS = 20


class Command(BaseCommand):
    """Stores new and changed documents and builds the index."""

    help = (
        "Deliver documents (JSON lines: doc_id, text, and optionally uri, title, published, licence, kind)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, the project, and whether the file is everything there is."""
        parser.add_argument("file", help="JSONL or JSONL.gz; - reads standard input")
        parser.add_argument("--project", required=True, help="slug of the project")
        parser.add_argument("--complete", action="store_true", help="documents missing from FILE are deleted")
        parser.add_argument(
            "--queue", action="store_true", help="leave the build to a worker instead of doing it here"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1 with a plain message when nothing could be taken."""
        try:
            done = self._sync(options)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except Refused as error:
            raise CommandError(str(error)) from error
        self._report(done)
        if done.build is not None and done.build.job is not None and not options["queue"]:
            self._build(done.build.job)
        if done.counts["refused"] and not sum(done.counts[name] for name in ("new", "changed", "same")):
            raise CommandError("No row could be taken.")

    def _sync(self, options: dict[str, Any]) -> SyncDone:
        project = find_project(options["project"])
        name = options["file"]

        def deliver(stream: BinaryIO) -> SyncDone:
            return sync_documents(
                who=system("index_documents"),
                project=project,
                rows=read_documents(stream, name),
                origin=Path(name).name,
                complete=options["complete"],
            )

        if name == "-":
            return deliver(sys.stdin.buffer)
        with Path(name).open("rb") as file:
            return deliver(file)

    def _report(self, done: SyncDone) -> None:
        counts = ", ".join(
            f"{done.counts[name]:,} {name}" for name in ("new", "changed", "same", "removed", "refused")
        )
        self.stdout.write(f"Documents: {counts}")
        for refusal in done.sync.refusals.all()[:SHOWN_REFUSALS]:
            self.stderr.write(f"  line {refusal.line} {refusal.field}: {refusal.reason}")
        if done.removal_withheld:
            self.stderr.write(
                "Nothing was removed: a refused row without a readable doc_id could be a missing document."
            )

    def _build(self, job: Job) -> None:
        runner.run(str(job.pk))
        job.refresh_from_db()
        result = job.result
        if result:
            self.stdout.write(
                f"Index {result['state']}: {result['document_versions']:,} documents, {result['passages']:,} passages, "
                f"{result['embedded']:,} embedded, {result['reused']:,} reused, {result['seconds']} s"
            )
        else:
            self.stdout.write(f"Index build: {job.get_state_display().lower()} {job.error}".rstrip())
