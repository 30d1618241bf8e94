"""3.08: the health of children looked after: assessments, dental checks, and what else is recorded."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from annexa.reports.health_checks import (
    NOT_DONE,
    NOT_YET_DUE,
    PROXY,
    REFUSED,
    UP_TO_DATE,
    assessment_state,
    dental_state,
    last_review,
    periods_begun,
    with_initial,
)
from annexa.reports.health_wellbeing import (
    BANDS,
    HIGHEST_SCORE,
    OPEN,
    WAITING,
    immunised,
    with_camhs,
    with_sdq,
    with_substances,
)
from annexa.reports.looked_after import LOOKED_AFTER_AT_D, TWELVE_MONTHS_AT_D, looked_after, without_start
from annexa.reports.model import Cell, Content, Count, Share
from annexa.reports.numbers import WEEK, median, yes_no
from annexa.reports.run import ReportRun, report
from annexa.reports.unused import NOBODY, is_of, unused

SDQ_AGES: Final = (4, 16)

_STATES: Final = {
    "up_to_date": UP_TO_DATE,
    "not_done": NOT_DONE,
    "refused": REFUSED,
    "not_yet_due": NOT_YET_DUE,
}
_DUE: Final = ("up_to_date", "not_done", "refused")
_CHECKS: Final = ("assessment", "dental")
_BANDS: Final = dict(zip(("sdq_low", "sdq_middle", "sdq_high"), BANDS, strict=True))
# Ending of the keys of a cohort's figures -> name of the count of its children.
_COHORTS: Final = {"": LOOKED_AFTER_AT_D, "_12": TWELVE_MONTHS_AT_D}


@report("3.08")
def health(run: ReportRun) -> Content:
    """Every child who is open on List 8 at D, with the state of each kind of check, and shares of two cohorts.

    The cohorts are all children looked after at D and those looked after for 12 months or more. A refused check counts
    as due and not as done. Empty where List 8 was not supplied.
    """
    if not run.listed(8):
        return Content(figures={})
    rows = _children(run)
    cohorts = {"": rows, "_12": rows.filter("twelve_months")}
    figures: dict[str, Cell] = {"initial_in_time": _initial_in_time(run), **_camhs(rows)}
    sums: list[tuple[str, tuple[str, ...]]] = [("camhs_referred", ("camhs_waiting", "camhs_open"))]
    for ending, cohort in cohorts.items():
        figures |= _cohort(run, ending, cohort)
        sums += _sums(ending)
    return Content(
        figures=figures,
        sheets={"children": rows},
        counted=_counted(run, rows),
        excluded=_excluded(run, rows),
        definitions=_definitions(run),
        sums=sums,
        within=_within(figures),
    )


def _children(run: ReportRun) -> pl.DataFrame:
    """Return the rows of the sheet: looked_after() with everything that is shown of a child's health."""
    as_at = run.period.as_at
    rows = looked_after(run).with_columns(pl.lit(as_at).alias("last_day"))
    rows = last_review(run, with_initial(run, rows))
    rows = dental_state(run, assessment_state(run, rows))
    rows = with_camhs(run, with_substances(run, with_sdq(run, immunised(run, rows))))
    overdue = pl.any_horizontal(pl.col(f"{check}_state") == NOT_DONE for check in _CHECKS)
    flags = {"late": overdue, "long": pl.col("twelve_months")}
    return rows.with_columns(yes_no(condition.fill_null(value=False)).alias(name) for name, condition in flags.items())


def _cohort(run: ReportRun, ending: str, rows: pl.DataFrame) -> dict[str, Cell]:
    """The figures of one cohort."""
    whole = Count(rows.height, _COHORTS[ending])
    figures: dict[str, Cell] = {f"children{ending}": whole}
    for check in _CHECKS:
        figures |= {f"{check}_{key}{ending}": cell for key, cell in _states(rows, check, ending).items()}
    scored = rows.filter(pl.col("sdq_score").is_not_null())
    with_score = Count(scored.height, f"3.08 with an SDQ score{ending}")
    figures[f"sdq{ending}"] = Share(with_score, whole)
    for key, band in _BANDS.items():
        figures[f"{key}{ending}"] = Share(_number(scored, pl.col("sdq_band") == band), with_score, counts_only=True)
    in_year = run.year().contains(pl.col("sdq_date"))
    figures[f"sdq_year{ending}"] = Share(_number(scored, in_year), whole)
    of_age = rows.filter(pl.col("age").is_between(*SDQ_AGES))
    figures[f"sdq_of_age{ending}"] = Share(_number(of_age, in_year), Count(of_age.height))
    figures[f"immunised{ending}"] = Share(_number(rows, pl.col("immunised") == "Y"), whole)
    misuse = Count(rows.filter("misuse_in_year").height, f"3.08 substance misuse{ending}")
    figures[f"misuse{ending}"] = Share(misuse, whole)
    figures[f"intervention{ending}"] = Share(_number(rows, pl.col("helped_in_year")), misuse)
    return figures


