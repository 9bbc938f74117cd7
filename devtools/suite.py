"""`./dev test` and `./dev bench`: servers of their own beside the product's, stopped when the run ends."""

import os
import subprocess
from collections.abc import Sequence

from devtools.install import CORE, HEAVY, TESTS, Installer
from devtools.interrupts import ctrl_c_ignored, ctrl_c_on_terminate
from devtools.place import Place
from devtools.services import Services, environment

WITHOUT_TRAINING = "--without-training"
MOST_AT_ONCE = 4


def test(place: Place, arguments: Sequence[str]) -> int:
    """Run pytest with these arguments against a PostgreSQL tuned to be fast and losable; its exit code is ours.

    `--without-training` (ours, not pytest's) leaves the heavy extras out; what needs them then skips with a reason.
    """
    extras = [*CORE, *TESTS, *(() if WITHOUT_TRAINING in arguments else HEAVY)]
    rest = [argument for argument in arguments if argument != WITHOUT_TRAINING]
    place.prepare()
    Installer(place).ensure(extras)
    command = ["-m", "pytest", *_side_by_side(rest), *rest]
    return _with_services(place, "test", command, losable=True, settings="config.settings.test")


def _side_by_side(arguments: Sequence[str]) -> list[str]:
    """The whole suite runs on several cores, file by file; a choice of tests runs as its caller says."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return (
        []
        if arguments or cores < 2
        else ["-n", str(min(cores, MOST_AT_ONCE)), "--dist", "loadfile", "--no-loadscope-reorder"]
    )


def bench(place: Place, arguments: Sequence[str]) -> int:
    """Run one benchmark (benchmarks/contract.py) against a PostgreSQL with the product's own durability."""
    place.prepare()
    Installer(place).ensure([*CORE, *TESTS, *HEAVY])
    return _with_services(
        place, "bench", ["-m", "benchmarks", *arguments], losable=False, settings="config.settings.test"
    )


def _with_services(place: Place, name: str, command: list[str], *, losable: bool, settings: str) -> int:
    services = Services(place, place.state / name, losable=losable)
    with ctrl_c_on_terminate():
        try:
            variables = services.start() | {"WINNOW_STATE_DIR": str(place.state / name)}
            variables |= {"DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE") or settings}
            process = subprocess.Popen(
                [str(place.python), *command],
                cwd=place.root,
                env=environment(place, variables, settings=settings),
            )
            try:
                return process.wait()
            except KeyboardInterrupt:
                process.terminate()
                return process.wait() or 130
        finally:
            with ctrl_c_ignored():
                services.stop()
