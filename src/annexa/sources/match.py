"""Which table of an unknown extract is which record, and which column is which field: proposals with their scores.

A score joins what the names say (annexa.sources.wording) with what the values are (annexa.sources.content). The pairs
are taken from the best down, each table, record, column and field once; ties go by name, so that the answer is always
the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from annexa.editions import code_sets
from annexa.records import RECORDS, Kind
from annexa.sources.content import FLAGS, agreement
from annexa.sources.links import Links, children_of, column_of, identities, links, parent_of, with_overlaps
from annexa.sources.matches import ColumnMatch, Proposal, TableMatch
from annexa.sources.profile_of import ColumnProfile, TableProfile
from annexa.sources.wording import Synonyms, Words, common_prefix, own_prefixes, similarity, synonyms

LEAST: Final = 0.4  # score below which a column is not taken for a field
_LEAST_TABLE: Final = 0.36  # and a table not for a record
_SECOND: Final = 0.8  # a table is not taken for a record that it looks so much less like than its best one
_NAMED: Final = 0.8  # what a table's name says where it names a record outright
_LEAST_NAME: Final = 0.2  # what a table's name must say for a record, where it says anything
_CLEAR: Final = 0.5  # what a table's name says where it speaks plainly of a record
_FEW: Final = 3  # columns fewer than which say nothing where the name does not: a number and a child are everywhere
_COMPANION: Final = 0.6  # score of a column for the sake of which another record is read from the table too
_READABLE: Final = 0.5  # share of JSON in a column that can be read as such
_TELLING: Final = 0.5  # share of a column's values that a code set knows, or a key has, from which on it tells
_SYNONYM: Final = 0.97  # of a synonym, beside the field's own name


@dataclass
class _Judge:
    """Scores of pairs, each worked out once."""

    tables: Sequence[TableProfile]
    words: Synonyms
    events: int
    links: Links = field(default_factory=dict)
    keys: Mapping[tuple[str, str], tuple[Words, ...]] = field(default_factory=dict)  # (record, key) -> its names
    names: dict[tuple[Words, int, frozenset[str]], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        read = self.words.vocabulary
        self._prefixes = self._signs()
        system = common_prefix([each.name for each in self.tables])
        self._table_words = {each.name: read.words(each.name, system) for each in self.tables}
        self._context = {n: frozenset().union(*(w.means for w in words)) for n, words in self._table_words.items()}
        self._means = {
            (record, name): frozenset().union(*(word.means for each in phrases for word in each))
            for record, fields in self.words.columns.items()
            for name, phrases in fields.items()
        }
        self._speaking: dict[str, set[tuple[str, str]]] = {}
        for pair, means in self._means.items():
            for each in means:
                self._speaking.setdefault(each, set()).add(pair)
        self._candidates: dict[tuple[str, str], Mapping[str, list[str]]] = {}

    def _signs(self) -> dict[str, str]:
        """Return the sign of each table that its columns begin with; a word that says something is none."""
        signs = own_prefixes({each.name: [column.name for column in each.columns] for each in self.tables})
        known = self.words.vocabulary.knows
        return {table: "" if known(sign.rstrip("_- .")) else sign for table, sign in signs.items()}

    def words_of(self, table: str, column: str) -> Words:
        return self.words.vocabulary.words(column, self._prefixes[table])

    def words_of_table(self, table: str) -> Words:
        return self._table_words[table]

    def name_of_table(self, table: str, record: str) -> float:
        return max(similarity(self._table_words[table], each) for each in self.words.tables[record])

    def likely(self, table: str) -> list[str]:
        """Return the records that a table's name speaks of; all of them where it does not name one outright."""
        scores = {record: self.name_of_table(table, record) for record in RECORDS}
        best = max(scores.values())
        return [record for record, score in scores.items() if best < _NAMED or score > _LEAST_NAME]

    def candidates(self, column: ColumnProfile) -> Mapping[str, list[str]]:
        """Return by record the fields that a column could be at all.

        Most pairs say nothing of each other: neither the name does, nor what alone could tell among the values.
        """
        key = (column.table, column.name)
        if key not in self._candidates:
            pairs = {
                pair for word in self.words_of(*key) for each in word.means for pair in self._speaking.get(each, ())
            }
            pairs |= {pair for name, share in column.known.items() if share >= _TELLING for pair in _coded()[name]}
            pairs |= children_of(self.keys)
            if max(self.links.get(key, {}).values(), default=0.0) >= _TELLING:
                pairs |= self._means.keys()
            found: dict[str, list[str]] = {}
            for record, name in pairs:
                found.setdefault(record, []).append(name)
            self._candidates[key] = found
        return self._candidates[key]

    def name_of_column(self, said: Words, table: str, record: str, name: str) -> float:
        phrases = self.words.columns[record][name]
        means = self._means[record, name]
        speaks = frozenset().union(*(word.means for word in said))
        score = 0.0
        if speaks & means:
            context = (self._context[table] | self.words.context[record]) & (speaks | means)
            key = (said, id(phrases), context)
            if key not in self.names:
                own, *others = (similarity(said, each, context) for each in phrases)
                self.names[key] = max([own, *(_SYNONYM * each for each in others)])
            score = self.names[key]
        # What a key is called in its own table, other tables call it too.
        known = self.keys.get((parent_of(record, name), name), ())
        return max([score, *(_SYNONYM * similarity(said, each) for each in known)])

    def column(self, column: ColumnProfile, record: str, name: str) -> ColumnMatch:
        said = self.words_of(column.table, column.name)
        by_name = self.name_of_column(said, column.table, record, name)
        wanted = RECORDS[record].fields()[name]
        shares = self.links.get((column.table, column.name), {})
        own = shares.get((parent_of(record, name), name))
        content = agreement(column, RECORDS[record], wanted, shares, own, self.events)
        score = _joined(column, record, name, by_name, content, shares, own)
        readable = wanted.kind is not Kind.JSON or content is None or content >= _READABLE
        return ColumnMatch(column.name, name, score, by_name, content, readable=readable)


