"""The command line of `./dev`: reads arguments, calls one module per command, prints refusals plainly."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from devtools import backup, doctor, product, suite
from devtools.install import CORE, HEAVY, TESTS, Installer, lock
from devtools.place import Place, Refusal, say

ABOUT = """Winnow: production traces in, an approved snapshot, a trained and quantized model out.

  ./dev demo    the main job, end to end (--once leaves nothing running; --traces FILE, --documents FILE,
                --without-training)
  ./dev test    all tests; arguments go to pytest
"""

COMMANDS = ("setup", "demo", "up", "down", "test", "bench", "doctor", "backup", "restore", "lock")


def run(root: Path, arguments: Sequence[str]) -> int:
    """Run one command; a refusal is one plain message and exit code 2."""
    place = Place.of(root)
    try:
        return _dispatch(place, list(arguments))
    except Refusal as refusal:
        say(f"Winnow: {refusal}")
        return 2
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        say(f"Winnow: {error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        return 2


def _dispatch(place: Place, arguments: list[str]) -> int:
    handed_on: dict[str, Callable[[Place, Sequence[str]], int]] = {"test": suite.test, "bench": suite.bench}
    if arguments and arguments[0] in handed_on:
        return handed_on[arguments[0]](place, arguments[1:])
    options, rest = _parser().parse_known_args(arguments)
    if rest and options.command != "demo":
        _parser().error(f"unrecognised arguments: {' '.join(rest)}")
    commands: dict[str, Callable[[], int]] = {
        "setup": lambda: _setup(place, core_only=options.core, tests=options.tests),
        "demo": lambda: _demo(place, options, rest),
        "up": lambda: product.Product(
            place, options.host, options.port, without_training=options.without_training
        ).run(),
        "down": lambda: product.down(place),
        "doctor": lambda: doctor.run(place, browser=options.browser),
        "backup": lambda: backup.backup(place, options.file),
        "restore": lambda: backup.restore(place, options.file),
        "lock": lambda: lock(place, upgrade=options.upgrade),
    }
    return commands[options.command]()


def _setup(place: Place, *, core_only: bool, tests: bool) -> int:
    place.prepare()
    Installer(place).ensure([*CORE, *(() if core_only else HEAVY), *(TESTS if tests else ())])
    say(f"Ready: {place.venv}")
    return 0


def _demo(place: Place, options: argparse.Namespace, rest: list[str]) -> int:
    """Our own options start the product; all but host and port are the demo's too."""
    flags = {"--once": options.once, "--without-training": options.without_training}
    files = {"--traces": options.traces, "--documents": options.documents}
    handed_on = [flag for flag, given in flags.items() if given]
    handed_on += [
        word for flag, file in files.items() if file for word in (flag, str(Path(file).resolve()))
    ] + rest
    whole = product.Product(
        place, options.host, options.port, demo=True, without_training=options.without_training
    )
    return whole.run(handed_on, once=options.once)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    setup = commands.add_parser("setup", help="make .venv and install everything the product uses")
    setup.add_argument("--core", action="store_true", help="without embedding and training")
    setup.add_argument("--tests", action="store_true", help="with the tools of ./dev test")
    for name, text in (
        ("demo", "show the whole loop on this machine"),
        ("up", "run the product until Ctrl-C"),
    ):
        command = commands.add_parser(name, help=text, allow_abbrev=False)
        command.add_argument("--host", default="127.0.0.1")
        command.add_argument("--port", type=int, help="8000 or the next free one")
        command.add_argument(
            "--without-training", action="store_true", help="do not install embedding and training"
        )
        if name == "demo":
            command.add_argument(
                "--once", action="store_true", help="leave nothing running; exit 0 only if every stage ran"
            )
            command.add_argument(
                "--traces", metavar="FILE", help="JSONL(.gz) instead of the example assistant's traces"
            )
            command.add_argument(
                "--documents", metavar="FILE", help="JSONL corpus instead of Python's documentation"
            )
    commands.add_parser("down", help="stop what this checkout left running")
    commands.add_parser("test", help="run the tests; arguments go to pytest")
    commands.add_parser("bench", help="measure: bench NAME [--quick] [--json FILE]; without a name, list")
    look = commands.add_parser("doctor", help="say what is here and what is missing")
    look.add_argument(
        "--browser", action="store_true", help="install Chromium for the browser tests (Debian, as root)"
    )
    for name, text in (
        ("backup", "write database, blobs and run folders to one file"),
        ("restore", "read it into an empty database"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("file", type=Path, nargs="?" if name == "backup" else None)
    pins = commands.add_parser("lock", help="resolve pyproject.toml into constraints.txt")
    pins.add_argument("--upgrade", action="store_true", help="take the newest versions allowed")
    return parser
