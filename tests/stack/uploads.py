"""Files for the upload page with canaries in every place: of several formats, broken in every way, and the form around them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from tests.stack.canaries import Planter
from tests.stack.deliveries import Delivery, rows

PAGE = "/p/acme/curation/ingest/upload/"
BOUNDARY = "winnow-boundary"
NO_TEMPORARY_FILE = 3 << 20
"""Bytes: of a file beyond 2.5 MB Django would make a temporary one."""


def form(
    name: str,
    fields: dict[str, str],
    file: bytes,
    *,
    filename: str = "f.jsonl",
    path: str = PAGE,
    part: str = "file",
) -> Delivery:
    """A multipart form (RFC 7578), as a browser sends it."""
    said = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in fields.items()
    )
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{part}"; filename="{filename}"\r\n'
    body = (
        f"{said}{head}Content-Type: application/octet-stream\r\n\r\n".encode()
        + file
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    return Delivery(name, path, body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})


def lines(plant: Planter, tag: str) -> dict[str, dict[str, Any]]:
    """One row of each format, by its name."""
    asked = [{"role": "user", "content": plant.all(f"{tag} question")}]
    answer = {"role": "assistant", "content": plant.all(f"{tag} answer")}
    call = {"id": plant.key(f"{tag} call"), "type": "function",
            "function": {"name": "pay", "arguments": json.dumps({"deep": json.dumps({"card": plant.all(f"{tag} argument")})})}}  # fmt: skip
    made = {"id": plant.key(f"{tag} id"), "object": "chat.completion", "created": 1_788_220_805, "model": plant.email(f"{tag} model"),
            "choices": [{"index": 0, "message": {**answer, "tool_calls": [call]}, "finish_reason": "stop"}]}  # fmt: skip
    said = {"type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn",
            "content": [{"type": "text", "text": plant.all(f"{tag} block")}]}  # fmt: skip
    return {
        "openai": {"request": {"model": "m", "messages": asked, "user": plant.email(f"{tag} user")}, "response": made},
        "openai_chat": {"messages": [*asked, answer]},
        "openai_preference": {"input": {"messages": asked}, "preferred_output": [answer],
                              "non_preferred_output": [{"role": "assistant", "content": plant.all(f"{tag} worse")}]},
        "anthropic": {"request": {"model": "m", "system": plant.all(f"{tag} system"), "messages": asked}, "response": said},
        "sharegpt": {"conversations": [{"from": "human", "value": plant.all(f"{tag} human")},
                                       {"from": "gpt", "value": plant.all(f"{tag} gpt")}]},
        "alpaca": {"instruction": plant.all(f"{tag} instruction"), "input": plant.all(f"{tag} input"),
                   "output": plant.all(f"{tag} output")},
        "langfuse": {"id": uuid4().hex, "timestamp": "2026-09-01T00:00:00Z", "name": plant.key(f"{tag} name"),
                     "userId": plant.email(f"{tag} langfuse user"), "observations": [
            {"id": uuid4().hex[:16], "type": "GENERATION", "startTime": "2026-09-01T00:00:00Z", "statusMessage": plant.all(f"{tag} status"),
             "input": {"messages": asked}, "output": answer, "metadata": {plant.email(f"{tag} key"): plant.all(f"{tag} metadata")}}]},
    }  # fmt: skip


def sound_uploads(plant: Planter, tag: str) -> Iterator[Delivery]:
    """Every format, looked at and taken: as lines, as an array, gzipped; and rows of every outcome."""
    files = {name: json.dumps(line).encode() for name, line in lines(plant, f"{tag} upload").items()}
    files["openai_chat"] = b"[" + files["openai_chat"] + b"]"
    files["alpaca"] = gzip.compress(files["alpaca"])
    files["record"] = rows(plant, f"{tag} upload record")
    for step in ("preview", "take"):
        for name, file in files.items():
            fields = {
                "step": step,
                "format": "auto" if name == "sharegpt" else name,
                "training_use": "unknown",
            }
            fields |= {"service": plant.email(f"{tag} service")} if step == "take" else {}
            yield form(
                f"upload {step} {name}", fields, file, filename=f"{plant.email(tag + ' file name')}.jsonl"
            )


def broken_uploads(plant: Planter, tag: str) -> Iterator[Delivery]:
    """What the page turns down, in full or in part, and files that somebody sent to the wrong page."""
    good = json.dumps(lines(plant, f"{tag} cut upload")["openai_chat"]).encode()
    text = plant.all(f"{tag} no rows").encode()
    wrong = {"messages": plant.all(f"{tag} wrong row"), plant.email(f"{tag} wrong key"): 1}
    files = {
        "text": text,
        "cut json": good[:-30],
        "cut array": b"[" + good,
        "cut gzip": gzip.compress(good)[:-9],
        "utf-16": good.decode().encode("utf-16"),
        "wrong rows": b"\n".join([json.dumps(wrong).encode()] * 3),
        "mixed": good + b"\n" + text + b"\n" + json.dumps({"messages": 7, plant.email(f"{tag} odd key"): 7}).encode(),
    }  # fmt: skip
    for step in ("preview", "take"):
        for name, file in files.items():
            fields = {"step": step, "format": "openai_chat" if name == "mixed" else "auto"}
            yield form(
                f"upload {step} {name}", fields, file, filename=f"{plant.key(tag + ' bad name')}.jsonl"
            )
    take = {"step": "take", "format": "auto"}
    yield form("upload no format", take | {"format": plant.email(f"{tag} format")}, good)
    yield form("upload no use", take | {"training_use": plant.email(f"{tag} use")}, good)
    other = {plant.email(f"{tag} field"): plant.all(f"{tag} field value")}
    yield form("upload other field", take | other, good, part=plant.key(f"{tag} part"))
    whole = form("upload cut form", take, good)
    whole.body = whole.body[:-40]
    yield whole
    torn = form("upload no boundary", take, good)
    torn.headers = {"Content-Type": f"multipart/form-data; boundary={plant.key(tag + ' boundary')}"}
    yield torn
    large = (text + b"\n") * (NO_TEMPORARY_FILE // len(text) + 1)
    yield form("upload large", take, large)
    yield form("upload to another page", {"username": "x", "password": "x"}, large, path="/login/")
    yield form("upload to the prices", {"note": ""}, large, path="/p/acme/curation/prices/next/", part="book")
    yield form("upload to an API", {}, good, path="/api/v1/projects/acme/backlog")
