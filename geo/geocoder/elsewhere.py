"""Names that are not here: Swedish municipalities, well-known places, and what streets are named after everywhere.

A word that is a name somewhere else is no misspelling of a name here. The municipalities are SCB's 290.
"""

from shapely.geometry import Point

from geo.model import EntryKind, GazetteerEntry
from geo.swedish import key_of, squeeze

_NAMES = """
    Ale|Alingsås|Alvesta|Aneby|Arboga|Arjeplog|Arvidsjaur|Arvika|Askersund|Avesta|Bengtsfors|Berg|
    Bjurholm|Bjuv|Boden|Bollebygd|Bollnäs|Borgholm|Borlänge|Borås|Botkyrka|Boxholm|Bromölla|Bräcke|
    Burlöv|Båstad|Dals-Ed|Danderyd|Degerfors|Dorotea|Eda|Ekerö|Eksjö|Emmaboda|Enköping|Eskilstuna|Eslöv|
    Essunga|Fagersta|Falkenberg|Falköping|Falun|Filipstad|Finspång|Flen|Forshaga|Färgelanda|Gagnef|
    Gislaved|Gnesta|Gnosjö|Gotland|Grums|Grästorp|Gullspång|Gällivare|Gävle|Göteborg|Götene|Habo|
    Hagfors|Hallsberg|Hallstahammar|Halmstad|Hammarö|Haninge|Haparanda|Heby|Hedemora|Helsingborg|
    Herrljunga|Hjo|Hofors|Huddinge|Hudiksvall|Hultsfred|Hylte|Hällefors|Härjedalen|Härnösand|Härryda|
    Hässleholm|Håbo|Höganäs|Högsby|Hörby|Höör|Jokkmokk|Järfälla|Jönköping|Kalix|Kalmar|Karlsborg|
    Karlshamn|Karlskoga|Karlskrona|Karlstad|Katrineholm|Kil|Kinda|Kiruna|Klippan|Knivsta|Kramfors|
    Kristianstad|Kristinehamn|Krokom|Kumla|Kungsbacka|Kungsör|Kungälv|Kävlinge|Köping|Laholm|Landskrona|
    Laxå|Lekeberg|Leksand|Lerum|Lessebo|Lidingö|Lidköping|Lilla Edet|Lindesberg|Linköping|Ljungby|
    Ljusdal|Ljusnarsberg|Lomma|Ludvika|Luleå|Lund|Lycksele|Lysekil|Malmö|Malung-Sälen|Malå|Mariestad|
    Mark|Markaryd|Mellerud|Mjölby|Mora|Motala|Mullsjö|Munkedal|Munkfors|Mölndal|Mönsterås|Mörbylånga|
    Nacka|Nora|Norberg|Nordanstig|Nordmaling|Norrköping|Norrtälje|Norsjö|Nybro|Nykvarn|Nyköping|
    Nynäshamn|Nässjö|Ockelbo|Olofström|Orsa|Orust|Osby|Oskarshamn|Ovanåker|Oxelösund|Pajala|Partille|
    Perstorp|Piteå|Ragunda|Robertsfors|Ronneby|Rättvik|Sala|Salem|Sandviken|Sigtuna|Simrishamn|Sjöbo|
    Skara|Skellefteå|Skinnskatteberg|Skurup|Skövde|Smedjebacken|Sollefteå|Sollentuna|Solna|Sorsele|
    Sotenäs|Staffanstorp|Stenungsund|Stockholm|Storfors|Storuman|Strängnäs|Strömstad|Strömsund|
    Sundbyberg|Sundsvall|Sunne|Surahammar|Svalöv|Svedala|Svenljunga|Säffle|Säter|Sävsjö|Söderhamn|
    Söderköping|Södertälje|Sölvesborg|Tanum|Tibro|Tidaholm|Tierp|Timrå|Tingsryd|Tjörn|Tomelilla|Torsby|
    Torsås|Tranemo|Tranås|Trelleborg|Trollhättan|Trosa|Tyresö|Täby|Töreboda|Uddevalla|Ulricehamn|Umeå|
    Upplands Väsby|Upplands-Bro|Uppsala|Uppvidinge|Vadstena|Vaggeryd|Valdemarsvik|Vallentuna|Vansbro|
    Vara|Varberg|Vaxholm|Vellinge|Vetlanda|Vilhelmina|Vimmerby|Vindeln|Vingåker|Vänersborg|Vännäs|
    Värmdö|Värnamo|Västervik|Västerås|Växjö|Vårgårda|Ydre|Ystad|Älmhult|Älvdalen|Älvkarleby|Älvsbyn|
    Ängelholm|Åmål|Ånge|Åre|Årjäng|Åsele|Åstorp|Åtvidaberg|Öckerö|Ödeshög|Örebro|Örkelljunga|
    Örnsköldsvik|Östersund|Österåker|Östhammar|Östra Göinge|Överkalix|Övertorneå|Stockholms stad|
    Göteborgs stad|Gamla stan|Södermalm|Östermalm|Vasastan|Kungsholmen|Norrmalm|Hötorget|Sergels torg|
    Stureplan|Slussen|T-centralen|Arlanda|Landvetter|Bromma flygplats|Rinkeby|Tensta|Husby|Kista|
    Skärholmen|Farsta|Vällingby|Fittja|Hallunda|Globen|Gröna Lund|Skansen|Liseberg|Avenyn|
    Kungsportsavenyn|Järntorget|Hisingen|Angered|Hammarkullen|Biskopsgården|Backaplan|Nordstan|Majorna|
    Möllevången|Rosengård|Västra hamnen|Triangeln|Öresundsbron|Visby|Kiruna centrum|Ljungskile|Råneå|
    Holmsund|Obbola|Sävar|Vännäsby|Bureå|Ursviken|Kåge|Byske|Lövånger|Gamla Uppsala|Märsta|Åkersberga|
    Gustavsberg|Tumba|Handen|Kungens kurva|Mölnlycke|Kungsbacka centrum|Torslanda|Onsala|Särö|Åsa|
    Skanör|Falsterbo|Limhamn|Bunkeflo|Åhus|Degeberga|Kristianstad C|Jämshög|Mörrum|Färjestaden|
    Borgholms slott|Oskarshamns hamn|Ankarsrum|Gamleby|Motala verkstad|Finspång centrum|
    Katrineholms station|Malmköping|Malung|Sälen|Järvsö|Sveg|Funäsdalen|Åre by|Duved|Hammarstrand|
    Örnsköldsvik centrum|Tärnaby|Malmberget|Karesuando|Abisko|Norge|Danmark|Finland|Tyskland|Oslo|
    Köpenhamn|Reykjavik|Berlin|London|Paris|Madrid|Rom|New York|Tallinn|Riga|Åbo|Tammerfors|Esbo|Vanda|
    Uleåborg|Vasa|Jakobstad|Karleby|Torneå|Rovaniemi|Lahtis|Kuopio|Björneborg|Borgå|Lovisa|Ekenäs|Hangö|
    Mariehamn|Åland|Lappland|Skåne|Småland|Halland|Bohuslän|Dalsland|Värmland|Dalarna|Hälsingland|
    Gästrikland|Medelpad|Ångermanland|Jämtland|Norrbotten|Västerbotten|Öland|Blekinge|Östergötland|
    Västergötland|Södermanland|Närke|Uppland|Västmanland|Trondheim|Bergen|Stavanger|Århus|Odense|
    Gamlestaden|Frölunda|Frölunda torg|Mörby|Mörby centrum|Täby centrum|Djurgården|Medborgarplatsen|
    Skogskyrkogården|Djursholm|Hägersten|Älvsjö|Liljeholmen|Bagarmossen|Hässelby|Akalla|Jakobsberg|Barkarby|
    Fruängen|Hornstull|Odenplan|Fridhemsplan|Lindholmen|Bergsjön|Hjällbo|Lövgärdet|Gottsunda|Stenhagen|
    Vivalla|Navestad|Skäggetorp|Råslätt|Oxhagen|Ersboda|Mariehem|Ålidhem|Hörnefors|Jörn|Boliden|Skelleftehamn|
    Anderstorp|Burträsk|Bullmark|Botsmark|Marstrand|Smögen|Storlien|Tromsö|Ullared|Furuvik|Kolmården|
    Helsingör|Hamburg|Amsterdam|Bryssel|Wien|Prag|Warszawa|Moskva|Sankt Petersburg
"""

