"""What a dry run knows beside its extract: the last good run, how rows differ from it, how old the extract is."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

import polars as pl

from annexa.checks.runs import Earlier
from annexa.extract.address import Place
from annexa.history.baseline import Kind
from annexa.history.model import Change, Run
from annexa.history.store import History
from annexa.lists.build import BuiltList
from annexa.outputs.manifest import Manifest
from annexa.pipeline.building import Built, Request

_LOOK_UP: Final = "postcode_lookup"  # an input of a run that is no part of its extract


@dataclass(frozen=True)
class Beside:
    """A dry run beside the last good one.

    Args:
        earlier: the last good run, in counts; None where there is none.
        changes: how each list differs from it; empty where that cannot be told.
    """

    earlier: Earlier | None = None
    changes: Mapping[int, Change] = field(default_factory=dict)


def written(request: Request, built: Built) -> dict[int, BuiltList]:
    """Return the lists that a run writes, by number."""
    return {number: each for number, each in built.lists.items() if request.lists is None or number in request.lists}


def kind_of(request: Request, built: Built, day: date) -> Kind:
    """Return what an earlier run must have in common with one of a day, to be compared with it."""
    return Kind(
        edition=built.context.edition.name,
        source=built.source.name,
        ahead=(request.inspection_date - day).days,
        inspection_date=request.inspection_date,
        lists=frozenset(written(request, built)),
    )


def beside(history: History, run: Run | None, rows: pl.DataFrame, built: Built, lists: Iterable[int]) -> Beside:
    """Return how a run stands beside the last good one.

    Args:
        history: of both.
        run: the last good one, or None.
        rows: those of this one, as keys.Keys.rows() gives them.
        built: this one.
        lists: numbers of those that it writes.
    """
    if run is None or run.manifest is None:
        return Beside()
    told = run.manifest
    counts = {entry.number: entry.rows for entry in told.lists if entry.rows is not None}
    before = history.rows(run)
    # None of them is there, though there were some: they were forgotten.
    if before is not None and before.is_empty() and any(counts.values()):
        before = None
    changed = {} if before is None else _changes(before, rows, lists)
    heights = dict(rows.group_by("list").len().iter_rows())
    earlier = Earlier(
        version=told.annexa_version,
        lists=counts,
        findings=told.findings.by_check,
        tables={each.table: each.rows for each in told.inputs if each.table is not None and each.rows is not None},
        unable=run.unable,
        codes=history.codes() if history.comparable(run) else None,
        columns=history.columns(run),
        rows=None
        if before is None
        else {number: (heights.get(number, 0) - each.came, each.changed) for number, each in changed.items()},
        same_since=_same_since(history, run, built),
    )
    return Beside(earlier, changed)


def _changes(before: pl.DataFrame, rows: pl.DataFrame, lists: Iterable[int]) -> dict[int, Change]:
    both = before.filter(pl.col("list").is_in(list(lists))).join(
        rows, on=["list", "row_key"], how="full", coalesce=True, suffix="_now"
    )
    was, is_ = pl.col("row_hash").is_not_null(), pl.col("row_hash_now").is_not_null()
    counts = both.group_by("list").agg(
        (~was).sum().alias("came"),
        (~is_).sum().alias("went"),
        (pl.col("row_hash") != pl.col("row_hash_now")).sum().alias("changed"),
    )
    return {number: Change(came, went, changed) for number, came, went, changed in counts.sort("list").iter_rows()}


def _same_since(history: History, last: Run, built: Built) -> date | None:
    """Return the day of the first of the good runs that have read this very extract, one after the other up to `last`.

    Each night is compared with the one before, so that it alone would never be long ago.
    """
    now = {(each.name, each.sha256) for each in built.extract.inputs}
    since = None
    if not now or None in {sha256 for _, sha256 in now}:  # nobody can tell of a database on a server
        return None
    for run in history.good_runs(built.context.edition.name, built.source.name):
        if run.number > last.number:
            continue
        if run.manifest is None or _read(run.manifest) != now:
            break
        since = run.day
    return since


def _read(told: Manifest) -> set[tuple[str, str | None]]:
    return {(each.name, each.sha256) for each in told.inputs if each.table != _LOOK_UP}


def taken(request: Request, built: Built) -> dict[str, date]:
    """Return the day on which each file of the extract was made: as given, by the name "", or as last written."""
    given = request.settings.extract_date
    if given is not None:
        return {"": given}
    paths = {each.name: _path_of(request.extracts, each.name) for each in built.extract.inputs}
    days = {}
    for name, path in paths.items():
        with suppress(OSError):
            if path is not None:
                days[name] = datetime.fromtimestamp(path.stat().st_mtime).date()
    return days


def _path_of(place: Place, name: str) -> Path | None:
    path = place if isinstance(place, Path) else place.file
    if path is None:
        return None
    return path / name if path.is_dir() else path
