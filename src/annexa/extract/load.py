"""One extract, read, typed and prepared: what the lists start from."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from annexa.errors import SourceError
from annexa.extract.address import Place
from annexa.extract.clean import read_record
from annexa.extract.prepare import prepare
from annexa.extract.read import InputFile, Limits, RawExtract, RawTable, read_extract
from annexa.extract.tables import Table, Tables, not_supplied
from annexa.findings import Findings
from annexa.period import InspectionPeriod
from annexa.records import RECORDS
from annexa.sources import SourceProfile, TableMap


@dataclass(frozen=True)
class Extract:
    """What was read.

    Args:
        tables: all records by name.
        inputs: the files, with their hashes, or the database that was read.
        unknown: files, sheets or tables that nothing reads.
        notes: what the manifest is to say of the reading.
    """

    tables: Tables
    inputs: tuple[InputFile, ...]
    unknown: tuple[str, ...]
    notes: tuple[str, ...] = ()


def load_extract(
    place: Place,
    source: SourceProfile,
    period: InspectionPeriod,
    findings: Findings,
    lists_of: Mapping[str, tuple[int, ...]],
    limits: Limits | None = None,
) -> Extract:
    """Read an extract as a source profile says.

    Args:
        place: a folder, a workbook, a database file, or the address of a database.
        source: where tables, columns and values are.
        period: D and A.
        findings: gets what reading finds (AA-R01 to R21 and their kin).
        lists_of: for each record, the lists that start from it, for messages.
        limits: how far a compressed workbook may expand.

    Raises:
        SourceError: what read_extract raises; no person table; a table without a column on which everything hangs.
    """
    raw = read_extract(place, source.wanted(), limits or Limits(), source.queries())
    return extract_from(raw, source, period, findings, lists_of)


def extract_from(
    raw: RawExtract,
    source: SourceProfile,
    period: InspectionPeriod,
    findings: Findings,
    lists_of: Mapping[str, tuple[int, ...]],
) -> Extract:
    """Type and prepare what was read; arguments and errors as in load_extract.

    Each table's text is let go once it has been typed: `raw.tables` is empty of what was read in the end.
    """
    supplied: dict[str, Table] = {}
    columns_found = {name: (table.file, table.columns_found) for name, table in raw.tables.items()}
    waiting = Counter(mapped.table for mapped in source.tables.values())
    for name, mapped in source.tables.items():
        table = raw.tables.get(mapped.table)
        if table is None:
            continue
        waiting[mapped.table] -= 1
        if not waiting[mapped.table]:
            del raw.tables[mapped.table]
        _check_needs(table, mapped, source, lists_of.get(name, ()))
        supplied[name] = read_record(table, mapped, source, findings, lists_of.get(name, ()))
        if not supplied[name].frame.height:
            findings.add("AA-R13", f"{table.name} has no rows.", table=table.name, file=table.file)
    if "persons" not in supplied:
        named = source.tables["persons"].table if "persons" in source.tables else "the person table"
        raise SourceError(
            f"The extract has no table {named}: nothing can be built without the people the records are about.",
            f"Add it to the extract, or name it in the source profile {source.name}.",
        )
    _report_unused(raw.unknown, columns_found, source, findings)
    # Messages name an absent table as the source does.
    absent = {
        name: replace(not_supplied(RECORDS[name]), source=mapped.table)
        for name, mapped in source.tables.items()
        if name not in supplied
    }
    return Extract(Tables({**prepare(supplied, period, findings), **absent}), raw.inputs, raw.unknown, raw.notes)


def _check_needs(raw: RawTable, mapped: TableMap, source: SourceProfile, lists: tuple[int, ...]) -> None:
    for field in RECORDS[mapped.record].meta.needs:
        columns = mapped.columns[field]
        if not any(column in raw.columns_found for column in columns):
            numbers = " and ".join(f"List {number}" for number in lists)
            needed_by = f" {numbers} cannot be built without it." if lists else ""
            raise SourceError(
                f"{raw.file}: the table {raw.name} has no column {' or '.join(columns)}, "
                f"without which its rows cannot be used.{needed_by}",
                f"Add the column to the extract, or name another in the source profile {source.name}.",
            )


def _report_unused(
    unknown: tuple[str, ...],
    columns_found: Mapping[str, tuple[str, tuple[str, ...]]],
    source: SourceProfile,
    findings: Findings,
) -> None:
    for name in unknown:
        findings.add("AA-R12", f"{name} was not used.", file=name)
    wanted = source.wanted()
    for name, (file, columns) in sorted(columns_found.items()):
        unused = [column for column in columns if column not in wanted[name]]
        if unused:
            findings.add(
                "AA-R12",
                f"{name}: {len(unused)} columns are not used: {', '.join(unused)}.",
                table=name,
                file=file,
            )
