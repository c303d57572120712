"""The words of place texts that are no names: relations, kinds of places, directions, and common words.

All are folded (``geo.swedish.fold``). What a common word is matters as much as a name: a word that stands
here is never taken for a misspelt name.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Relation:
    """How a text's place lies to the named thing. ``least_m`` is the least honest radius, metres."""

    name: str
    least_m: float


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


TOWN_WORDS = _set("tatort tatorten samhallet samhalle centralorten")
"""Words for the built-up place itself: of the locality named beside them, or of the main one."""

CENTRE_WORDS = _set("centrum centrala centralt bykarnan")
"""Words for the middle of it."""

MUNICIPALITY_WORDS = _set("kommun kommunen kommuns kommunens")

PART_WORDS = _set(
    "parkering parkeringen parkeringens parkeringar parkeringarna parkeringsplats parkeringsplatsen pplats "
    "pplatsen skolgard skolgarden gard garden entre entren ingang ingangen utgang baksida baksidan framsida "
    "omrade omradet plan planen korsning korsningen overgang overgangen overgangsstalle overgangsstallet "
    "hallplats hallplatsen busskur busskuren kiosk kiosken cykelstall cykelstallet toalett toaletten "
    "lastkaj lastkajen butik butiken rondell rondellen tunnel tunneln gangtunneln viadukt viadukten bro "
    "bron trappa trappan park parken backen infart infarten utfart utfarten"
)
"""Parts of a named thing ("ICA-parkeringen"): the thing is meant, with what surrounds it."""

SIDE_WORDS = _set("norra sodra ostra vastra ovre nedre inre yttre stora lilla nya gamla n s o v")
"""What tells two names apart that are otherwise the same."""

JUNCTION_WORDS = _set(
    "gathornet gathorn hornan korset trafikljus trafikljusen ljuskorsning ljuskorsningen gatuhornet "
    "korsning korsningen korsningens gatukorsning gatukorsningen vagkorsning vagkorsningen hornet horn "
    "overgang overgangen overgangsstalle overgangsstallet overfart overfarten avfart avfarten pafart "
    "pafarten trafikplats trafikplatsen rondell rondellen cirkulationsplats cirkulationsplatsen "
    "hallplats hallplatsen busshallplats busshallplatsen busskur busskuren gangtunnel gangtunneln"
)
"""With a road and a locality they mean the one spot where the local road meets it."""

RELATIONS: dict[str, Relation] = {
    phrase: relation
    for phrases, relation in (
        ("vid|invid|intill|bredvid|jamte|hos|pa sidan av|vid sidan om|vid sidan av", Relation("at", 80)),
        ("bakom|baksidan av|pa baksidan av|baksidan", Relation("behind", 120)),
        ("framfor|utanfor|utan for|framsidan av", Relation("in_front", 80)),
        ("mittemot|mitt emot|mitt over|tvars over", Relation("opposite", 120)),
        ("i hojd med|i jamnhojd med", Relation("level_with", 200)),
        (
            "nara|i narheten av|runt|runtom|kring|omkring|runt omkring|i anslutning till|forbi",
            Relation("near", 200),
        ),
        (
            "mot|till|fran|ifran|in mot|upp mot|ner mot|bort mot|pa vag mot|upp till|ner till",
            Relation("towards", 300),
        ),
        ("i trakten av|i trakterna av|i trakten kring", Relation("around", 1000)),
    )
    for phrase in phrases.split("|")
}
"""Folded phrase → relation, for the words before a name."""

TRAVEL_WORDS = _set("mot till fran ifran")

DIRECTIONS: dict[str, tuple[float, float]] = {
    word: unit
    for words, unit in (
        ("norr norrut norra nord", (0.0, 1.0)),
        ("nordost nordvast", (0.0, 0.0)),
        ("soder soderut sodra syd", (0.0, -1.0)),
        ("oster osterut ostra ost", (1.0, 0.0)),
        ("vaster vasterut vastra vast", (-1.0, 0.0)),
    )
    for word in words.split()
    if unit != (0.0, 0.0)
} | {
    "nordost": (0.7071, 0.7071),
    "nordvast": (-0.7071, 0.7071),
    "sydost": (0.7071, -0.7071),
    "sydvast": (-0.7071, -0.7071),
}
"""Folded direction word → unit vector (east, north)."""

