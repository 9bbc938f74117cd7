"""`manage.py demo`: the whole loop on real parts, stage by stage, with an honest table at the end."""

import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo.story import Options, tell


class Command(BaseCommand):
    """Fills the running product; `./dev demo` starts the servers around it."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What `./dev demo` hands on."""
        parser.add_argument("--once", action="store_true", help="end when the last stage has ended")
        parser.add_argument(
            "--traces", type=Path, help="JSONL(.gz) instead of the example assistant's traces"
        )
        parser.add_argument(
            "--documents", type=Path, help="JSONL corpus instead of Python's own documentation"
        )
        parser.add_argument(
            "--without-training", action="store_true", help="leave out the heavy extras, and say so"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 0 only if every stage really ran."""
        logging.getLogger().setLevel(logging.WARNING)
        whole = tell(
            Options(
                once=options["once"],
                traces=options["traces"],
                documents=options["documents"],
                without_training=options["without_training"],
            ),
            write=self.stdout.write,
        )
        if not whole:
            raise CommandError("The demo did not run whole; the table above says which stage and why.")
