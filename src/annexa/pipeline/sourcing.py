"""What a source profile and an extract hold of each record."""

from dataclasses import dataclass
from pathlib import Path

from annexa.editions import DEFAULT_EDITION, load_edition
from annexa.extract.read import read_extract
from annexa.pipeline.record import readers
from annexa.records import RECORDS
from annexa.sources import load_source


@dataclass(frozen=True)
class TableState:
    """What a source profile and an extract hold of one record's table."""

    lists: str
    table: str
    state: str
    missing: tuple[str, ...]


def check_source(name: str, extracts: Path | None) -> list[TableState]:
    """Say for each record whether the profile maps it, and whether an extract has its table and columns.

    Returns:
        A state a record: "mapped", "not mapped"; with an extract also "supplied", "not supplied", "cannot be used".

    Raises:
        UsageError: the profile cannot be used.
        SourceError: the extract cannot be read.
    """
    source = load_source(name)
    starts = readers(load_edition(DEFAULT_EDITION))
    found = read_extract(extracts, source.wanted()).tables if extracts is not None else None
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
        states.append(TableState(lists, mapped.table, state, missing))
    return states