CLOSE_WORDS = _set("strax straxt precis alldeles omedelbart just")
AND_WORDS = _set("och o samt & eller")
LIST_WORDS = _set("men aven dels plus")
"""They begin another place, as "och" does: "Coop men även bakom skolan"."""
CROSSING_WORDS = _set("moter korsar skar x ansluter mynnar hornet horn")
"""Between two streets they say that the streets meet; "korsning" does, too."""
BETWEEN_WORDS = _set("mellan emellan")
STRETCH_WORDS = _set("strackan biten stumpen")
"""With "till" they mean what lies between two things: "sträckan skolan till Coop"."""
INDEFINITE = _set("en ett nagon nagot nagra varje alla manga inga andra vissa flera olika")
"""Before a word for a kind of place they say that none in particular is meant."""
MANY_WORDS = _set("tunnlar gangtunnlar broar parkeringar parkeringshus trappor gangvagar cykelvagar stigar")
"""Words for kinds that alone mean any of them: "gångtunnlar", "i parkeringshus"."""
DEFINITE = ("en", "et", "an", "na", "on", "ln", "rn", "ns", "ts")
"""How a word for a kind ends that means a known one; "station" ends so, too, and is let pass."""
PLACE_NOUNS = _set(
    "industriomradet campingen hamnen badplatsen elljussparet motionssparet skidsparet pendlarparkeringen"
)
"""Common words that mean the one place where something here has the name."""
ROAD_WORDS = _set("vag lansvag riksvag lv rv lansvagen riksvagen vagen europavag europavagen")

