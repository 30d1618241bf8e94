"""Checks of the worker of an open case: nobody, nobody real, or nobody registered."""

from typing import Final

import polars as pl

from annexa.checks.catalogue import Definition
from annexa.checks.registry import Answer, Looked, Unable, looked, on_extract, on_lists
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.extract.tables import ROW
from annexa.lists.context import Context
from annexa.lists.registry import ID
from annexa.lists.staff import allocations, named

# Each list with a worker: where it comes from, its column on the list, and what closes a row (on List 9, nothing).
_SOURCES: Final = {
    4: ("assessments", "worker"),
    6: ("involvements", "professional_id"),
    7: ("involvements", "professional_id"),
    8: ("involvements", "professional_id"),
    9: ("care_leavers", "worker"),
}
_WORKERS: Final = {
    4: "recorded_worker",
    6: "allocated_worker",
    7: "allocated_worker",
    8: "allocated_worker",
    9: "recorded_worker",
}
_ENDS: Final = {4: "authorised_date", 6: "close_date", 7: "end_date", 8: "end_date", 9: ""}
_READS: Final = {
    "assessments": ("worker",),
    "involvements": ("professional_id", "end_date"),
    "care_leavers": ("worker",),
}
_OWN_WORKER: Final = (4, 9)  # the record itself names the worker
_UNALLOCATED: Final = "No allocated worker on List {}: is the child allocated to anybody?"
_NOBODY_REAL: Final = "The allocated worker has left, or is not a person."
_UNREGISTERED: Final = "The allocated worker has no registration number."


@on_extract("AA-G17", reads=_READS, optional=tuple(_READS))
def unallocated(run: ExtractRun, _check: Definition) -> list[Looked | Unable]:
    """Children with an open row that names no worker; one finding a child, naming the lists."""
    rows = open_cases(run)
    return _with_untested(run, _unallocated(rows.select("list", "person_id", "worker")))


@on_lists("AA-G17", reads={n: (_WORKERS[n], *filter(None, [_ENDS[n]])) for n in _ENDS}, optional=tuple(_ENDS))
def unallocated_row(run: ListsRun, _check: Definition) -> Answer:
    """Children with an open row whose allocated worker is blank; one finding a child, naming the lists."""
    parts = []
    for number, end in _ENDS.items():
        if run.has(number, _WORKERS[number], *filter(None, [end])):
            closed = (pl.col(end) <= run.period.as_at).fill_null(value=False) if end else pl.lit(value=False)
            worker = pl.col(_WORKERS[number]).cast(pl.String).str.strip_chars().replace("", None)
            parts.append(
                run.rows(number)
                .filter(~closed)
                .select(
                    pl.lit(number, dtype=pl.Int64).alias("list"),
                    pl.col("person_id").cast(pl.String),
                    worker.alias("worker"),
                )
            )
    if not parts:
        return Unable("no list with an allocated worker is there")
    return _unallocated(pl.concat(parts))


def _unallocated(rows: pl.DataFrame) -> Looked:
    """Look at open rows: list, person_id, worker."""
    children = (
        rows.filter(pl.col("worker").is_null() & pl.col("person_id").is_not_null())
        .group_by("person_id")
        .agg(pl.col("list").unique().sort())
        .sort("person_id")
        .with_columns(pl.col("list").cast(pl.List(pl.String)).list.join(", ").alias("lists"))
    )
    answer = looked(
        children,
        pl.lit(value=True),
        pl.format(_UNALLOCATED, "lists"),
        list=pl.col("list").list.first(),
        child=pl.col("person_id"),
    )
    return Looked(rows["person_id"].n_unique(), answer.found)


@on_extract("AA-G25", reads=_READS, optional=tuple(_READS))
def allocated_to_nobody_real(run: ExtractRun, check: Definition) -> list[Looked | Unable]:
    """Open rows whose worker has left, has only involvements that have ended, or is a placeholder or a team."""
    rows = open_cases(run).filter(pl.col("worker").is_not_null())
    context = run.context
    placeholders = [word.strip().casefold() for word in check.words("placeholders")]
    words = [_folded("worker").is_in(placeholders), _folded("worker_name").is_in(placeholders)]
    a_team = ~pl.col("worker").is_in(_professionals(context)["id"].implode()) & _folded("worker").is_in(
        _team_names(context).implode()
    )
    gone = pl.col("worker").is_in(_left(context).implode()) | pl.col("worker").is_in(_done(context).implode())
    answer = looked(
        rows,
        pl.any_horizontal(*words, a_team, gone),
        _NOBODY_REAL,
        **_about_the_worker(run),
    )
    return _with_untested(run, answer)


