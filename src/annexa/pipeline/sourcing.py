"""What a source profile and an extract hold of each record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from annexa.editions import DEFAULT_EDITION, load_edition
from annexa.extract.address import Place
from annexa.extract.gaps import unknown_values
from annexa.extract.read import read_extract
from annexa.lists.inputs import Shortfall, shortfalls
from annexa.pipeline.record import readers
from annexa.records import RECORDS
from annexa.reports.spec import report_specs
from annexa.sources import load_source


@dataclass(frozen=True)
class UnknownValues:
    """How many values of a coded column no map knows, and in how many rows.

    The values are there only if they were asked for, and never those of a column that holds something else than codes.
    """

    column: str
    code_set: str
    distinct: int
    rows: int
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableState:
    """What a source profile and an extract hold of one record's table."""

    lists: str
    table: str
    state: str
    missing: tuple[str, ...]
    unknown: tuple[UnknownValues, ...] = ()


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
    starts = readers(load_edition(DEFAULT_EDITION))
    raw = read_extract(extracts, source.wanted(), queries=source.queries()) if extracts is not None else None
    found = raw.tables if raw is not None else None
    gaps = _gaps(unknown_values(raw, source), show_values=show_values) if raw is not None else {}
    states = []
    for record, model in RECORDS.items():
        lists = ", ".join(map(str, starts.get(record, ())))
        mapped = source.tables.get(record)
        if mapped is None:
            states.append(TableState(lists, model.meta.table, "not mapped", ()))
            continue
        if found is None:
            unmapped = tuple(field for field, columns in mapped.columns.items() if not columns)
            states.append(TableState(lists, mapped.table, "mapped", unmapped))
            continue
        table = found.get(mapped.table)
        if table is None:
            # Without the people there is no build; without any other table the lists that start from it are missing.
            state = "cannot be used" if record == "persons" else "not supplied"
            states.append(TableState(lists, mapped.table, state, ()))
            continue
        absent = {
            field: columns
            for field, columns in mapped.columns.items()
            if not any(column in table.columns_found for column in columns)
        }
        state = "cannot be used" if absent.keys() & set(model.meta.needs) else "supplied"
        missing = tuple(columns[0] if columns else f"{field} (not mapped)" for field, columns in absent.items())
        states.append(TableState(lists, mapped.table, state, missing, tuple(gaps.get(record, ()))))
    return states


@dataclass(frozen=True)
class ReportState:
    """Whether a report can be made: `lacking` are the records of which one at least would have to be there."""

    item: str
    title: str
    supplied: bool
    lacking: tuple[str, ...]
    further: tuple[str, ...]


def list_states(name: str, states: Sequence[TableState]) -> list[Shortfall]:
    """Say of each list whether it can be built, and which of its columns will be blank.

    Args:
        name: the profile.
        states: what check_source says of it.
    """
    has = _held(name, states)
    return shortfalls(load_edition(DEFAULT_EDITION), has)


def report_states(name: str, states: Sequence[TableState]) -> list[ReportState]:
    """Say of each data report whether it can be made, and which of its tables are not there.

    Args:
        name: the profile.
        states: what check_source says of it.
    """
    has = _held(name, states)
    answer = []
    for item, spec in report_specs().items():
        lacking = tuple(record for record in spec.starts if not has(record, ""))
        further = tuple(record for record in spec.inputs if not has(record, "") and record not in lacking)
        supplied = len(lacking) < len(spec.starts)
        answer.append(ReportState(item, spec.title, supplied, lacking, further))
    return answer


def _held(name: str, states: Sequence[TableState]) -> Callable[[str, str], bool]:
    """Return what tells whether a record, or a field of it, is there."""
    source = load_source(name)
    by_record = dict(zip(RECORDS, states, strict=True))

    def has(record: str, field: str) -> bool:
        state, mapped = by_record[record], source.tables.get(record)
        if mapped is None or state.state not in ("mapped", "supplied"):
            return False
        columns = mapped.columns[field] if field else ()
        gone = (columns[0] if columns else f"{field} (not mapped)") in state.missing or field in state.missing
        return not field or (bool(columns) and not gone)

    return has


def _gaps(unknown: pl.DataFrame, *, show_values: bool) -> dict[str, list[UnknownValues]]:
    gaps: dict[str, list[UnknownValues]] = {}
    for each in unknown.iter_rows(named=True):
        values = tuple(each["values"] or ()) if show_values else ()
        found = UnknownValues(each["column"], each["code_set"], each["distinct"], each["rows"], values)
        gaps.setdefault(each["record"], []).append(found)
    return gaps
