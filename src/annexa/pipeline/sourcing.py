"""What a source profile and an extract hold of each record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from annexa.editions import DEFAULT_EDITION, load_edition
from annexa.extract.address import Place
from annexa.extract.clean import read_record
from annexa.extract.files import ROW
from annexa.extract.gaps import unknown_values
from annexa.extract.read import RawExtract, RawTable, read_extract
from annexa.extract.tables import Table
from annexa.findings import Findings
from annexa.lists.effects import effect_of, told
from annexa.lists.inputs import Shortfall, shortfalls
from annexa.pipeline.record import readers
from annexa.records import RECORDS, UNREADABLE, Kind
from annexa.reports.spec import report_specs
from annexa.sources import SourceProfile, TableMap, load_source
from annexa.sources.content import may_be_own_numbers
from annexa.sources.private import own_names, showable
from annexa.sources.profile_of import ColumnProfile, Found, profile_table, profile_tables
from annexa.sources.wording import synonyms

_NOT_MAPPED: Final = "not mapped"
NO_COLUMN: Final = "no column"
EMPTY: Final = "is empty"


@dataclass(frozen=True)
class UnknownValues:
    """How many values of a column of codes, or of outcomes (JSON), no map knows, and in how many rows.

    `numbers` says that others of its values are numbers that a code set reads, perhaps by accident. `effect` says what
    hangs on the field beside its cells: the same for each of its columns, "" where nothing does.

    The values are there only if they were asked for, and never those of a column that holds something else than codes.
    """

    field: str
    column: str
    code_set: str
    distinct: int
    rows: int
    values: tuple[str, ...] = ()
    numbers: bool = False
    effect: str = ""


@dataclass(frozen=True)
class TableState:
    """What a source profile and an extract hold of one record's table.

    Args:
        lists: the numbers of the lists that start from it.
        table: its name in the source.
        state: "mapped", "not mapped", "supplied", "not supplied" or "cannot be used".
        missing: the columns that are not there, and the fields that the profile names none for.
        unknown: columns of codes with values that no map knows.
        blank: field -> why it will be blank in every row.
    """

    lists: str
    table: str
    state: str
    missing: tuple[str, ...]
    unknown: tuple[UnknownValues, ...] = ()
    blank: Mapping[str, str] = field(default_factory=dict)


def check_source(name: str, extracts: Place | None, *, show_values: bool = False) -> list[TableState]:
    """Say for each record whether the profile maps it, and whether an extract has its table and columns.

    Args:
        name: the profile.
        extracts: an extract to hold it against, or None.
        show_values: with the counts of values that no map knows, also give the values.

    Returns:
        A state a record: "mapped", "not mapped"; with an extract also "supplied", "not supplied", "cannot be used".

    Raises:
        UsageError: the profile cannot be used.
        SourceError: the extract cannot be read.
    """
    source = load_source(name)
    if extracts is None:
        return states_of(source, None)
    raw = read_extract(extracts, source.wanted(), queries=source.queries())
    return states_of(source, raw, _gaps(raw, source, show_values=show_values))


def states_of(
    source: SourceProfile, raw: RawExtract | None, gaps: Mapping[str, Sequence[UnknownValues]] | None = None
) -> list[TableState]:
    """Say for each record what a profile and an extract hold of it, as check_source does.

    Args:
        source: the profile.
        raw: the extract, or None.
        gaps: record -> what no map knows, where it was looked for.
    """
    starts = readers(load_edition(DEFAULT_EDITION))
    states = []
    for record, model in RECORDS.items():
        lists = ", ".join(map(str, starts.get(record, ())))
        mapped = source.tables.get(record)
        if mapped is None:
            states.append(TableState(lists, model.meta.table, "not mapped", ()))
        elif raw is None:
            unmapped = tuple(name for name, columns in mapped.columns.items() if not columns)
            states.append(TableState(lists, mapped.table, "mapped", unmapped, blank=dict.fromkeys(unmapped, NO_COLUMN)))
        elif mapped.table not in raw.tables:
            # Without the people there is no build; without any other table the lists that start from it are missing.
            state = "cannot be used" if record == "persons" else "not supplied"
            states.append(TableState(lists, mapped.table, state, ()))
        else:
            found = _found(mapped, raw.tables[mapped.table], source)
            states.append(replace(found, lists=lists, unknown=tuple((gaps or {}).get(record, ()))))
    return states


def _found(mapped: TableMap, raw: RawTable, source: SourceProfile) -> TableState:
    """Return what the extract's table holds of a record: columns that are missing, and fields that will be blank."""
    absent = {
        name: columns
        for name, columns in mapped.columns.items()
        if not any(column in raw.columns_found for column in columns)
    }
    needs = RECORDS[mapped.record].meta.needs
    if absent.keys() & set(needs):
        state, blank = "cannot be used", {}
    else:
        state, blank = "supplied", _blank(raw, read_record(raw, mapped, source, Findings()))
    missing = tuple(columns[0] if columns else f"{name} ({_NOT_MAPPED})" for name, columns in absent.items())
    without = dict.fromkeys(absent, NO_COLUMN)
    return TableState("", mapped.table, state, missing, blank={**blank, **without})


