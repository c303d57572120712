from hypothesis import given
from hypothesis import strategies as st

from geo.swedish import MAX_WORDS, edits_allowed, fold, key_of, squeeze, stem, words_of


def test_folding_takes_case_marks_and_punctuation():
    assert fold("  Ånäset,  BUSSTATION! ") == "anaset busstation"
    assert fold("Café Ærø – Müllers") == "cafe aro mullers"
    assert key_of("ICA-parkeringen") == key_of("Ica parkeringen") == "icaparkeringen"


def test_decomposed_letters_fold_like_composed_ones():
    assert fold("Sikea\u030a") == fold("Sikeå") == "sikea"


def test_inflected_forms_share_a_stem():
    assert len({stem(key_of(form)) for form in ("busstation", "busstationen", "busstationens")}) == 1
    assert stem("tundalsskolans") == stem("tundalsskola")
    assert stem("storgatans") == stem("storgata")


def test_short_words_are_not_inflected():
    assert stem("vall") != stem("vallen")
    assert stem("gatan") == "gatan"


def test_squeezing_forgives_doubled_letters_only():
    assert squeeze("tundalsskola") == squeeze("tundalskola")
    assert squeeze("tundalskola") != squeeze("tundelskola")


def test_words_keep_what_stands_between_them():
    words = words_of("E4, Sikeå / Storg. 29")
    assert [word.folded for word in words] == ["e4", "sikea", "storg", "29"]
    assert words[1].gap == ", "
    assert "/" in words[2].gap
    assert words[2].dot and not words[3].dot


def test_what_is_hung_on_abbreviations_falls_off():
    assert [word.folded for word in words_of("ICA:s E4:an 651:an")] == ["ica", "e4", "651an"]


def test_long_texts_are_read_to_a_bound():
    assert len(words_of("ord " * 10_000)) == MAX_WORDS


def test_short_words_may_not_be_misspelt():
    assert edits_allowed("back", capital=True) == 0
    assert edits_allowed("noret", capital=False) == 0
    assert edits_allowed("noret", capital=True) == 1
    assert edits_allowed("stantorsvallen", capital=False) == 2


@given(st.text())
def test_folding_is_done_once(text):
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == " ".join(folded.split())


@given(st.text(max_size=60))
def test_any_text_has_words(text):
    for word in words_of(text):
        assert word.folded
        assert " " not in word.folded
