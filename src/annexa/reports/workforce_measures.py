"""The measures of report 1.07 over any group of workers and posts: a team, a locality, the authority."""

from collections.abc import Sequence
from math import ceil
from typing import Any, Final, TypeAlias

import polars as pl

from annexa.reports.model import Cell, Count, Share, Stat
from annexa.reports.workers import BANDS, UNKNOWN_BAND

WORKING_DAYS: Final = 253  # of one full-time equivalent in a year, as the workforce census takes it
_DECIMALS: Final = 6  # so that the order in which FTEs are added up shows nowhere

AUTHORITY: Final = ""  # the group that is the whole authority

Line: TypeAlias = dict[str, Any]  # one row of sums()

_EMPLOYED, _PERMANENT, _QUALIFIED, _HELD = (pl.col(name) for name in ("employed", "permanent", "qualified", "held"))
_HOLDS: Final = _EMPLOYED & (_HELD > 0)

# Measure -> whom it counts; the headcount has this name, and the FTEs of those counted the same with _fte behind it.
GROUPS: Final[dict[str, pl.Expr]] = {
    "workers": _EMPLOYED,
    "in_post": _EMPLOYED & _PERMANENT,
    "agency": _EMPLOYED & ~_PERMANENT,
    "qualified": _EMPLOYED & _QUALIFIED,
    "qualified_permanent": _EMPLOYED & _QUALIFIED & _PERMANENT,
    "qualified_agency": _EMPLOYED & _QUALIFIED & ~_PERMANENT,
    "leavers": pl.col("leaver"),
    "starters": pl.col("starter"),
    "holders": _HOLDS,
    "qualified_holders": _HOLDS & _QUALIFIED,
    "over": _HOLDS & pl.col("over"),
    "absent": pl.col("absent") & _PERMANENT,
    **{band: _EMPLOYED & (pl.col("band") == band) for band in (*BANDS, UNKNOWN_BAND)},
}


def sums(people: pl.DataFrame, posts: pl.DataFrame, by: str, groups: Sequence[str]) -> dict[str, Line]:
    """Add up workers and posts.

    Args:
        people: workers.staff() with held (children at D), over (above the limit: true, false), absent (true, false)
            and sick_days (blank where none are recorded).
        posts: established_fte, vacant_fte.
        by: the column of both that names the group.
        groups: the groups, in the order of the answer; one without a row has 0 in everything.

    Returns:
        Group -> its sums. A team or locality that no row of posts names has blank posts; the authority then has 0.
        These are: for each of GROUPS the headcount, name_fte, and name_known (how many have an FTE); held;
        held_known and qualified_held_known (children of workers with an FTE); highest; sickness_days;
        established_fte and vacant_fte. A sum over people or posts of which none says anything is blank, never 0.
    """
    fte = pl.col("fte")
    known = _HOLDS & fte.is_not_null()
    of_people = people.group_by(by).agg(
        *(_number(condition.sum()).alias(name) for name, condition in GROUPS.items()),
        *(_number(fte.filter(condition).count()).alias(f"{name}_known") for name, condition in GROUPS.items()),
        *(_sum(fte, condition).alias(f"{name}_fte") for name, condition in GROUPS.items()),
        _sum(pl.col("sick_days"), GROUPS["absent"]).alias("sickness_days"),
        _number(_HELD.filter(_EMPLOYED).sum()).alias("held"),
        _number(_HELD.filter(known).sum()).alias("held_known"),
        _number(_HELD.filter(known & _QUALIFIED).sum()).alias("qualified_held_known"),
        _number(_HELD.filter(_EMPLOYED).max()).alias("highest"),
        pl.lit(value=True).alias("has_people"),
    )
    of_posts = posts.group_by(by).agg(
        _sum(pl.col("established_fte")).alias("established_fte"),
        _sum(pl.col("vacant_fte")).alias("vacant_fte"),
        pl.lit(value=True).alias("has_posts"),
    )
    frame = pl.DataFrame({by: groups}, schema={by: pl.String})
    none = pl.lit(0)
    posts_unsaid = pl.when(pl.col(by) == AUTHORITY).then(none)  # a team may have posts that the table does not have
    for part, there, otherwise in ((of_people, "has_people", none), (of_posts, "has_posts", posts_unsaid)):
        values = [name for name in part.columns if name not in (by, there)]
        frame = frame.join(part, on=by, how="left", maintain_order="left").with_columns(
            pl.when(there).then(name).otherwise(otherwise).alias(name) for name in values
        )
    return {line[by]: line for line in frame.iter_rows(named=True)}


def _number(value: pl.Expr) -> pl.Expr:
    return value.cast(pl.Int64)


def _sum(values: pl.Expr, condition: pl.Expr | None = None) -> pl.Expr:
    chosen = values if condition is None else values.filter(condition)
    return pl.when((chosen.len() == 0) | (chosen.count() > 0)).then(chosen.sum().round(_DECIMALS))


def measures(line: Line, place: str = "") -> dict[str, Cell]:
    """Return every measure of a group.

    Vacancy, agency, turnover, sickness and caseload are as the workforce census works them out (specification:
    reports, 1.07). A sum of FTEs is over those that have one; where nobody has, it and what follows from it are blank.

    Args:
        line: one of sums().
        place: the label of the team or locality; "" for the authority. It makes the names of the counts.
    """
    behind = f": {place}" if place else ""

    def count(name: str) -> Count:
        return Count(line[name], f"1.07 {name}{behind}")

    in_post, agency, leavers, absent = (count(name) for name in ("in_post", "agency", "leavers", "absent"))
    holders, held, over = count("holders"), count("held"), count("over")
    permanent, vacant, lost = line["in_post_fte"], line["vacant_fte"], line["sickness_days"]
    # Posts are no people: their number, in whole ones, says how much their FTEs are over.
    places = Count(ceil(max(line["established_fte"] or 0, vacant or 0)))
    return {
        **{name: count(name) for name in GROUPS},
        **{f"{name}_fte": Stat(line[f"{name}_fte"], count(name), "FTE", added=True) for name in GROUPS},
        "established_fte": Stat(line["established_fte"], places, "FTE", added=True),
        "vacant_fte": Stat(vacant, places, "FTE", (in_post,), added=True),
        "vacancy_rate": _rate(vacant, _plus(vacant, permanent), in_post),
        "agency_rate": _rate(
            line["agency_fte"], _plus(line["agency_fte"], permanent), count("workers"), agency, in_post
        ),
        "turnover": _rate(line["leavers_fte"], permanent, in_post, leavers),
        "sickness_days": Stat(lost, absent, "days", added=True),
        "sickness_rate": _rate(lost, None if permanent is None else permanent * WORKING_DAYS, in_post, absent),
        "held": held,
        "average": Stat(_over(line["held_known"], line["holders_fte"]), holders, "children per FTE", (held,)),
        "average_qualified": Stat(
            _over(line["qualified_held_known"], line["qualified_holders_fte"]),
            count("qualified_holders"),
            "children per FTE",
        ),
        "highest": Stat(float(line["highest"]) if holders.value else None, holders, "children", (held,)),
        "over_rate": Stat(_percent(over.value, holders.value), holders, "%", (over,)),
        "over_limit": Share(over, holders),
        "without_fte": Share(Count(line["workers"] - line["workers_known"]), count("workers")),
    }


def _rate(part: float | None, whole: float | None, base: Count, *of: Count) -> Stat:
    return Stat(_percent(part, whole), base, "%", of, part=part, whole=whole)


def _plus(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def _over(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else part / whole


def _percent(part: float | None, whole: float | None) -> float | None:
    return _over(None if part is None else 100 * part, whole)
