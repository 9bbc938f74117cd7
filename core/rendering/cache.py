"""Rendered HTML kept in this process by the hash of what was rendered.

In the process and not in the broker: what an erasure deletes must not live on in a shared cache.
"""

from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from threading import Lock

MAX_CHARACTERS = 24_000_000


class RenderCache:
    """Least recently used first out, bounded by characters held rather than by entries."""

    def __init__(self, max_characters: int = MAX_CHARACTERS) -> None:
        self.max_characters = max_characters
        self._held = 0
        self._entries: OrderedDict[bytes, str] = OrderedDict()
        self._lock = Lock()

    def get(self, kind: str, source: str, render: Callable[[str], str]) -> str:
        """The HTML of `source`; `render` runs only when this content has not been seen lately."""
        key = blake2b(f"{kind}\0{source}".encode("utf-8", "surrogatepass"), digest_size=20).digest()
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
                return self._entries[key]
        html = render(source)
        self._keep(key, html)
        return html

    def _keep(self, key: bytes, html: str) -> None:
        if len(html) > self.max_characters // 8:
            return
        with self._lock:
            if key not in self._entries:
                self._held += len(html)
            self._entries[key] = html
            while self._held > self.max_characters:
                _, dropped = self._entries.popitem(last=False)
                self._held -= len(dropped)

    def __len__(self) -> int:
        return len(self._entries)


shared = RenderCache()
