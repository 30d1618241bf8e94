"""List 2: early help, held as interventions of a child and as assessments of a child or of a family."""

import polars as pl

from annexa.editions import ListSpec
from annexa.extract.tables import DROP
from annexa.lists.context import Context
from annexa.lists.orders import id_order
from annexa.lists.reasons import REASONS, first_reason
from annexa.lists.registry import Cohort, account, cohort
from annexa.lists.spans import needed_window, report_rows, with_ended
from annexa.period import Window

# Record -> its identifier and the day on which it ended.
_RECORDS = {
    "early_help_episodes": ("episode_id", "end_date"),
    "early_help_assessments": ("assessment_id", "completed_date"),
}


@cohort("early_help")
def early_help(context: Context, spec: ListSpec) -> Cohort:
    """One row for each assessment or intervention of a child that is open at D or ended in the window (List 2).

    Both kinds are tested each on its own. An intervention that starts on the day of an assessment of the same child
    makes one row with it, which is on the list if either is; its completion date is the later of the two, and blank
    while either is open (R19). Of several of one day the first intervention goes with the first assessment, by
    identifier. One without a start stays where it is open or ended in the window (K7), and goes with no other.

    The rows have person_id, start_date, end_date, organisation (the assessment's, else the intervention's), event_id
    (the assessment's identifier, else the intervention's), episode_id, assessment_id, episode_row, assessment_row (_row
    of the records behind it), at, ceased and ended_by_death (of the one that ended last).
    """
    window = needed_window(context, spec.number)
    tested = {record: _tested(context, record, window) for record in _RECORDS}
    for record, rows in tested.items():
        _report(context, spec.number, record, rows)
    episodes, helped = (_numbered(rows) for rows in tested.values())
    joined = episodes.join(
        helped,
        on=["person_id", "start_date", "_turn"],
        how="full",
        coalesce=True,
        suffix="_a",
        maintain_order="left_right",
    )
    has = {"": pl.col("_row").is_not_null(), "_a": pl.col("_row_a").is_not_null()}
    listed = joined.filter(pl.any_horizontal(has[side] & pl.col(f"reason{side}").is_null() for side in has))

    def later(column: str) -> pl.Expr:
        is_blank = pl.any_horizontal(has[side] & pl.col(f"{column}{side}").is_null() for side in has)
        return pl.when(~is_blank).then(pl.max_horizontal(column, f"{column}_a"))

    rows = listed.select(
        "person_id",
        "start_date",
        later("end_date").alias("end_date"),
        pl.coalesce("organisation_a", "organisation").alias("organisation"),
        pl.coalesce("event_id_a", "event_id").alias("event_id"),
        pl.col("event_id").alias("episode_id"),
        pl.col("event_id_a").alias("assessment_id"),
        pl.col("_row").alias("episode_row"),
        pl.col("_row_a").alias("assessment_row"),
        pl.any_horizontal(pl.col(f"ended_by_death{side}") & (pl.col(f"ended{side}") == later("ended")) for side in has)
        .fill_null(False)
        .alias("ended_by_death"),
        later("ended").fill_null(context.period.as_at).alias("at"),
        later("ended").is_not_null().alias("ceased"),
    )
    used = {"early_help_episodes": listed["_row"], "early_help_assessments": listed["_row_a"]}
    return Cohort(rows, {record: _account(tested[record], used[record]) for record in _RECORDS})


def helped_children(context: Context, record: str) -> pl.DataFrame:
    """Each early help record that takes part in rules, once for each child that it is about.

    A family's record stands once for each member but for adults; one that names nobody is not there.

    Returns:
        The record's fields, _row, ended (the recorded end, or the child's death, K14; null while open) and of_family.
    """
    _, end = _RECORDS[record]
    rows = with_ended(context, _members(context, context.live(record)), end)
    parent = pl.col("of_family") & pl.col("adult").fill_null(False)
    return rows.filter(pl.col("person_id").is_not_null() & ~parent)


def family_fates(context: Context, window: Window, person: str, listed: pl.Series) -> pl.DataFrame:
    """Say what became of the family assessments of one member: the account has one word for all members of a family.

    Args:
        context: the run.
        window: W.
        person: the member.
        listed: _row of the assessments behind the member's rows of the list.

    Returns:
        _row, event_id, reason (null: it stands behind a row of the member), date, finding.
    """
    rows = _tested(context, "early_help_assessments", window)
    rows = rows.filter(pl.col("of_family") & (pl.col("person_id") == person))
    reason = pl.when(~pl.col("_row").is_in(listed.drop_nulls().implode())).then("reason")
    return rows.select("_row", "event_id", reason.alias("reason"), _decided().alias("date"), "finding")


def _decided() -> pl.Expr:
    """The date that decided about a record, over the rows of _tested()."""
    starts = pl.when(pl.col("reason").is_in(["FUTURE", "ADULT"])).then("start_date")
    return pl.coalesce(starts, "ended", "start_date")


