"""An assignment as a client may see it: sides as drawn, no names of models, no ids of responses."""

from typing import Any

from curation.bodies import load_many
from curation.conversation import Conversation, Message, Part

from .actions.spans import spans_of
from .exchange import as_of, question
from .models import Assignment, Judgment, Pair, Repair, Response
from .sides import place
from .spans import shown_spans


def anonymous(messages: list[Message]) -> list[dict[str, Any]]:
    """Roles and parts only: a message's `model`, `name`, `finish_reason`, how long its tools took and what its vendor
    calls a call could tell who wrote it. Calls are numbered anew, so that results still name theirs."""
    numbers: dict[object, str] = {}
    return [
        {"role": one["role"], "parts": [_nameless(part, numbers) for part in one["parts"]]}
        for one in messages
    ]


def _nameless(part: Part, numbers: dict[object, str]) -> dict[str, Any]:
    shown: dict[str, Any] = {name: value for name, value in part.items() if name != "duration_ms"}
    if shown.get("id"):
        shown["id"] = numbers.setdefault(shown["id"], f"call-{len(numbers) + 1}")
    return shown


def _answer(response: Response, conversation: Conversation) -> dict[str, Any]:
    return {
        "messages": anonymous(response.messages),
        "text": response.text,
        "passages": [
            {"document_id": one["document_id"], "text": one["text"]} for one in conversation["retrieval"]
        ],
    }


def shown_blind(assignment: Assignment) -> dict[str, Any]:
    """The JSON of a claim."""
    item = assignment.item
    if item.kind == "pair":
        pair = Pair.objects.select_related("response_a__version", "response_b__version").get(item=item)
        responses = place(pair.response_a, pair.response_b, swapped=assignment.swapped)
        names: tuple[str, ...] = ("left", "right")
    else:
        responses = (Repair.objects.select_related("response__version").get(item=item).response,)  # type: ignore[assignment]
        names = ("answer",)
    bodies = load_many([item.version, *(response.version for response in responses)])
    answers = {
        name: _answer(response, as_of(bodies[response.version_id].conversation, response.turn))
        for name, response in zip(names, responses, strict=True)
    }
    return {
        "assignment": assignment.pk,
        "lease_token": assignment.lease_token,
        "leased_until": assignment.leased_until,
        "kind": item.kind,
        "prompt": anonymous(question(as_of(bodies[item.version_id].conversation, responses[0].turn))),
        **answers,
    }


def marks_of(judgment: Judgment) -> list[dict[str, Any]]:
    """The marks a judgment now carries, on the sides its assignment showed."""
    marks = spans_of(judgment.revisions.order_by("-number")[0])
    if not marks or judgment.assignment is None:
        return []
    pair = Pair.objects.get(item_id=judgment.item_id)
    left, right = place(pair.response_a_id, pair.response_b_id, swapped=judgment.assignment.swapped)
    return shown_spans(marks, left=left, right=right)
