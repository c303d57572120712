"""Which categories are kept, grouped and refused."""

import pytest

from geo.categories import ALLOWED, group_of, is_digest, is_home, is_refused, kind_of
from geo.model import CategoryGroup, IncidentKind

KEPT_TYPES = """Alkohollagen|Anträffat gods|Arbetsplatsolycka|Bedrägeri|Bombhot|Brand|Brand automatlarm|Bråk|Detonation|Djur|
Djur skadat/omhändertaget|Ekobrott|Farligt föremål, misstänkt|Fjällräddning|Fylleri/LOB|Förfalskningsbrott|Gränskontroll|
Häleri|Inbrott|Inbrott, försök|Knivlagen|Kontroll person/fordon|Lagen om hundar och katter|Larm inbrott|Larm överfall|
Miljöbrott|Missbruk av urkund|Misshandel|Misshandel, grov|Motorfordon, anträffat stulet|Motorfordon, stöld|Narkotikabrott|
Naturkatastrof|Ofog barn/ungdom|Ofredande/förargelse|Olaga hot|Olovlig körning|Ordningslagen|Polisinsats/kommendering|
Rattfylleri|Rån|Rån väpnat|Rån övrigt|Rån, försök|Räddningsinsats|Sjukdom/olycksfall|Sjölagen|Skadegörelse|Skottlossning|
Skottlossning, misstänkt|Spridning smittsamma kemikalier|Stöld|Stöld, försök|Stöld, ringa|Stöld/inbrott|Trafikbrott|
Trafikhinder|Trafikkontroll|Trafikolycka|Trafikolycka, personskada|Trafikolycka, singel|Trafikolycka, smitning från|
Trafikolycka, vilt|Utlänningslagen|Vapenlagen|Varningslarm/haveri|Våld/hot mot tjänsteman|Vållande till kroppsskada|
Övrigt""".replace("\n", "").split("|")
REFUSED_TYPES = """Anträffad död|Försvunnen person|Mord/dråp|Mord/dråp, försök|Olaga frihetsberövande|
Olaga intrång/hemfridsbrott|Sedlighetsbrott|Våldtäkt|Våldtäkt, försök|Människohandel|Åldringsbrott""".replace(
    "\n", ""
).split("|")


@pytest.mark.parametrize("category", KEPT_TYPES)
def test_every_type_of_the_feed_that_is_kept_has_a_group(category: str) -> None:
    assert group_of(category) is not None
    assert not is_refused(category)


@pytest.mark.parametrize("category", REFUSED_TYPES)
def test_types_of_the_feed_that_are_refused(category: str) -> None:
    assert is_refused(category)
    assert group_of(category) is None


@pytest.mark.parametrize(
    "category",
    [
        "Våld i nära relation", "Grov kvinnofridskränkning", "Misshandel inomhus, bekant med offret",
        "Misshandel mot kvinna 18 år eller äldre", "Misshandel mot barn 0-6 år", "Barnfridsbrott", "Bostadsinbrott",
        "Inbrott i bostad", "Inbrott i villa", "Lägenhetsbråk", "Hemfridsbrott", "Sexuellt ofredande", "Sexualbrott",
        "Sexköp", "Självmord", "Dödsfall", "Efterlyst person", "Hedersrelaterat våld", "DOMESTIC VIOLENCE", "Rape",
        "Child abuse", "Residential burglary", "Missing person", "mord", "Mordförsök", "Va\u030aldta\u0308kt",
    ],
)  # fmt: skip
def test_office_words_that_are_refused(category: str) -> None:
    assert is_refused(category)


def test_nothing_allowed_is_refused_or_a_digest() -> None:
    assert [name for name in ALLOWED if is_refused(name) or is_digest(name)] == []


@pytest.mark.parametrize(
    ("category", "group"),
    [
        ("  STÖLD ", CategoryGroup.THEFT),
        ("Skadegörelse (klotter)", CategoryGroup.DAMAGE),
        ("Skadegörelse - klotter", CategoryGroup.DAMAGE),
        ("Narkotikabrott: innehav", CategoryGroup.DRUGS),
        ("0365 Skadegörelse", CategoryGroup.DAMAGE),
        ("Stöld / inbrott", CategoryGroup.THEFT),
        ("Trafikolycka,vilt", CategoryGroup.TRAFFIC_ACCIDENT),
        ("Mordbrand", CategoryGroup.DAMAGE),
        ("Nedskräpning", CategoryGroup.ORDER),
        ("Enhörning", None),
        ("", None),
    ],
)
def test_groups(category: str, group: CategoryGroup | None) -> None:
    assert group_of(category) is group


def test_only_controls_are_work() -> None:
    assert {group for group in CategoryGroup if kind_of(group) is IncidentKind.WORK} == {
        CategoryGroup.TRAFFIC_CONTROL
    }


@pytest.mark.parametrize(
    "category", ["Sammanfattning natt", "SAMMANFATTNING helg", "Uppdatering", "Tillfälligt obemannat"]
)
def test_digests_and_notices(category: str) -> None:
    assert is_digest(category)


@pytest.mark.parametrize(
    "place", ["Bostad", "i lägenheten", "hemma", "Hemmet", "trapphus", "villan", "at home"]
)
def test_homes(place: str) -> None:
    assert is_home(place)


@pytest.mark.parametrize(
    "place", ["bostadsområdet", "Hemmingsmark", "Villavägen", "äldreboendets parkering", "Lägenhetsvägen"]
)
def test_no_homes(place: str) -> None:
    assert not is_home(place)
