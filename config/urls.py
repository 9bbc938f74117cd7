"""One address per page: people under /p/<project>/, machines under /api/v1/, OTLP where every SDK expects it."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from config import health

PROJECT_APPS = ("accounts", "curation", "indexer", "annotation", "snapshots", "trainers")


def _mounted(suffix: str, prefix: str) -> list[URLPattern | URLResolver]:
    """Each app's URLs of that kind under its project."""
    mounts: list[URLPattern | URLResolver] = []
    for app in PROJECT_APPS:
        module = f"{app}.{suffix}"
        if find_spec(module):
            mounts.append(path(prefix.format(app=app), include(module)))
    return mounts


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="api-docs"),
    *_mounted("urls", "p/<slug:slug>/{app}/"),
    *_mounted("api_urls", "api/v1/projects/<slug:slug>/"),
]
for module, prefix in (
    ("curation.otlp_urls", ""),
    ("accounts.public_urls", "account/"),
    ("accounts.api_global_urls", "api/v1/"),
    ("annotation.api_global_urls", "api/v1/"),
    ("web.urls", ""),
):
    if find_spec(module):
        urlpatterns.append(path(prefix, include(module)))

handler400 = "web.errors.bad_request"
handler403 = "web.errors.forbidden"
handler404 = "web.errors.not_found"
handler500 = "web.errors.fault"