def _tested(context: Context, record: str, window: Window) -> pl.DataFrame:
    """Test each record on its own: one row for each record and child, with reason.

    Returns:
        _row, _drop, event_id, person_id, start_date, end_date (as recorded), ended (that, or the child's death),
        organisation, of_family, parent (an adult of a family record: never a row), reason, finding.
    """
    event, end = _RECORDS[record]
    rows = context.rows(record).rename({event: "event_id", end: "end_date"})
    rows = with_ended(context, _members(context, rows), "end_date")
    parent = pl.col("of_family") & pl.col("adult").fill_null(False)
    rows = rows.with_columns(parent.alias("parent"))
    nobody = (pl.col("person_id").is_null() | pl.col("parent")).all().over("_row")
    in_scope = pl.col("ended").is_null() | window.contains(pl.col("ended"))
    rows = rows.with_columns(
        first_reason(
            NO_CHILD_ID=nobody,
            NO_DATE=pl.col("start_date").is_null() & ~in_scope,
            DIED=pl.col("ended_by_death") & ~in_scope,
            WINDOW=~in_scope,
            ADULT=pl.col("parent") | (pl.col("adult") if context.options.drop_adults else pl.lit(False)),
        ).alias("reason"),
    )
    usable = _usable()
    finding = (
        pl.when(_nameless()).then(pl.lit("AA-R19"))
        .when(usable & pl.col("start_date").is_null()).then(pl.lit("AA-202"))
        .when(usable & pl.col("ended_by_death")).then(pl.lit("AA-G24"))
    )  # fmt: skip
    return rows.with_columns(finding.alias("finding"))


def _usable() -> pl.Expr:
    return pl.col(DROP).is_null() & pl.col("person_id").is_not_null() & ~pl.col("parent")


def _nameless() -> pl.Expr:
    return (pl.col("reason") == "NO_CHILD_ID") & pl.col("family_id").is_not_null()


def _members(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Put a family's record down once for each member of the family, as `annexa_early_help_families` has them.

    A record that names a child is that child's, whatever family it names as well. One whose family is not known, or
    has nobody in it, stays as one row without a person_id. Adds of_family.
    """
    if "family_id" not in rows.columns:
        return rows.with_columns(pl.lit(None, dtype=pl.String).alias("family_id"), pl.lit(False).alias("of_family"))
    of_family = pl.col("person_id").is_null() & pl.col("family_id").is_not_null()
    families = context.live("early_help_families").select("family_id", "person_id").drop_nulls().unique()
    rows = rows.with_columns(of_family.alias("of_family"))
    family_records = rows.filter("of_family").drop("person_id").join(families, on="family_id", how="left")
    return pl.concat([rows.filter(~pl.col("of_family")), family_records.select(rows.columns)])


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep what may be a row of the list, numbered (_turn) among the records of the child that start on one day."""
    usable = rows.filter(_usable())
    columns = [
        "_row", "event_id", "person_id", "start_date", "end_date", "ended", "ended_by_death", "organisation", "reason",
    ]  # fmt: skip
    turn = pl.int_range(pl.len()).over("person_id", "start_date").alias("_turn")
    # End and organisation settle the order of two records without an identifier.
    return usable.select(columns).sort(*id_order(pl.col("event_id")), "end_date", "organisation").with_columns(turn)


def _account(rows: pl.DataFrame, used: pl.Series) -> pl.DataFrame:
    """Give each record one reason: none if it stands behind a row of the list, else the first of its children's."""
    rank = {code: position for position, code in enumerate(REASONS)}
    first = (
        rows.with_columns(pl.col("reason").replace_strict(rank, return_dtype=pl.Int64).alias("_rank"))
        .sort("_rank", pl.coalesce("ended", "start_date"), "finding", nulls_last=True)
        .unique("_row", keep="first", maintain_order=True)
    )
    reason = pl.when(~pl.col("_row").is_in(used.drop_nulls().implode())).then("reason")
    return account(first.with_columns(reason.alias("reason")), _decided(), pl.col("finding"))


def _report(context: Context, number: int, record: str, rows: pl.DataFrame) -> None:
    """Report what the rulings on membership find, over the rows of _tested()."""
    event, end = _RECORDS[record]
    rows = rows.rename({"event_id": event, "end_date": end})
    # The record names no child, so the finding names none of the adults either.
    families = rows.filter(_nameless()).with_columns(pl.lit(None, dtype=pl.String).alias("person_id")).unique("_row")
    ageless = rows.filter(_usable() & pl.col("of_family") & pl.col("adult").is_null() & pl.col("reason").is_null())
    for check, message, found, column in (
        ("AA-R19", "The record is a family's, and no child of the family is known.", families, "family_id"),
        ("AA-G13", "A member of a family is listed, and the age at the start is not known.", ageless, "family_id"),
    ):
        report_rows(context, check, message, number=number, record=record, rows=found, event=event, column=column)
