"""One machine, embedded servers: what `./dev up` and `./dev demo` run with."""

import secrets

from config import env
from config.settings.base import *
from config.settings.base import STATE_DIR

DEBUG = env.flag("WINNOW_DEBUG")


def _secret_key() -> str:
    """A key of this checkout's own, made once; production takes it from the environment."""
    file = STATE_DIR / "secret_key"
    if not file.exists():
        STATE_DIR.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


SECRET_KEY = env.text("WINNOW_SECRET_KEY", "") or _secret_key()
