"""3.11: families and children in the public law outline, the stage they are at, and what is late."""

from typing import Final

import polars as pl

from annexa.editions import normalise_expr
from annexa.extract.tables import ROW
from annexa.lists.orders import id_order
from annexa.lists.people import with_people
from annexa.reports.model import NOT_SUPPLIED, Cell, Content, Count, Grid, Share
from annexa.reports.numbers import WEEK, children, median, yes_no
from annexa.reports.public_law_cases import CASE, ENDED, IN_PROCEEDINGS, PRE_PROCEEDINGS, PROXY, STAGES, cases
from annexa.reports.run import ReportRun, report
from annexa.reports.telling import contradiction
from annexa.reports.unused import NOBODY, unused

RECORD: Final = "pre_proceedings"
LONG_WEEKS: Final = (12, 16)  # in pre-proceedings
COURT_WEEKS: Final = 26  # in proceedings: Children Act 1989, section 32

_OUTCOMES: Final = {
    "ISSUE": "decision to issue",
    "STEP_DOWN": "step down",
    "NO_ORDER": "no order",
    "CONTINUE": "continue",
}
_LETTERS: Final = "3.11 children whose letter is judged"
_NO_ORDER: Final = "no order"  # the kind of final order that says that none was made


@report("3.11")
def public_law_outline(run: ReportRun) -> Content:
    """Every child's case that is open at D or ended in twelve months, and numbers of families and children.

    A family is counted at each stage at which one of its children is; its weeks run from the earliest day of these
    children. A child with several open cases in one family is shown with the one decided last. A case whose decision
    has no day is in the numbers of its stage and in no number of weeks.
    """
    every = cases(run)
    current = pl.col("ended").is_null() | run.year().contains(pl.col("ended"))
    recent = every.filter(current)
    rows = _one_open_case(recent)
    _report_contradictions(run, every, recent, rows)
    shown = _with_weeks(run, _with_reviews(run, rows)).sort(
        pl.col("stage").replace_strict({stage: n for n, stage in enumerate(STAGES)}, return_dtype=pl.Int8),
        pl.col("family_id").is_null(),
        *id_order(pl.col("family_id")),
        *id_order(pl.col("person_id")),
        "decision_date",
        nulls_last=True,
    )
    return Content(
        figures={**_pre_proceedings(run, shown), **_proceedings(shown)},
        sheets={"cases": shown},
        grids=[_outcomes(run, every)],
        notes=_notes(run),
        counted=_counted(shown),
        excluded=_excluded(run, every, recent, rows),
        within=[
            ("pre_undated", "pre_children"),
            (_LETTERS, "pre_children"),
            ("pre_over_16_families", "pre_over_12_families"),
            ("pre_over_16_children", "pre_over_12_children"),
        ],
    )


def _excluded(run: ReportRun, every: pl.DataFrame, recent: pl.DataFrame, rows: pl.DataFrame) -> dict[str, int]:
    """Rows that are in no number: of pre-proceedings, of the details of cases, and of reviews."""

    def among(frame: pl.DataFrame) -> pl.Expr:
        return pl.col(ROW).is_in(frame[ROW].implode())

    reason = (
        pl.when(pl.col("person_id").is_null()).then(pl.lit(NOBODY))
        .when(~among(every)).then(
            pl.lit("another row of the same family, child and day of decision stands in its place")
        )
        .when(~among(recent)).then(pl.lit("ended before the twelve months"))
        .when(~among(rows)).then(pl.lit("a later decision about the same child and family stands in its place"))
    )  # fmt: skip
    stray = pl.when(among(_orphans(run))).then(pl.lit("of a family and child without pre-proceedings"))
    known = pl.col("family_id").is_in(rows["family_id"].implode()).fill_null(value=False)
    others = pl.when(~known).then(pl.lit("of a family that is not on the report"))
    return {**unused(run, RECORD, reason), **unused(run, "plo", stray), **unused(run, "plo_reviews", others)}


