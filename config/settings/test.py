"""Tests: the owner creates the test database, every test then runs as the app role (tests/conftest.py)."""

import os

os.environ["WINNOW_DATABASE_ROLE"] = os.environ.get("WINNOW_DATABASE_ROLE", "owner")

from config import env
from config.settings.base import *
from config.settings.base import DATABASES

SECRET_KEY = "tests-only-and-never-anywhere-else-0000000000000000"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATABASES["default"]["TEST"] = {"NAME": env.text("WINNOW_TEST_DB", "test_winnow")}
DATABASES["default"]["CONN_MAX_AGE"] = 0
ALLOWED_HOSTS = ["*"]
AXES_ENABLED = False
KEYRING_JSON = '{"active": "test", "keys": {"test": "' + "ab" * 32 + '"}}'
TOKEN_CACHE_SECONDS = 0
