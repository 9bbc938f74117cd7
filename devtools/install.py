"""The virtual environment: made once, filled with what `constraints.txt` pins, left alone until that changes."""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devtools.indexes import uv_environment
from devtools.place import Place, Refusal, say

CORE = ("embedded", "examples")
HEAVY = ("dedup", "embed", "quality", "train")
TESTS = ("argilla", "dev", "clients", "ray", "tagger")
NEEDS_TORCH = frozenset({"embed", "train"})
UV = "uv>=0.9,<1"


@dataclass(frozen=True)
class Installer:
    """Installs extras of this project into its own virtual environment."""

    place: Place

    @property
    def _stamp(self) -> Path:
        return self.place.venv / "winnow-installed.json"

    def installed(self) -> dict[str, str]:
        """Which extras are in, and the fingerprint of the pins each was installed from."""
        try:
            return dict(json.loads(self._stamp.read_text()))
        except (FileNotFoundError, ValueError):
            return {}

    def missing(self, extras: Iterable[str]) -> list[str]:
        """The extras that are not in, or were installed from other pins."""
        now, wanted = self.installed(), fingerprint(self.place)
        return [extra for extra in ("core", *extras) if now.get(extra) != wanted]

    def ensure(self, extras: Iterable[str]) -> None:
        """Install what is missing; a second call costs a file read."""
        extras = list(extras)
        if not self.missing(extras):
            return
        with self._only_one():
            if not (missing := self.missing(extras)):
                return
            started = time.monotonic()
            say(f"Installing {', '.join(missing)} …")
            self._make_venv()
            self._install(sorted({*missing, *self.installed()} - {"core"}))
            wanted = fingerprint(self.place)
            self._stamp.write_text(
                json.dumps({**self.installed(), **dict.fromkeys(missing, wanted)}, indent=1)
            )
            say(f"Installed {', '.join(missing)} in {time.monotonic() - started:.0f} s.")

    def _make_venv(self) -> None:
        if not (self.place.python.exists() and self.place.python.with_name("pip").exists()):
            done = subprocess.run(
                [sys.executable, "-m", "venv", self.place.venv], capture_output=True, text=True, check=False
            )
            if done.returncode != 0:
                raise Refusal(
                    "Python could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv.\n"
                    + (done.stdout + done.stderr).strip()[-600:]
                )
        if not (self.place.venv / "bin" / "uv").exists():
            self._pip("install", "--quiet", "--disable-pip-version-check", UV)

    def _install(self, extras: list[str]) -> None:
        """uv, with pip's indexes; plain pip where uv cannot run here."""
        requirements = self.place.run / "requirements.txt"
        requirements.write_text("\n".join(required(self.place, extras)) + "\n")
        arguments = ["install", "-r", str(requirements), "-c", str(self.place.root / "constraints.txt")]
        uv = self.place.venv / "bin" / "uv"
        if not uv.exists():
            self._pip(*arguments, "--quiet")
            return
        environment = uv_environment(self.place.python)
        command = [str(uv), "pip", *arguments, "--python", str(self.place.python)]
        if NEEDS_TORCH & set(extras):
            command += torch_choice(command, environment)
        self._logged(command, environment)

    def _pip(self, *arguments: str) -> None:
        self._logged([str(self.place.python), "-m", "pip", *arguments], dict(os.environ))

    def _logged(self, command: list[str], environment: dict[str, str]) -> None:
        log = self.place.logs / "install.log"
        with log.open("a") as out:
            out.write(f"$ {' '.join(command)}\n")
            out.flush()
            done = subprocess.run(
                command,
                env=environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        if done.returncode != 0:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-12:])
            raise Refusal(f"The installation stopped. The end of {log}:\n{tail}")

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        """Two `./dev` at once take turns."""
        self.place.prepare()
        with (self.place.run / "install.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def required(place: Place, extras: Iterable[str]) -> list[str]:
    """The requirement lines of the core and these extras, from pyproject.toml."""
    project = tomllib.loads((place.root / "pyproject.toml").read_text())["project"]
    optional = project["optional-dependencies"]
    lines = list(project["dependencies"])
    for extra in extras:
        if extra not in optional:
            raise Refusal(f"There is no extra called {extra!r}. There are: {', '.join(sorted(optional))}.")
        lines += optional[extra]
    return list(dict.fromkeys(lines))


def fingerprint(place: Place) -> str:
    """Changes when the requirements, the pins, the environment's interpreter or its place change."""
    project = tomllib.loads((place.root / "pyproject.toml").read_text())["project"]
    pins = (place.root / "constraints.txt").read_text()
    made_with = place.venv / "pyvenv.cfg"
    interpreter = made_with.read_text() if made_with.exists() else ""
    parts = [project["dependencies"], project["optional-dependencies"], pins, str(place.venv), interpreter]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def torch_choice(command: list[str], environment: dict[str, str]) -> list[str]:
    """Extra arguments that keep CUDA builds off a machine without a GPU.

    The package index's torch for Linux brings several gigabytes of CUDA. Where pip is pointed at a CPU build, the plan
    holds none and nothing is added; else uv's own knowledge of PyTorch's CPU builds is used, when they can be reached.
    """
    if has_gpu() or not _plans_cuda([*command, "--dry-run"], environment):
        return []
    backend = ["--torch-backend", "cpu"]
    if not _plans_cuda([*command, *backend, "--dry-run"], environment):
        return backend
    raise Refusal(
        "This machine has no GPU, and only CUDA builds of torch can be reached from here (several gigabytes). "
        "Point PIP_FIND_LINKS at a folder with a CPU build of torch, or accept the CUDA build with WINNOW_CUDA=1. "
        "Everything but embedding and training works without: --without-training."
    )


def has_gpu() -> bool:
    """An NVIDIA device is here, or the person wants the CUDA build anyway."""
    return (
        os.environ.get("WINNOW_CUDA") == "1"
        or Path("/dev/nvidiactl").exists()
        or Path("/proc/driver/nvidia").exists()
    )


def _plans_cuda(command: list[str], environment: dict[str, str]) -> bool:
    """Would this install NVIDIA's libraries? A plan that cannot be made counts as yes: it does not help."""
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    return done.returncode != 0 or any(
        line.strip().startswith("+ nvidia-") for line in done.stderr.splitlines()
    )


def lock(place: Place, *, upgrade: bool = False) -> int:
    """Resolve all extras for every supported platform into constraints.txt: names and versions only, no addresses."""
    place.prepare()
    Installer(place).ensure(CORE)
    uv = place.venv / "bin" / "uv"
    if not uv.exists():
        raise Refusal("uv is needed for ./dev lock and could not be installed here.")
    options = ["--universal", "--no-header", "--no-annotate", "--no-emit-package", "torch", "--all-extras"]
    command = [str(uv), "pip", "compile", *options, *(["--upgrade"] if upgrade else []), "-q"]
    done = subprocess.run(
        [*command, "pyproject.toml", "-o", "constraints.txt"],
        cwd=place.root,
        env=uv_environment(place.python),
        check=False,
    )
    if done.returncode == 0:
        say("Wrote constraints.txt. Run ./dev test before committing it.")
    return done.returncode
