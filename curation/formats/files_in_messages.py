"""File parts of every provider: a name, a type and where the bytes are, or what they hash to; never the bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from typing import Any

from curation.conversation import Part
from curation.formats.blobs import referred

KINDS = {
    "file", "blob", "uri", "image_url", "input_image", "image", "input_audio", "input_file", "audio", "video",
    "document", "media", "inline_data", "file_data", "image_generation_call",
}  # fmt: skip
NESTED = ("source", "file", "image_url", "input_audio", "inlineData", "inline_data", "fileData", "file_data", "image",
          "audio", "video", "document")  # fmt: skip
PLACES = ("uri", "url", "file_uri", "fileUri", "file_url", "file_id", "fileId", "id")
BYTES = ("content", "data", "file_data", "result")
NAMES = ("name", "filename", "file_name", "title", "displayName")
TYPES = ("mime_type", "media_type", "mimeType", "mediaType")


def read_file(raw: dict[str, Any]) -> Part:
    """A file part; bytes that came inline, as base64 or as a data URI, are told by their sha256 and size."""
    layers = list(_layers(raw))
    part: Part = {"type": "file"}
    uri = _first(layers, PLACES, skip_id=raw.get("type") in ("image_generation_call",))
    data = _first(layers, BYTES)
    mime = _first(layers, TYPES)
    if uri.startswith("data:"):
        head, _, data = uri.partition(",")
        mime, uri = mime or head[5:].split(";")[0], ""
    for layer in layers:
        if isinstance(layer.get("sha256"), str):
            part["sha256"] = layer["sha256"]
        if isinstance(layer.get("size"), int):
            part["size"] = layer["size"]
    if uri or not (data or "sha256" in part):
        part["uri"] = uri
    elif data and "sha256" not in part:
        content = _bytes(data)
        part["sha256"], part["size"] = hashlib.sha256(content).hexdigest(), len(content)
    if name := _first(layers, NAMES):
        part["name"] = name
    if mime := mime or _format(layers):
        part["mime_type"] = mime
    return part


def _layers(raw: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield raw
    yield from (found for value in raw.values() if (found := referred(value)))
    for name in NESTED:
        inner = raw.get(name)
        if isinstance(inner, dict):
            yield from _layers({key: value for key, value in inner.items() if key != name})
        elif isinstance(inner, str) and name in ("image_url", "image"):
            yield {"uri": inner}


def _first(layers: list[dict[str, Any]], names: tuple[str, ...], *, skip_id: bool = False) -> str:
    for layer in layers:
        for name in names:
            value = layer.get(name)
            if isinstance(value, str) and value and not (skip_id and name == "id"):
                return value
    return ""


def _format(layers: list[dict[str, Any]]) -> str:
    """OpenAI names an audio format where others name a media type."""
    for layer in layers:
        if isinstance(layer.get("format"), str) and isinstance(layer.get("data"), str):
            return f"audio/{layer['format']}"
    return ""


def _bytes(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return data.encode("utf-8", "surrogatepass")
