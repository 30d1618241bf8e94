"""Runs the checks: each on its input, or a word on why it could not run; then one fault gives one finding."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from annexa.checks import vocabulary  # noqa: F401  (importing it registers every check)
from annexa.checks.catalogue import HISTORY, Definition, catalogue
from annexa.checks.nightly import NightRun
from annexa.checks.registry import MADE, ON_EXTRACT, ON_LISTS, ON_NIGHTS, Answer, Check, Looked, Made, Unable
from annexa.checks.runs import ExtractRun, ListsRun, ListView
from annexa.checks.suppress import suppressed
from annexa.checks.teams import with_teams
from annexa.extract.tables import ROW, Table
from annexa.filled.model import FILE
from annexa.findings import SCHEMA, empty, gather

FOUND: Final = "found"
PASSED: Final = "passed"
NOT_RUN: Final = "could not run"
OFF: Final = "switched off"
OTHER_EDITION: Final = "not in this edition"
OTHER_INPUT: Final = "not for this input"

# A cell with one of these counts as unread: no other check that reads it reports its row.
UNREAD: Final = ("AA-G06", "AA-G07", "AA-R01", "AA-R02", "AA-R05", "AA-R06", "AA-R23", "AA-R24")


@dataclass(frozen=True)
class Result:
    """What became of one check.

    Args:
        definition: the check.
        status: one of the words above.
        tested: how many it looked at; None where nothing counts them.
        found: its findings, without the one about the whole list.
        suppressed: findings not reported because another one says the same.
        reasons: why it could not run, wholly or on one of its tables or lists.
    """

    definition: Definition
    status: str
    tested: int | None = None
    found: int = 0
    suppressed: int = 0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checked:
    """All findings of a run in the order of a report, and what became of every check."""

    findings: pl.DataFrame
    results: tuple[Result, ...]

    def result(self, check: str) -> Result:
        """Return what became of one check."""
        return next(each for each in self.results if each.definition.id == check)


def run_checks(
    definitions: Mapping[str, Definition],
    run: ExtractRun | ListsRun,
    found_before: pl.DataFrame,
    only: Collection[str] | None = None,
    *,
    teams: bool = True,
) -> Checked:
    """Run the checks on an extract or on finished lists.

    On an extract the checks of scope `workbook` look at the lists that were built from it: there they prove the build.

    Args:
        definitions: the catalogue, with an authority's changes.
        run: what to look at.
        found_before: what reading, and on an extract the list rules, found (columns of findings.SCHEMA).
        only: ids to run; all where None.
        teams: fill in the team and worker of the children, from the lists.
    """
    before = _in_source_columns(run, found_before)
    unread = before.filter(pl.col("check").is_in(UNREAD) & pl.col("row").is_not_null())
    by_check = {check: rows for (check,), rows in before.partition_by("check", as_dict=True).items()}
    none = before.clear()
    frames: list[pl.DataFrame] = []
    answers: dict[str, Result] = {}
    for check, definition in definitions.items():
        if (only is not None and check not in only) or definition.scope == HISTORY:
            continue
        result, frame = _one(definition, run, by_check.get(check, none), unread)
        answers[check] = result
        frames.append(frame)
    severities = {check: definition.severity for check, definition in definitions.items()}
    together = pl.concat([empty(), *frames]).with_columns(
        pl.col("check").replace_strict(severities, return_dtype=pl.String).alias("severity"),
    )
    hidden = suppressed(together, definitions)
    shown = together.filter(~hidden)
    shown = with_teams(run, shown) if teams else shown
    # Last, for they count what all others found.
    night = None
    if isinstance(run, ExtractRun) and run.night is not None:
        night = NightRun(run, run.night, _counts(shown, definitions), unable(answers.values()))
    nights = {
        check: _of_a_night(definition, night)
        for check, definition in definitions.items()
        if definition.scope == HISTORY and (only is None or check in only)
    }
    answers |= {check: result for check, (result, _) in nights.items()}
    shown = gather([shown, *(frame for _, frame in nights.values())])
    counts, lost = _counts(shown, definitions), _counts(together.filter(hidden), definitions)
    return Checked(shown, tuple(_counted(each, counts, lost) for each in answers.values()))


def _of_a_night(definition: Definition, night: NightRun | None) -> tuple[Result, pl.DataFrame]:
    if not definition.enabled:
        return Result(definition, OFF), empty()
    if night is None:
        return Result(definition, OTHER_INPUT), empty()
    [answer] = _answers(ON_NIGHTS[definition.id].function(night, definition))
    if isinstance(answer, Unable):
        return Result(definition, NOT_RUN, reasons=(answer.reason,)), empty()
    return Result(definition, PASSED, answer.tested), _finding(definition, answer.found)


def _one(
    definition: Definition, run: ExtractRun | ListsRun, before: pl.DataFrame, unread: pl.DataFrame
) -> tuple[Result, pl.DataFrame]:
    if not definition.enabled:
        return Result(definition, OFF), empty()
    edition = run.context.edition if isinstance(run, ExtractRun) else run.edition
    if definition.editions and edition.name not in definition.editions:
        return Result(definition, OTHER_EDITION), empty()
    if definition.made_by_reading:
        other = "workbook" if isinstance(run, ExtractRun) else "extract"
        return Result(definition, OTHER_INPUT if definition.scope == other else PASSED), before
    if isinstance(run, ExtractRun):
        if definition.scope == "workbook":
            return _looked(definition, ON_LISTS.get(definition.id), run.built, before, unread.clear())
        if definition.id in MADE:
            return _made(definition, run, before, unread)
        return _looked(definition, ON_EXTRACT.get(definition.id), run, before, unread)
    if definition.scope == "extract":
        return Result(definition, OTHER_INPUT), empty()
    return _looked(definition, ON_LISTS.get(definition.id), run, before, unread)


def _made(
    definition: Definition, run: ExtractRun, before: pl.DataFrame, unread: pl.DataFrame
) -> tuple[Result, pl.DataFrame]:
    """The findings that reading and the list rules made, unless what they hang on was not there."""
    each = MADE[definition.id]
    reasons = [
        reason
        for record, fields in each.reads.items()
        if record not in each.optional
        for reason in run.lacks(record, fields)
    ]
    if reasons:
        return Result(definition, NOT_RUN, reasons=tuple(reasons)), empty()
    tested = run.rows(each.counted).height if each.counted else None
    return Result(definition, PASSED, tested), _without_unread(each, run, before, unread)


def _looked(
    definition: Definition,
    check: Check | None,
    run: ExtractRun | ListsRun,
    before: pl.DataFrame,
    unread: pl.DataFrame,
) -> tuple[Result, pl.DataFrame]:
    if check is None:
        raise KeyError(f"{definition.id} has no test")
    lacking = {key: tuple(run.lacks(key, fields)) for key, fields in check.reads.items()}
    reasons = tuple(
        dict.fromkeys(reason for key, each in lacking.items() if key not in check.optional for reason in each)
    )
    there = [key for key, each in lacking.items() if not each]
    if reasons and not (check.each and there):
        return Result(definition, NOT_RUN, reasons=reasons), before
    calls: Sequence[tuple[Any, ...]] = [(key,) for key in there] if check.each else [()]
    given = [each for call in calls for each in _answers(check.function(run, definition, *call))]
    reasons = tuple(dict.fromkeys((*reasons, *(each.reason for each in given if isinstance(each, Unable)))))
    answers = [each for each in given if isinstance(each, Looked)]
    if reasons and not answers:
        return Result(definition, NOT_RUN, reasons=reasons), before
    tested = sum(each.tested for each in answers)
    found = pl.concat([before, *(_finding(definition, each.found) for each in answers if each.found.height)])
    return Result(definition, PASSED, tested, reasons=reasons), _without_unread(check, run, found, unread)


def _answers(answer: Answer) -> Iterator[Looked | Unable]:
    yield from [answer] if isinstance(answer, (Looked, Unable)) else answer


def _finding(definition: Definition, found: pl.DataFrame) -> pl.DataFrame:
    return found.select(
        pl.lit(definition.id).alias("check"),
        pl.lit(definition.severity).alias("severity"),
        *(pl.col(name) for name in SCHEMA if name not in ("check", "severity")),
    )


def _without_unread(
    check: Check | Made, run: ExtractRun | ListsRun, found: pl.DataFrame, unread: pl.DataFrame
) -> pl.DataFrame:
    """Leave out findings about a row of which the check reads a cell that could not be read.

    On finished lists also those that name a child and no row, where the list has such a cell of the child.
    """
    if check.id in UNREAD or not unread.height or not found.height:
        return found
    if isinstance(run, ExtractRun):
        tables = {key: run.context.tables[key] for key in check.reads}
        cells = [
            unread.filter((pl.col("table") == table.source) & pl.col("column").is_in(_columns(table, check.reads[key])))
            for key, table in tables.items()
        ]
        return _without(found, cells, ["table", "row"])
    views = {key: run.lists[key] for key in check.reads if key in run.lists}
    cells = [
        unread.filter((pl.col("list") == key) & pl.col("column").is_in([view.heading(n) for n in check.reads[key]]))
        for key, view in views.items()
    ]
    people = [
        each.drop("child")
        .join(_people(view), on=["file", "row"])
        .with_columns(pl.lit(None, dtype=pl.Int64).alias("row"))
        for each, view in zip(cells, views.values(), strict=True)
    ]
    return _without(_without(found, cells, ["list", "file", "row"]), people, ["list", "child", "row"])


def _without(found: pl.DataFrame, cells: Sequence[pl.DataFrame], keys: list[str]) -> pl.DataFrame:
    unread = [each.select(keys) for each in cells if each.height]
    if not unread:
        return found
    return found.join(pl.concat(unread).unique(), on=keys, how="anti", nulls_equal=True, maintain_order="left")


def _columns(table: Table, fields: Sequence[str]) -> list[str]:
    return [column for name in fields for column in table.columns.get(name, ())]


def _people(view: ListView) -> pl.DataFrame:
    """Whose each row of a list is: file, row, child."""
    person = view.spec.columns[0].field or "person_id"
    return view.frame.select(
        pl.col(FILE).alias("file"), pl.col(ROW).alias("row"), pl.col(person).cast(pl.String).alias("child")
    ).drop_nulls("child")


def _in_source_columns(run: ExtractRun | ListsRun, found: pl.DataFrame) -> pl.DataFrame:
    """Name columns as the source does: the list rules name them by field."""
    if not isinstance(run, ExtractRun) or not found.height:
        return found
    pairs = [
        (table.source, name, table.column(name))
        for table in run.context.tables.values()
        for name in table.record.fields()
    ]
    names = pl.DataFrame(pairs, schema={"table": pl.String, "column": pl.String, "_source": pl.String}, orient="row")
    named = found.join(names.unique(["table", "column"]), on=["table", "column"], how="left", maintain_order="left")
    return named.with_columns(pl.coalesce("_source", "column").alias("column")).select(list(SCHEMA))


def unable(results: Iterable[Result]) -> dict[str, tuple[str, ...]]:
    """Return what checks could not look at, in words; those that looked at everything are not there."""
    return {
        each.definition.id: each.reasons or (each.status,)
        for each in results
        if each.reasons or each.status in (NOT_RUN, OFF)
    }


def made_elsewhere() -> set[str]:
    """Return the ids whose findings on an extract are not made by a check but by reading and the list rules."""
    return {check for check, each in catalogue().items() if each.made_by_reading or check in MADE}


def about_children(findings: pl.DataFrame, definitions: Mapping[str, Definition]) -> pl.DataFrame:
    """Leave out the findings that sum up a whole list."""
    summaries = [check for check, each in definitions.items() if each.summary]
    return findings.filter(~(pl.col("check").is_in(summaries) & pl.col("child").is_null() & pl.col("row").is_null()))


def _counts(findings: pl.DataFrame, definitions: Mapping[str, Definition]) -> dict[str, int]:
    return dict(about_children(findings, definitions).group_by("check").len().iter_rows())


def _counted(result: Result, found: Mapping[str, int], lost: Mapping[str, int]) -> Result:
    number = found.get(result.definition.id, 0)
    status = FOUND if number and result.status == PASSED else result.status
    return replace(result, status=status, found=number, suppressed=lost.get(result.definition.id, 0))
