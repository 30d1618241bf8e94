"""What a run read, wrote and counted, as its manifest."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import polars as pl

from annexa import __version__
from annexa.checks.run import FOUND, PASSED
from annexa.editions import Edition, ListSpec
from annexa.extract.load import Extract
from annexa.extract.postcodes import Postcodes
from annexa.extract.read import InputFile
from annexa.filled.model import Filled, FilledList
from annexa.findings import SEVERITIES
from annexa.lists.build import BuiltList
from annexa.lists.context import Context
from annexa.outputs import manifest
from annexa.period import InspectionPeriod
from annexa.pipeline.checking import Assessed
from annexa.pseudonyms.extract import Copied
from annexa.records import RECORDS
from annexa.sources import SourceProfile

if TYPE_CHECKING:
    from annexa.pipeline.building import Built


def readers(edition: Edition) -> dict[str, tuple[int, ...]]:
    """Return for each record the numbers of the lists that start from it."""
    numbers: dict[str, list[int]] = {}
    for number, spec in sorted(edition.lists.items()):
        for record in spec.records:
            numbers.setdefault(record, []).append(number)
    return {record: tuple(each) for record, each in numbers.items()}


def manifest_of(
    built: "Built",
    lists: Mapping[int, BuiltList],
    assessed: Assessed,
    created: datetime,
    command: Literal["build", "check", "dry-run", "pack", "report"],
    *,
    suppress: bool | None = None,
) -> manifest.Manifest:
    """Return the manifest of a run on an extract.

    Args:
        built: the run.
        lists: the lists that are told of.
        assessed: its findings.
        created: the moment of the run.
        command: what was run.
        suppress: whether its reports are for wider sharing; None where it makes none.
    """
    context = built.context
    period = context.period
    return manifest.Manifest(
        annexa_version=__version__,
        command=command,
        created=created,
        edition=_edition_entry(context.edition),
        source=manifest.Source(name=built.source.name, sha256=built.source.sha256),
        inspection_date=period.inspection_date,
        extract_date=period.extract_date,
        as_at=period.as_at,
        options=_options(context) | ({} if suppress is None else {"suppress": suppress}),
        inputs=_inputs(built.extract, built.postcodes),
        unknown_inputs=built.extract.unknown,
        lists=tuple(_list_entry(context, each) for each in lists.values()),
        accounts=tuple(account for each in lists.values() for account in _accounts(context, each)),
        tables=_table_counts(context),
        findings=finding_counts(assessed),
        notes=tuple(built.notes),
    )


def _options(context: Context) -> dict[str, manifest.Option]:
    options: dict[str, manifest.Option] = context.options.model_dump()
    if context.options.postcode_lookup:
        options["postcode_lookup"] = Path(context.options.postcode_lookup).name
    return options


def _inputs(extract: Extract, postcodes: Postcodes | None) -> tuple[manifest.InputFile, ...]:
    rows: dict[str, list[tuple[str, int]]] = {}
    for table in extract.tables.values():
        if table.supplied:
            rows.setdefault(table.file, []).append((table.source, table.frame.height))
    entries: list[manifest.InputFile] = []
    for each in extract.inputs:
        tables: list[tuple[str | None, int | None]] = [*rows.get(each.name, [])] or [(None, None)]
        entries += [
            manifest.InputFile(name=each.name, sha256=each.sha256, size=each.size, table=name, rows=number)
            for name, number in tables
        ]
    if postcodes is not None:
        file = postcodes.file
        entries.append(
            manifest.InputFile(
                name=file.name, sha256=file.sha256, size=file.size, table="postcode_lookup", rows=postcodes.rows
            )
        )
    return tuple(entries)


def _list_entry(context: Context, built: BuiltList) -> manifest.ListEntry:
    window = built.window
    tables = ", ".join(context.tables[record].source for record in built.spec.records)
    return manifest.ListEntry(
        number=built.spec.number,
        title=built.spec.title,
        state="built" if built.supplied else "not supplied",
        window_from=window.start if window else None,
        window_to=window.end if window else None,
        rows=built.frame.height if built.supplied else None,
        children=built.children if built.supplied else None,
        added=dict(built.added),
        reason=None if built.supplied else f"{tables} was not supplied.",
    )


def _accounts(context: Context, built: BuiltList) -> list[manifest.Account]:
    accounts = []
    for record, rows in built.accounts.items():
        classes = dict(rows.group_by(pl.col("class_").cast(pl.String)).len().iter_rows())
        reasons = dict(rows.drop_nulls("reason").group_by("reason").len().iter_rows())
        accounts.append(
            manifest.Account(
                list=built.spec.number,
                table=context.tables[record].source,
                rows_read=rows.height,
                reasons=reasons,
                **{name: classes.get(name, 0) for name in ACCOUNT_CLASSES},
            )
        )
    return accounts


ACCOUNT_CLASSES = ("output", "duplicate", "out_of_window", "out_of_scope", "exception")


def _table_counts(context: Context) -> tuple[manifest.TableCount, ...]:
    """Count the tables that no list starts from: used rows take part in rules, exceptions name no child."""
    starts = readers(context.edition)
    counts = []
    for name in RECORDS:
        table = context.tables[name]
        if not table.supplied or name in starts:
            continue
        person = table.record.meta.person
        nobody = pl.col(person).is_null() if person else pl.lit(False)
        sums = table.frame.select(
            pl.len().alias("rows"),
            nobody.sum().alias("exception"),
            (~nobody & pl.col("_drop").is_not_null()).sum().alias("unused"),
        ).row(0, named=True)
        counts.append(
            manifest.TableCount(
                table=table.source,
                record=name,
                rows=sums["rows"],
                used=sums["rows"] - sums["exception"] - sums["unused"],
                unused=sums["unused"],
                exception=sums["exception"],
            )
        )
    return tuple(counts)


def finding_counts(assessed: Assessed) -> manifest.FindingCounts:
    """Return the findings of a run in counts, those that sum up a whole list left out."""
    counted = {each.definition.id: each.found for each in assessed.results if each.found}
    severities = dict.fromkeys(SEVERITIES, 0)
    for each in assessed.results:
        severities[each.definition.severity] += each.found
    verdict = assessed.verdict
    ran = tuple(sorted(each.definition.id for each in assessed.results if each.status in (FOUND, PASSED)))
    return manifest.FindingCounts(
        verdict=verdict.text(), accepted=verdict.accepted, by_check=counted, ran=ran, **severities
    )


def manifest_of_filled(
    filled: Filled,
    inputs: Sequence[InputFile],
    edition: Edition,
    period: InspectionPeriod,
    assessed: Assessed,
    created: datetime,
    command: Literal["check", "clean"],
    notes: Sequence[str],
) -> manifest.Manifest:
    """Return the manifest of a run on filled workbooks; the accounts of its rows are those of its lists."""
    return manifest.Manifest(
        annexa_version=__version__,
        command=command,
        created=created,
        edition=_edition_entry(edition),
        source=None,
        inspection_date=period.inspection_date,
        extract_date=period.extract_date,
        as_at=period.as_at,
        options={},
        inputs=tuple(
            manifest.InputFile(name=each.name, sha256=each.sha256, size=each.size, table=None, rows=None)
            for each in inputs
        ),
        unknown_inputs=(),
        lists=tuple(_filled_entry(filled, number, spec) for number, spec in edition.lists.items()),
        accounts=(),
        tables=(),
        findings=finding_counts(assessed),
        notes=tuple(notes),
    )


def manifest_of_copy(
    copied: Sequence[manifest.CopiedTable],
    inputs: Sequence[InputFile],
    edition: Edition,
    source: SourceProfile | None,
    day: date,
    created: datetime,
    unknown: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> manifest.Manifest:
    """Return the manifest of a pseudonymised copy; no list is built for it, and nothing is checked."""
    return manifest.Manifest(
        annexa_version=__version__,
        command="pseudonymise",
        created=created,
        edition=_edition_entry(edition),
        source=manifest.Source(name=source.name, sha256=source.sha256) if source else None,
        inspection_date=day,
        extract_date=None,
        as_at=day,
        options={},
        inputs=tuple(
            manifest.InputFile(name=each.name, sha256=each.sha256, size=each.size, table=None, rows=None)
            for each in inputs
        ),
        unknown_inputs=tuple(unknown),
        lists=(),
        accounts=(),
        tables=(),
        copied=tuple(copied),
        findings=manifest.FindingCounts(verdict="not checked", accepted=0, error=0, warning=0, info=0, by_check={}),
        notes=tuple(notes),
    )


def copied_entry(copy: Copied) -> manifest.CopiedTable:
    """Return the counts of one table, or list, of a copy."""
    return manifest.CopiedTable(
        table=copy.name,
        rows=copy.frame.height,
        columns=copy.frame.width,
        columns_left_out=copy.columns_left_out,
        cells_left_out=dict(copy.cells_left_out),
    )


def _edition_entry(edition: Edition) -> manifest.Edition:
    return manifest.Edition(name=edition.name, title=edition.title, sha256=edition.sha256)


def _filled_entry(filled: Filled, number: int, spec: ListSpec) -> manifest.ListEntry:
    held = filled.lists.get(number)
    return manifest.ListEntry(
        number=number,
        title=spec.title,
        state="not supplied" if held is None else "read",
        window_from=None,
        window_to=None,
        rows=None if held is None else held.frame.height,
        children=None if held is None else _children(held),
        added={},
        reason=filled.missing.get(number, "The workbook has no such list.") if held is None else None,
    )


def _children(held: FilledList) -> int:
    heading = held.spec.columns[0].heading
    return held.frame[heading].drop_nulls().n_unique() if heading in held.frame.columns else 0
