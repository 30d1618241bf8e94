"""Reading filled workbooks: each as it stands, then the values of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from annexa.checks.runs import ExtractRun, ListsRun, views_of_filled
from annexa.editions import Edition
from annexa.environment import Secret
from annexa.errors import SourceError, UsageError
from annexa.extract.read import InputFile
from annexa.filled.fill import fill
from annexa.filled.model import Filled
from annexa.filled.read import read_workbook
from annexa.filled.value_map import load_value_map
from annexa.findings import Findings
from annexa.outputs.annex_a import FILE
from annexa.period import InspectionPeriod
from annexa.pipeline.building import limits_of
from annexa.pipeline.checking import Prepared
from annexa.settings import Settings


@dataclass(frozen=True)
class FilledRequest:
    """Which workbooks are read, and how.

    Args:
        workbooks: of one authority; of the same row the later one wins.
        edition: whose headings and codes they are held against.
        period: D and A.
        settings: for the limits of reading.
        password: of the workbooks, or None.
        value_map: an edited value-map.toml, or None.
    """

    workbooks: tuple[Path, ...]
    edition: Edition
    period: InspectionPeriod
    settings: Settings
    password: Secret | None = None
    value_map: Path | None = None


def read_filled(request: FilledRequest, findings: Findings) -> tuple[Filled, Sequence[InputFile]]:
    """Read filled workbooks; findings of reading go to `findings`.

    Raises:
        UsageError: a value map that cannot be used.
        SourceError: a workbook that cannot be read, or holds no list.
    """
    for path in request.workbooks:
        _expect_file(path)
    changes = load_value_map(request.value_map) if request.value_map else None
    limits = limits_of(request.settings)
    raw = []
    found = []
    for path in request.workbooks:
        mine = Findings()
        raw.append(read_workbook(path, request.edition, mine, limits, request.password))
        found.append(mine.frame())
    # A list that another of the workbooks has is not missing.
    there = list({number for each in raw for number in each.lists})
    told = pl.concat(found).filter(~((pl.col("check") == "AA-R29") & pl.col("list").is_in(there)))
    findings.extend(told)
    filled = fill(raw, request.edition, request.period, findings, changes)
    unread = tuple(text for each in raw for text in each.unread)
    return replace(filled, unread=unread), [each.input for each in raw]


def _expect_file(path: Path) -> None:
    if path.is_dir():
        raise SourceError(f"{path.name} is a folder.", "Name the workbook in it; an extract is given with --extracts.")
    if not path.exists():
        raise SourceError(f"There is no file {path.name}.", "Check the path of the workbook.")


def refuse_own_input(workbooks: Sequence[Path], output: Path) -> None:
    """Refuse an output folder in which a workbook that is read would be replaced.

    Raises:
        UsageError: there is one.
    """
    target = (output / FILE).resolve()
    if any(path.resolve() == target for path in workbooks):
        raise UsageError(
            f"{target.name} in {output} is the workbook that is to be read, and would be replaced.",
            "Choose another folder with --output.",
        )


def lists_run(
    filled: Filled,
    edition: Edition,
    period: InspectionPeriod,
    prepared: Prepared,
    extract: ExtractRun | None = None,
) -> ListsRun:
    """Return filled workbooks as checks see them, beside an extract where one is given."""
    return ListsRun(
        period=period,
        edition=edition,
        calendar=prepared.calendar,
        lists=views_of_filled(filled),
        extract=extract,
        previous=prepared.previous,
        missing=filled.missing,
        own_la=prepared.own_la,
    )
