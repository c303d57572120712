"""The names that a made-up town and its villages get: of the kind that is found in any Swedish town."""

STREETS = """Storgatan|Järnvägsgatan|Stationsgatan|Kungsgatan|Norra Esplanaden|Östra Kyrkogatan|Södra Esplanaden|Västra Kyrkogatan|
Drottninggatan|Nygatan|Skolgatan|Kyrkogatan|Trädgårdsgatan|Torggatan|Köpmangatan|Hantverkargatan|Bruksgatan|Industrigatan|Fabriksgatan|
Idrottsvägen|Sjukhusvägen|Ringvägen|Inre Ringvägen|Strandvägen|Badhusgatan|Kvarngatan|Smedjegatan|Garvaregatan|Slaktargatan|Brogatan|
Hamngatan|Magasinsgatan|Repslagargatan|Prästgatan|Rådhusgatan|Tullgatan|Vasagatan|Oskarsgatan|Karlsgatan|Linnégatan|Linnégatan södra|
Esplanadgatan|Parkgatan|Nybrogatan|Norrgatan|Södergatan|Östergatan|Västergatan|Mellangatan|Tallvägen|Björkvägen|Granvägen|Rönnvägen|
Aspvägen|Ekvägen|Lindvägen|Lärkvägen|Trastvägen|Göksvägen|Svalvägen|Ugglevägen|Orrvägen|Tjädervägen|Ripvägen|Lingonstigen|
Blåbärsstigen|Hjortronstigen|Hallonvägen|Smultronstigen|Tallstigen|Skogsvägen|Bergsvägen|Backvägen|Dalvägen|Ängsvägen|Åkervägen|
Hagvägen|Solvägen|Månvägen|Stjärnvägen|Vintervägen|Sommarvägen|Älvgatan|Åsgatan|Öbergsvägen|Hedmans väg|Lasarettsgatan|
Sjögatan|Bangatan|Lokgatan|Vallgatan|Regementsgatan|Kasernvägen|Timmervägen|Sågvägen|Snickarvägen|Målarvägen|Murarvägen|
Bagargränd|Klockargränd|Apoteksgränd|Rådmansgatan|Borgmästargatan|Skeppargatan|Nils Holmers gata|Ernst Anderssons väg|
Gamla Landsvägen|Gamla Kyrkvägen|Nya Bruksvägen|Lilla Nygatan|Stora Brogatan|Verkstadsgatan|Generatorgatan|Elverksgatan|Vattugatan""".replace(
    "\n", ""
).split("|")

VILLAGE_STREETS = """Kyrkvägen|Skolvägen|Bygatan|Byvägen|Storgatan|Skolgatan|Mejerivägen|Sockenvägen|Åvägen|Nybyggarvägen|Hembygdsvägen|
Handelsvägen|Sandvägen|Tallvägen|Björkvägen""".replace("\n", "").split("|")

VILLAGES = [
    "Norrlida",
    "Sörbäck",
    "Västanå",
    "Överlund",
    "Nedermark",
    "Ytterdal",
    "Gumsele",
    "Långträsk",
    "Hökmyran",
    "Brattsjö",
    "Fällfors",
    "Kvarnnäs",
]

PLACES = (
    ("ICA Supermarket Granen", "shop=supermarket", "brand=ICA Supermarket"),
    ("Coop", "shop=supermarket", "brand=Coop"),
    ("Willys", "shop=supermarket", "brand=Willys"),
    ("Systembolaget", "shop=alcohol", "brand=Systembolaget"),
    ("Granfors bibliotek", "amenity=library"),
    ("Vårdcentralen Granen", "amenity=clinic"),
    ("Folkets hus", "amenity=community_centre"),
    ("Simhallen", "leisure=sports_centre", "sport=swimming"),
    ("Granfors ishall", "leisure=ice_rink"),
    ("Hotell Stadt", "tourism=hotel"),
    ("Apoteket Hjorten", "amenity=pharmacy"),
    ("Frisör Klippet", "shop=hairdresser"),
    ("Pizzeria Napoli", "amenity=restaurant", "cuisine=pizza"),
    ("Kafé Kardemumma", "amenity=cafe"),
    ("Granfors gymnasium", "amenity=school"),
    ("Norrgårdens förskola", "amenity=kindergarten"),
    ("Bergsskolan", "amenity=school"),
    ("Circle K", "amenity=fuel", "brand=Circle K"),
    ("OKQ8", "amenity=fuel", "brand=OKQ8"),
    ("Polishuset", "amenity=police"),
    ("Stadshuset", "amenity=townhall"),
    ("Brandstationen", "amenity=fire_station"),
    ("Folktandvården", "amenity=dentist"),
    ("Galleria Gränden", "shop=mall"),
    ("Missionskyrkan", "amenity=place_of_worship"),
    ("Bio Röda Kvarn", "amenity=cinema"),
    ("Lilla torget", "place=square"),
    ("Järnvägsparken", "leisure=park"),
    ("", "amenity=parking"),
    ("ICA-parkeringen", "amenity=parking"),
    ("", "leisure=playground"),
    ("Tallbackens äldreboende", "amenity=nursing_home"),
    ("Granfors museum", "tourism=museum"),
    ("Elons", "shop=electronics"),
    ("Gula skolan", "amenity=school"),
    ("Granens ridhus", "leisure=sports_centre"),
    ("Sjukhuset", "amenity=hospital"),
)  # fmt: skip
"""Name (or none) and tags. A town has them once, but for car parks and playgrounds."""
