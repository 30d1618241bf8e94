"""Checks of List 8: whether the placements of a period of care fit together."""

import polars as pl

from annexa.checks.care_rows import EPISODES, PLACEMENTS, care_without_short_breaks, children_listed, together
from annexa.checks.catalogue import Definition
from annexa.checks.registry import Looked, on_extract
from annexa.checks.runs import ExtractRun
from annexa.extract.tables import ROW
from annexa.lists.placements import TEMPORARY, of_period, placements_in_order
from annexa.lists.runs import begins, day_number

_READS = {EPISODES: ("start_date", "end_date"), PLACEMENTS: ("placement_type", "start_date", "end_date")}


@on_extract("AA-827", reads=_READS)
def temporary_at_the_edge(run: ExtractRun, check: Definition) -> Looked:
    """A temporary placement with which a period of care begins, or with which one ended.

    Of placements that begin, or end, on one day the one that is not temporary counts.
    """
    rows = _of_periods(run).with_columns(_temporary().alias("_temporary"))
    first = rows.sort("period", "begin", "_temporary", maintain_order=True).unique("period", keep="first")
    ended = rows.filter(~pl.col("is_open"))
    last = ended.sort("period", "finish", ~pl.col("_temporary"), maintain_order=True).unique("period", keep="last")
    edges = pl.concat([first, last]).unique(ROW).sort(ROW)
    message = "A period of care cannot start or end with a temporary placement."
    return run.looked(check, PLACEMENTS, edges, pl.col("_temporary"), message, column="placement_type")


@on_extract("AA-835", reads=_READS)
def placements_do_not_fit(run: ExtractRun, check: Definition) -> tuple[Looked, ...]:
    """An open period without a placement at D; two placements on one day; a day between two of a period with none.

    Beside what building the periods finds: an episode without an end that another one follows. A placement that ends on
    the day on which the next one begins shares no day with it. Temporary placements may lie within another one.
    """
    children = children_listed(run).filter("is_open")
    in_force = run.rows(PLACEMENTS).filter(run.period.open_at(pl.col("start_date"), pl.col("end_date")))
    unplaced = ~pl.col("person_id").is_in(in_force["person_id"].unique().implode())
    ended = children.filter(pl.col("placement_row").is_not_null()).with_columns(pl.col("placement_row").alias(ROW))
    end = pl.col("placement_end").cast(pl.String)
    never = children.filter(pl.col("placement_row").is_null())

    rows = _of_periods(run)
    begin, finish = day_number(pl.col("begin")), day_number(pl.col("finish"))
    followed = pl.col("period") == pl.col("period").shift(1)
    lasting = rows.filter(~_temporary())
    found = {
        _GAP: rows.filter(begins(["period"], begin, finish + 1) & followed)[ROW].implode(),
        _SHARED: lasting.filter(~begins(["period"], begin, finish - 1))[ROW].implode(),
    }
    placements = rows.unique(ROW, maintain_order=True)
    pairs = (
        run.looked(check, PLACEMENTS, placements, pl.col(ROW).is_in(each), message, column="start_date")
        for message, each in found.items()
    )
    return (
        run.looked(check, PLACEMENTS, ended, unplaced, _NONE, column="end_date", value=end),
        run.looked(check, EPISODES, never, unplaced, _NONE),
        together(placements.height, *pairs),
    )


_NONE = "The child is in care, and no placement is in force."
_GAP = "There is a day without a placement before this one."
_SHARED = "Another placement that is not temporary was still in force when this one began."


def _temporary() -> pl.Expr:
    return pl.col("placement_type").is_in(TEMPORARY).fill_null(value=False)


def _of_periods(run: ExtractRun) -> pl.DataFrame:
    """Return the placements of each period of care, by period and in order, with its columns period and is_open."""
    periods = care_without_short_breaks(run).select("person_id", "period", "is_open", "first_day", "last_day")
    pairs = placements_in_order(run.context).join(periods, on="person_id", maintain_order="left")
    return pairs.filter(of_period()).sort("period", "begin", "finish", maintain_order=True)
