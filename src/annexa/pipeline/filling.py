"""Reading filled workbooks: which edition they are of, each as it stands, then the values of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from annexa.checks.runs import ExtractRun, ListsRun, views_of_filled
from annexa.editions import DEFAULT_EDITION, Edition, edition_names, load_edition
from annexa.environment import Secret
from annexa.errors import SourceError, UsageError
from annexa.extract.read import InputFile
from annexa.filled.fill import fill
from annexa.filled.model import Filled
from annexa.filled.read import Opened, open_workbook, read_workbook
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
        workbooks: of one authority, opened or not; of the same row the later one wins.
        edition: whose headings and codes they are held against.
        period: D and A.
        settings: for the limits of reading.
        password: of the workbooks, or None.
        value_map: an edited value-map.toml, or None.
    """

    workbooks: Sequence[Path | Opened]
    edition: Edition
    period: InspectionPeriod
    settings: Settings
    password: Secret | None = None
    value_map: Path | None = None


def open_filled(
    workbooks: Sequence[Path | Opened], settings: Settings, password: Secret | None = None
) -> tuple[Opened, ...]:
    """Open filled workbooks, those that are not open already.

    Raises:
        SourceError: a workbook that is not there, or cannot be opened.
    """
    for each in workbooks:
        if isinstance(each, Path):
            _expect_file(each)
    limits = limits_of(settings)
    return tuple(each if isinstance(each, Opened) else open_workbook(each, limits, password) for each in workbooks)


def edition_of(
    workbooks: Sequence[Opened], given: str = "", otherwise: str = DEFAULT_EDITION
) -> tuple[Edition, tuple[str, ...]]:
    """Return the edition in which filled workbooks are read, and what is to be said about it.

    It is the one that was given; else the one that the front sheet names of a workbook that annexa wrote, of several
    the last; else another.

    Args:
        workbooks: opened.
        given: by an option or annexa.toml; blank where none was.
        otherwise: the edition where no front sheet names one.

    Raises:
        UsageError: an edition that does not exist.
    """
    known = edition_names()
    named = [(each.file, each.front.edition) for each in workbooks if each.front]
    own = [name for _, name in named if name in known]
    chosen = given or (own[-1] if own else otherwise)
    notes = []
    files = list(dict.fromkeys(file for file, name in named if name == chosen))
    if files and not given and chosen != DEFAULT_EDITION:
        notes.append(f"{' and '.join(files)}: read in edition {chosen}, which the front sheet names.")
    for file, name in named:
        if name != chosen:
            # What stands there may be anything, and only what is known is repeated.
            which = f"edition {name}" if name in known else "an edition that annexa does not know"
            notes.append(f"{file}: the front sheet names {which}, and it is read in edition {chosen}.")
    return load_edition(chosen), tuple(notes)


def read_filled(request: FilledRequest, findings: Findings) -> tuple[Filled, Sequence[InputFile]]:
    """Read filled workbooks; findings of reading go to `findings`.

    Raises:
        UsageError: a value map that cannot be used.
        SourceError: a workbook that cannot be read, or holds no list.
    """
    changes = load_value_map(request.value_map) if request.value_map else None
    raw = []
    found = []
    for each in open_filled(request.workbooks, request.settings, request.password):
        mine = Findings()
        raw.append(read_workbook(each, request.edition, mine))
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
