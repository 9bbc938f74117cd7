"""Formats are pure: they are read, tested and used without Django and without a database."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORMATS = ROOT / "curation" / "formats"
MODULES = sorted(
    ".".join(path.relative_to(FORMATS).with_suffix("").parts)
    for path in FORMATS.rglob("*.py")
    if path.stem != "__init__"
)


def test_no_format_imports_django() -> None:
    imports = "; ".join(f"import curation.formats.{name}" for name in MODULES)
    check = f"import sys; {imports}; import curation.conversation; print([m for m in sys.modules if m.startswith('django')])"
    assert (
        subprocess.run(
            [sys.executable, "-c", check], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )
