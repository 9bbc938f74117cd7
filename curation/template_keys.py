"""The templates of a conversation as they are stored: keyed, so that a hash tells nobody what was said."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from core.keyring import project_key
from curation.conversation import Conversation, answer_text, last_user_text
from curation.templated import skeleton_hash

TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Templates:
    """Of the last question and of the final answer; "" where there is none."""

    question: str
    answer: str


def template_key(project_id: uuid.UUID) -> bytes:
    """The project's secret for names of templates."""
    return project_key(project_id, TEMPLATE).secret


def templates_of(conversation: Conversation, key: bytes) -> Templates:
    """Both templates."""
    return Templates(
        skeleton_hash(last_user_text(conversation), key), skeleton_hash(answer_text(conversation), key)
    )
