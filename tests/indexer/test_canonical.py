"""One text, one hash: what cannot be kept exactly is refused with a reason."""

import pytest

from indexer.canonical import Unreadable, canonicalise, citation_id, version_key


def test_line_ends_and_accents_become_one_form() -> None:
    assert canonicalise("\ufeffe\u0301\r\nb\rc") == "é\nb\nc"


@pytest.mark.parametrize(("text", "reason"), [("a\0b", "NUL"), ("a\ud800", "surrogate"), (" \n\t", "blanks")])
def test_what_cannot_be_kept_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        canonicalise(text)


def test_names_of_versions_and_citations_depend_on_every_part() -> None:
    keys = {version_key(p, u, n, c) for p in "ab" for u in "ab" for n in (1, 2) for c in "ab"}
    assert len(keys) == 16
    assert len({citation_id("k", 1, 23), citation_id("k", 12, 3), citation_id("l", 1, 23)}) == 3
