"""Only the training program imports the heavy libraries; the web and the workers start without them."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOOK = """
import django
django.setup()
import sys
from trainers import api, tasks, views, station, reconciling, registering, preparing, launcher
heavy = {"torch", "transformers", "trl", "datasets", "tokenizers", "safetensors", "faiss"}
print(sorted(heavy & set(sys.modules)))
print(sorted(name for name in sys.modules if name.startswith("trainers.runtime")))
"""


def test_pages_and_tasks_import_neither_torch_nor_the_runtime() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]


def test_the_runtime_imports_neither_django_nor_a_database_driver() -> None:
    code = (
        "import sys; import trainers.runtime.supervisor, trainers.runtime.work; "
        "print(sorted({'django', 'psycopg', 'celery', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