def _one_open_case(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep of several open cases of one family and child the one decided last; rows are in order of decision."""
    open_cases = rows.filter(pl.col("stage") != ENDED).unique(CASE, keep="last", maintain_order=True)
    return pl.concat([open_cases, rows.filter(pl.col("stage") == ENDED)])


def _with_reviews(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Add last_review, review_due and overdue (Y or N).

    A review of the family is a case's where it was held from the decision on and not after the case ended. In
    pre-proceedings the next is due on the day that the last review names, else the local number of weeks after it, or
    after the decision where there was no review; at other stages none is due. What is due on D is not overdue.
    """
    reviews = run.rows("plo_reviews").select("family_id", "review_date", "next_due_date").drop_nulls("family_id")
    held = pl.col("review_date")
    last = (
        rows.select(ROW, "family_id", "decision_date", "ended")
        .join(reviews, on="family_id")
        .filter(
            (pl.col("decision_date").is_null() | (held >= pl.col("decision_date")))
            & (pl.col("ended").is_null() | (held <= pl.col("ended")))
        )
        .sort(ROW, "review_date", "next_due_date", nulls_last=False)
        .unique(ROW, keep="last", maintain_order=True)
        .select(ROW, held.alias("last_review"), "next_due_date")
    )
    weeks = pl.duration(days=WEEK * run.settings.plo_review_weeks)
    due = pl.coalesce("next_due_date", pl.coalesce("last_review", "decision_date") + weeks)
    late = pl.col("review_due") < run.period.inspection_date
    return (
        rows.join(last, on=ROW, how="left", maintain_order="left")
        .with_columns(pl.when(pl.col("stage") == PRE_PROCEEDINGS).then(due).alias("review_due"))
        .with_columns(yes_no(late).alias("overdue"))
    )


def _with_weeks(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Add what the sheet shows beside the case: days and weeks, what is late, outcomes in words, the date of birth.

    Returns:
        birth_date; days_in_stage and weeks_in_stage (whole weeks; blank for what has ended); days_to_letter;
        letter_in_time (Y or N; without a letter N once the limit has passed in pre-proceedings, else blank; a letter
        before the decision is neither); court_late, whether 26 weeks from the issue passed before the case ended or D;
        outcome_words; late, Y where something of an open case is.
    """
    day = pl.lit(run.period.inspection_date)
    is_open = pl.col("stage") != ENDED
    in_stage = pl.when(is_open).then((day - pl.col("stage_from")).dt.total_days())
    to_letter = (pl.col("letter_date") - pl.col("decision_date")).dt.total_days()
    waiting = pl.when(pl.col("stage") == PRE_PROCEEDINGS).then((day - pl.col("decision_date")).dt.total_days())
    limit = run.settings.letter_days
    in_time = (
        pl.lit(None, dtype=pl.String)
        if limit is None
        else pl.when(to_letter > limit).then(pl.lit("N"))
        .when(to_letter >= 0).then(pl.lit("Y"))
        .when(pl.col("letter_date").is_null() & (waiting > limit)).then(pl.lit("N"))
    )  # fmt: skip
    until = pl.when(is_open).then(day).otherwise("ended")
    court_late = (until - pl.col("issue_date")).dt.total_days() > WEEK * COURT_WEEKS
    return (
        with_people(run.context, rows, "birth_date")
        .with_columns(
            in_stage.alias("days_in_stage"),
            (in_stage // WEEK).alias("weeks_in_stage"),
            to_letter.alias("days_to_letter"),
            in_time.alias("letter_in_time"),
            yes_no(court_late).alias("court_late"),
            pl.col("outcome").replace_strict(_OUTCOMES, default=None, return_dtype=pl.String).alias("outcome_words"),
        )
        .with_columns(
            yes_no(is_open & ((pl.col("overdue") == "Y") | (pl.col("court_late") == "Y")).fill_null(value=False)).alias(
                "late"
            )
        )
    )


def _pre_proceedings(run: ReportRun, rows: pl.DataFrame) -> dict[str, Cell]:
    at_stage = rows.filter(pl.col("stage") == PRE_PROCEEDINGS)
    families, kids = _waiting(at_stage, "family_id"), _waiting(at_stage, "person_id")
    whole = {
        "families": Count(families.height, "3.11 families in pre-proceedings"),
        "children": Count(kids.height, "3.11 children in pre-proceedings"),
    }
    figures: dict[str, Cell] = {
        "pre_families": whole["families"],
        "pre_children": whole["children"],
        "pre_undated": Count(kids["days"].null_count()),
    }
    for name, waits in (("families", families), ("children", kids)):
        figures[f"pre_weeks_{name}"] = median(waits["days"] / WEEK, "weeks", whole[name])
        for weeks in LONG_WEEKS:
            long = Count(waits.filter(pl.col("days") > WEEK * weeks).height)
            figures[f"pre_over_{weeks}_{name}"] = Share(long, whole[name])
    overdue = children(at_stage.filter(pl.col("overdue") == "Y"), column="family_id")
    judged = at_stage.filter(pl.col("letter_in_time").is_not_null())
    in_time = judged.filter(pl.col("letter_in_time") == "Y")
    limited = run.settings.letter_days is not None
    figures["reviews_overdue"] = Share(overdue, whole["families"])
    figures["letters"] = Share(children(in_time), children(judged, _LETTERS)) if limited else None
    return figures


def _proceedings(rows: pl.DataFrame) -> dict[str, Cell]:
    at_stage = rows.filter(pl.col("stage") == IN_PROCEEDINGS)
    figures: dict[str, Cell] = {}
    for name, column in (("families", "family_id"), ("children", "person_id")):
        waits = _waiting(at_stage, column)
        whole = Count(waits.height, f"3.11 {name} in proceedings")
        figures[f"court_{name}"] = whole
        figures[f"court_over_{name}"] = Share(Count(waits.filter(pl.col("days") > WEEK * COURT_WEEKS).height), whole)
    return figures


def _waiting(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return each family or child of some rows with the days of the longest of its cases: `column`, days."""
    return rows.drop_nulls(column).group_by(column).agg(pl.col("days_in_stage").max().alias("days"))


def _outcomes(run: ReportRun, every: pl.DataFrame) -> Grid:
    """What was decided in twelve months. A step-down beside an issue is not counted: the issue stands."""
    year = run.year()
    stepped = every.filter(year.contains(pl.col("step_down_date")) & pl.col("issue_date").is_null())
    issued = every.filter(year.contains(pl.col("issue_date")))
    final_none = (normalise_expr(pl.col("final_order")) == _NO_ORDER) & year.contains(pl.col("final_date"))
    none = every.filter(final_none.fill_null(value=False) | year.contains(pl.col("no_order_date")))
    known = run.has("plo", "final_order_date", "final_order_type") or (every["no_order_date"].is_not_null().any())
    return Grid(
        "outcomes",
        ("Families", "Children"),
        (
            ("Stepped down", _both(stepped)),
            ("Proceedings issued", _both(issued)),
            ("Ended with no order", _both(none) if known else (NOT_SUPPLIED, NOT_SUPPLIED)),
        ),
    )


def _both(rows: pl.DataFrame) -> tuple[Cell, Cell]:
    return children(rows, column="family_id"), children(rows)


def _orphans(run: ReportRun) -> pl.DataFrame:
    """Rows of annexa_plo whose family and child have no row of pre-proceedings, whether or not it takes part."""
    known = run.context.rows("pre_proceedings").select(CASE)
    return run.rows("plo").join(known, on=CASE, how="anti", maintain_order="left")


def _report_contradictions(run: ReportRun, every: pl.DataFrame, recent: pl.DataFrame, rows: pl.DataFrame) -> None:
    """Tell which records contradict each other, and which of them decided (AA-R43)."""
    outcome_undated = (
        pl.col("outcome").is_in(["ISSUE", "STEP_DOWN", "NO_ORDER"])
        & (pl.col("stage") == PRE_PROCEEDINGS)
        & pl.col("outcome_date").is_null()
        & ~pl.col("ahead")
    )
    if "outcome_date" not in run.context.tables[RECORD].absent:
        _tell(run, rows.filter(outcome_undated), "An outcome has no day: the case counts as in pre-proceedings.")
    both = pl.col("issue_date").is_not_null() & pl.col("step_down_date").is_not_null()
    _tell(run, rows.filter(both), "A case is both issued and stepped down: it counts as issued.")
    early = (pl.col("final_date") < pl.col("issue_date")).fill_null(value=False)
    _tell(run, rows.filter(early), "The final order is before the day of issue: the case counts as ended.")
    _tell(run, every.filter("ended_by_death"), "The case is recorded as open and the child has died: it has ended.")
    replaced = recent.join(rows.select(ROW), on=ROW, how="anti")
    _tell(run, replaced, "The child has a later case in the same family: that one is shown.")
    in_court = rows.filter(pl.col("stage") == IN_PROCEEDINGS).drop_nulls("family_id").select("family_id").unique()
    split = rows.filter(pl.col("stage") == PRE_PROCEEDINGS).join(in_court, on="family_id", how="semi")
    _tell(run, split, "Children of one family are in pre-proceedings and in proceedings: the family counts in both.")
    _tell(run, _orphans(run), "Details of a family and child without pre-proceedings: they are in no number.", "plo")


def _tell(run: ReportRun, rows: pl.DataFrame, message: str, record: str = RECORD) -> None:
    contradiction(run, record, message, rows, event="family_id")


def _notes(run: ReportRun) -> list[str]:
    notes = []
    if not run.has("plo", "issue_date"):
        notes.append("The day of issue is not supplied: the day of the decision to issue stands for it.")
    if not run.supplies("plo.final_order_date or legal_statuses"):
        notes.append("Final orders are not supplied: what was issued is shown as in proceedings.")
    if run.settings.letter_days is None:
        notes.append("No local limit for the letter before proceedings is set (letter_days).")
    return notes


def _counted(rows: pl.DataFrame) -> list[str]:
    told = []
    proxies = (rows["final_from"] == PROXY).sum()
    if proxies:
        told.append(f"Final orders taken from a legal status (proxy): {proxies}.")
    nameless = rows["family_id"].null_count()
    if nameless:
        told.append(f"Cases without a family's identifier, counted among children and not among families: {nameless}.")
    return told
