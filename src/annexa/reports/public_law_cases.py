"""Cases in the public law outline: one for each child and decision to begin pre-proceedings, with its stage at D."""

from typing import Final

import polars as pl

from annexa.editions import code_sets
from annexa.extract.tables import DROP, ROW
from annexa.lists.orders import id_order
from annexa.lists.people import with_people
from annexa.reports.run import ReportRun

PRE_PROCEEDINGS: Final = "pre-proceedings"
IN_PROCEEDINGS: Final = "in proceedings"
ENDED: Final = "ended"
STAGES: Final = (PRE_PROCEEDINGS, IN_PROCEEDINGS, ENDED)

RECORDED: Final = "recorded"
PROXY: Final = "proxy: a legal status that began after the issue"

CASE: Final = ["family_id", "person_id"]
_DECIDED: Final = ("issue_date", "step_down_date", "final_order_date")  # days of annexa_plo
_FINAL_STATUSES: Final = ("C2", "D1", "E1")
_FINAL_ORDERS: Final = ("SGO", "CAO")  # orders that make no child looked after, so that no list reads them
_IN_WORDS: Final = {
    "C2": "care order (C2)",
    "D1": "freeing order (D1)",
    "E1": "placement order (E1)",
    "SGO": "special guardianship order",
    "CAO": "child arrangements order",
}


def cases(run: ReportRun) -> pl.DataFrame:
    """Every case, whenever it was, with its stage at D (specification: reports, 3.11).

    A case is a row of pre-proceedings. Several rows of one family, child and day of decision are one: the row with the
    latest outcome stands. Where a family and child have several cases, a date of annexa_plo belongs to the latest case
    whose decision is not after it, and a date before all decisions to the first.

    The day of issue is annexa_plo's, else the day of the outcome where that is a decision to issue; the day of a
    step-down likewise. Where annexa_plo's own day lies after A, what was decided lies ahead, and neither the outcome
    nor a legal status stands for it. The final order is annexa_plo's; without it, the child's first care, freeing,
    placement, special guardianship or child arrangements order that begins after the day of issue stands for it.

    In proceedings: issued, and no final order; a step-down recorded beside the issue ends nothing. Ended: a final
    order, a step-down, "no order", or the child's death (K14). Otherwise pre-proceedings: also where an outcome has no
    day.

    Returns:
        The fields of pre_proceedings and _row, sorted by family, child and decision, and

        issue_date, step_down_date
        final_date      day of the final order, or of what stands for it
        final_order     its kind
        final_from      RECORDED or PROXY; null without one
        no_order_date   day on which pre-proceedings or proceedings ended without an order
        next_hearing_date
        next_decision   decision of the child's next case in the family; null for the latest
        stage           one of STAGES
        stage_from      day from which the case is at this stage; null where it is not known
        ended           day on which it ended; null while it is open
        ended_by_death  nothing but the child's death says that it has
        ahead           annexa_plo has an issue or a step-down after A for the case
    """
    rows = _with_details(run, _one_a_decision(run.rows("pre_proceedings")))
    rows = _with_final_order(run, rows)
    issued, final = pl.col("issue_date").is_not_null(), pl.col("final_date")
    no_order = pl.col("no_order_date")
    over = pl.coalesce(final, pl.when(no_order >= pl.col("issue_date")).then(no_order))
    without = pl.coalesce(final, pl.min_horizontal("step_down_date", no_order))
    recorded, died = pl.when(issued).then(over).otherwise(without), pl.col("death_date")
    rows = with_people(run.context, rows, "death_date").with_columns(
        pl.coalesce(recorded, died).alias("ended"), (recorded.is_null() & died.is_not_null()).alias("ended_by_death")
    )
    stage = (
        pl.when(pl.col("ended").is_not_null()).then(pl.lit(ENDED))
        .when(issued).then(pl.lit(IN_PROCEEDINGS))
        .otherwise(pl.lit(PRE_PROCEEDINGS))
    )  # fmt: skip
    return rows.drop("death_date").with_columns(
        stage.alias("stage"),
        pl.coalesce("ended", "issue_date", "decision_date").alias("stage_from"),
    )


