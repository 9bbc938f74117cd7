"""A conversation in its normal form is shown whole, and blind where somebody judges."""

from typing import Any

from core.rendering.chat import from_chat
from core.rendering.conversation import LONG_TEXT, conversation_view, messages_view
from core.rendering.diff import MAX_WORDS, diff_both, diff_html, pieces


def conversation(**changes: Any) -> dict[str, Any]:
    call = {"type": "tool_call", "id": "1", "name": "sum", "arguments": '{"a": 1}'}
    result = {"type": "tool_result", "id": "1", "result": {"value": "<b>"}, "is_error": True}
    return {
        "messages": [
            {"role": "system", "parts": [{"type": "text", "text": "be brief"}]},
            {"role": "user", "parts": [{"type": "text", "text": "**1** + 1?"}]},
            {"role": "assistant", "model": "secret-model-7", "parts": [call]},
            {"role": "tool", "parts": [result]},
            {"role": "assistant", "finish_reason": "length", "parts": [{"type": "text", "text": "2"}]},
        ],
        **changes,
    }


def test_a_tool_result_finds_the_name_of_its_call() -> None:
    view = conversation_view(conversation())
    part = view.messages[3].parts[0]
    assert (part.kind, part.name, part.is_error) == ("tool_result", "sum", True)


def test_arguments_that_are_json_in_a_string_are_laid_out() -> None:
    assert "\n" in conversation_view(conversation()).messages[2].parts[0].html


def test_results_are_escaped() -> None:
    assert "&lt;b&gt;" in conversation_view(conversation()).messages[3].parts[0].html


def test_model_names_are_left_out_where_people_judge() -> None:
    view = messages_view(conversation()["messages"], anonymous=True)
    assert all(message.model == "" for message in view.messages)


def test_a_cut_off_answer_says_so() -> None:
    assert conversation_view(conversation()).messages[4].ended


def test_a_long_part_is_folded() -> None:
    long = {"role": "assistant", "parts": [{"type": "text", "text": "x " * LONG_TEXT}]}
    assert conversation_view(conversation(messages=[long])).messages[0].parts[0].long


def turns(number: int, **part: Any) -> list[dict[str, Any]]:
    return [
        {"role": "assistant", "parts": [{"type": "text", "text": f"Turn {n}."} | part]} for n in range(number)
    ]


def test_a_long_exchange_shows_how_it_began_and_how_it_ended() -> None:
    first, middle, last = messages_view(turns(30), folds=True).stretches
    assert (len(first.turns), len(middle.turns), len(last.turns)) == (3, 22, 5)
    assert (first.folded, middle.folded, last.folded) == (False, True, False)
    shown = [str(turn.parts[0].html) for one in (first, middle, last) for turn in one.turns]
    assert shown == [str(turn.parts[0].html) for turn in messages_view(turns(30)).messages]


def test_a_short_exchange_and_one_that_is_read_whole_do_not_fold() -> None:
    assert [one.folded for one in messages_view(turns(12), folds=True).stretches] == [False]
    assert [one.folded for one in messages_view(turns(30)).stretches] == [False]


def test_a_fold_says_how_many_steps_in_it_went_wrong() -> None:
    failed = {"type": "tool_result", "id": "1", "result": "no", "is_error": True}
    held = turns(30)
    for place in (1, 10, 11):
        held[place] = {"role": "tool", "parts": [failed]}
    assert [one.failed for one in messages_view(held, folds=True).stretches] == [1, 2, 0]


def test_a_part_of_unknown_type_is_still_shown() -> None:
    odd = {"role": "user", "parts": [{"type": "hologram", "uri": "s3://x", "mime_type": "image/png"}]}
    assert "s3://x" in conversation_view(conversation(messages=[odd])).messages[0].parts[0].html


def test_missing_fields_do_not_break_the_page() -> None:
    view = conversation_view({"messages": [{"role": "assistant", "parts": [{"type": "text"}, {}]}]})
    assert len(view.messages[0].parts) == 2


def test_the_error_and_the_passages_are_kept() -> None:
    view = conversation_view(
        conversation(
            error={"type": "timeout", "message": "after 2 s"},
            retrieval=[{"document_id": "d1", "text": "a & b", "score": 0.5}],
        )
    )
    assert view.error_type == "timeout"
    assert view.passages[0].html == "a &amp; b"


def test_chat_messages_of_a_row_become_parts() -> None:
    call = {"id": "1", "function": {"name": "sum", "arguments": {"a": 1}}}
    chat: list[dict[str, Any]] = [
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": "2", "tool_call_id": "1"},
    ]
    messages = from_chat(chat)
    assert messages[0]["parts"][0]["name"] == "sum"
    assert messages[1]["parts"][0]["type"] == "tool_result"


def test_a_difference_can_be_put_together_again() -> None:
    before, after = "the cat sat  down\n", "the dog sat up\n"
    found = pieces(before, after)
    assert "".join(piece.text for piece in found if piece.side != "added") == before
    assert "".join(piece.text for piece in found if piece.side != "removed") == after


def test_both_sides_are_those_of_the_two_texts() -> None:
    before, after = "the cat sat  down", "the dog sat up"
    assert diff_both(before, after) == (
        diff_html(before, after, "removed"),
        diff_html(before, after, "added"),
    )


def test_a_difference_escapes_what_it_shows() -> None:
    assert "<script>" not in diff_html("<script>", "<b>")


def test_what_two_texts_share_is_folded_only_when_asked() -> None:
    shared = "the same words again " * 200
    assert "alike" in diff_html(shared + "x", shared + "y", fold=True)
    assert "alike" not in diff_html(shared + "x", shared + "y")


def test_long_texts_are_compared_by_lines() -> None:
    text = "word another\n" * MAX_WORDS
    assert [piece.side for piece in pieces(text, text + "one more\n")] == ["same", "added"]