@cache
def _coded() -> Mapping[str, list[tuple[str, str]]]:
    """Return for each code set the (record, field) that have it."""
    answer: dict[str, list[tuple[str, str]]] = {name: [] for name in code_sets()}
    for record, model in RECORDS.items():
        for name, field_ in model.fields().items():
            if field_.code_set:
                answer[field_.code_set].append((record, name))
    return answer


def _joined(
    column: ColumnProfile,
    record: str,
    name: str,
    by_name: float,
    content: float | None,
    shares: Mapping[tuple[str, str], float],
    own: float | None,
) -> float:
    if content is None:
        return 0.85 * by_name
    score = by_name * (0.3 + 0.7 * content) if content >= 0.1 else 0.15 * by_name
    field_ = RECORDS[record].fields()[name]
    if field_.kind is Kind.JSON and content < _READABLE:
        # Outcomes in words are what the field is about; only a map can read them, and the proposal says so.
        score = 0.8 * by_name if column.codes or column.length < 80 else score
    if name == "person_id" and record != "persons" and shares.get(("persons", "person_id"), 0.0) > 0.9:
        # Values found among the persons say more than any name.
        score = max(score, 0.6 + 0.3 * by_name)
    if field_.kind is Kind.CODE and field_.code_set not in FLAGS and column.distinct > 2:
        known = column.known.get(field_.code_set, 0.0)
        if known > 0.8:
            # Values that this code set alone can read say what the column is, whatever its name.
            like = sum(share > 0.8 for name, share in column.known.items() if name not in FLAGS)
            score = max(score, 0.4 + 0.25 / like + 0.3 * by_name)
        score = min(1.0, score + 0.25 * known * (1 - score))
    foreign = field_.kind is Kind.IDENTIFIER and name not in (RECORDS[record].meta.key, "person_id")
    if foreign and own is not None and own > 0.95 and sum(share > 0.5 for share in shares.values()) == 1:
        score = max(score, 0.55 + 0.4 * by_name)
    return min(1.0, score)


def match(tables: Sequence[TableProfile]) -> Proposal:
    """Return what the tables of an extract are taken for.

    It is done in rounds: once the table of the persons is known, its identifiers tell in the other tables which column
    names the child; and once the keys of all records are known, which column names which of them.
    """
    judge = _Judge(tables, synonyms(), _events(tables))
    persons = _assigned(judge, only=("persons",))[0].get("persons")
    keys = {("persons", "person_id"): column_of(tables, persons, "person_id")} if persons else {}
    names = _key_names(judge, {"persons": persons} if persons else {})
    judge = replace(judge, links=links(tables, keys), keys=names)
    matches, doubles = _assigned(judge)
    further = {(record, key): column_of(tables, matches[record], key) for record, key in identities(matches)}
    if further:
        judge = replace(judge, links=links(tables, keys | further), keys=_key_names(judge, matches))
        matches, doubles = _assigned(judge)
    matches = with_overlaps(tables, _with_companions(judge, matches))
    taken = {each.table for each in (*matches.values(), *doubles)}
    return Proposal(matches, doubles, tuple(each.name for each in tables if each.name not in taken))


def _assigned(
    judge: _Judge, only: Iterable[str] = tuple(RECORDS)
) -> tuple[dict[str, TableMatch], tuple[TableMatch, ...]]:
    """Take tables for records, the best pair first; return them, and the tables whose best record another one took."""
    pairs = [
        pair
        for table in judge.tables
        for record in judge.likely(table.name)
        if record in only and (pair := _pair(judge, table, record)) is not None
    ]
    pairs.sort(key=lambda pair: (-pair.score, pair.table, pair.record))
    taken: dict[str, TableMatch] = {}
    used: set[str] = set()
    best: dict[str, TableMatch] = {}
    for pair in pairs:
        best.setdefault(pair.table, pair)
        second = pair.score < _SECOND * best[pair.table].score
        if pair.record not in taken and pair.table not in used and not second:
            rivals = [(e.record, e.score) for e in pairs if e.table == pair.table and e.record != pair.record]
            taken[pair.record] = replace(pair, rivals=tuple(rivals[:2]))
            used.add(pair.table)
    doubles = tuple(best[table] for table in sorted(best) if table not in used)
    return {record: taken[record] for record in RECORDS if record in taken}, doubles


