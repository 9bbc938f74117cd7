"""docs/ingest.md is a contract: every refusal code and every field of a record stands in it."""

import re
from pathlib import Path

from curation.formats.record import FEEDBACK, FIELDS

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = (ROOT / "docs" / "ingest.md").read_text()


def test_every_field_of_a_record_is_documented() -> None:
    missing = [name for name in FIELDS if f"`{name}`" not in DOCS]
    assert not missing
    assert all(name in DOCS for name in FEEDBACK)


def test_every_refusal_code_is_documented() -> None:
    sources = [*(ROOT / "curation" / "formats").rglob("*.py"), *(ROOT / "curation" / "ingest").glob("*.py")]
    found = set()
    for source in sources:
        text = source.read_text()
        found |= set(
            re.findall(
                r'"((?:missing|broken|bad|wrong|unknown|malformed|invalid|lone|nul|too|line|truncated|changed|ambiguous)_[a-z0-9]+(?:_[a-z]+)*)"',
                text,
            )
        )
    found -= {"bad_text"}
    assert len(found) >= 15
    assert not {code for code in found if f"`{code}`" not in DOCS}


def test_every_kind_of_planted_truth_is_documented() -> None:
    text = (ROOT / "examples" / "assistant" / "truth.py").read_text()
    kinds = set(re.findall(r'"kind": "([a-z_]+)"', text)) | {"near", "regenerated"}
    assert len(kinds) >= 9
    assert not {kind for kind in kinds if f"`{kind}`" not in DOCS}
