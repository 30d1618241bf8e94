"""Reading filled workbooks: each as it stands, then the values of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from annexa.checks.runs import ExtractRun, ListsRun, views_of_filled
from annexa.editions import Edition
from annexa.extract.read import InputFile
from annexa.filled.fill import fill
from annexa.filled.model import Filled
from annexa.filled.read import read_workbook
from annexa.filled.value_map import load_value_map
from annexa.findings import Findings
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
    password: str | None = None
    value_map: Path | None = None


def read_filled(request: FilledRequest, findings: Findings) -> tuple[Filled, Sequence[InputFile]]:
    """Read filled workbooks; findings of reading go to `findings`.

    Raises:
        UsageError: a value map that cannot be used.
        SourceError: a workbook that cannot be read, or holds no list.
    """
    changes = load_value_map(request.value_map) if request.value_map else None
    limits = limits_of(request.settings)
    raw = [read_workbook(path, request.edition, findings, limits, request.password) for path in request.workbooks]
    return fill(raw, request.edition, request.period, findings, changes), [each.input for each in raw]


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
