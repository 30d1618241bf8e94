"""`annexa diff`: two sides read, compared and told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from annexa import __version__
from annexa.differences.compare import compare
from annexa.differences.counts import Past, compare_counts
from annexa.differences.model import Differences, Side
from annexa.errors import SourceError
from annexa.outputs import manifest
from annexa.outputs.contents import PageTable
from annexa.outputs.differences import Document, plain, write_differences
from annexa.outputs.stage import Stage
from annexa.period import InspectionPeriod
from annexa.pipeline.past_runs import RUN, find_run, names_run
from annexa.pipeline.sides import Read, Wanted, expect, read_sides

Progress = Callable[[str], None]
Rows = Sequence[tuple[Any, ...]]

_LISTS: Final = (
    "List", "Title", "Before", "After", "Joined", "Left", "Rows added", "Rows removed", "Rows changed", "Cells",
    "Remark",
)  # fmt: skip
_REASONS: Final = ("List", "Change", "Why", "Children")
_COLUMNS: Final = ("List", "Column", "Cells")
_CHECKS: Final = ("Check", "Before", "After", "New", "Gone")


@dataclass(frozen=True)
class DiffRequest:
    """What is compared.

    Args:
        sides: output folders, workbooks or runs of the history (last, previous, a number); the earlier one first, save
            that the order of two runs does not matter.
        wanted: how they are read.
        created: the moment of the run, for the manifest alone.
        output: the folder for the files; none are written where None.
    """

    sides: tuple[str, str]
    wanted: Wanted
    created: datetime
    output: Path | None = None


@dataclass(frozen=True)
class DiffReport:
    """What a comparison gave.

    Args:
        before: the first side; of two runs of the history the earlier one.
        after: the second.
        differences: what differs.
        notes: what must be known about it.
    """

    before: Side
    after: Side
    differences: Differences
    notes: tuple[str, ...]

    def summary(self) -> dict[str, Any]:
        """Return it in counts, as --json prints it and differences.json begins."""
        found = self.differences
        return {
            "schema_version": 1,
            "annexa_version": __version__,
            "before": _told(self.before),
            "after": _told(self.after),
            "lists": [vars(each) for each in found.lists],
            "reasons": plain(found.reasons()),
            "columns": plain(found.columns()),
            "checks": None if found.checks is None else plain(found.checks),
            "notes": list(self.notes),
        }

    def titles(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Return what the two sides are, in words; of two runs also which of them is the earlier one."""
        runs = self.before.kind == self.after.kind == RUN
        which = (", the earlier run", ", the later run") if runs else ("", "")
        before, after = (
            describe_side(side) + said for side, said in zip((self.before, self.after), which, strict=True)
        )
        return ("Before", before), ("After", after)

    def tables(self) -> tuple[PageTable, ...]:
        """Return it in counts, as tables: the lists, why children joined and left, columns, checks."""
        found = self.differences
        lists = tuple(
            (
                each.number, each.title, *each.rows, each.joined, each.left, each.added, each.removed, each.changed,
                each.cells, each.remark,
            )
            for each in found.lists
        )  # fmt: skip
        checks = found.moved_checks()
        return (
            PageTable("Lists", _LISTS, lists),
            PageTable("Why children joined and left", _REASONS, tuple(found.reasons().iter_rows())),
            PageTable("Columns with cells that differ", _COLUMNS, tuple(found.columns().iter_rows())),
            PageTable("Findings that are new, gone or not compared", _CHECKS, tuple(checks.iter_rows())),
        )


def _told(side: Side) -> dict[str, Any]:
    period = side.known.period if side.known else None
    return {
        "name": side.name,
        "kind": side.kind,
        "edition": side.edition.name,
        "inspection_date": period.inspection_date.isoformat() if period else None,
        "as_at": period.as_at.isoformat() if period else None,
    }


