"""The shipped rule set `redaction@3`: identifiers and secrets that have a shape, and the tagger of names and addresses.

Order is priority: where two hits overlap, the rule listed first wins.
"""

from __future__ import annotations

from typing import Any

from core.privacy.identifier_rules import IDENTIFIER_RULES, PHONE_RULES
from core.privacy.national_rules import NATIONAL_RULES
from core.privacy.secret_rules import SECRET_RULES

DEFAULT_NAME = "redaction"
DEFAULT_VERSION = 3
DEFAULT_TAGGER = "names@1"

DEFAULT_SENSITIVE_KEYS = (
    r"(?i)(?:^|[._\-])(?:pass(?:word|wd|phrase)[0-9]{0,2}|pwd[0-9]{0,2}|(?:client[_-]?|shared[_-]?)?secret(?:[_-]?(?:access[_-]?)?key)?"
    r"|x?[_-]?api[_-]?key|(?:access|refresh|auth|id|session|bearer|api)[_-]?token|authorization|private[_-]?key|set-cookie"
    r"|cookie|ssn|social[_-]?security[_-]?number|cvv|cvc)$"
)

DEFAULT_RULES: list[dict[str, Any]] = [*SECRET_RULES, *IDENTIFIER_RULES, *NATIONAL_RULES, *PHONE_RULES]