_NEEDS_CAPITAL = 6
"""Shorter names are common words too ("Vara", "Mark"): they count only with a capital."""


def _entries() -> dict[str, GazetteerEntry]:
    names = [name.strip() for name in _NAMES.replace("\n", "").split("|")]
    return {
        key_of(name): GazetteerEntry(f"outside-{key_of(name)}", name, EntryKind.OUTSIDE, Point(), 0.0, "")
        for name in names
        if name
    }


ELSEWHERE: dict[str, GazetteerEntry] = _entries()
"""Key → an entry of kind outside, for names that most people would place elsewhere."""


def elsewhere(key: str, *, capital: bool) -> GazetteerEntry | None:
    """The well-known place elsewhere of a key, or None."""
    entry = ELSEWHERE.get(key)
    return entry if entry is not None and (capital or len(key) > _NEEDS_CAPITAL) else None


_HEADS = """
    abbot adel adlers agat akacie aker al algs alm alms alv alvs amiral anders ang ange angs anker apel
    arbetar arkitekt arsenal asp aspnas assess atlas atter back backe bad bagar bageri ban bank banvalls
    barn barnsten bat berg bergmans bergs bernhard biblioteks bielke bio birger birk biskops bja bjork
    bjorn bjornbars bla blabars blekholms blom blomster bo bok bol bolags bonde borg borgmastar brand
    brant bred bro brogards bruks brunns bryggar bryggeri by bygg byggmastar bys cedar central centrum
    charlotte christina citadell dag dahl dal dala dalby dalkarls danvik djurgards dom drottning dubbel
    duv ejder ek eken el elgs elis elvira emil ener eng engelbrekts erik eriks eskils fabriks fagel
    fager falk fangvards far fartygs fin fiskar fjall flag flyg fogde folkets folkunga fors forsta
    fredriks fredsgatan frej frid fridhems friherre frihets fru fyr galg gamla gard gards garvar gas gen
    germania getings glas glimmer god goda got gota grafit gran gras grev grind grona gruv guld gull
    gustav gustavs gyllen gymnasie hag haga hagel hagtorns hallon hallsta hamn handels hantverkar har
    harald hassel hav havre hed hede hems hermelin herr hertig hill hjalmar hjort hjortron hog hogalids
    holm holmens hoppets horn horns hospitals hov hovslagar humle hund hus hussar ida idrotts industri
    ing ingenjors iris is istads jagar jakobs jarl jarnvags jern johan johannes jon jord jungfru juni
    juvel kaj kalk kallar kammakar kanal kanon kapell kapten kaptens karduans karl karla karr kastanj
    katarina kil kina klara klock kloster klover knekt kocks kol kommendors konst kop kopman
    kopparslagar korn kors kort kran kristina krok kron kronprins krut kull kung kungs kvarn kvist kyrk
    kyrko kyrkogards laboratorie lag lager lak lang laroverks lars lav ler lev lilje lill lilla lin lind
    linde lingon linne lits ljung lo loj lots ludvig lukt lund luth lyckans lycke lyr magasins mal malm
    malmskillnads malmtorgs mans mar maria marieberg marknads mars mast master mats mejeri mellan metall
    mikael militar mjolnar mol moll molndal morsare mosse munk mur musik myntmar myr nabo nackros natt
    new nias nils noll nor nord nordan norr norra norrlands not nya nybro nygards nykop nytorgs odens
    odins ok olivers olof olofs orn orr ortagards orter oscars oskars ostan oster ostermalms ostra park
    parmmatar pastor patron paul per peters pil pilgrims pingst plantage plog polhems poppel pors post
    pram prast prins prinsens prost pumps rad radhus rag ran raven regerings ren repslagar riddar rin
    ring ringar rodhake ronn rons ros rosen rosenlunds roslags rosten rot rov rund rut ryttar sadelmakar
    sal saljeri saltsjo sand sankt saters segel seminarie sibylle sigtuna silver simon sjo sjomans sjuk
    sjukhus skans skeppar skepps skog skogs skol skom skomakar skrad skytte slakthus slats slott slotts
    smal smala sme smed smedje smedjebacks snickar sno soder sodermanna sodra sol solvik spar spel spinn
    spinnar spring stads staffans stal stall stations sten stens stig stjarn stock stor storskog strand
    strom stubb studie sture sund surbrunns svan svarv svea sveavagen sven talja tall teg tegel tegner
    tele thule timmer timmermans tjader tjarhovs tom tomte torg torkel torn torp tors torste trad
    tranbars trum tull tunnel tusen tvar tvatt tvist udde ugglan ull ulv ung uppland ur vagnmakar vaktar
    val valhalla vall vallmo vanadis varg vargs vasa vastan vaster vastman vastra vatten vattu vav ved
    vegas verk verkstads vest vid vikinga viks villa vin vind vintergat viol vis vit vitsipp ymer yngve
    zacharias
    apple blaklint bofink duvhok dragspel fink fiol flottar furir fyrvaktar glasmastar hok hyttmastar hjortron
    kolar koltrast komminister kornett korp korpral korsbar krak krusbar kyrkvard landsfiskal lansman lark larar
    major masmastar matros mes mjolnar mura nattviol nejlik organist orr overste paron plommon prastkrag prost
    rektor ripa ryttmastar segelmakar sergeant skolmastar skraddar smultron soldat sotar sparv spelmans styrman
    svala trast trumslagar tulpan vavar vinbar
"""

STREET_HEADS: frozenset[str] = frozenset(squeeze(head) for head in _HEADS.split())
"""What streets are named after in most towns, folded, doubled letters once: "kyrk", "skol", "bjork"."""
