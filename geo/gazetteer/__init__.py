"""The named places of an area: kept in columns, found by name, by misspelt name, by street, and by nearness."""

from geo.gazetteer.csvfile import COLUMNS, load_gazetteer
from geo.gazetteer.entries import point_of
from geo.gazetteer.forms import road_of
from geo.gazetteer.index import LOCALITY_KINDS, Gazetteer, Hit, How, Near

__all__ = [
    "COLUMNS",
    "LOCALITY_KINDS",
    "Gazetteer",
    "Hit",
    "How",
    "Near",
    "load_gazetteer",
    "point_of",
    "road_of",
]
