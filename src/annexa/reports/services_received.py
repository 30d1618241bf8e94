"""The services that a child receives at the inspection date, who works with the child, and where the child is placed.

All from the rows of Lists 6 to 9 that are open at D, and from the early help that List 2 shows.
"""

from typing import Final

import polars as pl

from annexa.lists.early_help import helped_children
from annexa.lists.staff import allocations, named
from annexa.reports.model import NOT_SUPPLIED, Cell, Count, Grid
from annexa.reports.run import ReportRun
from annexa.reports.staff import with_worker
from annexa.reports.status import (
    CARE_LEAVER,
    CHILD_IN_NEED,
    CHILD_PROTECTION,
    LOOKED_AFTER,
    OPEN_ASSESSMENT,
    SERVED,
    statuses,
    told,
    without,
)

EARLY_HELP: Final = "early help"
AS_RECORDED: Final = "another service, as recorded"
NO_SERVICE: Final = "no service supplied"
SERVICE_NOT_SUPPLIED: Final = NOT_SUPPLIED.value

# Status -> the service that goes with it, in the order in which services are named.
_SERVICE_OF: Final = {
    CHILD_IN_NEED: "child in need",
    OPEN_ASSESSMENT: "child in need (open assessment)",
    CHILD_PROTECTION: "child protection",
    LOOKED_AFTER: "looked after",
    CARE_LEAVER: "leaving care",
}
SERVICES: Final = (EARLY_HELP, *_SERVICE_OF.values())


def open_services(run: ReportRun) -> pl.DataFrame:
    """The services open at D: person_id and service, one row for each pair, in the order of SERVICES for each child.

    Early help is an open episode; an early help assessment alone is not a service yet.
    """
    return run.once(_open_services)


def _open_services(run: ReportRun) -> pl.DataFrame:
    over = pl.col("ended")
    helped = helped_children(run.context, "early_help_episodes").filter(over.is_null() | (over > run.period.as_at))
    listed = (
        statuses(run).select("person_id", pl.col("all_statuses").str.split("; ").alias("service")).explode("service")
    )
    together = pl.concat(
        [
            helped.select("person_id", pl.lit(EARLY_HELP).alias("service")),
            listed.with_columns(pl.col("service").replace_strict(_SERVICE_OF, return_dtype=pl.String)),
        ]
    ).unique()
    place = {service: number for number, service in enumerate(SERVICES)}
    return together.sort("person_id", pl.col("service").replace_strict(place, return_dtype=pl.Int8))


def with_services(run: ReportRun, rows: pl.DataFrame, named_elsewhere: pl.DataFrame) -> pl.DataFrame:
    """Add `services` and `services_named` to rows with person_id.

    Args:
        run: the run.
        rows: one row a child.
        named_elsewhere: person_id, text: services that a report's own table names; they follow the open ones.

    Returns:
        `rows` with services (all of a child's with "; " between; "not supplied" where there is none) and
        services_named (the text).
    """
    texts = open_services(run).group_by("person_id", maintain_order=True).agg(pl.col("service").str.join("; "))
    joined = rows.join(texts, on="person_id", how="left", maintain_order="left").join(
        named_elsewhere.select("person_id", services_named="text"), on="person_id", how="left", maintain_order="left"
    )
    both = pl.concat_str("service", "services_named", separator="; ", ignore_nulls=True)
    has = pl.col("service").is_not_null() | pl.col("services_named").is_not_null()
    return joined.with_columns(pl.when(has).then(both).otherwise(pl.lit(SERVICE_NOT_SUPPLIED)).alias("services")).drop(
        "service"
    )


