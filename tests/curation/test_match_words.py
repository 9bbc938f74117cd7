"""People read how an item was found in words, not in the name of a method."""

import pytest

from curation.match_words import method_words


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("exact", "word for word"),
        ("gram13", "by runs of 13 words"),
        ("letters8", "by pieces of 8 letters"),
        ("another", "another"),
    ],
)
def test_a_method_is_said_in_words(method: str, words: str) -> None:
    assert method_words(method) == words
