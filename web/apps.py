"""The web app: the highest layer below config."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WebConfig(AppConfig):
    """Pages over all stations; owns no table."""

    name = "web"

    def ready(self) -> None:
        """Each app's `station.py` registers its navigation, station and inbox items."""
        autodiscover_modules("station")