def diff(request: DiffRequest, progress: Progress = lambda _: None) -> DiffReport:
    """Compare two sides; write differences.xlsx and differences.json where a folder is named.

    Raises:
        UsageError: an edition or a run that does not exist.
        SourceError: a side that is not there or cannot be read, or that only another run could be compared with.
        OutputError: the files cannot be written; nothing of an earlier output is lost.
    """
    progress("reading both sides")
    before, after, found = _compared(request, progress)
    report = DiffReport(before.side, after.side, found, (*before.notes, *after.notes, *found.notes))
    if request.output is not None:
        progress("writing the differences")
        with Stage(request.output, request.wanted.password) as stage:
            write_differences(stage, _document(report, request))
            stage.commit(_manifest(report, request, (before, after)))
    return report


def _compared(request: DiffRequest, progress: Progress) -> tuple[Read, Read, Differences]:
    found: list[tuple[Past | None, Path | None]] = [
        find_run(name, request.wanted.settings) if names_run(name) else (None, expect(Path(name)))
        for name in request.sides
    ]
    # By their dates first: a run may have been made again for an earlier day.
    times = [(past.manifest.as_at, past.manifest.inspection_date, int(past.side.name)) for past, _ in found if past]
    if len(times) == len(found) and times != sorted(times):
        found.reverse()
    pasts, paths = zip(*found, strict=True)
    there = [path for path in paths if path is not None]
    if len(there) == len(paths):
        before, after = (
            replace(read, side=replace(read.side, name=past.side.name, kind=past.side.kind)) if past else read
            for read, past in zip(read_sides(there, request.wanted), pasts, strict=True)
        )
        progress("comparing")
        return before, after, compare(before.side, after.side)
    one, two = pasts
    if one is None or two is None:
        raise SourceError(
            "The output of the run is no longer there as it was written, so that only its counts are known.",
            "Compare it with another run of the history.",
        )
    return Read(one.side, ()), Read(two.side, ()), compare_counts(one, two)


def describe_side(side: Side) -> str:
    """Return what a side is, in words: kind, name, edition, dates."""
    period = side.known.period if side.known else None
    dates = f", inspection date {period.inspection_date:%d/%m/%Y}, as at {period.as_at:%d/%m/%Y}" if period else ""
    return f"{side.kind} {side.name}, edition {side.edition.name}{dates}"


def _document(report: DiffReport, request: DiffRequest) -> Document:
    found = report.differences
    return Document(
        facts=report.titles(),
        tables=tuple(table for table in report.tables() if table.rows),
        notes=report.notes,
        summary=report.summary(),
        frames={
            "joined_and_left": found.moves,
            "changed_cells": found.cells,
            "rows": found.rows,
            "findings": found.findings,
        },
        day=_period(report, request).inspection_date,
    )


def _period(report: DiffReport, request: DiffRequest) -> InspectionPeriod:
    for side in (report.after, report.before):
        if side.known:
            return side.known.period
    return InspectionPeriod(request.wanted.inspection_date)


def _manifest(report: DiffReport, request: DiffRequest, sides: Sequence[Read]) -> manifest.Manifest:
    period, edition = _period(report, request), report.after.edition
    return manifest.Manifest(
        annexa_version=__version__,
        command="diff",
        created=request.created,
        edition=manifest.Edition(name=edition.name, title=edition.title, sha256=edition.sha256),
        source=None,
        inspection_date=period.inspection_date,
        extract_date=period.extract_date,
        as_at=period.as_at,
        options={},
        inputs=tuple(
            manifest.InputFile(name=each.name, sha256=each.sha256, size=each.size, table=None, rows=None)
            for side in sides
            for each in side.inputs
        ),
        unknown_inputs=(),
        lists=(),
        accounts=(),
        tables=(),
        findings=manifest.FindingCounts(verdict="not judged", accepted=0, error=0, warning=0, info=0, by_check={}),
        notes=report.notes,
    )
