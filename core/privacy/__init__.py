"""The one redaction choke point: nothing that came from production is stored before it passed `redact`."""

from core.privacy.choke import Mark, Redacted, RedactionFailed, redact
from core.privacy.rules import Rule, RuleSet, default_rules, structured_rules
from core.privacy.surrogates import SurrogateKey, is_surrogate

__all__ = [
    "Mark",
    "Redacted",
    "RedactionFailed",
    "Rule",
    "RuleSet",
    "SurrogateKey",
    "default_rules",
    "is_surrogate",
    "redact",
    "structured_rules",
]