def _about_the_worker(run: ExtractRun) -> dict[str, pl.Expr]:
    """Return the columns of a finding about the worker of rows of open_cases()."""
    headings = {
        number: run.built.lists[number].heading("recorded_worker" if number in _OWN_WORKER else "allocated_worker")
        for number in run.built.lists
    }
    return {
        "list": pl.col("list"),
        "child": pl.col("person_id"),
        "column": pl.col("list").replace_strict(headings, default=None, return_dtype=pl.String),
        "value": pl.col("worker_name"),
        "team": pl.col("team_name"),
        "worker": pl.col("worker_name"),
    }


def _folded(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars().str.to_lowercase()


def _team_names(context: Context) -> pl.Series:
    """Return identifiers and names of teams, in lower case."""
    teams = context.live("teams")
    return pl.concat([teams["team_id"], teams["name"]]).drop_nulls().str.strip_chars().str.to_lowercase().unique()


def _left(context: Context) -> pl.Series:
    """Return workers with a leaving date by A: identifiers, and names that nobody shares who is still there."""
    workers = context.live("workers")
    gone = workers.filter(pl.col("leave_date").is_not_null())
    there = workers.filter(pl.col("leave_date").is_null())
    names = gone.filter(~pl.col("name").is_in(there["name"].implode()))["name"]
    return pl.concat([gone["worker_id"], names]).drop_nulls().unique()


def _done(context: Context) -> pl.Series:
    """Return workers all of whose involvements, with any child, have ended."""
    rows = context.live("involvements").drop_nulls("professional_id")
    return (
        rows.group_by("professional_id")
        .agg(pl.col("end_date").is_not_null().all())
        .filter("end_date")["professional_id"]
    )


@on_extract(
    "AA-G26",
    reads={
        "professionals": ("professional_id", "registration_number"),
        "involvements": ("professional_id",),
        "cp_plans": ("end_date",),
        "care_episodes": ("end_date",),
    },
    optional=("cp_plans", "care_episodes"),
)
def allocated_to_unregistered(run: ExtractRun, check: Definition) -> Answer:
    """Open plans and children in care whose worker has no registration number, where most workers have one."""
    workers = _professionals(run.context)
    everybody = workers.unique("row")
    if not everybody.height or everybody["registered"].sum() < check.share("percent") * everybody.height:
        return Unable(f"fewer than {check.number('percent')}% of the workers have a registration number")
    by_id = workers.group_by("id").agg(pl.col("registered").any())
    rows = open_cases(run, (7, 8)).join(by_id, left_on="worker", right_on="id")
    return looked(
        rows,
        ~pl.col("registered"),
        _UNREGISTERED,
        **_about_the_worker(run),
    )


def _professionals(context: Context) -> pl.DataFrame:
    """Return row (of the worker), id (identifier or staff number) and registered: a row for each number of a worker."""
    told = context.live("workers").drop_nulls("registration_number")["worker_id"].implode()
    rows = context.live("professionals")
    numbers = ("professional_id", "staff_id")
    in_register = pl.any_horizontal(
        pl.col("registration_number").is_not_null(), *(pl.col(name).is_in(told) for name in numbers)
    )
    registered = in_register.fill_null(value=False).alias("registered")
    parts = [rows.select(pl.col(ROW).alias("row"), pl.col(name).alias("id"), registered) for name in numbers]
    return pl.concat(parts).drop_nulls("id")


def open_cases(run: ExtractRun, numbers: tuple[int, ...] = tuple(_SOURCES)) -> pl.DataFrame:
    """Rows of Lists 4 and 6 to 9 that are open at D and whose source names workers.

    Returns:
        list, person_id, team and worker (as the records name them), team_name and worker_name (as the lists do).
    """
    parts = [
        pl.DataFrame(
            schema={"list": pl.Int64}
            | dict.fromkeys(("person_id", "team", "worker", "team_name", "worker_name"), pl.String)
        )
    ]
    for number in numbers:
        built = run.lists[number]
        if not built.supplied or not run.has(*_SOURCES[number]):
            continue
        rows = built.rows.filter(~pl.col("ceased"))
        if number not in _OWN_WORKER:
            given = allocations(run.context, rows)
            rows = rows.drop("team", "worker", strict=False).join(given, on=ID, how="left", maintain_order="left")
        own = rows.select(
            pl.lit(number, dtype=pl.Int64).alias("list"),
            "person_id",
            "team",
            "worker",
            pl.col("team").alias("team_name"),
            pl.col("worker").alias("worker_name"),
        )
        parts.append(named(run.context, own, "team_name", "worker_name"))
    return pl.concat(parts)


def _with_untested(run: ExtractRun, answer: Looked) -> list[Looked | Unable]:
    """Add which lists could not be tested, because nothing says who works with their children."""
    lacking = {reason for table, column in _SOURCES.values() for reason in run.lacks(table, (column,))}
    tested = any(run.has(table, column) for table, column in _SOURCES.values())
    return [*([answer] if tested else []), *(Unable(reason) for reason in sorted(lacking))]
