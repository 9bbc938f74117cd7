"""The drawing of the house is a failing test: layers, heavy imports, and how fast the web process may start."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "torch",
    "transformers",
    "sentence_transformers",
    "faiss",
    "datasets",
    "trl",
    "peft",
    "argilla",
    "ray",
)
APPS = ("config", "web", "trainers", "snapshots", "annotation", "indexer", "curation", "accounts", "core")
IMPORT_ALL = """
import importlib, pkgutil, sys
import django
django.setup()
for name in {apps}:
    package = importlib.import_module(name)
    for found in pkgutil.walk_packages(package.__path__, name + "."):
        if ".migrations" in found.name or ".settings" in found.name or found.name.startswith("trainers.runtime"):
            continue
        importlib.import_module(found.name)
print(*[name for name in {heavy} if name in sys.modules])
"""


def test_every_layer_contract_holds() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_no_module_outside_the_training_runtime_loads_a_heavy_library() -> None:
    code = IMPORT_ALL.format(apps=APPS, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == []


@pytest.mark.parametrize("name", ["datasets", "evaluate", "tokenizers"])
def test_no_app_shadows_a_library(name: str) -> None:
    assert not (ROOT / name).exists()


def test_dev_needs_nothing_but_the_standard_library() -> None:
    code = "import sys; sys.path.insert(0, '.'); import devtools.cli"
    command = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
