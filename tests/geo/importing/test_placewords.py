"""From a sentence of the feed to its place words. The sentences here are our own."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.importing.placewords import place_words


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        # the place first
        ("E4 strax norr om Klippdal, en skåpbil har hamnat i diket", "E4 strax norr om Klippdal"),
        ("Ekgatan/Almvägen, två cyklister har krockat", "Ekgatan/Almvägen"),
        ("Inre Ringleden/Ekgatan, buss i krock med lyktstolpe", "Inre Ringleden/Ekgatan"),
        ("Klippdal, singelolycka på E4.", "Klippdal, E4"),
        ("Klippdal, singelolycka vid Granbacken.", "Klippdal, vid Granbacken"),
        ("Klipdlal, patrullen kontrollerar en mopedist.", "Klipdlal"),
        ("Tätorten, en hund springer lös", "Tätorten"),
        ("E4 rastplats Tallhöjden, diesel tömd ur lastbil", "E4 rastplats Tallhöjden"),
        ("E4, Klippdal. En husvagn har lossnat", "E4, Klippdal"),
        ("E4 Klippdal: Släpvagn som lossnat.", "E4 Klippdal"),
        ("Länsväg 999, Klippdal. Vid en kontroll blåser föraren positivt", "Länsväg 999, Klippdal"),
        ("Väg 26 mellan Klippdal och Granboda, buss i diket", "Väg 26 mellan Klippdal och Granboda"),
        ("Rv 40 i höjd med Klippdal, lastbil har vält", "Rv 40 i höjd med Klippdal"),
        ("E 18, trafikplats Klippdal. Tre fordon", "E 18, trafikplats Klippdal"),
        ("S:t Eriksplan, ung man rånad", "S:t Eriksplan"),
        ("Klippdal tätort, mopedist stoppad vid Almvägen", "Klippdal tätort, vid Almvägen"),
        ("Cirka 5 km norr om Klippdal, renar på vägen", "Cirka 5 km norr om Klippdal"),
        ("Klippdal och Granboda, ett axplock av nattens arbete", "Klippdal och Granboda"),
        ("Klippdal-Granboda, patrull på skoter.", "Klippdal-Granboda"),
        ("Karlstad, bråk på buss", "Karlstad"),
        # the place last
        ("Någon ringer om en kollision med älg på E4, Klippdal.", "E4, Klippdal"),
        ("Någon ringer om rök på länsväg 999, väster om Klippdal.", "länsväg 999, väster om Klippdal"),
        (
            "Larm om krock på E4 i höjd med Ösjön, söder om Klippdal.",
            "E4 i höjd med Ösjön, söder om Klippdal",
        ),
        ("Larm om krock på E4/länsväg 999, Klippdal.", "E4/länsväg 999, Klippdal"),
        ("Utfall av en hastighetsmätning i Klippdals tätort.", "Klippdals tätort"),
        ("Mätning på en 40-sträcka på E4, Klippdal.", "E4, Klippdal"),
        ("Singelolycka i trakten av Klippdal.", "i trakten av Klippdal"),
        ("Krock på Kyrkvägen i Klippdal.", "Kyrkvägen i Klippdal"),
        ("Stölder efter E4", "E4"),
        ("Olycka på en byggplats i Klippdal", "Klippdal"),
        ("Trafikolycka norr om Klippdal, bilist oskadd", "norr om Klippdal"),
        ("Lastbil vält i rondellen vid Granboda", "rondellen vid Granboda"),
        # both
        (
            "Klippdal, flera bilar i krock på E4 vid norra infarten till Klippdal.",
            "Klippdal, E4 vid norra infarten till Klippdal",
        ),
        ("Klippdal, mätning i tätorten under kvällen", "Klippdal, tätorten"),
        ("Vid Ekgatan har en bil brunnit. Branden spred sig till Almvägen.", "Vid Ekgatan"),
        ("Ekgatan 12, bilbrand", "Ekgatan 12"),
    ],
)
def test_the_place_is_kept(summary: str, expected: str) -> None:
    assert place_words(summary) == expected


@pytest.mark.parametrize(
    "summary",
    [
        "",
        "Tre anhållna efter slagsmål med varandra.",
        "Trafikolycka, flera bilar.",
        "Man, 35, misstänks för våld.",
        "En man bosatt i Klippdal misstänks",
        "Två kvinnor från Klippdal är misstänkta för stöld",
        "Anna Andersson söks av polisen",
        "Vi söker efter Anna Andersson",
        "Ung pojke hotad av män i Volvo",
        "Kvinna lurad på Facebook",
        "Ett axplock av arbetet i trafiken under kvällen.",
        "Olycka i samband med slakt.",
        "Stöld av verktyg från bygge.",
        "Mannen kördes av vägen och slog i mitträcket.",
        "En förvirrad man hittas utomhus.",
        "Knivskärning i en lägenhet",
        "Nedskräpning, ofredande, vandalism",
        "Tonåring, 17, anhållen",
    ],
)
def test_nothing_about_people_or_what_happened_is_kept(summary: str) -> None:
    assert place_words(summary) == ""


def test_capitals_all_through_tell_no_names() -> None:
    assert place_words("ANNA ANDERSSON SÖKS, SENAST SEDD PÅ E4") == "e4"


@settings(max_examples=300)
@given(st.text(max_size=300))
def test_no_text_crashes_and_no_word_is_made_up(text: str) -> None:
    found = place_words(text)
    folded = text.casefold()
    assert all(word.strip(",").casefold() in folded for word in found.split())


@settings(max_examples=200)
@given(
    st.lists(
        st.sampled_from(
            [
                "E4",
                ",",
                ".",
                ":",
                "/",
                "och",
                "i",
                "på",
                "vid",
                "norr",
                "om",
                "väg",
                "670",
                "Sikeå",
                "Skolgatan",
                "12",
                "infarten",
                "till",
                "mellan",
                "en",
                "man",
                "korsningen",
            ]
        ),
        max_size=40,
    )
)
def test_any_order_of_its_own_words_is_survived(words: list[str]) -> None:
    assert isinstance(place_words(" ".join(words)), str)


def test_a_very_long_text_is_quick() -> None:
    text = "på E4 vid norra infarten till " * 20_000
    assert len(place_words(text)) < len(text)
