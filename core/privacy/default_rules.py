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
    r"(?i)(?:^|[._\-])(?:"
    r"(?:new|old|current|my|user|login|account|admin|root|master|service|app|db|database|mail|smtp|ftp|ssh|wifi|temp)?"
    r"pass(?:word|wd|phrase)(?:[_-]?(?:new|old|current|previous|confirm(?:ed|ation)?|repeat(?:ed)?"
    r"|again|value|plain(?:[_-]?text)?))?[0-9]{0,2}|pwd[0-9]{0,2}|(?:db|database|smtp|imap|mail|ftp|ssh|mysql|postgres|redis|admin|root"
    r"|user|login)[_-]?(?:pass|pwd)|(?:client[_-]?|shared[_-]?)?secret(?:[_-]?(?:(?:access[_-]?)?key|value|text|token))?"
    r"|x?[_-]?api[_-]?key(?:[_-]?value)?|(?:signing|encryption|account|master|webhook|deploy)[_-]?(?:key|secret)"
    r"|(?:access|refresh|auth|id|session|bearer|api|bot|oauth|jwt|csrf|xsrf|reset|verification|personal[_-]?access|deploy)[_-]?token"
    r"|authorization|private[_-]?key(?:[_-]?(?:pem|value))?|set-cookie"
    r"|cookie|ssn|social[_-]?security[_-]?number|cvv2?|cvc2?|otp(?:[_-]?code)?)$"
)

DEFAULT_RULES: list[dict[str, Any]] = [*SECRET_RULES, *IDENTIFIER_RULES, *NATIONAL_RULES, *PHONE_RULES]
