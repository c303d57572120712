"""From mentions to readings: which places a text speaks of, and how each lies to what it names.

A text falls into clauses at full stops, semicolons and "och"; commas make weaker ones. A locality named
in the same clause, else anywhere, is the context of a feature; an unused one is a place of its own.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from geo.gazetteer import Gazetteer, Hit, How
from geo.geocoder.mention import Mention, Sort
from geo.geocoder.pairs import LOOK_BACK, STRONG, WEAK, pair_form
from geo.geocoder.readings import Direction, Form, Reading, direction_of, is_street
from geo.geocoder.words import (
    AND_WORDS,
    BETWEEN_WORDS,
    COMMON,
    DEFINITE,
    DIRECTIONS,
    INDEFINITE,
    JUNCTION_WORDS,
    LIST_WORDS,
    MANY_WORDS,
    PART_WORDS,
    RELATIONS,
    TRAVEL_WORDS,
    Relation,
)
from geo.swedish import Word, expansions

_TOWN_GAP = 2
_SHORT = 2
"""A word of so few letters is no name."""


def _of_kind(thing: Mention, kind: Mention) -> tuple[Hit, ...]:
    """The hits of ``thing`` that are what the kind word says; all, where gazetteers know no such kind."""
    kinds = kind.kind.kinds if kind.kind is not None else ()
    return tuple(hit for hit in thing.hits if not kinds or hit.entry.kind in kinds)


def _unbroken(words: Sequence[Word], mentions: Sequence[Mention]) -> list[Word]:
    """The words, where a dot after a name that is cut short ends no sentence: "Storg. och Kungsg."."""
    ends = {mention.end for mention in mentions if expansions(words[mention.end - 1].folded)}
    return [
        replace(word, gap=word.gap.removeprefix(".")) if place in ends and words[place - 1].dot else word
        for place, word in enumerate(words)
    ]


class Reader:
    """Reads one text. ``inside``: the record's source has already said which municipality it is in."""

    def __init__(
        self, words: Sequence[Word], mentions: Sequence[Mention], gazetteer: Gazetteer, inside: bool
    ) -> None:
        self.words = _unbroken(words, mentions)
        self.inside = inside
        self.clause: list[int] = []
        self.weak: list[int] = []
        clause = weak = 0
        for place, word in enumerate(self.words):
            joins = word.folded in LIST_WORDS or (
                word.folded in AND_WORDS and (word.folded != "o" or word.plain_o)
            )
            if place and (STRONG.search(word.gap) or joins):
                clause += 1
                weak += 1
            elif place and WEAK.search(word.gap):
                weak += 1
            self.clause.append(clause)
            self.weak.append(weak)
        self.mentions = self._town(self._apposed(mentions), gazetteer)
        self.used: set[int] = set()

    def read(self) -> list[Reading]:
        """The readings in the order of the text, best-founded form first taken."""
        readings = self._pairs()
        readings += self._beside()
        readings += self._parts()
        readings += self._features()
        readings += self._localities(readings)
        return sorted(readings, key=lambda reading: reading.mention.start)

    @property
    def outside_name(self) -> str:
        """The first name of a place in another municipality, or an empty string."""
        names = (mention.hits[0].entry.name for mention in self.mentions if mention.sort is Sort.OUTSIDE)
        return next(names, "")

    @property
    def names_town(self) -> bool:
        """Whether a name stands in the text that town and municipality share."""
        return any(mention.is_name for mention in self.mentions)

    @property
    def names_municipality(self) -> bool:
        """Whether the text names the municipality, or a road that runs through it."""
        return any(
            mention.sort in (Sort.MUNICIPALITY, Sort.ROAD) or mention.is_name for mention in self.mentions
        )

    def _apposed(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Leaves out a kind word that only says what the name beside it is: "hållplats Flarken Östra"."""
        kept: list[Mention] = []
        for mention in mentions:
            last = kept[-1] if kept else None
            if last is not None and last.end == mention.start and not self.words[mention.start].gap.strip():
                if last.sort is Sort.FEATURE and mention.sort is Sort.KIND:
                    same = _of_kind(last, mention)
                    if same:
                        kept[-1] = replace(last, end=mention.end, hits=same)
                        continue
                elif last.sort is Sort.KIND and mention.sort is Sort.FEATURE:
                    same = _of_kind(mention, last)
                    if same:
                        kept[-1] = replace(mention, start=last.start, hits=same)
                        continue
            kept.append(mention)
        return kept

    def _parts(self) -> list[Reading]:
        """A kind word and the one thing named with it are one place: "ICA-parkeringen", "Coop, parkeringen"."""
        readings: list[Reading] = []
        for kind in self.mentions:
            if kind.sort is not Sort.KIND or id(kind) in self.used:
                continue
            things = [
                (other.sort is Sort.ROAD, max(kind.start - other.end, other.start - kind.end), other)
                for other in self.mentions
                if other.sort in (Sort.FEATURE, Sort.ROAD)
                and id(other) not in self.used
                and self.clause[other.start] == self.clause[kind.start]
            ]
            if not things:
                continue
            thing = min(things, key=lambda each: each[:2])[2]
            self.used |= {id(kind), id(thing)}
            context = self._context(*sorted((kind, thing), key=lambda each: each.start))
            relation, direction = self._relation(thing.start)
            same = _of_kind(thing, kind) if thing.sort is Sort.FEATURE else ()
            if same:
                named = replace(thing, hits=same)
                readings.append(Reading(Form.FEATURE, named, None, context, relation, direction))
            else:
                part = replace(kind, part=thing.sort is Sort.FEATURE)
                readings.append(Reading(Form.KIND, part, thing, context, relation, direction))
        return readings

    def _town(self, mentions: list[Mention], gazetteer: Gazetteer) -> list[Mention]:
        """Joins "Robertsfors kommun" and "Robertsfors tätort"; "tätorten" alone is the main locality."""
        joined: list[Mention] = []
        skip: set[int] = set()
        for place, mention in enumerate(mentions):
            if mention.sort not in (Sort.TOWN, Sort.MUNICIPALITY):
                continue
            partner = self._partner(place, mentions, skip)
            if mention.sort is Sort.MUNICIPALITY:
                if partner is not None and mentions[partner].end == mention.start:
                    skip |= {place, partner}
                    sort = mentions[partner].sort
                    joined.append(
                        mention if sort is Sort.LOCALITY else replace(mentions[partner], end=mention.end)
                    )
                continue
            skip.add(place)
            if partner is not None and mentions[partner].sort is Sort.OUTSIDE:
                continue
            if partner is not None and mentions[partner].sort is Sort.LOCALITY:
                skip.add(partner)
                near = mentions[partner]
                joined.append(
                    replace(
                        near,
                        start=min(near.start, mention.start),
                        end=max(near.end, mention.end),
                        is_name=False,
                        part=mention.part,
                    )
                )
            elif gazetteer.main_locality is not None and not (mention.part and self._unknown_before(mention)):
                main = Hit(gazetteer.main_locality, How.ALIAS)
                joined.append(replace(mention, sort=Sort.LOCALITY, hits=(main,)))
        kept = [mention for place, mention in enumerate(mentions) if place not in skip]
        return sorted(kept + joined, key=lambda mention: mention.start)

    def _partner(self, place: int, mentions: list[Mention], skip: set[int]) -> int | None:
        """The locality or outside name beside a town word."""
        mention = mentions[place]
        best: tuple[int, int] | None = None
        for other, near in enumerate(mentions):
            if other in skip or near.sort not in (Sort.LOCALITY, Sort.OUTSIDE):
                continue
            gap = max(mention.start - near.end, near.start - mention.end)
            same = self.clause[near.start] == self.clause[mention.start]
            if same and gap <= _TOWN_GAP and (best is None or gap < best[0]):
                best = (gap, other)
        return best[1] if best else None

    def _between_words(self, first: Mention, second: Mention) -> list[str]:
        return [word.folded for word in self.words[first.end : second.start]]

    def _before(self, start: int, count: int) -> list[str]:
        return [word.folded for word in self.words[max(0, start - count) : start]]

    def _pairs(self) -> list[Reading]:
        """Crossings and betweens, which take two mentions."""
        readings: list[Reading] = []
        free = [mention for mention in self.mentions if mention.sort is not Sort.MUNICIPALITY]
        for first, second in pairwise(free):
            if id(first) in self.used or id(second) in self.used:
                continue
            form = pair_form(self.words, first, second)
            if form is None:
                continue
            self.used |= {id(first), id(second)}
            along = self._along(free, first) if form is Form.BETWEEN else None
            self._lead_in(free, first)
            context = self._context(first, second)
            readings.append(Reading(form, first, second, context, along=along))
        return readings

    def _lead_in(self, free: Sequence[Mention], first: Mention) -> None:
        """ "Gångvägen mellan ...", "korsningen av ...": the kind word before is no place of its own."""
        for mention in free:
            if mention.sort is Sort.KIND and 0 <= first.start - mention.end <= 1:
                self.used.add(id(mention))

    def _along(self, free: Sequence[Mention], first: Mention) -> Mention | None:
        """The street whose stretch between two things is meant: it stands just before "mellan"."""
        for mention in free:
            inner = self._between_words(mention, first)
            near = 0 <= first.start - mention.end <= LOOK_BACK
            if (
                is_street(mention)
                and near
                and not BETWEEN_WORDS.isdisjoint(inner)
                and id(mention) not in self.used
            ):
                self.used.add(id(mention))
                return mention
        return None

    def _beside(self) -> list[Reading]:
        """Two things with a relation between them are one place: "macken bakom Coop"."""
        readings: list[Reading] = []
        sorts = (Sort.FEATURE, Sort.KIND, Sort.ROAD)
        free = [
            mention for mention in self.mentions if mention.sort in sorts and id(mention) not in self.used
        ]
        for first, second in pairwise(free):
            if {id(first), id(second)} & self.used or self.weak[first.start] != self.weak[second.start]:
                continue
            relation, _ = self._relation(second.start, stop=first.end)
            if relation is None:
                continue
            self.used |= {id(first), id(second)}
            context = self._context(first, second)
            if first.sort is Sort.KIND:
                readings.append(Reading(Form.KIND, first, second, context, relation))
            elif first.sort is Sort.ROAD or is_street(first):
                form = Form.KIND if second.sort is Sort.KIND else Form.FEATURE
                if second.sort is not Sort.ROAD:
                    readings.append(Reading(form, second, None, context, relation))
            else:
                readings.append(Reading(Form.FEATURE, first, None, context, self._relation(first.start)[0]))
        return readings

    def _features(self) -> list[Reading]:
        readings: list[Reading] = []
        forms = {Sort.FEATURE: Form.FEATURE, Sort.KIND: Form.KIND, Sort.ROAD: Form.ROAD}
        taken = {
            self.clause[mention.start]
            for mention in self.mentions
            if mention.sort in (Sort.FEATURE, Sort.KIND) or id(mention) in self.used
        }
        for mention in self.mentions:
            if mention.sort not in forms or id(mention) in self.used:
                continue
            clause = self.clause[mention.start]
            if mention.sort is Sort.ROAD and clause in taken:
                continue
            context = self._context(mention)
            if mention.sort is Sort.KIND and context is None and self._any_of_kind(mention):
                continue
            relation, direction = self._relation(mention.start)
            named, junction = mention, False
            if mention.sort is Sort.ROAD:
                if context is not None:
                    relation, direction = self._relation(context.start)
                words = [w.folded for w, c in zip(self.words, self.clause, strict=True) if c == clause]
                junction = bool(set(words) & JUNCTION_WORDS)
            elif mention.end < len(self.words) and self.words[mention.end].folded in PART_WORDS:
                named = replace(mention, part=True)
            readings.append(Reading(forms[mention.sort], named, None, context, relation, direction, junction))
        return readings

    def _any_of_kind(self, kind: Mention) -> bool:
        """Whether a kind word alone means none in particular ("gångtunnlar", "en parkering"), or one whose name
        isn't known here: after a name it stands without its article, "Sikeå hamn"."""
        if kind.word in MANY_WORDS or not INDEFINITE.isdisjoint(self._before(kind.start, 1)):
            return True
        if not kind.start or self.words[kind.start].gap.strip() or kind.word.endswith(DEFINITE):
            return False
        known = any(mention.end == kind.start for mention in self.mentions)
        return not known and self._unknown_before(kind)

    def _unknown_before(self, mention: Mention) -> bool:
        """Whether a word stands before a mention that may be a name: "Mörby centrum"."""
        if not mention.start or self.words[mention.start].gap.strip():
            return False
        before = self.words[mention.start - 1].folded
        return before not in COMMON and len(before) > _SHORT and before.isalpha()

    def _context(self, *about: Mention) -> Mention | None:
        """The locality (or name outside) that says where ``about`` is; it is then no place of its own."""
        start, end = about[0].start, about[-1].end
        best: tuple[tuple[bool, bool, bool, int, int], Mention] | None = None
        for mention in self.mentions:
            if mention.sort not in (Sort.LOCALITY, Sort.OUTSIDE) or mention in about:
                continue
            travel = bool(set(self._before(mention.start, 1)) & TRAVEL_WORDS)
            if travel and (mention.sort is Sort.OUTSIDE or about[0].sort is not Sort.ROAD):
                continue
            other_clause = self.clause[mention.start] != self.clause[start]
            if other_clause and mention.sort is Sort.OUTSIDE:
                continue
            gap = max(start - mention.end, mention.start - end)
            rank = (other_clause, mention.is_name, travel, gap, -mention.start)
            if best is None or rank < best[0]:
                best = (rank, mention)
        return best[1] if best else None

    def _localities(self, readings: list[Reading]) -> list[Reading]:
        """Localities that are places of their own."""
        contexts = {id(reading.context) for reading in readings}
        clauses = {self.clause[reading.mention.start] for reading in readings}
        free = [m for m in self.mentions if m.sort is Sort.LOCALITY and id(m) not in self.used]
        named = [mention for mention in free if not mention.is_name]
        found: list[Reading] = []
        for place, mention in enumerate(free):
            if self.clause[mention.start] in clauses or (
                id(mention) in contexts and not self._alone(mention)
            ):
                continue
            relation, direction = self._relation(mention.start)
            if mention.is_name and direction is None and relation is None and not self._town_meant(mention):
                continue
            if mention.is_name and named and direction is None:
                continue
            after = free[place + 1] if place + 1 < len(free) else None
            if after is not None and self._leads(mention, after):
                continue
            found.append(Reading(Form.LOCALITY, mention, None, None, relation, direction))
        return found

    def _alone(self, mention: Mention) -> bool:
        """Whether a locality was joined by "och" as a place beside others."""
        return any(
            self.words[place].folded in AND_WORDS and self.clause[place] == self.clause[mention.start]
            for place in range(max(0, mention.start - 2), mention.start)
        )

    def _leads(self, mention: Mention, after: Mention) -> bool:
        """Whether a locality only leads to a nearer one: "Sikeå, olycka vid Laxbacken"."""
        if self.clause[mention.start] != self.clause[after.start]:
            return False
        relation, direction = self._relation(after.start, stop=mention.end)
        return relation is not None or direction is not None

    def _town_meant(self, mention: Mention) -> bool:
        """ "i Robertsfors" means the town, unless the source says a municipality of that name anyway."""
        return not self.inside and bool(set(self._before(mention.start, 1)) & {"i", "inne", "genom"})

    def _relation(self, start: int, stop: int = 0) -> tuple[Relation | None, Direction | None]:
        """The relation or direction that the words before ``start`` (after ``stop``) express."""
        ends = {mention.end: mention for mention in self.mentions}
        at = start
        if at in ends and ends[at].sort is Sort.LOCALITY and ends[at].end > stop:
            at = ends[at].start
        for place in range(at - 1, max(stop, at - 1 - LOOK_BACK) - 1, -1):
            if self.weak[place] != self.weak[start] or place + 1 in ends:
                break
            word = self.words[place].folded
            if word in ("om", "fran", "ifran") and place > 0:
                unit = DIRECTIONS.get(self.words[place - 1].folded)
                if unit is not None:
                    return None, direction_of(unit, self.words[max(0, place - 5) : place - 1])
            for length in (3, 2, 1):
                if place + 1 - length < stop:
                    continue
                phrase = " ".join(each.folded for each in self.words[place + 1 - length : place + 1])
                if phrase in RELATIONS:
                    return RELATIONS[phrase], None
        return None, None
