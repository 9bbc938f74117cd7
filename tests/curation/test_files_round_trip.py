"""Export and re-import lose nothing but what docs/formats.md says, for any conversation and for real ones."""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from curation.conversation import Conversation
from curation.formats.assemble import assemble
from curation.formats.files import FORMATS, CannotWrite, Defaults, Exported
from curation.formats.files.carry import with_rest
from curation.formats.files.reading import detect, read_value
from curation.formats.problem import BadRow
from curation.formats.record import read_record
from curation.formats.row import Row
from tests.curation.conversations import any_conversation, full_conversation

DOCS = (Path(__file__).resolve().parent.parent.parent / "docs" / "formats.md").read_text()
START, END = 1_788_220_800_000_000_000, 1_788_220_801_000_000_000
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)


def table(name: str) -> dict[str, tuple[set[str], set[str]]]:
    """format → (words of the second column, words of the third) of the table between two marks of the document."""
    part = DOCS.split(f"<!-- {name}: begin -->")[1].split(f"<!-- {name}: end -->")[0]
    return {
        form: (set(re.findall(r"`(\w+)`", one)), set(re.findall(r"`(\w+)`", two)))
        for form, one, two in ROW.findall(part)
    }


LOSSES, BARE = table("losses"), table("bare")


def exported(conversation: Conversation) -> Exported:
    return Exported("t:1", conversation, START, END, training_use="allowed")


def through(form: str, conversation: Conversation, *, bare: bool = False) -> Conversation:
    """Written as a line, read as JSON, recognised, and read back."""
    chosen = FORMATS[form]
    one = exported(conversation)
    line = chosen.write(one)
    text = json.dumps(line if bare else with_rest(line, chosen, one))
    value = json.loads(text)
    return assemble([found.span for found in read_value(chosen, value, Row("f", 1), Defaults(START))])


def test_the_tables_name_every_format() -> None:
    assert list(LOSSES) == list(FORMATS)
    assert list(BARE) == list(FORMATS)


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(conversation=any_conversation())
def test_any_conversation_comes_back_as_it_was(form: str, conversation: Conversation) -> None:
    lost, _ = LOSSES[form]
    with suppress(CannotWrite):
        back = through(form, conversation)
        assert {name for name in conversation if back.get(name) != conversation[name]} <= lost  # type: ignore[literal-required]


@pytest.mark.parametrize("form", FORMATS)
def test_a_full_conversation_loses_exactly_what_the_table_says(form: str) -> None:
    lost, left_out = LOSSES[form]
    made = full_conversation()
    if "tools" in left_out:
        made["messages"] = [
            one for one in made["messages"] if all("tool" not in part["type"] for part in one["parts"])
        ]
    back = through(form, made)
    assert {name for name in made if back.get(name) != made[name]} == lost  # type: ignore[literal-required]


@pytest.mark.parametrize("form", FORMATS)
def test_a_bare_line_brings_back_exactly_what_the_table_says(form: str) -> None:
    made = full_conversation()
    if "tools" in LOSSES[form][1]:
        made["messages"] = [
            one for one in made["messages"] if all("tool" not in part["type"] for part in one["parts"])
        ]
    back = through(form, made, bare=True)
    assert {name for name in made if name != "schema" and back.get(name) == made[name]} == BARE[form][0]  # type: ignore[literal-required]


OUTCASTS: dict[str, Any] = {
    "no_answer": lambda one: one["messages"].pop(),
    "no_question": lambda one: one.update(messages=[m for m in one["messages"] if m["role"] not in ("user", "tool")][-1:]),
    "no_preference": lambda one: one["attributes"].pop("winnow.preferred"),
    "tools": lambda one: None,
    "turns_out_of_order": lambda one: one.update(messages=[*one["messages"][:2], one["messages"][1], one["messages"][-1]]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("form", "why"), [(form, why) for form, (_, words) in LOSSES.items() for why in sorted(words)]
)
def test_what_a_format_has_no_form_for_is_left_out_with_its_reason(form: str, why: str) -> None:
    made: Any = full_conversation()
    OUTCASTS[why](made)
    with pytest.raises(CannotWrite, match=why):
        FORMATS[form].write(exported(made))


@pytest.mark.parametrize("form", FORMATS)
def test_an_exported_line_is_recognised_as_its_format(form: str) -> None:
    made = full_conversation()
    if "tools" in LOSSES[form][1]:
        made["messages"] = made["messages"][:2] + made["messages"][-1:]
    one = exported(made)
    line = FORMATS[form].write(one)
    assert detect([line]).name == detect([with_rest(line, FORMATS[form], one)]).name == form


@pytest.mark.parametrize("form", FORMATS)
def test_a_changed_line_is_refused_until_its_key_is_removed(form: str) -> None:
    made = full_conversation()
    if "tools" in LOSSES[form][1]:
        made["messages"] = made["messages"][:2] + made["messages"][-1:]
    one = exported(made)
    text = json.dumps(with_rest(FORMATS[form].write(one), FORMATS[form], one), ensure_ascii=False)
    line = json.loads(text.replace("4 °C", "5 °C"))
    with pytest.raises(BadRow) as caught:
        read_value(FORMATS[form], line, Row("f", 3), Defaults(START))
    assert (caught.value.problem.code, caught.value.problem.field) == ("changed_export", "winnow")
    del line["winnow"]
    back = assemble([found.span for found in read_value(FORMATS[form], line, Row("f", 3), Defaults(START))])
    assert "5 °C." in json.dumps(back, ensure_ascii=False)


def test_nobody_gets_past_the_pseudonyms_or_the_types_by_the_carried_key() -> None:
    one = exported(full_conversation())
    line = with_rest(FORMATS["openai_chat"].write(one), FORMATS["openai_chat"], one)
    found = read_value(FORMATS["openai_chat"], line, Row("f", 1), Defaults(START))
    attributes = found[0].span["attributes"]
    assert (attributes["session.id"], attributes["user.id"]) == ("s1", "u1")
    assert attributes["winnow.conversation"]["context"]["user"] == ""
    line["winnow"]["conversation"]["messages"] = [{"role": "user", "parts": "text"}]
    with pytest.raises(BadRow) as caught:
        read_value(FORMATS["openai_chat"], line, Row("f", 1), Defaults(START))
    assert caught.value.problem.field == "winnow.conversation.messages[0].parts"


def test_what_was_withdrawn_since_stays_withdrawn() -> None:
    made = full_conversation()
    made["attributes"]["winnow.training_use"] = "allowed"
    one = Exported("t", made, START, END, training_use="denied")
    line = with_rest(FORMATS["sharegpt"].write(one), FORMATS["sharegpt"], one)
    span = read_value(FORMATS["sharegpt"], line, Row("f", 1), Defaults(START))[0].span
    assert span["attributes"]["winnow.training_use"] == span["resource"]["winnow.training_use"] == "denied"


@pytest.mark.parametrize("name", ["traces-permissive", "traces-sgd"])
def test_real_records_come_back_as_they_were_through_every_format(name: str, shared_data: Path) -> None:
    compared: dict[str, int] = defaultdict(int)
    with gzip.open(shared_data / "traces" / f"{name}.jsonl.gz") as lines:
        for line in islice((line for line in lines if line.strip()), 0, None, 211):
            conversation = assemble([read_record(json.loads(line), "f", 1)])
            for form in FORMATS:
                try:
                    back = through(form, conversation)
                except CannotWrite:
                    continue
                assert back == conversation, form
                compared[form] += 1
    assert min(compared[form] for form in FORMATS if form not in ("openai_preference", "alpaca")) > 40
