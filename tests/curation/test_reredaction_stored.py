"""A stored conversation under newer rules: what depends on its text follows it, what the product made itself stays."""

import hashlib
from dataclasses import replace

from core.privacy import RuleSet, SurrogateKey, structured_rules
from core.privacy.literals import find_literals, literal_of, words_of
from curation.conversation import Part, TokenLogprob, message, new_conversation
from curation.ingest.redaction import Redactor
from curation.ruling.lookalikes import IDENTIFIERS, lookalike
from curation.ruling.stored import redact_stored_conversation

SECRET = b"s" * 32


def redactor(*missed: str) -> Redactor:
    """Shipped rules and these reported values."""
    literals = tuple(
        literal_of(text, name=f"reported_{number}", kind="other", key_id="k", secret=SECRET)
        for number, text in enumerate(missed)
    )
    rules: RuleSet = replace(structured_rules(), literals=literals, key_names={})
    return Redactor(1, rules, SurrogateKey("k", SECRET))


def token(text: str, word: str) -> TokenLogprob:
    """A token's offsets in a text."""
    return {"part": 0, "start": text.index(word), "end": text.index(word) + len(word), "logprob": -0.5}


def test_offsets_of_tokens_follow_the_text() -> None:
    text = "Yes, Zephyr Quill and Amber Falcon start in May."
    value = new_conversation([message("user", "When?"), message("assistant", text)])
    value["messages"][1]["logprobs"] = [
        token(text, word) for word in ("Yes", "Quill", "and", "Falcon", "May")
    ]
    done = redact_stored_conversation(value, redactor("Zephyr Quill", "Amber Falcon"))
    said = done.value["messages"][1]
    now = said["parts"][0]["text"]
    stand_ins = [now[one["start"] : one["end"]] for one in said["logprobs"]]
    assert [stand_ins[place] for place in (0, 2, 4)] == ["Yes", "and", "May"]
    assert stand_ins[1].startswith("[OTHER:")
    assert stand_ins[3].startswith("[OTHER:")
    assert stand_ins[1] != stand_ins[3]


def test_hashes_of_passages_follow_their_text() -> None:
    value = new_conversation([message("user", "When?"), message("assistant", "In May.")])
    text = "Zephyr Quill starts in May."
    digest = hashlib.sha256(text.encode()).hexdigest()
    value["retrieval"] = [{"document_id": "d", "text": text, "score": 0.5, "passage_hash": digest}]
    documents = [{"document_id": "d", "passage_hash": digest, "score": 0.5}]
    value["messages"][1]["parts"].append({"type": "retrieval", "query": "q", "documents": documents})  # type: ignore[typeddict-item]
    done = redact_stored_conversation(value, redactor("Zephyr Quill")).value
    followed = hashlib.sha256(done["retrieval"][0]["text"].encode()).hexdigest()
    assert followed != digest
    assert done["retrieval"][0]["passage_hash"] == followed
    assert done["messages"][1]["parts"][1]["documents"][0]["passage_hash"] == followed


def test_what_a_sender_called_like_a_field_of_ours_is_redacted_all_the_same() -> None:
    asked: Part = {
        "type": "tool_call", "id": "1", "name": "book",
        "arguments": {"at": "Zephyr Quill", "legs": [{"type": "Zephyr Quill"}]},
    }  # fmt: skip
    value = new_conversation([message("user", "Book it."), {"role": "assistant", "parts": [asked]}])
    value["attributes"] = {"role": "Zephyr Quill"}
    value["interrupts"] = [
        {"kind": "error", "at": "Zephyr Quill", "span_id": "", "detail": "", "recovered": False}
    ]
    done = redact_stored_conversation(value, redactor("Zephyr Quill"))
    assert "Zephyr" not in str(done.value)
    assert sum(done.by_rule.values()) == 4


def test_ids_and_times_of_ours_stay_whatever_they_look_like() -> None:
    value = new_conversation([message("user", "When?")])
    ours = {"kind": "error", "at": "2026-11-22T13:16:39.123456+00:00", "span_id": "4111111111111111"}
    value["interrupts"] = [{**ours, "detail": "", "recovered": False}]  # type: ignore[typeddict-item]
    rules = structured_rules()
    done = redact_stored_conversation(value, Redactor(1, rules, SurrogateKey("k", SECRET)))
    assert done.value["interrupts"] == value["interrupts"]
    assert done.by_rule == {}


def test_a_conversation_without_a_catch_comes_back_equal() -> None:
    value = new_conversation([message("user", "Capital of France?"), message("assistant", "Paris.")])
    done = redact_stored_conversation(value, redactor("Zephyr Quill"))
    assert not done.changed
    assert done.value == value


def test_what_was_redacted_once_is_not_redacted_again() -> None:
    value = new_conversation([message("user", "Mail anna@firm.example, card 4111111111111111, Zephyr Quill")])
    once = redact_stored_conversation(value, redactor("Zephyr Quill"))
    assert once.changed
    assert not redact_stored_conversation(once.value, redactor("Zephyr Quill")).changed


def test_a_value_is_found_however_it_is_spelled_and_never_inside_another() -> None:
    one = literal_of("Zephyr Quill", name="n", kind="other", key_id="k", secret=SECRET)
    for text in ("zephyr quill", "ZEPHYR-QUILL!", "(Zephyr,  Quill)", "Zephyr Zephyr Quill"):
        assert [normal for *_, normal in find_literals(text, [one])] == ["zephyr quill"], text
    for text in ("Zephyrs Quill", "Zephyr Quilll", "Zephyr of Quill", "Zephyr"):
        assert not list(find_literals(text, [one])), text
    assert "zephyr" not in str(one.as_data()).lower()


def test_a_look_alike_has_the_form_and_not_the_words() -> None:
    values = {
        "person": "Greta Kowalczyk",
        "address": "12 Kowalczyk Street, 90210 Gretaville",
        "secret": "tok_Greta99Kowalczyk77",
    }
    for kind in IDENTIFIERS:
        value = values.get(kind, "Greta-4711-Kowalczyk")
        text, start, end = lookalike(value, kind, SECRET)
        assert 0 <= start < end <= len(text)
        assert lookalike(value, kind, SECRET) == (text, start, end)
        assert not {"greta", "kowalczyk", "gretaville"} & set(words_of(text)), kind
    for kind in IDENTIFIERS:
        number = "+49 30 1234567 22"
        text, start, end = lookalike(number, kind, SECRET)
        assert "234567" not in text[start:end].replace(" ", ""), kind
    made = lookalike("4111 1111 1111 1111", "card", SECRET)
    assert made[0][made[1] : made[1] + 5] == "4111 "
    assert made[0][made[1] : made[2]] != "4111 1111 1111 1111"