def services_grid(run: ReportRun, key: str, rows: pl.DataFrame, total_name: str, *, named_supplied: bool) -> Grid:
    """Count children by the services they receive: one with two services stands in two lines.

    Args:
        run: the run.
        key: of the grid.
        rows: of with_services().
        total_name: name of the total's count.
        named_supplied: whether the source has the column of the text.
    """
    found = dict(
        open_services(run).join(rows.select("person_id"), on="person_id").group_by("service").len().iter_rows()
    )
    known = {EARLY_HELP: run.has("early_help_episodes")}
    known |= {service: told(run, status) for status, service in _SERVICE_OF.items()}
    lines: list[tuple[str, tuple[Cell, ...]]] = [
        (each, (Count(found.get(each, 0), service_name(each)) if known[each] else NOT_SUPPLIED,)) for each in SERVICES
    ]
    texts = Count(rows["services_named"].count(), service_name(AS_RECORDED))
    nothing = Count(rows.filter(pl.col("services") == SERVICE_NOT_SUPPLIED).height, service_name(NO_SERVICE))
    lines += [(AS_RECORDED, (texts if named_supplied else NOT_SUPPLIED,)), (NO_SERVICE, (nothing,))]
    return Grid(key, ("Children",), tuple(lines), (Count(rows.height, total_name),))


def status_grid(run: ReportRun, key: str, rows: pl.DataFrame, total_name: str) -> Grid:
    """Count children by current status; one that the extract cannot tell is "not supplied", never 0.

    Args:
        run: the run.
        key: of the grid.
        rows: one row a child, with status.
        total_name: name of the total's count.
    """
    found = dict(rows.group_by("status").len().iter_rows())
    none = without(run)
    lines = tuple(
        (each, (Count(found.get(each, 0), status_name(each)) if each == none or told(run, each) else NOT_SUPPLIED,))
        for each in (*SERVED, none)
    )
    return Grid(key, ("Children",), lines, (Count(rows.height, total_name),), frozenset({"Children"}))


def status_name(status: str) -> str:
    """Name of the count of children with a current status."""
    return f"2.02 current status: {status}"


def service_name(service: str) -> str:
    """Name of the count of children who receive a service.

    Looked after goes before every other status, so that the children who are looked after are one number, not two.
    """
    return status_name(LOOKED_AFTER) if service == _SERVICE_OF[LOOKED_AFTER] else f"2.02 service: {service}"


def services_within(run: ReportRun, total_name: str) -> list[tuple[str, str]]:
    """Which counts of the two grids are of some of the children that another one counts, by name.

    Whoever has a current status receives the service that goes with it, beside a status that goes before it too; who
    receives none has no status.
    """
    pairs = [
        (status_name(status), service_name(service))
        for status, service in _SERVICE_OF.items()
        if status != LOOKED_AFTER
    ]
    pairs += [(service_name(service), total_name) for service in (*SERVICES, AS_RECORDED)]
    return [*pairs, (service_name(NO_SERVICE), status_name(without(run)))]


def with_allocated(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Add team, worker_id and worker_name to rows with person_id: who is allocated on the child's open list.

    Of Lists 8, 7, 6 and 9 the first that has the child and names somebody counts. The team is named as on the list, the
    worker as in staff.with_worker: a name never stands in worker_id.
    """
    people = with_worker(run, named(run.context, run.once(_allocated), "team", "")).drop("worker")
    return rows.join(people, on="person_id", how="left", maintain_order="left")


def _allocated(run: ReportRun) -> pl.DataFrame:
    """Team and worker of everybody who is open on Lists 6 to 9, as the records name them: one row a person."""
    parts = [
        allocations(run.context, rows)
        .join(rows.select("_id", "person_id"), on="_id")
        .select("person_id", "team", "worker")
        for rows in (run.open_rows(number) for number in (8, 7, 6) if run.listed(number))
    ]
    if run.listed(9):
        parts.append(run.open_rows(9).select("person_id", "team", "worker"))
    empty = pl.DataFrame(schema=dict.fromkeys(("person_id", "team", "worker"), pl.String))
    together = pl.concat([empty, *parts]).filter(pl.col("team").is_not_null() | pl.col("worker").is_not_null())
    return together.unique("person_id", keep="first", maintain_order=True)


def with_placement_authority(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Add placement_la to rows with person_id: what List 8 says of a child who is looked after at D."""
    if not run.listed(8):
        return rows.with_columns(pl.lit(None, dtype=pl.String).alias("placement_la"))
    placed = run.open_rows(8).select("_id", "person_id").join(run.column(8, "la_of_placement"), on="_id")
    return rows.join(
        placed.select("person_id", placement_la="la_of_placement"), on="person_id", how="left", maintain_order="left"
    )
