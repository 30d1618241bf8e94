"""The current status of a child, from the very rows of Lists 6 to 9, so that reports and lists cannot disagree."""

from typing import Final

import polars as pl

from annexa.reports.run import ReportRun

LOOKED_AFTER: Final = "looked after child"
CHILD_PROTECTION: Final = "child protection"
CHILD_IN_NEED: Final = "child in need"
OPEN_ASSESSMENT: Final = "child in need (open assessment)"
CARE_LEAVER: Final = "care leaver"
NONE: Final = "not receiving a statutory service"
SERVED: Final = (LOOKED_AFTER, CHILD_PROTECTION, CHILD_IN_NEED, OPEN_ASSESSMENT, CARE_LEAVER)
STATUSES: Final = (*SERVED, NONE)

# Case status of List 6 -> the status that it means.
_OF_LIST_6: Final = {
    "CLA": LOOKED_AFTER,
    "CP": CHILD_PROTECTION,
    "CIN": CHILD_IN_NEED,
    "ASSESSMENT": OPEN_ASSESSMENT,
}
_OF_LIST: Final = {8: LOOKED_AFTER, 7: CHILD_PROTECTION, 9: CARE_LEAVER}
# Status -> the list without which nothing tells of it. List 6 says who is looked after or on a plan from the very
# tables of Lists 8 and 7.
_TOLD_BY: Final = {LOOKED_AFTER: 8, CHILD_PROTECTION: 7, CHILD_IN_NEED: 6, OPEN_ASSESSMENT: 6, CARE_LEAVER: 9}


def statuses(run: ReportRun) -> pl.DataFrame:
    """Everybody who is open on Lists 6 to 9 at D, with the statuses that these lists give.

    Returns:
        person_id, one row each; status, the first of STATUSES that applies; all_statuses, every one that applies, in
        that order with "; " between. A child with an open assessment alone is a child in need, and says so.
    """
    return run.once(_statuses)


def _statuses(run: ReportRun) -> pl.DataFrame:
    parts = [
        run.open_rows(number).select("person_id", pl.lit(status).alias("status"))
        for number, status in _OF_LIST.items()
        if run.listed(number)
    ]
    if run.listed(6):
        cases = run.open_rows(6).join(run.column(6, "case_status"), on="_id")
        meaning = pl.col("case_status").replace_strict(_OF_LIST_6, default=None, return_dtype=pl.String)
        parts.append(cases.select("person_id", meaning.alias("status")))
    found = pl.concat([pl.DataFrame(schema={"person_id": pl.String, "status": pl.String}), *parts]).drop_nulls()
    rank = pl.col("status").replace_strict(
        {status: place for place, status in enumerate(STATUSES)}, return_dtype=pl.Int8
    )
    return (
        found.unique()
        .sort("person_id", rank)
        .group_by("person_id", maintain_order=True)
        .agg(pl.col("status").first(), pl.col("status").str.join("; ").alias("all_statuses"))
    )


def with_status(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Add `status` and `all_statuses` to rows with person_id; for a child on none of the lists both are without()."""
    joined = rows.join(statuses(run), on="person_id", how="left", maintain_order="left")
    return joined.with_columns(pl.col("status", "all_statuses").fill_null(without(run)))


def without(run: ReportRun) -> str:
    """The status of a child who is on none of the lists.

    "Not receiving a statutory service" can be said only where all four lists were supplied. Of a child on none of those
    that were, another one could tell.
    """
    absent = _absent(run)
    return f"not known ({absent} not supplied)" if absent else NONE


def told(run: ReportRun, status: str) -> bool:
    """Whether the extract can tell who has a status: where it cannot, there is no number of them, and not 0."""
    return run.listed(_TOLD_BY[status])


def status_note(run: ReportRun) -> list[str]:
    """Say which of Lists 6 to 9 were not supplied, so that nobody takes their absence for "no service"."""
    absent = _absent(run)
    return [f"Current status is without {absent}, which the extract does not supply."] if absent else []


def _absent(run: ReportRun) -> str:
    numbers = [str(number) for number in (6, 7, 8, 9) if not run.listed(number)]
    return f"List {', '.join(numbers)}" if numbers else ""
