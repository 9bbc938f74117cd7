"""Every address under a project, with the verb each method takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PREFIXES = ("p/<slug:slug>/", "api/v1/projects/<slug:slug>/")

STRICTER_POSTS = {
    "p/<slug:slug>/annotation/people/axes/": "annotation.manage",
    "p/<slug:slug>/snapshots/people/": "snapshot.approve",
    "p/<slug:slug>/curation/quarantine/": "curation.manage",
    "p/<slug:slug>/curation/training-use/": "curation.manage",
}
"""Pages many may read whose form only some may send."""


@dataclass(frozen=True)
class Route:
    """One address: its pattern, the names of its arguments, and `verbs` by method."""

    pattern: str
    arguments: tuple[str, ...]
    verbs: dict[str, str]
    is_api: bool
    url_pattern: Any

    def url(self, slug: str, values: dict[str, Any]) -> str:
        """The address with these arguments."""
        filled = self.pattern.replace("<slug:slug>", slug)
        for name, value in values.items():
            for kind in ("uuid", "int", "str", "slug", "path"):
                filled = filled.replace(f"<{kind}:{name}>", str(value))
            filled = filled.replace(f"(?P<{name}>skip|release|report)", str(value))
        return "/" + filled.replace("^", "").replace("$", "")


def project_routes() -> list[Route]:
    """All of them, in order of their pattern."""
    found = [
        _route(prefix, pattern) for prefix, pattern in _walk(get_resolver()) if prefix.startswith(PREFIXES)
    ]
    return sorted(found, key=lambda route: route.pattern)


def _walk(resolver: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        path = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one, path)
        else:
            yield path, one


def _route(path: str, pattern: URLPattern) -> Route:
    arguments = tuple(name for name in _arguments(path) if name != "slug")
    view = getattr(pattern.callback, "cls", None)
    if view is None:
        verb = getattr(pattern.callback, "verb", "")
        return Route(path, arguments, {"GET": verb, "POST": STRICTER_POSTS.get(path, verb)}, False, pattern)
    handled = [method for method in METHODS if hasattr(view, method.lower())]
    return Route(path, arguments, {method: view.verbs.get(method, "") for method in handled}, True, pattern)


def _arguments(path: str) -> Iterator[str]:
    for piece in path.split("<")[1:]:
        yield piece.split(">")[0].split(":")[-1]
