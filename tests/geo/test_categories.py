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


REFUSED_SYNONYMS = """Våld i nära relationer|Relationsrelaterat våld|Partnerrelaterat våld|Våld i hemmet|
Familjerelaterat brott|Familjevåld|Hustrumisshandel|Kvinnomisshandel|Kvinnovåld|
Mäns våld mot kvinnor|Misshandel, nära relation|Grov fridskränkning|Grov kvinnofridskränkning|
Hedersrelaterad brottslighet|Hedersmord|Våld mot närstående|Misshandel av kvinna|Misshandel, kvinna|
Misshandel mot man inomhus|Misshandel inne|Kontaktförbud|Överträdelse av kontaktförbud|
Olaga förföljelse|Stalking|Sexualbrott mot barn|Sexuellt övergrepp|Övergrepp|Övergrepp mot barn|
Oaktsam våldtäkt|Sexuellt utnyttjande|Sexofredande|Sexuella trakasserier|Sextrakasserier|Blottning|
Barnpornografibrott|Utnyttjande av barn|Kontakt med barn i sexuellt syfte|Köp av sexuell tjänst|
Kränkande fotografering|Olaga integritetsintrång|Hämndporr|Utpressning sexuell|Barnaga|Barn far illa|
Barn som far illa|Barnmisshandel|Barnrån|Vanvård av barn|Oro för barn|Orosanmälan barn|
Egenmäktighet med barn|Grooming|Brott mot barn|Misshandel, barn|Misshandel av minderårig|
Mobbning i skolan|Kränkande behandling elev|Försvunnet barn|Brott mot minderårig|Bostadsinbrott|
Inbrott bostad|Inbrott, bostad|Lägenhetsinbrott|Villainbrott|Inbrott fritidshus|Inbrott i radhus|
Stuginbrott|Inbrott sommarstuga|Hemfridsbrott|Grovt hemfridsbrott|Intrång i bostad|Lägenhetsstörning|
Lägenhetsbråk|Bostadsbråk|Störning i bostad|Störande granne|Grannbråk|Grannfejd|Störningsjouren|
Brand i bostad|Brand i byggnad, bostad|Lägenhetsbrand|Villabrand|Brand i villa|Stöld i bostad|
Stöld ur bostad|Stöld i hemmet|Rån i bostad|Hemtjänst|Inbrott i trapphus|Källarinbrott|Vindsinbrott|
Åldringsrån|Åldringsbedrägeri|Bedrägeri mot äldre|Vårdboende|HVB|HVB-hem|SiS|LSS-boende|
Särskilt boende|Äldreboende|Familjehem|Skyddat boende|Självmordsförsök|Suicidförsök|Självmordshot|
Psykiskt sjuk|Psykisk ohälsa|LPT|LVM|LVU|Handräckning|Dödsfall|Drunkning|Dödsolycka|Mord|Dråp|
Hatbrott|Människorov|Olaga tvång|Olaga frihetsberövande|Avvikelse boende|Rymning|Utpressning|
Försvunnen|Försvunnet barn|Efterlysning|Child abuse|Sexual assault|Indecent exposure|
Sexual harassment|Domestic abuse|Domestic disturbance|Home burglary|Home invasion|House burglary|
Intimate partner violence|Honour-based violence|Suicide|Elder abuse|Family violence|Molestation|
Rape, attempted|Stalking|Child neglect|Human trafficking""".replace("\n", "").split("|")
"""How offices, EST reports and the crime statistics write what is never kept."""


@pytest.mark.parametrize("category", REFUSED_SYNONYMS)
def test_synonyms_that_are_refused(category: str) -> None:
    assert is_refused(category)
    assert is_refused(f"0412 {category.upper()}")
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
