"""3.07: attainment, progress, attendance, exclusion, and education, employment and training after school."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from annexa.reports.ehcp import ehcp_note, ehcp_supplied
from annexa.reports.leaver_bands import (
    ACTIVITY,
    ACTIVITY_RATES,
    COUNTED,
    bands,
    counts_grid,
    leavers,
    rate,
    rates_grid,
    unsupplied,
)
from annexa.reports.looked_after import LOOKED_AFTER_AT_D, TWELVE_MONTHS_AT_D, without_start
from annexa.reports.model import NOT_SUPPLIED, SMALL_BASE, Cell, Content, Count, Grid, Share, Stat
from annexa.reports.numbers import NOT_RECORDED, yes_no
from annexa.reports.pupils import (
    GOOD_GRADES,
    GRADES,
    in_no_number,
    in_words,
    latest_year,
    not_on_roll,
    plan_window,
    pupils,
    results,
    school_year_now,
)
from annexa.reports.run import ReportRun, report

TABLES: Final = ("virtual_school", "attendance", "attainment")
_RESULTS: Final = (
    "Pupils with a result",
    "At the expected level",
    "At the expected level, %",
    "Pupils with a progress score",
    "Mean progress score",
)
_DATED: Final = pl.col("start_date").is_not_null()
NO_PLAN: Final = "no plan recorded"
GOOD: Final = "Good or outstanding"
_GRADES: Final = {GOOD: GOOD_GRADES, "Requires improvement": ("3",), "Inadequate": ("4",)}


@dataclass(frozen=True)
class Cohort:
    """Whom numbers are about.

    Args:
        ending: of the keys of the figures.
        name: of its count.
        rows: of pupils().
    """

    ending: str
    name: str
    rows: pl.DataFrame

    @property
    def heading(self) -> str:
        """Its name at the head of a column."""
        return self.name[0].upper() + self.name[1:].removesuffix(" at D")

    def count(self, flag: pl.Expr, what: str = "") -> Count:
        """Count the children of whom an expression is true; a blank is not. `what` names a count printed again."""
        return Count(self.rows.filter(flag).height, f"3.07 {self.name}: {what}" if what else "")

    def share(self, flag: pl.Expr, what: str, whole: Count) -> Share:
        """Return the children of whom an expression is true as a share; of a few children the counts only."""
        return Share(self.count(flag, what), whole, counts_only=True)

    @property
    def size(self) -> Count:
        """The children of the cohort."""
        return Count(self.rows.height, self.name)


@report("3.07")
def virtual_school(run: ReportRun) -> Content:
    """How looked-after children do at school, and what they and care leavers do after it.

    Each table is read for its latest school year begun by D, so that results of last summer stand beside the
    attendance of this year. Shares and means over fewer than SMALL_BASE children are left blank.
    """
    rows = pupils(run)
    cohorts = (
        Cohort("", LOOKED_AFTER_AT_D, rows),
        Cohort("_12", TWELVE_MONTHS_AT_D, rows.filter("twelve_months")),
    )
    figures = _periods(run) | _after_school(run, cohorts[0])
    for cohort in cohorts:
        figures |= _figures(run, cohort)
    return Content(
        figures=figures,
        grids=[
            _quality_grid(cohorts),
            _grid(cohorts, "schools", _school_lines(), _graded),
            _results_grid(run, cohorts),
            _after_school_grid(cohorts[0]),
            *_care_leaver_grids(run),
        ],
        sheets={"pupils": _pupil_sheet(rows), "pupil_results": _result_sheet(run)},
        excluded=in_no_number(run),
        notes=[*_year_notes(run), *ehcp_note(run)],
        counted=without_start(run),
        within=_within(cohorts, figures),
    )


# --- figures ---


def _periods(run: ReportRun) -> dict[str, Cell]:
    """The school year of each table, and the days in which a plan counts."""
    window = plan_window(run)
    years: dict[str, Cell] = {f"{record}_year": in_words(latest_year(run, record)) for record in TABLES}
    return years | {"plan_period": f"{window.start:%d/%m/%Y} to {window.end:%d/%m/%Y}"}


def _on_roll(cohort: Cohort) -> Count:
    return cohort.count(pl.col("on_roll"), "pupils of the virtual school")


def _graded(cohort: Cohort) -> Count:
    return cohort.count(pl.col("grade").is_not_null(), "school with a grade")


def _figures(run: ReportRun, cohort: Cohort) -> dict[str, Cell]:
    on_roll, attending = _on_roll(cohort), pl.col("attendance").is_not_null()
    with_attendance = cohort.count(attending, "attendance recorded")
    possible, attended = (int(cohort.rows[name].sum()) for name in ("possible", "attended"))
    enough = with_attendance.value >= SMALL_BASE
    suspended = cohort.rows["suspended"].drop_nulls()
    figures: dict[str, Cell] = {
        "looked_after": cohort.size,
        "on_roll": Share(on_roll, cohort.size, counts_only=True),
        "not_on_roll": Count(not_on_roll(cohort.rows).height),
        "plan": cohort.share(pl.col("on_roll") & pl.col("pep_in_term"), "plan in the term", on_roll),
        "school": cohort.share(pl.col("grade").is_in(GOOD_GRADES), GOOD, _graded(cohort)),
        "with_attendance": with_attendance,
        # Over few children the sessions would give the rate away.
        "attendance": Stat(100 * attended / possible, with_attendance, "%", part=attended, whole=possible)
        if enough
        else Stat(None, with_attendance, "%"),
        "persistent": cohort.share(pl.col("persistent"), "persistently absent", with_attendance),
        "suspensions": Stat(float(suspended.sum()) if len(suspended) else None, Count(len(suspended)), "sessions"),
        "permanent_exclusions": cohort.count(pl.col("excluded") == "Y", "permanently excluded"),
        "ehcp": _ehcp(run, cohort),
    }
    return {f"{key}{cohort.ending}": cell for key, cell in figures.items()}


def _within(cohorts: tuple[Cohort, ...], figures: Mapping[str, Cell]) -> list[tuple[str, str]]:
    """Those looked after for twelve months are some of all, figure by figure; so are others of one cohort."""
    pairs = [(key, key.removesuffix("_12")) for key in figures if key.endswith("_12")]
    for cohort in cohorts:
        whole = cohort.size.name
        pairs += [
            (f"{key}{cohort.ending}", whole) for key in ("not_on_roll", "with_attendance", "permanent_exclusions")
        ]
        pairs.append((_graded(cohort).name, _on_roll(cohort).name))
    return [*pairs, (_aged(cohorts[0]).name, cohorts[0].size.name)]


def _ehcp(run: ReportRun, cohort: Cohort) -> Cell:
    """Children with a plan as a share of those of whom it is known whether they have one."""
    if not ehcp_supplied(run):
        return NOT_SUPPLIED
    known = cohort.count(pl.col("ehcp").is_not_null(), "known whether there is a plan")
    return cohort.share(
        pl.col("ehcp") == "Y", "with a plan", cohort.size if known.value == cohort.size.value else known
    )


def _aged(cohort: Cohort) -> Count:
    return cohort.count(pl.col("after_school"), "aged 16 and 17")


def _after_school(run: ReportRun, cohort: Cohort) -> dict[str, Cell]:
    aged, listed = _aged(cohort), leavers(run)
    eet, _, unknown = ACTIVITY_RATES
    return {
        "after_school": cohort.share(pl.col("eet"), "eet", aged),
        "after_school_unknown": cohort.share(pl.col("activity_unknown"), "activity_unknown", aged),
        "care_leavers": rate(listed, eet, counts_only=True),
        "care_leavers_unknown": rate(listed, unknown, counts_only=True),
    }


# --- tables ---

Line = tuple[str, pl.Expr, str]  # label, whom it counts, name of the count


def _quality_grid(cohorts: tuple[Cohort, ...]) -> Grid:
    quality = pl.col("pep_quality")
    planned = pl.col("on_roll") & pl.col("pep_date").is_not_null()
    found = cohorts[0].rows.filter(planned)["pep_quality"].drop_nulls().unique().sort().to_list()
    lines: list[Line] = [
        *((text, planned & (quality == text), "") for text in found),
        (NOT_RECORDED, planned & quality.is_null(), ""),
        (NO_PLAN, pl.col("on_roll") & pl.col("pep_date").is_null(), ""),
    ]
    return replace(_grid(cohorts, "quality", lines, _on_roll), recorded=frozenset(found))


def _school_lines() -> list[Line]:
    return [(label, pl.col("grade").is_in(grades), label) for label, grades in _GRADES.items()]


def _grid(cohorts: tuple[Cohort, ...], key: str, lines: list[Line], total: Callable[[Cohort], Count]) -> Grid:
    """Return a grid of counts, a column a cohort, of which each adds up to the children that `total` counts."""
    headings = tuple(cohort.heading for cohort in cohorts)
    return Grid(
        key,
        headings,
        tuple((label, tuple(cohort.count(flag, name) for cohort in cohorts)) for label, flag, name in lines),
        tuple(total(cohort) for cohort in cohorts),
        frozenset(headings),
        within=((headings[1], headings[0]),) if len(headings) > 1 else (),
    )


def _after_school_grid(cohort: Cohort) -> Grid:
    return _grid((cohort,), "after_school", [(each.heading, pl.col(each.flag), each.flag) for each in ACTIVITY], _aged)


def _results_grid(run: ReportRun, cohorts: tuple[Cohort, ...]) -> Grid:
    """At the expected level and mean progress, by key stage and subject; a pupil stands in several lines."""
    found = results(run)
    headings = tuple(_result_heading(what, cohort) for cohort in cohorts for what in _RESULTS)
    supplied = [run.has("attainment", field) for field in ("expected", "progress")]
    lines = found.select("key_stage", "subject").unique().sort("key_stage", "subject", nulls_last=True)
    rows = []
    for position, (stage, subject) in enumerate(lines.iter_rows()):
        label = f"{stage or NOT_RECORDED}, {subject or NOT_RECORDED}"
        line = found.filter(pl.col("key_stage").eq_missing(stage) & pl.col("subject").eq_missing(subject))
        cells: list[Cell] = []
        for cohort in cohorts:
            theirs = line.filter("twelve_months") if cohort.ending else line
            name = f"3.07 {cohort.name}: result {position}"
            cells += _expected(theirs, name) if supplied[0] else [NOT_SUPPLIED] * 3
            cells += _progress(theirs, name) if supplied[1] else [NOT_SUPPLIED] * 2
        rows.append((label, tuple(cells)))
    counts = (_RESULTS[0], _RESULTS[1], _RESULTS[3])
    within = [(_result_heading(what, cohorts[1]), _result_heading(what, cohorts[0])) for what in counts]
    within += [(_result_heading(_RESULTS[1], each), _result_heading(_RESULTS[0], each)) for each in cohorts]
    return Grid("results", headings, tuple(rows), within=tuple(within), recorded=frozenset(label for label, _ in rows))


def _result_heading(what: str, cohort: Cohort) -> str:
    return f"{what} ({cohort.heading.lower()})"


def _expected(rows: pl.DataFrame, name: str) -> list[Cell]:
    known = rows["expected"].drop_nulls()
    reached, whole = Count(int((known == "Y").sum()), f"{name}, reached"), Count(len(known), f"{name}, results")
    return [whole, reached, Share(reached, whole, counts_only=True)]


def _progress(rows: pl.DataFrame, name: str) -> list[Cell]:
    known = rows["progress"].drop_nulls()
    scored, mean = Count(len(known), f"{name}, scores"), known.mean()
    return [scored, Stat(mean if isinstance(mean, float) and len(known) >= SMALL_BASE else None, scored)]


def _care_leaver_grids(run: ReportRun) -> list[Grid]:
    rows, absent = leavers(run), unsupplied(run)
    groups = bands(rows)
    return [
        counts_grid("care_leavers", rows, ACTIVITY, COUNTED, absent),
        rates_grid("care_leaver_rates", groups, ACTIVITY_RATES, rows, absent=absent, counts_only=True),
    ]


# --- rows and notes ---


def _pupil_sheet(rows: pl.DataFrame) -> pl.DataFrame:
    known = {"twelve_months": _DATED, "on_roll": pl.lit(value=True), "pep_in_term": pl.col("on_roll")}
    return rows.with_columns(
        pl.col("attendance").round(1),
        pl.col("grade").replace_strict(GRADES, default=None, return_dtype=pl.String),
        *(pl.when(shown).then(yes_no(pl.col(flag))).alias(flag) for flag, shown in known.items()),
        yes_no(pl.col("persistent")).alias("persistent"),
    )


def _result_sheet(run: ReportRun) -> pl.DataFrame:
    return results(run).with_columns(pl.when(_DATED).then(yes_no(pl.col("twelve_months"))).alias("twelve_months"))


def _year_notes(run: ReportRun) -> list[str]:
    """Say where a table has nothing of the school year of D."""
    now = school_year_now(run)
    latest = {record: latest_year(run, record) for record in TABLES if run.has(record)}
    return [
        f"{run.context.tables[record].source} has nothing of the school year {in_words(now)}; its latest is "
        f"{in_words(year)}."
        for record, year in latest.items()
        if year != now
    ]
