"""Code, retrieval, files, tool flags and token probabilities have their own look; a redaction is found by its mark."""

from typing import Any

from core.rendering.conversation import conversation_view
from core.rendering.parts import PartView


def shown(part: dict[str, Any], **whole: Any) -> PartView:
    view = conversation_view({"messages": [{"role": "assistant", "parts": [part]}], **whole})
    return view.messages[0].parts[0]


def test_a_run_of_code_shows_what_went_in_and_what_came_out() -> None:
    part = shown({"type": "code_execution", "language": "python", "input": "1/0", "stdout": "", "stderr": "<Zero>",
                  "exit_code": 1, "truncated": True})  # fmt: skip
    assert part.is_error
    assert [block.label for block in part.blocks] == ["Input", "Error output"]
    assert "&lt;Zero&gt;" in part.blocks[1].html
    assert [word for _, word in part.flags] == ["exit 1", "output cut off"]


def test_retrieved_documents_show_the_passage_of_their_hash() -> None:
    part = shown(
        {
            "type": "retrieval",
            "query": "tax",
            "documents": [{"document_id": "d1", "passage_hash": "ab", "score": 0.5}],
        },
        retrieval=[{"document_id": "d1", "text": "Taxes are due.", "score": 0.5, "passage_hash": "ab"}],
    )
    assert part.line == "tax"
    assert part.documents[0].html == "Taxes are due."


def test_a_document_whose_text_was_not_kept_is_still_named() -> None:
    part = shown({"type": "retrieval", "query": "", "documents": [{"document_id": "d1", "score": None}]})
    assert (part.documents[0].document_id, part.documents[0].html) == ("d1", "")


def test_a_file_is_named_with_its_hash_and_never_loaded() -> None:
    part = shown({"type": "file", "name": "a.png", "mime_type": "image/png", "sha256": "ab" * 32, "size": 10})
    assert (part.kind, part.name, part.sha256, part.size) == ("file", "a.png", "ab" * 32, 10)


def test_a_call_carries_the_flags_of_its_tool() -> None:
    part = shown(
        {"type": "tool_call", "id": "1", "name": "pay", "arguments": {}},
        tools=[
            {"name": "pay", "description": "", "parameters": {}, "irreversible": True, "sandboxed": False}
        ],
    )
    assert [word for _, word in part.flags] == ["irreversible"]


def marked(text: str, word: str, kind: str, path: str, **more: str) -> dict[str, Any]:
    start = text.index(word)
    return {"kind": kind, "path": path, "start": start, "end": start + len(word), **more}


def test_a_stand_in_that_looks_like_a_name_is_found_by_its_mark() -> None:
    text = "Ask **Dana Whitfield** or Dana"
    value = {"messages": [{"role": "user", "parts": [{"type": "text", "text": text}]}]}
    mark = marked(text, "Dana Whitfield", "person", "/messages/0/parts/0/text", rule="names/3")
    html = conversation_view(value, marks=[mark]).messages[0].parts[0].html
    assert '<strong><span class="redacted" title="Redacted: person.' in html
    assert "Rule: names/3." in html
    assert html.count('class="redacted"') == 1
    assert "Dana Whitfield</span>" in html


def test_marks_hold_inside_arguments_and_passages() -> None:
    call = {"type": "tool_call", "id": "1", "name": "mail", "arguments": {"to": {"a/b": "Dana"}}}
    value = {"messages": [{"role": "assistant", "parts": [call]}],
             "retrieval": [{"document_id": "d", "text": "Dana lives", "score": None}]}  # fmt: skip
    marks = [
        marked("Dana", "Dana", "person", "/messages/0/parts/0/arguments/to/a~1b"),
        marked("Dana lives", "Dana", "person", "/retrieval/0/text"),
    ]
    view = conversation_view(value, marks=marks)
    assert 'class="redacted"' in view.messages[0].parts[0].html
    assert 'class="redacted"' in view.messages[0].parts[0].line
    assert 'class="redacted"' in view.passages[0].html


def test_a_number_that_stands_for_one_is_marked_too() -> None:
    call = {"type": "tool_call", "id": "1", "name": "dial", "arguments": {"number": 5550100123, "tries": 2}}
    mark = {"kind": "phone", "path": "/messages/0/parts/0/arguments/number", "start": 0, "end": 10}
    html = conversation_view({"messages": [{"role": "assistant", "parts": [call]}]}, marks=[mark])
    assert 'class="redacted"' in html.messages[0].parts[0].html
    assert '"tries": 2' in html.messages[0].parts[0].html.replace("&quot;", '"').replace("&#34;", '"')


def test_inside_an_address_a_mark_makes_no_markup() -> None:
    text = "[write](mailto:dana@example.invalid)"
    value = {"messages": [{"role": "user", "parts": [{"type": "text", "text": text}]}]}
    mark = marked(text, "dana@example.invalid", "email", "/messages/0/parts/0/text")
    html = conversation_view(value, marks=[mark]).messages[0].parts[0].html
    assert 'href="mailto:' in html
    assert "<span" not in html.split("</a>")[0].split(">")[0]


def test_a_writer_cannot_forge_a_chip_with_private_characters() -> None:
    text = "\U000f0000 and Dana"
    value = {"messages": [{"role": "user", "parts": [{"type": "text", "text": text}]}]}
    mark = marked(text, "Dana", "person", "/messages/0/parts/0/text")
    html = conversation_view(value, marks=[mark]).messages[0].parts[0].html
    assert html.count('class="redacted"') == 1


def test_token_probabilities_become_a_heat_and_nonsense_none() -> None:
    message = {
        "role": "assistant",
        "parts": [{"type": "text", "text": "Paris <b>"}],
        "logprobs": [
            {"part": 0, "start": 0, "end": 5, "logprob": -0.01},
            {"part": 0, "start": 5, "end": 9, "logprob": -3.0},
            {"part": 7, "start": 0, "end": 1, "logprob": -1.0},
        ],
    }
    heat = conversation_view({"messages": [message]}).messages[0].heat
    assert heat is not None
    assert heat.count == 2
    assert 'class="token token--0" title="p = 0.990">Paris</span>' in heat.html
    assert 'class="token token--4" title="p = 0.050"> &lt;b&gt;</span>' in heat.html
    assert conversation_view({"messages": [message | {"logprobs": []}]}).messages[0].heat is None


def test_a_result_of_many_lines_shows_its_beginning_and_counts_the_rest() -> None:
    lines = [f"<{n}>" for n in range(60)]
    part = shown({"type": "tool_result", "id": "1", "result": "\n".join(lines)})
    assert part.html.split("\n") + part.rest.split("\n") == [f"&lt;{n}&gt;" for n in range(60)]
    assert (part.html.count("\n"), part.rest_lines) == (24, 35)


def test_a_result_of_some_lines_is_shown_whole() -> None:
    part = shown({"type": "tool_result", "id": "1", "result": "\n".join("x" * 40)})
    assert (part.rest, part.rest_lines, part.html.count("\n")) == ("", 0, 39)
