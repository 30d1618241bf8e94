"""1.07: the workforce: who is in post, vacancies, agency staff, turnover, sickness, experience and caseloads."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from annexa.lists.orders import id_order
from annexa.records import UNREADABLE
from annexa.reports.caseloads import HELD, LEFT, NOBODY, SHARED, UNKNOWN, case_notes, cases, lists_with_workers
from annexa.reports.model import NOT_SUPPLIED, Cell, Content, Count, Grid
from annexa.reports.numbers import NOT_RECORDED, yes_no
from annexa.reports.run import ReportRun, report
from annexa.reports.small_teams import complete, in_order, locality_lines, team_lines
from annexa.reports.spec import report_specs
from annexa.reports.workers import BANDS, UNKNOWN_BAND, WORKERS, posts, sickness, source, staff
from annexa.reports.workforce_measures import AUTHORITY, measures, sums
from annexa.reports.workforce_notes import counted_notes, excluded, workforce_notes

ITEM: Final = "1.07"
TOTAL_ONLY: Final = "total only"
ALL_BANDS: Final = (*BANDS, UNKNOWN_BAND)

# Headings of the tables by team and by locality, and the measure that each shows.
COLUMNS: Final = {
    "Established FTE": "established_fte",
    "In post, permanent: headcount": "in_post",
    "In post, permanent: FTE": "in_post_fte",
    "Qualified, permanent: headcount": "qualified_permanent",
    "Qualified, permanent: FTE": "qualified_permanent_fte",
    "Qualified, agency: headcount": "qualified_agency",
    "Qualified, agency: FTE": "qualified_agency_fte",
    "Vacant FTE": "vacant_fte",
    "Vacancy %": "vacancy_rate",
    "Agency: headcount": "agency",
    "Agency: FTE": "agency_fte",
    "Agency %": "agency_rate",
    "Leavers: headcount": "leavers",
    "Leavers: FTE": "leavers_fte",
    "Turnover %": "turnover",
    "Starters: headcount": "starters",
    "Starters: FTE": "starters_fte",
    "Workers off sick": "absent",
    "Sickness days": "sickness_days",
    "Sickness %": "sickness_rate",
    "Workers holding cases": "holders",
    "Children held": "held",
    "Average caseload": "average",
    "Highest caseload": "highest",
    "Workers over the limit": "over",
    "Over the limit %": "over_rate",
}
EXPERIENCE: Final = {f"Experience {band}": band for band in ALL_BANDS}
# What is for the total only where a line has few in post; and what gives it away: who was off sick, and the FTE of
# leavers, which stands beside that of those in post.
_WITHHELD: Final = ("absent", "sickness_days", "sickness_rate", "leavers_fte", "turnover", "average", "highest")
_OF_CASES: Final = (
    "holders", "holders_fte", "held", "average", "average_qualified", "highest", "over", "over_rate", "over_limit",
)  # fmt: skip
_OF_THE_LIMIT: Final = ("over", "over_rate", "over_limit")
# Figure -> the children of cases() that it counts.
_STATES: Final = {
    "held": HELD,
    "held_left": LEFT,
    "held_unknown": UNKNOWN,
    "held_shared": SHARED,
    "held_nobody": NOBODY,
}


@report(ITEM)
def workforce(run: ReportRun) -> Content:
    """The workforce at D and over the twelve months, for the authority, by team and by locality; a row a worker.

    The formulas are those of the workforce census, see workforce_measures. Small teams and localities are merged, see
    small_teams. A version for wider sharing has neither the table by locality nor experience by team: what they have in
    common with the table by team could give a hidden count away.
    """
    people, vacancies, unsaid = _people(run), posts(run), _unsaid(run)
    whole = pl.lit(AUTHORITY).alias("line")
    (total,) = sums(people.with_columns(whole), vacancies.with_columns(whole), "line", [AUTHORITY]).values()
    numbers = measures(total)
    grids = [_teams(run, people, vacancies, numbers), _experience(people), _case_grid(run)]
    if not run.settings.suppress:
        grids.insert(1, _localities(run, people, vacancies, numbers))
    return Content(
        figures={**numbers, **_case_figures(run), **unsaid},
        sheets={"workers": _sheet(run, people)},
        grids=[each for each in grids if each is not None],
        notes=[*workforce_notes(run), *case_notes(run)],
        counted=counted_notes(run, people, total),
        excluded=excluded(run, people),
        definitions=_definitions(run),
        sums=[
            ("workers", ("in_post", "agency")),
            ("qualified", ("qualified_permanent", "qualified_agency")),
            ("children_open", tuple(_STATES)),
        ],
        within=[("strangers", "held_unknown"), ("holders", "workers"), ("holders", "held")],
    )


def _people(run: ReportRun) -> pl.DataFrame:
    """Return staff() with held, over, absent and sick_days, and `counted`: in some number of the report, or a row."""
    held = cases(run).drop_nulls("worker").group_by("worker").agg(pl.len().cast(pl.Int64).alias("held"))
    lost = pl.col("lost")
    sick = (
        sickness(run)
        .filter("inside")
        .drop_nulls("worker")
        .group_by("worker")
        .agg(pl.when(lost.count() > 0).then(lost.sum()).alias("sick_days"), pl.lit(value=True).alias("absent"))
    )
    limit = run.settings.caseload_limit
    over = pl.lit(value=False) if limit is None else pl.col("held") > limit
    employed_in_the_year = pl.col("employed") | pl.col("leaver") | pl.col("starter")
    return (
        staff(run)
        .join(held, on="worker", how="left", maintain_order="left")
        .join(sick, on="worker", how="left", maintain_order="left")
        .with_columns(pl.col("held").fill_null(0), pl.col("absent").fill_null(value=False))
        .with_columns(
            over.alias("over"),
            (employed_in_the_year | (pl.col("held") > 0) | (pl.col("absent") & pl.col("permanent"))).alias("counted"),
        )
    )


# --- what can be said ---


def _unsaid(run: ReportRun) -> dict[str, Cell]:
    """Return the measures for which the input was not supplied, and as blanks those of a limit that is not set."""
    spec = report_specs()[ITEM]
    needs = {each.key: each.needs for each in spec.figures}
    (experience,) = [each.needs for each in spec.grids if each.key == "experience"]
    needs |= dict.fromkeys(_OF_THE_LIMIT, needs["over_limit"]) | dict.fromkeys(ALL_BANDS, experience)
    found: dict[str, Cell] = {}
    if run.settings.caseload_limit is None:
        found |= dict.fromkeys(_OF_THE_LIMIT)
    if not lists_with_workers(run):
        found |= dict.fromkeys((*_OF_CASES, *_STATES, "children_open", "strangers"), NOT_SUPPLIED)
    return found | {key: NOT_SUPPLIED for key, entries in needs.items() if not all(map(run.supplies, entries))}


def _case_figures(run: ReportRun) -> dict[str, Cell]:
    """Return whose the children are who are open on the lists: all of them, and by what is known of their worker."""
    found = cases(run)
    strangers = found.filter(pl.col("state") == UNKNOWN)["shown"].n_unique()
    return {
        "children_open": Count(found.height, "1.07 children_open"),
        **{key: _in_state(found, key) for key in _STATES},
        "strangers": Count(strangers),
    }


def _in_state(found: pl.DataFrame, key: str) -> Count:
    return Count(found.filter(pl.col("state") == _STATES[key]).height, f"1.07 {key}")


def _definitions(run: ReportRun) -> dict[str, str]:
    if source(run) == WORKERS:
        return {}
    table = run.context.tables[source(run)].source
    of = f"in {table}, which says neither who is still employed nor who is an agency's"
    return {
        "workers": f"Everyone {of}.",
        "workers_fte": f"Full-time equivalents of everyone {of}. A worker without one is left out, not counted as 0.",
        "qualified": f"Those with a registration number, or a role that the settings name, {of}.",
        "qualified_fte": f"Full-time equivalents of those with a registration number, or such a role, {of}.",
    }


# --- tables ---


def _teams(run: ReportRun, people: pl.DataFrame, vacancies: pl.DataFrame, total: Mapping[str, Cell]) -> Grid:
    counted = people.filter("counted")
    places = pl.concat([rows.select("team", "locality") for rows in (counted, vacancies)])
    lines = team_lines(_sizes(run, counted, vacancies, "team"), places)
    columns = COLUMNS if run.settings.suppress else COLUMNS | EXPERIENCE
    return _grid(run, "teams", lines, counted, vacancies, total, columns)


def _localities(run: ReportRun, people: pl.DataFrame, vacancies: pl.DataFrame, total: Mapping[str, Cell]) -> Grid:
    counted = people.filter("counted")
    lines = locality_lines(_sizes(run, counted, vacancies, "locality"))
    return _grid(run, "localities", lines, counted, vacancies, total, COLUMNS | EXPERIENCE)


def _sizes(run: ReportRun, counted: pl.DataFrame, vacancies: pl.DataFrame, by: str) -> pl.DataFrame:
    """Return `by` and fte in post of each row; a head is one where the extract has no FTEs at all."""
    full_time = pl.col("fte") if run.has(WORKERS, "fte") else pl.lit(1.0)
    in_post = pl.when(pl.col("employed") & pl.col("permanent")).then(full_time).fill_null(0.0)
    return pl.concat([counted.select(by, in_post.alias("fte")), vacancies.select(by, pl.lit(0.0).alias("fte"))])


def _grid(
    run: ReportRun,
    key: str,
    lines: pl.DataFrame,
    people: pl.DataFrame,
    vacancies: pl.DataFrame,
    total: Mapping[str, Cell],
    columns: Mapping[str, str],
) -> Grid:
    """Make the table of the lines that small_teams gave; its first column is what they are lines of."""
    by, unsaid = lines.columns[0], _unsaid(run)
    workers, places = (
        rows.with_columns(pl.col(by).fill_null(NOT_RECORDED)).join(
            lines.select(by, "line"), on=by, how="left", maintain_order="left"
        )
        for rows in (people, vacancies)
    )
    withheld: dict[str, Cell] = {} if complete(lines) else dict.fromkeys(_WITHHELD, TOTAL_ONLY)

    def cells(numbers: Mapping[str, Cell], changes: Mapping[str, Cell]) -> tuple[Cell, ...]:
        shown = {**numbers, **changes, **unsaid}
        return tuple(shown[each] for each in columns.values())

    added = sums(workers, places, "line", in_order(lines))
    # Headcounts add up; so do FTEs, but for the rounding of each.
    adds = frozenset(heading for heading, each in columns.items() if isinstance(total[each], Count))
    return Grid(
        key,
        tuple(columns),
        tuple((name, cells(measures(line, f"{key}, {name}"), withheld)) for name, line in added.items()),
        cells(total, {}),
        adds,
    )


def _experience(people: pl.DataFrame) -> Grid:
    """Count the qualified workers at D by their experience, permanent and agency."""
    found = people.filter(pl.col("employed") & pl.col("qualified"))
    permanent = {True: "qualified_permanent", False: "qualified_agency"}

    def cells(rows: pl.DataFrame, names: Mapping[bool, str], name: str) -> tuple[Cell, ...]:
        kinds = (Count(rows.filter(pl.col("permanent") == each).height, names[each]) for each in permanent)
        return (*kinds, Count(rows.height, f"1.07 {name}"))

    lines = (
        (band, cells(found.filter(pl.col("band") == band), dict.fromkeys(permanent, ""), band)) for band in ALL_BANDS
    )
    total = cells(found, {each: f"1.07 {name}" for each, name in permanent.items()}, "qualified")
    headings = ("Permanent", "Agency", "All")
    return Grid("experience", headings, tuple(lines), total, frozenset(headings), across=True)


def _case_grid(run: ReportRun) -> Grid | None:
    if not lists_with_workers(run):
        return None
    found = cases(run)
    lines = tuple((state, (_in_state(found, key),)) for key, state in _STATES.items())
    total = (Count(found.height, "1.07 children_open"),)
    return Grid("cases", ("Children",), lines, total, frozenset({"Children"}))


def _sheet(run: ReportRun, people: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each worker who is in some number, by team and identifier."""
    limit = run.settings.caseload_limit is not None
    has_lists = bool(lists_with_workers(run))
    return (
        people.filter("counted")
        .sort("team", pl.col("worker_id").is_null(), *id_order(pl.col("worker_id")), "worker", nulls_last=True)
        .with_columns(
            yes_no(pl.col("qualified")).alias("qualified"),
            pl.when(pl.col("agency") != UNREADABLE).then("agency").alias("agency"),
            pl.when(has_lists).then("held").alias("held"),
            pl.when(limit & has_lists).then(yes_no(pl.col("over"))).alias("over"),
        )
        .select(
            "worker_id", "name", "team", "locality", "role", "qualified", "agency", "fte", "start_date", "leave_date",
            "band", "held", "over",
        )
    )  # fmt: skip
