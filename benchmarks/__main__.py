"""`./dev bench NAME [--quick] [--json FILE]`: exit 1 when a demand does not hold."""

import argparse
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from benchmarks.contract import report, table, write

NOT_BENCHMARKS = {"__init__", "__main__", "contract"}


def names() -> list[str]:
    """The benchmarks there are."""
    home = Path(__file__).parent
    packages = (file.parent.name for file in home.glob("*/rows.py"))
    return sorted({file.stem for file in home.glob("*.py")} - NOT_BENCHMARKS | set(packages))


def main() -> int:
    """Run one benchmark, print its table, write its file."""
    parser = argparse.ArgumentParser(prog="./dev bench", epilog=f"There are: {', '.join(names())}.")
    parser.add_argument("name", nargs="?")
    parser.add_argument(
        "--quick", action="store_true", help="smaller inputs: a look, not a number to publish"
    )
    parser.add_argument("--part", metavar="PART", help="one part of a benchmark that has PARTS")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    if options.name is None:
        print("\n".join(names()))
        return 0
    if options.name not in names():
        parser.error(f"there is no benchmark {options.name!r}; there are: {', '.join(names())}")
    package = (Path(__file__).parent / options.name).is_dir()
    module = importlib.import_module(f"benchmarks.{options.name}{'.rows' if package else ''}")
    parts: tuple[str, ...] = getattr(module, "PARTS", ())
    if options.part is not None and options.part not in parts:
        parser.error(f"{options.name} has no part {options.part!r}; it has: {', '.join(parts) or 'none'}")
    with _setting(module):
        measured = importlib.import_module(f"{module.__package__}.{options.part}") if options.part else module
        rows = list(measured.rows(quick=options.quick))
    print(table(rows))
    if options.json:
        write(options.json, report(options.name, rows, quick=options.quick))
    return 0 if all(row.holds for row in rows) else 1


@contextmanager
def _setting(module: ModuleType) -> Iterator[None]:
    """A migrated throwaway database, for the benchmarks that ask for one."""
    if getattr(module, "SETTING", None) != "database":
        yield
        return
    import django

    django.setup()
    from django.test.runner import DiscoverRunner

    runner = DiscoverRunner(interactive=False, verbosity=0)
    databases = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(databases)


if __name__ == "__main__":
    sys.exit(main())
