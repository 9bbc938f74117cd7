"""WSGI entry point for the app server."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.wsgi import get_wsgi_application

IMPORTED_IF_PRESENT = ("requests", "rich")


@contextmanager
def left_out(*names: str) -> Iterator[None]:
    """Libraries of other extras that DRF and structlog import just because they are there: a fifth of a second."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None means: behave as if not installed
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
with left_out(*IMPORTED_IF_PRESENT):
    application = get_wsgi_application()
gc.collect()
gc.freeze()
"""What is loaded once and kept is no garbage: no collection between two requests walks it again."""
