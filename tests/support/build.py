"""Build lists from rows written down in a test, by the very functions that a run uses."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from annexa.checks.catalogue import catalogue
from annexa.checks.run import run_checks
from annexa.checks.runs import ExtractRun
from annexa.editions import Edition, load_edition
from annexa.extract.load import extract_from
from annexa.extract.read import RawExtract, RawTable
from annexa.findings import Findings
from annexa.lists.build import BuiltList, build_lists
from annexa.lists.context import Context
from annexa.period import InspectionPeriod
from annexa.records import RECORDS
from annexa.settings import Options
from annexa.sources import SourceProfile, load_source
from annexa.workdays import WorkingDays

COLUMNS = {
    record.meta.table: [column for field in record.fields().values() for column in field.columns]
    for record in RECORDS.values()
}


@dataclass(frozen=True)
class Result:
    """What a build gave: its lists by number, its findings, and the context it was built from."""

    lists: dict[int, BuiltList]
    findings: pl.DataFrame
    context: Context

    def reasons(self, number: int) -> dict[str, str | None]:
        """Event id -> reason code of a list's account (None: on the list)."""
        together = [each.select("event_id", "reason") for each in self.lists[number].accounts.values()]
        return dict(pl.concat(together).iter_rows())

    def column(self, number: int, heading: str) -> list:
        """The cells of one column of a list, in the list's order."""
        return self.lists[number].frame[heading].to_list()

    def cell(self, number: int, heading: str):
        """The only cell of a column of a list that has one row."""
        (cell,) = self.column(number, heading)
        return cell

    def accused(self, check: str) -> list[str]:
        """The children of whom a check of records says that something is wrong, in alphabetical order."""
        return sorted(self.checked(check)["child"].drop_nulls())

    def checked(self, check: str) -> pl.DataFrame:
        """The findings of a check of records."""
        run = ExtractRun(self.context, WorkingDays(), self.lists)
        return run_checks(catalogue(), run, self.findings, {check}, teams=False).findings

    def checks(self) -> set[str]:
        """The ids of all findings."""
        return set(self.findings["check"])


def raw_extract(tables: Mapping[str, Sequence[Mapping[str, str | None]]]) -> RawExtract:
    """Make what the reader would give for these tables; a column that a row does not name is blank in it."""
    raw = {}
    for name, rows in tables.items():
        columns = COLUMNS[name]
        unknown = {column for row in rows for column in row} - set(columns)
        assert not unknown, f"{name} has no column {unknown}"
        frame = pl.DataFrame(
            {column: [row.get(column) or None for row in rows] for column in columns},
            schema=dict.fromkeys(columns, pl.String),
        ).with_columns(pl.int_range(2, len(rows) + 2, dtype=pl.UInt32).alias("_row"))
        raw[name] = RawTable(name=name, file=f"{name}.csv", frame=frame, columns_found=tuple(columns))
    return RawExtract(tables=raw, unknown=(), inputs=())


def build(
    tables: Mapping[str, Sequence[Mapping[str, str | None]]],
    *,
    inspection_date: str | date,
    edition: str = "ilacs-2019",
    extract_date: str | date | None = None,
    lists: Collection[int] | None = None,
    editions_folder: Path | None = None,
    postcodes: pl.DataFrame | None = None,
    source: str = "ssd",
    **options: object,
) -> Result:
    """Build lists from source rows.

    Args:
        tables: source table name -> rows as {source column: text}. A table that is absent is not supplied.
        inspection_date: D.
        edition: name of the edition.
        extract_date: the day of the extract.
        lists: numbers to build; all where None.
        editions_folder: a folder of editions other than the shipped one.
        postcodes: the postcode look-up.
        source: name of the source profile.
        options: entries of annexa.settings.Options.
    """
    return build_from(
        raw_extract(tables),
        inspection_date=inspection_date,
        edition=edition,
        extract_date=extract_date,
        lists=lists,
        editions_folder=editions_folder,
        postcodes=postcodes,
        source=source,
        **options,
    )


def build_from(
    raw: RawExtract,
    *,
    inspection_date: str | date,
    edition: str = "ilacs-2019",
    extract_date: str | date | None = None,
    lists: Collection[int] | None = None,
    editions_folder: Path | None = None,
    postcodes: pl.DataFrame | None = None,
    source: str = "ssd",
    **options: object,
) -> Result:
    """Build lists from an extract as read; arguments as in build()."""
    period = InspectionPeriod(_day(inspection_date), _day(extract_date) if extract_date else None)
    findings = Findings()
    profile = load_source(source) if source.endswith(".toml") else _shipped(source)
    extract = extract_from(raw, profile, period, findings, {})
    context = Context(
        period=period,
        edition=load_edition(edition, editions_folder) if editions_folder else _edition(edition),
        options=Options.model_validate(options),
        tables=extract.tables,
        findings=findings,
        postcodes=postcodes,
    )
    built = build_lists(context, lists)
    return Result(built, findings.frame(), context)


@cache
def _edition(name: str) -> Edition:
    return load_edition(name)


@cache
def _shipped(source: str) -> SourceProfile:
    return load_source(source)


def _day(day: str | date) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day
