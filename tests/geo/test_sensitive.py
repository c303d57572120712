"""Words that hold a row back: what is caught, what isn't, and that looking for them is neither slow nor leaky."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import sensitive
from geo.sensitive import LABELS, POINTING, find_warning

CAUGHT = {
    "person": (
        "Ring 070-123 45 67", "tel +46 70 123 45 67", "anna.ek@kommunen.example", "850101-1234", "19850101-1234",
        "198501011234", "Storgatan 5 lgh 1201", "hon har skyddad identitet",
    ),
    "sexual": (
        "våldtäkt bakom skolan", "Hon våldtogs", "sexuellt ofredande", "en blottare", "tafsade på mig", "övergrepp",
        "VÅLDTÄKT", "va\u030aldta\u0308kt", "raped behind the school", "vå\u00adldtä\u200bkt", "ＶÅＬＤTÄKT",
    ),
    "close": ("våld i nära relation", "hedersrelaterat", "bor på kvinnojouren", "domestic violence"),
    "relation": ("min man slår mig", "hennes ex väntade", "hans sambo", "exmannen", "my husband"),
    "child": ("barnmisshandel", "slår sina barn", "ett barn blev slaget", "flicka 12 år", "en 13-årig pojke", "orosanmälan"),
    "home": (
        "i en lägenhet på Storgatan", "hemma hos mig", "otrygg hemma", "i sitt hem", "i bostaden", "i trapphuset", "inomhus",
        "inne hos grannen", "på äldreboendet", "at home",
    ),
    "life": ("självmord vid bron", "en person avled", "hittades död", "död man", "försvunnen flicka", "missing person"),
}  # fmt: skip

HARMLESS = (
    "300 m söder om busstationen i Robertsfors", "Hemmingsmark", "när jag går hem från skolan", "bostadsområdet vid E4",
    "Villavägen", "Lägenhetsvägen", "barnen leker vid skolan", "barn cyklar över vägen", "äldreboendets parkering",
    "mannen i kiosken", "Sambovägen", "Exportgatan", "väg 670, 12 000 bilar om dagen", "2022-03-21 12:30", "6012345 178923",
    "mörkt vid Storgatan 12", "trafikolycka, fyra bilar", "stora grupper ungdomar hotar folk", "", "vet ej",
)  # fmt: skip


@pytest.mark.parametrize(("key", "text"), [(key, text) for key, texts in CAUGHT.items() for text in texts])
def test_what_holds_a_row_back(key: str, text: str) -> None:
    assert find_warning("Storgatan", text) == key


@pytest.mark.parametrize("text", HARMLESS)
def test_what_does_not(text: str) -> None:
    assert find_warning(text) == ""


def test_an_offices_own_words_are_held_only_where_they_point_at_somebody() -> None:
    assert find_warning("Stöd mot våld i nära relation", among=POINTING) == ""
    assert find_warning("Samtal med hennes sambo", among=POINTING) == "relation"
    assert set(POINTING) < set(LABELS)


@pytest.mark.parametrize("key", LABELS)
def test_the_quick_look_passes_by_nothing_that_the_patterns_find(key: str) -> None:
    pattern = next(pattern for name, _label, pattern in sensitive._WARNINGS if name == key)

    @settings(max_examples=300, deadline=None, database=None)
    @given(st.from_regex(pattern))
    def looked(text: str) -> None:
        text = sensitive._plain(text)
        if pattern.search(text):
            assert sensitive._may_warn(text)

    looked()


@pytest.mark.parametrize(
    "piece", ["slag ", "0 ", "a", "barn ", "a.a-", "07 ", "min ", "1", "hem i ", "\u0301", "i sitt "]
)
def test_no_text_keeps_the_patterns_busy(piece: str) -> None:
    # 100,000 characters: were a pattern to go through it once for each of them, this would take hours.
    find_warning(piece * (100_000 // len(piece)))
