"""A server's settings, with static files straight from their folder: an error page needs no collected ones."""

from config.settings.base import STORAGES as _STORAGES
from config.settings.prod import *  # noqa: F403

STORAGES = {**_STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