COMMON = _set(
    """
    aka aker akt aldre aldrig alg algar alkisar alkohol alla allt alltid alv alven ambulans an and andra
    annan annars annat annu antal apoteket april ar arbete arbetsplats arbetsplatsolycka arg arslut ater
    atervinning atervinningen atervinningsstation atraktor atraktorer att augusti av aven avsaknad
    avsparrat avsparrning back backar backe backen bada bade badplats badplatsen bakom balkong bank banken
    banvall banvallen bara barn barnbarn barnen barnvagn bat battre belysning belysningen bensin berg
    berget berusad bil bilar bilarna bilen bilist bilister bland blasigt blev bli blir blomlada bommar
    bommen bor borde bort borta botten bra brak brand branda brande branden bredvid brist bristfallig bro
    bron brott bruk bruka brukar bruket brukets bruksomradet brygg brygga bryggan buller bullrigt burnar
    buskage buskaget buskar buskarna buss bussar bussen busskur busskuren butiksstold bygge bygger bygget
    byggnad byggnaden byn camping campingen cykel cykelbana cykelbanan cykeln cykelrum cykelstall
    cykelstallet cykelvag cykelvagen cyklar cyklist cyklister dag dagen dagtid dalig daliga daligt dar de
    december den deras dess dessa dessutom det detta dike diket dit djur dock domen dorr dorrar dorren
    dotter dottern drar driftar droger du dumt dunkar dyr efter eftermiddag eftermiddagen eftersom egen
    eller elljusspar elljussparet en ensam ensamt enskild enslig epa epatraktor epatraktorer epor ett
    europa fabrik fabriken fall falla familj fara farfar farlig farliga farligt farmor fart farten
    farthinder fartkamera fartyg fastighet fattas februari fest festande festar finns fler flera flesta
    folk folket fonster for forbi fordon fore forfarligt forra forsta fort fortfarande fortkorare
    fortkorning fotgangare fram framfor fran fredag fredagar fredagskvallar fredagsnatt fryser full fulla
    fullt fyllon fyra fyrhjuling gaende gamla gamling gammal gang gangare gangbana gangbanan gangen ganger
    gangna gangpassage gangpassagen gangstig gangstigen gangtunnel gangtunneln gangvag gangvagar gangvagen
    skogsstigar skogsvagar stigar strak affarer busshallplatser busskurer hallplatser lekplatser parkeringsplatser skogspartier
    trafikljus trafikljusen vagkorsningar overgangsstallen gatukorsningar butiker krogar kiosker
    gapar gar garage gard garden gastgiveri gata gatan gatlampa gatlampan gatlampor gatlyktor gator
    gatorna gatubelysning gatubelysningen genom genvag genvagen glas glasbitar glesbygd glest gnissel
    grabbar grannar granne grannen gras graset gravid gravling grop gropar gropen grupp grupper grus
    grusvag grusvagen hade hal halet halka halkan halkigt hall hallplats hallplatsen halt hamn hamnen han
    hander handla handlar har hast hastar hastighet hastigheten hastighetsovertradelse hela helg helgen
    helger helgerna heller hemma hemmet hemvag hemvagen hinder hindrar hit hjalp hog hoga hogljudda
    hogljutt hogt hon horn hornet hos host hostar hosten hotfull hotfulla hotfullt hund hundar hunden hus
    husbil husen huset husvagn husvagnen hyreshus hyreshusen hyreshuset ibland icke igen ihop illa
    illaluktande inbrott industri industrin industriomrade industriomradet infart infarten ingang ingangen
    innan inne inte intill isigt iskallt jag januari jarnvag jarnvagen jobb jobbet jobbigt juli juni just
    kajen kallare kallaren kallt kan kanner kanns kanske kant kanten kiosk kiosken klockan klotter
    klottrat klubben knark knarkare kolliderat kollision kolsvart kommer kommun kommunen kompis kompisar
    kompisen kon koner kontroll kontrollerar kontrollerat kor korde korer korfalt korfaltet korning kors
    korsning korsningen krangligt kring krok kul kulle kullen kunde kurva kurvan kvall kvallar kvallarna
    kvallen kvalls kvallstid kvarter kvarteret kvinnor lagenhet lagenheter lagre lamna lampa lampan lampor
    lamporna lan lang langa langare langning langs langst larde larm larma larmar larmas lasa laskig
    laskigt lastbil lastbilar leder ledning ledningar lekpark lekparken lekplats lekplatsen ligger lilla
    lite liten litet ljud ljus ljusa ljuset lordag lordagar lordagskvall lov lovet lucka luckor lukt lycka
    lyktstolpar lyktstolpe lyktstolpen lysa lyse lyser magasin magasinet maj mamma man mandag manga mannen
    manniskor mark marken markt mars mast maste med medan mellan mest mig min mina mindre minst
    missbrukare misstankt misstankta mitt mittracket moped mopeder mopedister morfar morgnar morgon
    morgonen mork morka morker morkret morkt mormor mot motionsspar motionssparet motorfordon mur muren
    museum musik mycket nagon nagot nagra nara narheten narkotika narma naset nasta natet natt natten
    natter nattetid nedanfor nedskrapat ner nere ni nog noret norr norra norrgaende norrland norrlands
    norrut november nya nybygge nybyggen nykterhetskontroll nyligen ocksa ode odslig odsligt ofta ogon
    oktober olika olycka olyckor om omgivning omgivningen omrade omradet onsdag oppen oppet ordning oro
    orolig oroligt osaker osakert oster ostra otrygg otrygga otryggt over overallt overgang
    overgangsstalle overgangsstallet oversvamning overvuxen overvuxet pa pappa park parken parkera
    parkerade parkerar parkering parkeringar parkeringarna parkeringen parkeringsplats parkeringsplatsen
    passage passagen passera passerar pendlar pendlare pendlarparkeringen pensionar pensionarer perrong
    perrongen personbil personbilar personbilen pga plan planen plats platsen platser ploga plogad plogat
    polis polisen privat pundare racke racken rackena racket rader radjur rally ralsen raser raserat rast
    rasta rastplats rastplatsen resultat ridande roka rokare roker rondell rondellen rullator rullstol
    runt rygg sa sadan saker sakert sakna saknar saknas samma samre samt samtal sedan sena senare sent
    september sida sidan siffror sikt sikten sin sina singelolycka sist sitt sitter sittplats situationen
    sjo sjon sjuk ska skadad skadade skadan skadegorelse skall skara skarpa skidspar skidsparet skog
    skogen skogs skola skolan skolbarn skolgard skolgarden skolgardens skolvag skolvagen skoter
    skotertrafik skral skramlar skrammande skranar skrank skranken skrap skrapigt skrik skriker skugga
    skum skumma skumt skylt skyltar skylten skyltning skymd skymmer skymning skymningen skymt skymtar
    sladd sladdar sladde slagsmal slappt slask slut slutar smal smala smalt snatteri sno snohogar snon
    snoskoterolycka snovall snovallar snovallarna soder sodergaende sodra som sommar sommaren sommarn
    sondag sondagar sonen soprum soprummet sopstation soptunna soptunnor spar sparen sparet spring
    springer stack stad staden staket staketet stall stallen stallet stampel stan star stark starkt
    station steg sten stenar stig stigen stirrar stod stoj stok stoket stokiga stokigt stold stolder
    stolpar stolpe stolpen stopp stoppad stoppar stor stora storre stort strack stracka strackan strand
    stranden stroget strom stromen stromlos stup svar svart svartisk sverige tag taget taket tar tat tata
    tatt tid tider tidig tidigt tillhall tillsammans tisdag titta tomt tomten torg torget torsdag trad
    traden tradgard tradgarden trafik trafiken trafikerad trafikkontroll trafikolycka trakten trakterna
    traktor traktorer trangt trappa trappan trapphus trapphuset trappor trappsteg trasig trasiga trasigt
    trottoar trottoaren trygg tryggt tunga tunnel tunneln tunnlar tutar tvattstuga tvattstugan tyst under
    ungdom ungdomar ungdomarna ungdomsgang upp uppe uppfart utan utanfor ute uteliggare utfart utfarten
    utsatt vackert vag vagar vagarna vagbygge vagen vagkorsning vagn vajerracket vakna valdigt valen
    vallar vallen vanda vandrar vandrarhem vanlig vanligt vanta vantan vantar vantas var vara vardag
    vardagar varit varje varlden varm vart vaster vasterbotten vasterbottens vastra vatten vattnet vaxer
    vaxtlighet vaxtligheten vecka veckan vega verkar vet vi viadukt viadukten vibrerar vid vidare vill
    villa villaomrade villaomradet viltolycka vind vinna vinter vinterhalvaret vintern vintertid viss
    vissa vissen vistas vrak vuxna
    """
)
"""Common words of place texts, survey answers and police texts."""
