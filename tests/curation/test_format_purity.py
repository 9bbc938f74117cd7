"""Formats are pure: they are read, tested and used without Django and without a database."""

import subprocess
import sys

MODULES = (
    "assemble",
    "genai",
    "lines",
    "messages",
    "otlp",
    "otlp_json",
    "record",
    "signals",
    "texts",
    "wire",
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
