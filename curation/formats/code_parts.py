"""Code that a provider ran for the model, in the wire forms of OpenAI, Anthropic, Gemini and GenAI's server tools.

What was run and what came of it arrive as two parts; they become one `code_execution`.
"""

from __future__ import annotations

from typing import Any

from curation.conversation import Message, Part

TOOLS = {
    "code_interpreter",
    "code_execution",
    "bash_code_execution",
    "text_editor_code_execution",
    "python",
    "bash",
}
CALLS = {"code_interpreter_call", "executable_code", "local_shell_call", "shell_call"}
RESULTS = {"code_execution_tool_result", "bash_code_execution_tool_result", "text_editor_code_execution_tool_result",
           "code_execution_result", "local_shell_call_output", "shell_call_output"}  # fmt: skip
TIMEOUTS = {"execution_time_exceeded", "outcome_deadline_exceeded", "deadline_exceeded", "timeout"}
FIELDS = ("id", "language", "input", "stdout", "stderr", "exit_code", "truncated", "timed_out")


def own(raw: dict[str, Any]) -> Part:
    """A part already in the normal form."""
    part: dict[str, Any] = {"type": "code_execution"} | {name: raw[name] for name in FIELDS if name in raw}
    return part  # type: ignore[return-value]


def call(raw: dict[str, Any], details: dict[str, Any], tool: str) -> Part:
    """What was run, and what came of it where the same object says so."""
    given = details.get("input", details)
    inner: dict[str, Any] = given if isinstance(given, dict) else {"code": given}
    action = inner.get("action")
    inner = action if isinstance(action, dict) else inner
    code = next((inner[name] for name in ("code", "command", "commands", "script") if inner.get(name)), "")
    part: Part = {
        "type": "code_execution",
        "id": str(raw.get("id") or raw.get("call_id") or ""),
        "input": "\n".join(map(str, code)) if isinstance(code, list) else str(code),
    }
    if language := str(inner.get("language") or _language(tool)).lower():
        part["language"] = language
    if "outputs" in details or "logs" in details:
        _add_outputs(part, details.get("outputs", details.get("logs")))
    return part


def result(raw: dict[str, Any], details: Any) -> Part:
    """What came of it; the part has no `input`, which is how `joined` knows it."""
    part: Part = {"type": "code_execution", "id": _result_id(raw)}
    if isinstance(details, list):
        _add_outputs(part, details)
        return part
    values = details if isinstance(details, dict) else {"stdout": details}
    outcome = str(values.get("outcome", "")).lower()
    for name, names in (("stdout", ("stdout", "output", "logs", "content")), ("stderr", ("stderr",))):
        if text := next(
            (values[one] for one in names if isinstance(values.get(one), str) and values[one]), ""
        ):
            part[name] = text  # type: ignore[literal-required]
    code = next(
        (values[one] for one in ("return_code", "exit_code", "returncode") if values.get(one) is not None),
        None,
    )
    if isinstance(code, int):
        part["exit_code"] = code
    elif outcome:
        part["exit_code"] = 0 if outcome in ("outcome_ok", "ok") else 1
    if {outcome, str(values.get("error_code", "")).lower(), str(values.get("status", "")).lower()} & TIMEOUTS:
        part["timed_out"] = True
    if values.get("error_code"):
        part["stderr"] = part.get("stderr") or str(values["error_code"])
    if values.get("truncated") is True:
        part["truncated"] = True
    if isinstance(values.get("outputs"), list):
        _add_outputs(part, values["outputs"])
    return part


def joined(messages: list[Message]) -> list[Message]:
    """The messages with each result put to its code; one that holds nothing else any more is gone."""
    if not any(part["type"] == "code_execution" for one in messages for part in one["parts"]):
        return messages
    told: list[Message] = []
    running: dict[str, Part] = {}
    for message in messages:
        kept: list[Part] = []
        for part in message["parts"]:
            if part["type"] != "code_execution" or not _belongs(part, running):
                kept.append(part)
            if part["type"] == "code_execution" and "input" in part:
                running[part.get("id", "")] = part
        if kept or not message["parts"]:
            told.append({**message, "parts": kept})
    return told


def _belongs(part: Part, running: dict[str, Part]) -> bool:
    if "input" in part or part.get("id", "") not in running:
        return False
    running[part.get("id", "")].update({name: part[name] for name in part if name not in ("type", "id")})  # type: ignore[typeddict-item,literal-required]
    return True


def _result_id(raw: dict[str, Any]) -> str:
    return str(next((raw[name] for name in ("tool_use_id", "call_id", "id") if raw.get(name)), ""))


def _language(tool: str) -> str:
    return "bash" if "bash" in tool or "shell" in tool else "python" if tool in TOOLS | CALLS else ""


def _add_outputs(part: Part, outputs: Any) -> None:
    """OpenAI's list of logs and images, and shells' lists of stdout, stderr and outcome."""
    given = outputs if isinstance(outputs, list) else [outputs] if outputs else []
    words: dict[str, list[str]] = {"stdout": [], "stderr": []}
    for one in given:
        values = one if isinstance(one, dict) else {"logs": one}
        for name, names in (("stdout", ("logs", "stdout", "text")), ("stderr", ("stderr",))):
            words[name] += [values[key] for key in names if isinstance(values.get(key), str) and values[key]]
        outcome = values.get("outcome")
        if isinstance(outcome, dict):
            if isinstance(outcome.get("exit_code"), int):
                part["exit_code"] = outcome["exit_code"]
            if str(outcome.get("type", "")).lower() in TIMEOUTS:
                part["timed_out"] = True
    for name, texts in words.items():
        if texts:
            part[name] = "\n".join(texts)  # type: ignore[literal-required]
