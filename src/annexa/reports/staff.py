"""Workers in the rows of reports: by identifier, and by name only in a column of names (specification: reports, 4)."""

from typing import Final

import polars as pl

from annexa.reports.run import ReportRun

# Record -> the fields that identify a worker, in the order in which they are tried.
_STAFF: Final = (("professionals", "professional_id"), ("professionals", "staff_id"), ("workers", "worker_id"))


def with_worker(run: ReportRun, rows: pl.DataFrame, column: str = "worker") -> pl.DataFrame:
    """Add worker_id and worker_name (String) to rows whose `column` holds an identifier or a plain name.

    An identifier stays as it is. A name that the staff tables give to one worker becomes that worker's identifier. What
    they do not know is an identifier where it has a digit, and else a name, which stands in no column of identifiers.
    """
    coded = pl.col(column).str.contains("[0-9]")
    known = run.once(_workers)
    joined = rows.join(known, left_on=column, right_on="given", how="left", maintain_order="left")
    return joined.with_columns(
        pl.coalesce("worker_id", pl.when(pl.col("worker_name").is_null() & coded).then(column)),
        pl.coalesce("worker_name", pl.when(~coded).then(column)),
    )


def report_unknown_staff(run: ReportRun, record: str, worker: str = "worker", team: str = "team") -> None:
    """Add a finding for each of the two columns of a report's table whose staff are not all known (AA-R45).

    Told only where a table of such staff is supplied, once a column with the number of workers or teams. A column that
    a check of the lists looks at already is left out by giving "".
    """
    teams = run.rows("teams")
    known = {
        worker: (("professionals", "workers"), run.once(_workers)["given"], "workers"),
        team: (("teams",), pl.concat([teams["team_id"], teams["name"]]), "teams"),
    }
    table = run.context.tables[record]
    for column, (sources, texts, what) in known.items():
        if not column:
            continue
        given = run.rows(record)[column].drop_nulls().unique()
        number = int((~given.is_in(texts.drop_nulls().implode())).sum())
        if number and any(map(run.has, sources)):
            run.context.findings.add(
                "AA-R45",
                f"{table.source}: {what} that are not in the staff tables: {number}.",
                table=table.source,
                file=table.file,
                column=column,
            )


def _workers(run: ReportRun) -> pl.DataFrame:
    """Every text that names a worker: given; worker_id, null for a name that two workers have; worker_name."""
    by_id = pl.concat(
        run.rows(record).select(
            pl.col(key).alias("given"),
            pl.col(key).alias("worker_id"),
            pl.col("name").alias("worker_name"),
            pl.lit(rank).alias("rank"),
        )
        for rank, (record, key) in enumerate(_STAFF)
    )
    by_id = (
        by_id.drop_nulls("given")
        .sort("given", "rank", "worker_name", nulls_last=True)
        .unique("given", keep="first", maintain_order=True)
        .drop("rank")
    )
    only = pl.when(pl.col("worker_id").n_unique() == 1).then(pl.col("worker_id").first())
    by_name = (
        pl.concat(
            run.rows(record).select(pl.col("name").alias("given"), pl.coalesce(*keys).alias("worker_id"))
            for record, keys in (("professionals", ("professional_id", "staff_id")), ("workers", ("worker_id",)))
        )
        .drop_nulls()
        .group_by("given")
        .agg(only.alias("worker_id"))
        .with_columns(pl.col("given").alias("worker_name"))
        .join(by_id, on="given", how="anti")
        .sort("given")
    )
    return pl.concat([by_id, by_name])
