"""`./dev test` and `./dev bench`: servers of their own beside the product's, stopped when the run ends."""

import os
import subprocess
from collections.abc import Sequence

from devtools.install import CORE, HEAVY, TESTS, Installer
from devtools.interrupts import ctrl_c_ignored, ctrl_c_on_terminate
from devtools.place import Place
from devtools.services import Services, environment

WITHOUT_TRAINING = "--without-training"


def test(place: Place, arguments: Sequence[str]) -> int:
    """Run pytest with these arguments against a PostgreSQL tuned to be fast and losable; its exit code is ours.

    `--without-training` (ours, not pytest's) leaves the heavy extras out; what needs them then skips with a reason.
    """
    extras = [*CORE, *TESTS, *(() if WITHOUT_TRAINING in arguments else HEAVY)]
    rest = [argument for argument in arguments if argument != WITHOUT_TRAINING]
    place.prepare()
    Installer(place).ensure(extras)
    return _with_services(
        place, "test", ["-m", "pytest", *rest], losable=True, settings="config.settings.test"
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
