"""How a check is declared, and what it answers.

    @on_extract("AA-201", each={"early_help_assessments": ("start_date", "completed_date")})
    def completed_before_start(run: ExtractRun, check: Definition, record: str) -> Looked:
        rows = run.rows(record)
        return run.looked(record, rows, pl.col("completed_date") < pl.col("start_date"), "It ended before it began.",
                          column="completed_date")

    @on_lists("AA-201", each={2: ("start_date", "end_date")})
    def ...(run: ListsRun, check: Definition, number: int) -> Looked: ...

`reads` (or `each`) names every column that the condition looks at: without one of them the check could not run, and a
cell that could not be read silences the finding about its row. With `each` the function is called once for every table
or list that is there; with `reads` once, and all of them must be there, but for those named in `optional`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import polars as pl

from annexa.findings import SCHEMA

Reads: TypeAlias = Mapping[Any, tuple[str, ...]]


@dataclass(frozen=True)
class Looked:
    """What a check looked at, and what it found.

    Args:
        tested: how many records, children or rows it looked at: the denominator of its rate.
        found: a row for each that is wrong; columns of findings.SCHEMA without check and severity. `column` holds a
            field's name; the runner replaces it by the source's column or the list's heading.
    """

    tested: int
    found: pl.DataFrame


@dataclass(frozen=True)
class Unable:
    """Why a check, or a part of it, could not run although its tables and columns are there.

    Args:
        reason: in words, as in "no extract date was given".
    """

    reason: str


Answer: TypeAlias = Looked | Unable | Sequence[Looked | Unable]


@dataclass(frozen=True)
class Check:
    """A function that tests one id on one kind of input.

    Args:
        id: of the catalogue.
        function: called with the run, the definition and, with `each`, the record or list.
        reads: record (or list number) -> the fields that the condition looks at.
        each: whether the function is called once for each of them.
        optional: records (or lists) of `reads` without which it runs all the same.
    """

    id: str
    function: Callable[..., Answer]
    reads: Reads
    each: bool
    optional: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Made:
    """An id whose findings reading or the list rules make on an extract.

    Args:
        id: of the catalogue.
        reads: record -> the fields without which the finding would accuse falsely.
        counted: the record whose rows are the denominator, or "".
        optional: records of `reads` without which it is made all the same.
    """

    id: str
    reads: Reads = field(default_factory=dict)
    counted: str = ""
    optional: tuple[str, ...] = ()


ON_EXTRACT: Final[dict[str, Check]] = {}
ON_LISTS: Final[dict[str, Check]] = {}
ON_NIGHTS: Final[dict[str, Check]] = {}
MADE: Final[dict[str, Made]] = {}

_Decorator: TypeAlias = Callable[[Callable[..., Answer]], Callable[..., Answer]]


def on_extract(
    check: str, *, reads: Reads | None = None, each: Reads | None = None, optional: Sequence[str] = ()
) -> _Decorator:
    """Register a test over the source tables: function(run: ExtractRun, check: Definition[, record: str])."""
    return _register(ON_EXTRACT, check, reads, each, optional)


def on_lists(
    check: str, *, reads: Reads | None = None, each: Reads | None = None, optional: Sequence[int] = ()
) -> _Decorator:
    """Register a test over finished lists: function(run: ListsRun, check: Definition[, number: int])."""
    return _register(ON_LISTS, check, reads, each, optional)


def on_nights(check: str) -> _Decorator:
    """Register a test of a dry run as a whole, after all others: function(run: NightRun, check: Definition)."""
    return _register(ON_NIGHTS, check, {}, None, ())


def made(check: str, *, reads: Reads | None = None, counted: str = "", optional: Sequence[str] = ()) -> None:
    """Declare that reading or the list rules make the findings of an id on an extract."""
    if check in MADE:
        raise ValueError(f"{check} is declared twice")
    MADE[check] = Made(check, reads or {}, counted, tuple(optional))


def _register(
    registry: dict[str, Check], check: str, reads: Reads | None, each: Reads | None, optional: Sequence[Any]
) -> _Decorator:
    def register(function: Callable[..., Answer]) -> Callable[..., Answer]:
        if check in registry:
            raise ValueError(f"{check} is registered twice")
        if (reads is None) == (each is None):
            raise ValueError(f"{check} needs reads or each, and not both")
        registry[check] = Check(check, function, reads or each or {}, each is not None, tuple(optional))
        return function

    return register


def looked(frame: pl.DataFrame, wrong: pl.Expr, message: str | pl.Expr, **columns: object) -> Looked:
    """Return what a check over the rows of `frame` answers.

    Args:
        frame: every row that the check tests.
        wrong: true where the row is wrong, over `frame`; blank counts as not wrong.
        message: says what disagrees by the names of fields and lists; holds no value from a record.
        columns: of findings.SCHEMA, each a constant or an expression over `frame`.
    """
    unknown = columns.keys() - SCHEMA.keys()
    if unknown:
        raise ValueError(f"not columns of a finding: {', '.join(sorted(unknown))}")
    rows = frame.filter(wrong) if frame.height else frame
    if not rows.height:  # as of most checks of most extracts
        return nothing(frame.height)
    given: dict[str, object] = {**columns, "message": message}
    names = [name for name in SCHEMA if name not in ("check", "severity")]
    found = rows.select(_as_column(given.get(name), name, rows.height) for name in names)
    return Looked(frame.height, found)


def nothing(tested: int) -> Looked:
    """Return the answer of a check that found nothing among so many."""
    return Looked(tested, _EMPTY)


def _as_column(value: object, name: str, height: int) -> pl.Expr:
    if isinstance(value, pl.Expr):
        return value.cast(SCHEMA[name]).alias(name)
    return pl.repeat(value, height, dtype=SCHEMA[name], eager=False).alias(name)


_EMPTY: Final = pl.DataFrame(schema={name: SCHEMA[name] for name in SCHEMA if name not in ("check", "severity")})