def _one_a_decision(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep one row of each family, child and day of decision, with next_decision."""
    ordered = rows.filter(pl.col("person_id").is_not_null()).sort(
        pl.col("family_id").is_null(),
        *id_order(pl.col("family_id")),
        *id_order(pl.col("person_id")),
        pl.col("decision_date").is_not_null(),
        "decision_date",
        pl.col("outcome_date").is_not_null(),
        "outcome_date",
        *id_order(pl.col("row_id")),
        maintain_order=True,  # rows without an identifier come in the order of their content
    )
    kept = ordered.unique([*CASE, "decision_date"], keep="last", maintain_order=True)
    return kept.with_columns(pl.col("decision_date").shift(-1).over(CASE).alias("next_decision"))


def _with_details(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Add issue_date, step_down_date, no_order_date, recorded_order and its kind, next_hearing_date and ahead.

    `ahead` and order_ahead: annexa_plo has a day of issue or of a step-down, or of the final order, after A for the
    case. Such a date is blank by now, and whatever stands in its place would say that it has happened.
    """
    blanked = run.context.tables["plo"].blanked
    details = (
        run.rows("plo")
        .drop_nulls(CASE)
        .rename({name: f"_{name}" for name in _DECIDED})
        .select(
            *CASE,
            "_issue_date",
            "_step_down_date",
            "_final_order_date",
            "final_order_type",
            "next_hearing_date",
            *(
                pl.col(ROW).is_in(blanked.filter(pl.col("field") == name)[ROW].implode()).alias(f"_{name}_ahead")
                for name in _DECIDED
            ),
        )
        .unique(CASE, keep="any")
    )
    joined = rows.join(details, on=CASE, how="left", maintain_order="left")
    latest = pl.col("next_decision").is_null()
    first = pl.int_range(pl.len()).over(CASE) == 0

    def own(name: str) -> pl.Expr:
        day = pl.col(name)
        begun = first | (day >= pl.col("decision_date"))
        return pl.when(begun & (latest | (day < pl.col("next_decision")))).then(day)

    joined = joined.with_columns(
        own("_issue_date").alias("issue_date"),
        own("_step_down_date").alias("step_down_date"),
        own("_final_order_date").alias("recorded_order"),
        *((pl.col(f"_{name}_ahead").fill_null(value=False) & latest).alias(f"_{name}_ahead") for name in _DECIDED),
        pl.when(latest).then("next_hearing_date").alias("next_hearing_date"),
    )

    def decided(outcome: str, name: str) -> pl.Expr:
        return pl.when((pl.col("outcome") == outcome) & ~pl.col(f"_{name}_ahead")).then("outcome_date")

    return joined.with_columns(
        pl.coalesce("issue_date", decided("ISSUE", "issue_date")).alias("issue_date"),
        pl.coalesce("step_down_date", decided("STEP_DOWN", "step_down_date")).alias("step_down_date"),
        decided("NO_ORDER", "final_order_date").alias("no_order_date"),
        (pl.col("_issue_date_ahead") | pl.col("_step_down_date_ahead")).alias("ahead"),
        pl.col("_final_order_date_ahead").alias("order_ahead"),
    ).select(pl.exclude("^_(issue|step_down|final_order)_date(_ahead)?$"))


def _with_final_order(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    """Add final_date, final_order and final_from."""
    wanting = pl.col("recorded_order").is_null() & ~pl.col("order_ahead")
    proxies = (
        rows.filter(wanting)
        .select(ROW, "person_id", "issue_date")
        .join(_final_statuses(run), on="person_id")
        .filter(pl.col("began") > pl.col("issue_date"))
        .sort(ROW, "began", "order")
        .unique(ROW, keep="first", maintain_order=True)
        .select(ROW, "began", "order")
    )
    recorded = pl.col("recorded_order").is_not_null()
    in_words = pl.col("order").replace_strict(_IN_WORDS, default=None, return_dtype=pl.String)
    return rows.join(proxies, on=ROW, how="left", maintain_order="left").select(
        pl.exclude("began", "order", "recorded_order", "final_order_type", "order_ahead"),
        pl.coalesce("recorded_order", "began").alias("final_date"),
        pl.when(recorded).then("final_order_type").otherwise(in_words).alias("final_order"),
        pl.when(recorded)
        .then(pl.lit(RECORDED))
        .when(pl.col("began").is_not_null())
        .then(pl.lit(PROXY))
        .alias("final_from"),
    )


def _final_statuses(run: ReportRun) -> pl.DataFrame:
    """Orders that can end proceedings: person_id, began, order (C2, D1, E1, SGO or CAO), by A.

    Special guardianship and child arrangements stand in the table of legal statuses too. The source profile names their
    texts as no business of any list, so the status of those rows is blank and the text is kept beside the table.
    """
    table = run.context.tables["legal_statuses"]
    statuses = run.rows("legal_statuses").filter(pl.col("status").is_in(_FINAL_STATUSES))
    texts = table.ignored.filter(pl.col("field") == "status").select(
        ROW, code_sets()["permanence_order"].read(pl.col("text")).alias("order")
    )
    orders = (
        table.frame.filter(pl.col(DROP) == "IGNORED")
        .join(texts, on=ROW)
        .filter(pl.col("order").is_in(_FINAL_ORDERS) & (pl.col("start_date") <= run.period.as_at))
    )
    return pl.concat(
        [
            statuses.select("person_id", pl.col("start_date").alias("began"), pl.col("status").alias("order")),
            orders.select("person_id", pl.col("start_date").alias("began"), "order"),
        ]
    ).drop_nulls(["person_id", "began"])