def _blank(raw: RawTable, table: Table) -> dict[str, str]:
    """Return the fields whose columns are there, and of which no row has a value, with the reason."""
    if table.frame.is_empty():
        return {}
    answer = {}
    for name, columns in table.columns.items():
        values = table.frame[name]
        told = ", ".join(columns)
        if all(raw.frame[column].null_count() == len(values) for column in columns):
            answer[name] = f"{told} {EMPTY}"
        elif values.null_count() == len(values):
            json = table.record.fields()[name].kind is Kind.JSON
            answer[name] = (
                f"{told} holds no JSON, and no map knows its words" if json else f"nothing in {told} can be read"
            )
        elif table.record.fields()[name].kind is Kind.CODE and (values == UNREADABLE).all():
            answer[name] = f"no value of {told} is mapped"
    return answer


@dataclass(frozen=True)
class ReportState:
    """Whether a report can be made: `lacking` are the records of which one at least would have to be there."""

    item: str
    title: str
    supplied: bool
    lacking: tuple[str, ...]
    further: tuple[str, ...]


def list_states(states: Sequence[TableState]) -> list[Shortfall]:
    """Say of each list whether it can be built, and which of its columns will be blank.

    Args:
        states: what check_source says of a profile.
    """
    by_record = dict(zip(RECORDS, states, strict=True))

    def explained(path: str) -> str:
        record, _, field_ = path.partition(".")
        why = by_record[record].blank.get(field_, NO_COLUMN)
        return path if why == NO_COLUMN else f"{path} ({why})"

    def of(wanted: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(" and ".join(map(explained, each.split(" and "))) for each in wanted)

    lists = shortfalls(load_edition(DEFAULT_EDITION), _held(states))
    return [replace(each, blank={heading: of(wanted) for heading, wanted in each.blank.items()}) for each in lists]


def report_states(states: Sequence[TableState]) -> list[ReportState]:
    """Say of each data report whether it can be made, and which of its tables are not there.

    Args:
        states: what check_source says of a profile.
    """
    has = _held(states)
    answer = []
    for item, spec in report_specs().items():
        lacking = tuple(record for record in spec.starts if not has(record, ""))
        further = tuple(record for record in spec.inputs if not has(record, "") and record not in lacking)
        supplied = len(lacking) < len(spec.starts)
        answer.append(ReportState(item, spec.title, supplied, lacking, further))
    return answer


def _held(states: Sequence[TableState]) -> Callable[[str, str], bool]:
    """Return what tells whether a record is there, and whether a field of it will have values."""
    by_record = dict(zip(RECORDS, states, strict=True))

    def has(record: str, field_: str) -> bool:
        state = by_record[record]
        return state.state in ("mapped", "supplied") and field_ not in state.blank

    return has


def _gaps(raw: RawExtract, source: SourceProfile, *, show_values: bool) -> dict[str, list[UnknownValues]]:
    names = own_names(profile_tables(_as_found(each) for each in raw.tables.values())) if show_values else frozenset()
    edition = load_edition(DEFAULT_EDITION)
    gaps: dict[str, list[UnknownValues]] = {}
    for each in unknown_values(raw, source).iter_rows(named=True):
        record, name, code_set = each["record"], each["field"], each["code_set"]
        mapped = source.tables[record]
        column = profile_table(_as_found(raw.tables[mapped.table], each["column"])).columns[0]
        own = bool(code_set) and each["column"] not in mapped.own_codes and may_be_own_numbers(column, code_set)
        values = _shown(column, each["values"] or (), names) if show_values else ()
        effect = effect_of(edition, record, name)
        there = [other for other in mapped.columns[name] if other in raw.tables[mapped.table].columns_found]
        does = told(effect, mapped.table, there, each["unread"]) if effect else ""
        found = UnknownValues(name, each["column"], code_set, each["distinct"], each["rows"], values, own, does)
        gaps.setdefault(record, []).append(found)
    return gaps


def _shown(column: ColumnProfile, values: Sequence[str], names: frozenset[str]) -> tuple[str, ...]:
    """Return those of a column's values that may be shown: words and codes, and nothing that may be a name."""
    words = synonyms().vocabulary.words(column.name)
    return tuple(value for value, _ in showable(column, words, names, {value.strip() for value in values}))


def _as_found(table: RawTable, *columns: str) -> Found:
    return Found(table.name, table.frame.select(columns) if columns else table.frame.drop(ROW))
