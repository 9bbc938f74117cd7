"""An answer in another language than the question, where nobody asked for one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.conversation import Conversation, answer_text, last_user_text, message_text
from curation.kinds import is_code
from curation.languages import UNKNOWN, language_of
from curation.validators.finding import Finding, answer_place

OTHER_LANGUAGE = "other_language"
SURE = 0.6
LEAST_LETTERS = 60
_ASKED_FOR = re.compile(
    r"(?i)\b(translat\w*|übersetz\w*|traduc\w*|traduire|traduis\w*|traduz\w*|tradur\w*|vertaal\w*"
    r"|english|german|french|spanish|italian|portuguese|dutch|japanese|chinese|korean|russian|arabic|hindi|thai|greek|hebrew"
    r"|deutsch|englisch|französisch|spanisch|inglés|español|francés|anglais|français|espagnol|inglese|italiano|inglês|português"
    r"|language|sprache|langue|idioma|lingua)\b|翻译|翻譯|訳|번역|перевед|перевод"
)


def language_mismatch(conversation: Conversation) -> Iterator[Finding]:
    """Both are long enough and clearly in one language, and these differ; a request that names a language is left alone."""
    at, asked, answer = answer_place(conversation), last_user_text(conversation), answer_text(conversation)
    if at is None or min(_letters(asked), _letters(answer)) < LEAST_LETTERS or is_code(answer):
        return
    (wanted, sure), (given, as_sure) = language_of(asked), language_of(answer)
    if UNKNOWN in (wanted, given) or wanted == given or min(sure, as_sure) < SURE:
        return
    told = "\n".join(
        message_text(one) for one in conversation["messages"] if one["role"] in ("system", "user")
    )
    if not _ASKED_FOR.search(told):
        yield Finding(at, None, OTHER_LANGUAGE, evidence={"asked": wanted, "answered": given})


def _letters(text: str) -> int:
    return sum(character.isalpha() for character in text[:2000])
