"""What looks alike is signed alike, in every script; and no text is too odd or too long."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import code_tokens, tokens
from curation.signing.blocks import Block, of_arrow, of_texts
from curation.signing.signed import joined
from curation.signing.signer import sign, sign_blocks
from curation.signing.spec import DEFAULT_SPEC, Spec
from tests.curation.hard_texts import hard_texts

CODE = Spec(mode="code")


def alike(one: str, other: str, spec: Spec = DEFAULT_SPEC) -> float:
    return sign([one, other], spec).jaccard(0, 1)


@pytest.mark.parametrize(
    "text", ["Café Ünïcode am Fluss", "한국어 문장", "ｆｕｌｌ ｗｉｄｔｈ", "ﬁne e\u0301te\u0301"]
)
def test_every_unicode_form_of_a_text_is_the_same_text(text: str) -> None:
    forms = sign([unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")])
    assert (forms.rows == forms.rows[0]).all()


def test_case_punctuation_and_invisible_characters_do_not_matter() -> None:
    assert alike("The quick, brown FOX jumps over!", "the quick brown fox jumps\u200b over") == 1.0
    assert alike("caf\u00ade noir et the\u0301 vert ici", "CAFE noir, et thé vert ici") == 1.0


def test_an_accent_does_matter() -> None:
    assert alike("one two three four résumé", "one two three four resume") < 1.0


def test_a_text_with_one_character_beyond_ascii_meets_its_ascii_twin() -> None:
    plain = "we met them at the old station and went on by train to the coast"
    assert alike(plain, plain + " …") == 1.0
    assert 0.5 < alike(plain, plain + " naïvely") < 1.0


def test_scripts_without_spaces_count_characters() -> None:
    one, other = "今天天气怎么样我们去公园吧", "今天天气怎么样我们去学校吧"
    assert len(sign([one]).values) == len(one) - 4
    assert 0.3 < alike(one, other) < 0.9
    assert alike("ภาษาไทยไม่มีช่องว่าง", "ภาษาไทยไม่มีช่องว่าง ") == 1.0


def test_short_texts_are_compared_by_their_characters() -> None:
    assert alike("yes please", "yes, please!") == 1.0
    assert 0.3 < alike("yes please do", "yes please") < 1.0
    assert alike("a", "b") == 0.0


def test_characters_and_words_never_meet() -> None:
    assert alike("a b c d e", "abcde") == 0.0


def test_in_code_every_sign_and_every_capital_counts() -> None:
    one, other = "for (int i = 0; i < n; ++i) { total += a[i]; }", "for(int i=0;i<n;++i){total+=a[i];}"
    assert alike(one, other, CODE) == 1.0
    assert alike(one, one.replace("<", ">"), CODE) < 1.0
    assert alike(one, one.replace("total", "Total"), CODE) < 1.0
    assert alike(one, one.replace("total", "Total")) == 1.0


def test_code_beyond_ascii_is_split_alike() -> None:
    assert alike("a → b ; c += d", "a→b;c+=d", CODE) == 1.0


def test_the_tokens_are_those_of_everything_else() -> None:
    texts = hard_texts()
    spaced = sign([" ".join(tokens(text)) for text in texts])
    assert np.array_equal(sign(texts).rows, spaced.rows)


@given(st.text(max_size=40))
def test_replacing_characters_one_by_one_is_normalising_the_whole(text: str) -> None:
    spaced = sign([" ".join(tokens(text))])
    assert np.array_equal(sign([text]).values, spaced.values)
    in_code = sign([" ".join(code_tokens(text))], CODE)
    assert np.array_equal(sign([text], CODE).values, in_code.values)


def test_every_single_character_is_the_token_it_always_was() -> None:
    characters = [chr(point) for point in range(0x80, 0x3100)] + [
        chr(point) for point in range(0xAC00, 0x11000, 7)
    ]
    texts = [f"ab{one}cd {one} ef{one}" for one in characters]
    spaced = sign([" ".join(tokens(text)) for text in texts])
    assert np.array_equal(sign(texts).rows, spaced.rows)


def test_a_document_of_fifty_megabytes_is_signed() -> None:
    words = [f"word{number * 7919 % 100_003}" for number in range(5_600_000)]
    text = " ".join(words)
    assert len(text) > 50_000_000
    signed = sign([text, text + " and one more ending"])
    assert signed.jaccard(0, 1) > 0.99


def test_a_very_long_text_beyond_ascii_is_the_same_in_pieces() -> None:
    text = "é naïve wörld of wide characters\n" * 80_000
    assert sign([text]).jaccard(0, 0) == 1.0
    assert np.array_equal(sign([text]).rows, sign(["é naïve wörld of wide characters\n" * 3]).rows)


def test_a_text_of_one_endless_word_is_signed() -> None:
    assert len(sign(["ab" * 1_000_000]).values) == 2


def test_blocks_do_not_change_what_comes_out() -> None:
    texts = hard_texts()
    one_by_one = joined([sign([text]) for text in texts[:300]], DEFAULT_SPEC)
    assert np.array_equal(one_by_one.rows, sign(texts[:300]).rows)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_arrow_columns_are_read_where_they_lie(kind: pa.DataType) -> None:
    texts = [
        text for text in hard_texts() if text.isascii() or text.encode("utf-8", "ignore").decode() == text
    ]
    column = pa.chunked_array(
        [pa.array(["skipped", *texts[:700]], kind).slice(1), pa.array(texts[700:], kind)]
    )
    signed = joined(list(sign_blocks(of_arrow(column))), DEFAULT_SPEC)
    assert np.array_equal(signed.rows, sign(texts).rows)


def test_a_null_is_an_empty_text() -> None:
    (signed,) = sign_blocks(of_arrow(pa.array(["one", None, "two"])))
    assert np.diff(signed.offsets).tolist() == [1, 0, 1]


def test_bytes_that_are_no_utf8_are_refused_by_their_number() -> None:
    block = Block(np.frombuffer(b"fine\xff\xfe", np.uint8), np.array([0, 4, 6]))
    with pytest.raises(ValueError, match="text 1 of the block is no UTF-8"):
        list(sign_blocks([block]))


@pytest.mark.parametrize("offsets", [[], [0, 9], [3, 1], [-1, 2]])
def test_offsets_that_leave_the_buffer_are_refused(offsets: list[int]) -> None:
    with pytest.raises(ValueError, match="offsets"):
        Block(np.zeros(4, np.uint8), np.array(offsets, dtype=np.int64))


def test_the_end_of_a_buffer_is_never_overrun() -> None:
    texts = ["x" * length for length in range(130)]
    for block in of_texts(texts):
        tight = Block(block.data[: int(block.offsets[-1])].copy(), block.offsets)
        assert np.array_equal(next(sign_blocks([tight])).rows, sign(texts).rows)
