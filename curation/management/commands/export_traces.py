"""`manage.py export_traces --format NAME --project SLUG OUT.jsonl[.gz]`: conversations as a file of another tool's format."""

import gzip
import json
from argparse import ArgumentParser
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Project
from core.actors import system
from core.errors import Refused
from curation.actions.export_traces import FILTERS, Manifest, export_traces
from curation.formats.files import FORMATS


class Command(BaseCommand):
    """See the module docstring."""

    help = "Export settled conversations that may be trained on, with a manifest beside the file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """OUT, --project, --format, filters, and a purpose for what may not be trained on."""
        parser.add_argument("out", type=Path, help="OUT.jsonl or OUT.jsonl.gz")
        parser.add_argument("--project", required=True, help="slug of the project")
        parser.add_argument("--format", choices=tuple(FORMATS), required=True)
        parser.add_argument(
            "--filter",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help=f"one of: {', '.join(FILTERS)}",
        )
        parser.add_argument(
            "--purpose", default="", help="lawful other use: also what may not be trained on; audited"
        )
        parser.add_argument(
            "--bare", action="store_true", help="without the `winnow` key, for tools that refuse unknown keys"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write to a partial file, which gets its name when it is whole."""
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        filters = dict(one.partition("=")[::2] for one in options["filter"])
        out: Path = options["out"]
        partial = out.with_name(f"{out.name}.partial")
        try:
            with ExitStack() as stack:
                stream: BinaryIO = stack.enter_context(partial.open("wb"))
                if out.suffix == ".gz":
                    packed = gzip.GzipFile(fileobj=stream, mode="wb", filename="", mtime=0)
                    stream = cast(BinaryIO, stack.enter_context(packed))
                manifest = export_traces(
                    who=system("export command"), project=project, out=stream, form=options["format"],
                    filters=filters, purpose=options["purpose"], bare=options["bare"],
                )  # fmt: skip
            partial.replace(out)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        except OSError as error:
            raise CommandError(f"{out.name} cannot be written: {error.strerror}.") from error
        finally:
            partial.unlink(missing_ok=True)
        self._tell(manifest, out, project)

    def _tell(self, manifest: Manifest, out: Path, project: Project) -> None:
        beside = out.with_name(f"{out.name}.manifest.json")
        told = {
            "project": project.slug,
            "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
            **asdict(manifest),
        }
        beside.write_text(json.dumps(told, indent=2) + "\n")
        self.stdout.write(
            f"{manifest.rows:,} conversations as {FORMATS[manifest.format].title} in {out.name}."
        )
        for why, count in sorted(manifest.left_out.items(), key=lambda pair: -pair[1]):
            self.stdout.write(f"  left out, {why.replace('_', ' ')}: {count:,}")
        self.stdout.write(f"Manifest: {beside.name}")
