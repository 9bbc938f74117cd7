"""Any program, without a tracing library: one JSON object per model call, posted as it happened."""

import json
import os
import urllib.request
import uuid
from datetime import UTC, datetime

record = {
    "trace_id": uuid.uuid4().hex,
    "request_id": uuid.uuid4().hex,
    "ts": datetime.now(UTC).isoformat(),
    "service": "my-app",
    "request": {
        "model": "gpt-5-mini",
        "messages": [{"role": "user", "content": "Which planet is the largest?"}],
    },
    "response": {
        "model": "gpt-5-mini",
        "choices": [{"message": {"role": "assistant", "content": "Jupiter."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 12, "completion_tokens": 3},
    },
    "training_use": "allowed",
}

request = urllib.request.Request(
    f"{os.environ['WINNOW_URL']}/api/v1/projects/{os.environ['WINNOW_PROJECT']}/traces:batch",
    data=json.dumps(record).encode() + b"\n",
    headers={
        "Authorization": "Bearer " + os.environ["WINNOW_TOKEN"],
        "Content-Type": "application/x-ndjson",
    },
)
with urllib.request.urlopen(request) as answer:
    print(answer.read().decode())
