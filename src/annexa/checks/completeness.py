"""Checks of what a list cannot show or does not hold: codes, columns, rows, disability and ethnicity."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.children import LISTS_OF_CHILDREN, unborn
from annexa.checks.registry import Answer, Looked, Unable, looked, made, nothing, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.checks.shapes import with_share
from annexa.extract.tables import ROW
from annexa.filled.model import FILE
from annexa.lists.context import Context
from annexa.lists.outcomes import with_flags
from annexa.records import UNREADABLE

ALL_LISTS: Final = tuple(range(1, 12))
WITH_DISABILITY: Final = tuple(range(4, 11))
NOT_OBTAINED: Final = "NOBT"
UNKNOWN: Final = "U"

_NOT_SHOWN: Final = "The edition has no such code: the cell is blank."
_NO_DISABILITY: Final = "Whether the child has a disability is not recorded."
_NO_ETHNICITY: Final = "The ethnicity of a child known for some time is not recorded."
_OF_ETHNICITY: Final = ("ethnicity", "birth_date", "age_in_years")
# Records by which a child is known to children's services (AA-G16), and the date from which.
_KNOWN_BY: Final = {
    "cin_episodes": "referral_date",
    "early_help_episodes": "start_date",
    "early_help_assessments": "start_date",
    "care_episodes": "start_date",
}

made("AA-G18")
made("AA-G20")


@on_extract("AA-G06", reads={"persons": ()})
def code_not_in_edition(run: ExtractRun, _check: Definition) -> list[Looked]:
    """Standard codes of a list that is built which the edition cannot show, nor another in their place."""
    return [_not_shown(run.built, number, row=None) for number in run.built.lists]


@on_lists("AA-G06", each=dict.fromkeys(ALL_LISTS, ()))
def list_code_not_in_edition(run: ListsRun, _check: Definition, number: int) -> Looked:
    """Standard codes of a list that the edition does not have."""
    return _not_shown(run, number, row=pl.col(ROW))


def _not_shown(run: ListsRun, number: int, *, row: pl.Expr | None) -> Looked:
    rows = run.rows(number)
    coded = [
        (name, run.edition.code_set(column.codes))
        for column in run.lists[number].spec.columns
        if column.codes and run.has(number, name := column.field or column.derive or "")
    ]
    unknown = [
        (name, ~pl.col(name).cast(pl.String).is_in([*codes.written, UNREADABLE]))
        for name, codes in coded
        if not codes.free_text
    ]
    # Where there is none, as nearly always, one look over all columns is enough.
    there = rows.select(wrong.any().alias(str(place)) for place, (_, wrong) in enumerate(unknown))
    found = [
        run.looked(number, rows, wrong, _NOT_SHOWN, column=name, row=row).found
        for (name, wrong), some in zip(unknown, there.row(0) if unknown else (), strict=True)
        if some
    ]
    tested = sum(rows[name].count() for name, _ in coded)
    return Looked(tested, pl.concat([nothing(0).found, *found]))


@on_extract("AA-G15", reads={"disabilities": ("person_id", "disability")})
def no_disability(run: ExtractRun, _check: Definition) -> list[Looked]:
    """Children of Lists 4 to 10 of whom no disability, nor that there is none, is recorded."""
    table = run.context.tables["disabilities"]
    where = {"row": None, "table": table.source, "file": table.file}
    numbers = [number for number in WITH_DISABILITY if number in run.built.lists]
    return [each for number in numbers for each in _without_disability(run.built, number, where)]


@on_lists("AA-G15", each=dict.fromkeys(WITH_DISABILITY, ("disability", "birth_date", "age_in_years")))
def row_without_disability(run: ListsRun, _check: Definition, number: int) -> tuple[Looked, ...]:
    """Children of Lists 4 to 10 whose disability is blank or unknown."""
    return _without_disability(run, number, {})


def _without_disability(run: ListsRun, number: int, where: Mapping[str, object]) -> tuple[Looked, ...]:
    missing = pl.col("disability").is_null() | (pl.col("disability") == UNKNOWN)
    children = _born(run, number)
    answer = run.looked(number, children, missing, _NO_DISABILITY, column="disability", **where)
    return with_share(answer, f"Children on List {number} without a recorded disability.", number)


@on_extract(
    "AA-G16",
    reads={"persons": ("ethnicity",), **{record: (day,) for record, day in _KNOWN_BY.items()}},
    optional=tuple(_KNOWN_BY),
)
def no_ethnicity(run: ExtractRun, check: Definition) -> list[Looked]:
    """Children of a list without an ethnicity who have been known for long enough to ask."""
    table = run.context.tables["persons"]
    where = {"row": None, "table": table.source, "file": table.file}
    before = run.period.months_before(check.number("months"))
    known = run.context.once(_known_since).filter(pl.col("since") < before)["person_id"]
    numbers = [number for number in LISTS_OF_CHILDREN if number in run.built.lists]
    return [each for number in numbers for each in _without_ethnicity(run.built, number, known, where)]


def _known_since(context: Context) -> pl.DataFrame:
    """Return person_id and since: the earliest accepted referral, start of early help or of care in the history."""
    parts = []
    for record, day in _KNOWN_BY.items():
        rows = context.live(record)
        if record == "cin_episodes":
            # Of the outcome's text only what the referral itself does not say.
            unsaid = with_flags(rows.filter(pl.col("nfa").is_null()), "outcome_json", ("NFA_FLAG",))
            refused = unsaid.filter(pl.col("NFA_FLAG") == "Y")[ROW].implode()
            rows = rows.filter(pl.col("nfa").ne_missing("Y") & ~pl.col(ROW).is_in(refused))
        parts.append(rows.group_by("person_id").agg(pl.col(day).min().alias("since")))
    return pl.concat(parts).drop_nulls().group_by("person_id").agg(pl.col("since").min())


@on_lists("AA-G16", reads=dict.fromkeys(LISTS_OF_CHILDREN, _OF_ETHNICITY), optional=LISTS_OF_CHILDREN)
def row_without_ethnicity(run: ListsRun, check: Definition) -> list[Looked | Unable]:
    """Children of a list without an ethnicity who have an old enough date on any list."""
    known = _dated_before(run, run.period.months_before(check.number("months")))
    answers: list[Looked | Unable] = []
    for number in LISTS_OF_CHILDREN:
        lacking = run.lacks(number, _OF_ETHNICITY)
        answers += [Unable(reason) for reason in lacking] or _without_ethnicity(run, number, known, {})
    return answers


def _dated_before(run: ListsRun, before: date) -> pl.Series:
    """Return the children who have a date before a day on any list, other than the date of birth."""
    found = [pl.Series("person_id", [], dtype=pl.String)]
    for number in LISTS_OF_CHILDREN:
        if number in run.lists:
            rows = run.rows(number)
            days = [name for name, kind in rows.schema.items() if kind == pl.Date and name != "birth_date"]
            old = pl.any_horizontal(pl.lit(value=False), *(pl.col(name) < before for name in days))
            found.append(rows.filter(old)["person_id"].cast(pl.String))
    return pl.concat(found).drop_nulls().unique()


def _without_ethnicity(run: ListsRun, number: int, known: pl.Series, where: Mapping[str, object]) -> tuple[Looked, ...]:
    missing = pl.col("ethnicity").is_null() | (pl.col("ethnicity") == NOT_OBTAINED)
    children = _born(run, number).filter(pl.col("person_id").cast(pl.String).is_in(known.implode()))
    answer = run.looked(number, children, missing, _NO_ETHNICITY, column="ethnicity", **where)
    return with_share(answer, f"Children on List {number} without an ethnicity, known for some time.", number)


def _born(run: ListsRun, number: int) -> pl.DataFrame:
    """Return the first row of each child of a list who is born at D."""
    rows = run.rows(number).filter(pl.col("person_id").is_not_null() & ~unborn(run))
    return rows.unique("person_id", keep="first", maintain_order=True)


@on_lists("AA-G18", each=dict.fromkeys(ALL_LISTS, ()))
def heading_absent(run: ListsRun, _check: Definition, number: int) -> Looked:
    """Columns of a list that its sheet does not have; of a workbook that was read, the reader has told of them."""
    if run.rows(number)[FILE].is_not_null().any():
        return nothing(len(run.lists[number].spec.columns))
    columns = [column.heading for column in run.lists[number].spec.columns]
    frame = pl.DataFrame({"heading": columns, "name": [c.field or c.derive for c in run.lists[number].spec.columns]})
    message = f"List {number}: the column is not there, and what only it says is not known."
    wrong = ~pl.col("name").is_in(list(run.lists[number].present))
    return looked(frame, wrong, message, list=number, column=pl.col("heading"))


@on_lists("AA-G20", each=dict.fromkeys(ALL_LISTS, ()))
def identical_rows(run: ListsRun, _check: Definition, number: int) -> Looked:
    """Rows of a list that are alike in every column, with their number."""
    rows = run.rows(number)
    copies = rows.height - rows.drop(ROW, FILE).n_unique()
    message = f"List {number}: some rows are alike in every column; the value says how many too many."
    found = looked(
        pl.DataFrame({"number": [copies]}), pl.col("number") > 0, message, list=number, value=pl.col("number")
    )
    return Looked(rows.height, found.found)


@on_extract("AA-G21", reads={"persons": ()})
def row_count(run: ExtractRun, check: Definition) -> Looked:
    """Lists whose rows differ much from those of the last run, or that are empty although their tables have rows."""
    heights = {number: each.frame.height for number, each in run.lists.items() if each.supplied}
    return _row_counts(run.built, check, heights)


@on_lists("AA-G21", reads={})
def list_row_count(run: ListsRun, check: Definition) -> Answer:
    """As for an extract; empty lists only where the extract is given too."""
    if run.previous is None and run.extract is None:
        return Unable("no earlier run was given (--previous)")
    return _row_counts(run, check, {number: each.frame.height for number, each in run.lists.items()})


def _row_counts(run: ListsRun, check: Definition, heights: dict[int, int]) -> Looked:
    tested = {number: rows for number, rows in heights.items() if number in check.lists}
    changed = dict(_changed(run, check, tested))
    empty = {number: "0 rows" for number in _empty(run, check, tested) if number not in changed}
    frame = pl.DataFrame(
        {"list": [*changed, *empty], "value": [*changed.values(), *empty.values()]},
        schema={"list": pl.Int64, "value": pl.String},
    )
    message = (
        pl.when(pl.col("list").is_in(list(changed)))
        .then(pl.lit("The number of rows differs much from that of the last run."))
        .otherwise(pl.lit("The list is empty although its table has rows."))
    )
    found = looked(frame, pl.lit(value=True), message, list=pl.col("list"), value=pl.col("value")).found
    return Looked(len(tested), found)


def _changed(run: ListsRun, check: Definition, heights: dict[int, int]) -> Iterator[tuple[int, str]]:
    for number, rows in heights.items():
        before = (run.previous or {}).get(number)
        if before is None:
            continue
        difference = abs(rows - before)
        if difference > check.share("percent") * before and difference > check.number("rows"):
            yield number, f"{rows} rows, last run {before}"


def _empty(run: ListsRun, check: Definition, heights: dict[int, int]) -> Iterator[int]:
    if run.extract is None:
        return
    tables = run.extract.context.tables
    asked = [int(number) for number in check.words("lists")]
    for number, rows in heights.items():
        records = run.edition.lists[number].records
        if not rows and number in asked and any(tables[record].frame.height for record in records):
            yield number
