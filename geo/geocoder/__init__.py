"""Where is "gångvägen mot Stantorsvallen, mörkt o läskigt"? Free Swedish text → ``Match``.

``words`` are the words that are no names; ``mentions`` finds what a text names; ``reading`` decides
which places it speaks of; ``placing`` gives each a point, a radius, a probability and a rule. The rules
with their radii and probabilities stand in docs/geocoding.md.
"""

from functools import lru_cache

from geo.gazetteer import Gazetteer
from geo.geocoder.mentions import find_mentions, whole_name
from geo.geocoder.placing import Placer
from geo.geocoder.reading import Reader
from geo.geocoder.readings import Form, Reading
from geo.geocoder.single import town_candidate
from geo.model import Candidate, Level, Match
from geo.swedish import fold, words_of

NOT_PLACED = ("municipality_only", "outside", "unknown", "several_municipalities")
"""The rules that give no point."""

_CACHED = 4096


class Geocoder:
    """Answers by one gazetteer. The same text always gets the same answer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self._own = _municipality_key(gazetteer.municipality)
        self._cached = lru_cache(maxsize=_CACHED)(self._locate)

    def geocode(self, text: str, *, municipality: str = "", locality: str = "") -> Match:
        """The place that ``text`` names; of several the most exactly known, then the first named.

        Args:
            text: place words or a whole sentence.
            municipality: what the record's source says, if anything. Another municipality is answered
                with level outside, and a county with level unknown: nothing is looked up then.
            locality: the locality that the record names beside the text, if any.
        """
        matches = self.geocode_all(text, municipality=municipality, locality=locality)
        order = (Level.SPOT, Level.LOCALITY, Level.OUTSIDE, Level.MUNICIPALITY, Level.UNKNOWN)
        return min(matches, key=lambda match: order.index(match.level))

    def geocode_all(self, text: str, *, municipality: str = "", locality: str = "") -> tuple[Match, ...]:
        """One match for each place that ``text`` names, in its order; one without a point for none.

        Args: as ``geocode``.
        """
        return self._cached(text, municipality, locality)

    def is_elsewhere(self, municipality: str) -> bool:
        """Whether a record whose source says ``municipality`` (or nothing) isn't known to lie in this one."""
        source = _municipality_key(municipality)
        return bool(source) and source != self._own

    def _locate(self, text: str, municipality: str, locality: str) -> tuple[Match, ...]:
        source = _municipality_key(municipality)
        if self.is_elsewhere(municipality):
            # A county for a municipality is the mark of a digest of several events.
            if source.split()[-1] == "lan":
                return (_unplaced(text, municipality, Level.UNKNOWN, "several_municipalities"),)
            return (_unplaced(text, municipality, Level.OUTSIDE, "outside"),)
        whole = self._whole(text, locality)
        if whole:
            return (_match(text, whole[0], whole),)
        words = words_of(text)
        reader = Reader(words, find_mentions(words, self.gazetteer), self.gazetteer, inside=bool(source))
        placer = Placer(self.gazetteer, locality)
        matches: list[Match] = []
        for reading in reader.read():
            candidates = placer.place(reading)
            if candidates:
                matches.append(_match(text, candidates[0], candidates))
        placed = [match for match in matches if match.point is not None]
        if placed:
            return tuple({(match.name, match.rule, match.point): match for match in placed}.values())
        if matches or (reader.outside_name and not reader.names_municipality):
            outside = matches[0].name if matches else reader.outside_name
            return (_unplaced(text, outside, Level.OUTSIDE, "outside"),)
        if locality:
            return self._of_record(text, locality, bool(source))
        if reader.names_municipality or source:
            return (self._municipality(text, reader.names_town),)
        return (_unplaced(text, "", Level.UNKNOWN, "unknown"),)

    def _whole(self, text: str, locality: str) -> tuple[Candidate, ...]:
        """The candidates of a text that is a name and nothing else, as most are in an office's file."""
        mention = whole_name(text, self.gazetteer)
        if mention is None:
            return ()
        return Placer(self.gazetteer, locality).place(Reading(Form.FEATURE, mention))

    def _of_record(self, text: str, locality: str, inside: bool) -> tuple[Match, ...]:
        """The text names nothing, but the record's own locality column does."""
        found = self._cached(locality, self.gazetteer.municipality if inside else "", "")
        return tuple(_match(text, each.candidates[0], each.candidates) for each in found if each.candidates)

    def _municipality(self, text: str, named_like_town: bool) -> Match:
        name = self.gazetteer.municipality
        whole = Candidate(name, None, 0.0, 0.0, "municipality_only", Level.MUNICIPALITY)
        candidates = [whole]
        if named_like_town and self.gazetteer.main_locality is not None:
            candidates.append(town_candidate(self.gazetteer.main_locality))
        return _match(text, whole, tuple(candidates))


def _municipality_key(name: str) -> str:
    """A municipality's folded name without "kommun" and its genitive."""
    folded = fold(name)
    bare = folded.removesuffix("kommun").strip()
    return bare if bare else folded


def _match(text: str, best: Candidate, candidates: tuple[Candidate, ...]) -> Match:
    return Match(
        text=text,
        name=best.name,
        point=best.point,
        radius_m=best.radius_m,
        probability=best.probability,
        rule=best.rule,
        level=best.level,
        locality=best.locality,
        candidates=candidates,
    )


def _unplaced(text: str, name: str, level: Level, rule: str) -> Match:
    only = Candidate(name, None, 0.0, 0.0, rule, level)
    return _match(text, only, (only,))