def _states(rows: pl.DataFrame, check: str, ending: str) -> dict[str, Cell]:
    """Children at each state of a check; those up to date as a share of those for whom it was due."""
    counts = {key: _number(rows, pl.col(f"{check}_state") == state) for key, state in _STATES.items()}
    due = Count(sum(counts[key].value for key in _DUE), f"3.08 {check} due{ending}")
    return {**counts, "up_to_date": Share(counts["up_to_date"], due)}


def _number(rows: pl.DataFrame, condition: pl.Expr) -> Count:
    return Count(rows.filter(condition).height)


def _sums(ending: str) -> list[tuple[str, tuple[str, ...]]]:
    """Which figures of a cohort add up: those due, all children, and the bands of scores."""
    sums: list[tuple[str, tuple[str, ...]]] = [
        (f"3.08 with an SDQ score{ending}", tuple(f"{key}{ending}" for key in _BANDS))
    ]
    for check in _CHECKS:
        sums.append((f"3.08 {check} due{ending}", tuple(f"{check}_{key}{ending}" for key in _DUE)))
        sums.append((f"children{ending}", tuple(f"{check}_{key}{ending}" for key in _STATES)))
    return sums


def _within(figures: Mapping[str, Cell]) -> list[tuple[str, str]]:
    """Those looked after for twelve months are some of all, figure by figure; so are others of one cohort."""
    pairs = [(key, key.removesuffix("_12")) for key in figures if key.endswith("_12")]
    for ending in _COHORTS:
        pairs += [(f"sdq_year{ending}", f"sdq{ending}"), (f"sdq_of_age{ending}", f"sdq_year{ending}")]
    return [*pairs, ("camhs_referred", "children")]


def _initial_in_time(run: ReportRun) -> Share:
    begun = periods_begun(run)
    return Share(_number(begun, pl.col("in_time") == "Y"), Count(begun.height))


def _camhs(rows: pl.DataFrame) -> dict[str, Cell]:
    waiting = rows.filter(pl.col("camhs") == WAITING)
    number = Count(waiting.height, "3.08 waiting for CAMHS")
    return {
        "camhs_referred": _number(rows, pl.col("camhs").is_not_null()),
        "camhs_waiting": number,
        "camhs_open": _number(rows, pl.col("camhs") == OPEN),
        # A referral without a day has no wait, so that the base can be fewer.
        "camhs_weeks": median(waiting["waiting_days"] / WEEK, "weeks", number),
    }


def _definitions(run: ReportRun) -> dict[str, str]:
    """The proxy's definition of the initial assessment, where the extract does not say which one it was."""
    if run.has("health_details", "kind"):
        return {}
    return {
        "initial_in_time": "A proxy, since the kind of an assessment is not supplied: the first assessment of the "
        "period of care stands for the initial one. Of the periods that began in the twelve months before the "
        "inspection date and whose twentieth working day lies before it: those with that assessment by that day."
    }


def _counted(run: ReportRun, rows: pl.DataFrame) -> list[str]:
    told = without_start(run)
    proxies = (rows["initial_from"] == PROXY).sum()
    if proxies:
        told.append(f"Children whose first assessment of the period stands for the initial one (proxy): {proxies}.")
    unknown = (rows[f"{_CHECKS[0]}_date"].is_null() & rows["start_date"].is_null()).sum()
    if unknown:
        told.append(f"Children never assessed and without a day on which care began, shown as {NOT_DONE}: {unknown}.")
    return told


def _excluded(run: ReportRun, rows: pl.DataFrame) -> dict[str, int]:
    """Rows that are in no number: a check can be of a period of care that began in the twelve months and has ended."""
    nobody = pl.when(pl.col("person_id").is_null()).then(pl.lit(NOBODY))
    elsewhere = pl.lit("not looked after at the inspection date")
    cared_for = pl.concat([rows.select("person_id"), periods_begun(run).select("person_id")])
    no_day = nobody.when(pl.col("check_date").is_null()).then(pl.lit("no day"))
    found = unused(run, "health_checks", no_day.when(~is_of(cared_for)).then(elsewhere))
    there = pl.col("check_id").is_in(run.context.rows("health_checks")["check_id"].implode()).fill_null(value=False)
    found |= unused(run, "health_details", pl.when(~there).then(pl.lit("of a check that the extract does not have")))
    others = nobody.when(~is_of(rows)).then(elsewhere)
    over = others.when(pl.col("score") > HIGHEST_SCORE).then(pl.lit(f"a score over {HIGHEST_SCORE}"))
    found |= unused(run, "sdq_scores", over.when(pl.col("score").is_null()).then(pl.lit("no score")))
    ended = ~run.period.open_at(pl.col("referral_date"), pl.col("end_date"))
    found |= unused(run, "camhs", others.when(ended).then(pl.lit("ended by the inspection date")))
    for record in ("immunisations", "substance_misuse"):
        found |= unused(run, record, others)
    return found