def _with_companions(judge: _Judge, matches: Mapping[str, TableMatch]) -> dict[str, TableMatch]:
    """Add the records that stand in the table of another, such as the authority of a placement beside the placement.

    They have the other record's key, no table of their own, and a column there that nothing else is read from.
    """
    answer = dict(matches)
    tables = {each.name: each for each in judge.tables}
    for main in matches.values():
        held = {each.field: each for each in main.columns}
        for record, model in RECORDS.items():
            key = RECORDS[main.record].meta.key
            if record in answer or key == "person_id" or key not in held or parent_of(record, key) != main.record:
                continue
            shared = [held[name] for name in model.fields() if name in held and name in (key, "person_id")]
            used = {each.column for other in answer.values() if other.table == main.table for each in other.columns}
            used |= {column for each in main.columns for column in each.also}
            free = replace(
                tables[main.table], columns=tuple(c for c in tables[main.table].columns if c.name not in used)
            )
            own = [each for each in _columns(judge, free, record) if each.field not in (key, "person_id")]
            if own and max(each.score for each in own) >= _COMPANION:
                columns = [each for name in model.fields() for each in (*shared, *own) if each.field == name]
                answer[record] = TableMatch(main.table, record, own[0].score, tuple(columns), companion_of=main.record)
    return {record: answer[record] for record in RECORDS if record in answer}


def _pair(judge: _Judge, table: TableProfile, record: str) -> TableMatch | None:
    """Return how well a table is a record; None where it is not worth a thought."""
    model = RECORDS[record]
    name = judge.name_of_table(table.name, record)
    columns = _columns(judge, table, record)
    if name < _CLEAR and len(columns) < _FEW:
        return None
    weights = {each: 1.0 if each in model.meta.needs else 0.4 for each in model.fields()}
    recall = sum(weights[each.field] * each.score for each in columns) / sum(weights.values())
    precision = sum(each.score for each in columns) / max(1, len(table.columns))
    score = 0.4 * name + 0.4 * recall + 0.2 * precision
    if model.meta.needs:
        held = {each.field for each in columns}
        score *= 0.6 + 0.4 * sum(each in held for each in model.meta.needs) / len(model.meta.needs)
    if model.meta.off_lists:
        score *= 0.95
    return TableMatch(table.name, record, score, columns) if score >= _LEAST_TABLE else None


def _columns(judge: _Judge, table: TableProfile, record: str) -> tuple[ColumnMatch, ...]:
    """Take columns for fields, the best pair first."""
    fields = list(RECORDS[record].fields())
    scored = [
        judge.column(column, record, name)
        for column in table.columns
        for name in judge.candidates(column).get(record, ())
    ]
    scored = [each for each in scored if each.score >= LEAST]
    places = {column.name: place for place, column in enumerate(table.columns)}
    scored.sort(key=lambda each: (-each.score, fields.index(each.field), places[each.column]))
    taken: dict[str, ColumnMatch] = {}
    used: set[str] = set()
    for each in scored:
        if each.field not in taken and each.column not in used:
            rivals = tuple((e.field, e.score) for e in scored if e.column == each.column and e.field != each.field)
            others = tuple((e.column, e.score) for e in scored if e.field == each.field and e.column != each.column)
            taken[each.field] = replace(each, rivals=rivals[:2], others=others[:2])
            used.add(each.column)
    for name, each in taken.items():
        if RECORDS[record].fields()[name].kind is Kind.CODE:
            also = [
                e.column for e in scored if e.field == name and e.column not in used and e.score > 0.75 * each.score
            ]
            used.update(also[:1])
            taken[name] = replace(each, also=tuple(also[:1]))
    return tuple(taken[name] for name in fields if name in taken)


def _key_names(judge: _Judge, matches: Mapping[str, TableMatch]) -> dict[tuple[str, str], tuple[Words, ...]]:
    """Return for each identifier what its column is called where it is at home: alone, and with the table's name."""
    answer = {}
    for record, key in identities(matches):
        match_ = matches[record]
        column = next(each.column for each in match_.columns if each.field == key)
        said = judge.words_of(match_.table, column)
        table = tuple(word for word in judge.words_of_table(match_.table) if word not in said)
        whole = judge.words.vocabulary.words(column)
        answer[record, key] = tuple(dict.fromkeys((whole, said, (*table, *said))))
    return answer


def _events(tables: Sequence[TableProfile]) -> int:
    years = sorted(column.year for table in tables for column in table.columns if column.year and column.dates > 0.8)
    return years[len(years) // 2] if years else 0
