"""Lists 1 and 3: contacts and referrals, which only their date puts on a list."""

import polars as pl

from annexa.editions import ListSpec
from annexa.errors import UsageError
from annexa.lists.context import Context
from annexa.lists.orders import id_order
from annexa.lists.people import with_people
from annexa.lists.reasons import first_reason
from annexa.lists.registry import ID, Cohort, account, cohort, derivation
from annexa.period import completed_years

_NO_DATE_CHECK = {"contacts": "AA-104", "cin_episodes": "AA-308"}


@cohort("event_in_window")
def event_in_window(context: Context, spec: ListSpec) -> Cohort:
    """One row for each event of a child whose date lies in the window (Lists 1 and 3).

    An event has no duration, so nothing is "open". The outcome never removes a row; a person of 18 or over stays unless
    `drop_adults` is set (K13); an event without a date cannot be placed (NO_DATE).
    """
    record = spec.records[0]
    date_field = spec.window.get("date", "")
    window = context.window(spec.number)
    if window is None or not date_field:
        raise UsageError(
            f"Edition {context.edition.name}, List {spec.number}: event_in_window needs months and window.date.",
            "Give the list its months in edition.toml and the date in the list's file.",
        )
    date = pl.col(date_field)
    rows = with_people(context, context.rows(record), "birth_date")
    adult = completed_years(pl.col("birth_date"), date) >= 18
    rows = rows.with_columns(
        first_reason(
            NO_DATE=date.is_null(),
            WINDOW=~window.contains(date),
            ADULT=adult if context.options.drop_adults else pl.lit(False),
        ).alias("reason")
    )
    meta = context.tables[record].record.meta
    undated = rows.filter(pl.col("reason") == "NO_DATE")
    if undated.height:
        context.findings.add(
            _NO_DATE_CHECK[record],
            f"A record of {context.tables[record].source} has no date and was left out.",
            frame=undated,
            list=spec.number,
            child=pl.col("person_id"),
            event=pl.col(meta.key),
            table=context.tables[record].source,
            file=context.tables[record].file,
            row=pl.col("_row"),
            column=date_field,
        )
    finding = pl.when(pl.col("reason") == "NO_DATE").then(pl.lit(_NO_DATE_CHECK[record]))
    kept = rows.filter(pl.col("reason").is_null()).with_columns(
        pl.lit(context.period.as_at).alias("at"), pl.lit(False).alias("ceased")
    )
    return Cohort(kept, {record: account(rows, date, finding)})


@derivation("referral_nfa")
def referral_nfa(_context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Whether the referral led to no further action: its own flag, else the flag among its outcomes (List 3, R18).

    Blank in both stays blank, and AA-301 says so: nobody decided it, so nobody may assume it.
    """
    nfa = pl.coalesce("nfa", json_flag("outcome_json", "NFA_FLAG"))
    return rows.select(ID, nfa.alias("referral_nfa"))


def json_flag(column: str, key: str) -> pl.Expr:
    """Return Y, N or null for a yes/no flag of a JSON object held as text in `column`.

    Y, Yes, 1 and true mean yes, N, No, 0 and false mean no, without regard to case; anything else is no answer.
    """
    flag = pl.col(column).str.json_path_match(f"$.{key}").str.to_lowercase()
    return (
        pl.when(flag.is_in(["y", "yes", "1", "true"])).then(pl.lit("Y"))
        .when(flag.is_in(["n", "no", "0", "false"])).then(pl.lit("N"))
    )  # fmt: skip


@derivation("referrals_in_12_months")
def referrals_in_12_months(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """How many referrals came in the 12 months before the child's latest one, the latest not counted (2.2).

    Referrals that began count, not those merely open; the same number stands on every row of a child.
    """
    history = context.live("cin_episodes").filter(pl.col("referral_date").is_not_null())
    counts = earlier_events(history, "referral_date", "referral_id")
    return (
        rows.select(ID, "person_id")
        .join(counts, on="person_id", how="left")
        .select(ID, pl.col("earlier").alias("referrals_in_12_months"))
    )


def earlier_events(history: pl.DataFrame, date: str, identifier: str) -> pl.DataFrame:
    """Count for each child the events in the 12 months up to the latest one, without the latest (2.2, 2.3).

    Args:
        history: one row an event: person_id, its date (never blank) and its identifier.
        date: column of the date.
        identifier: column of the identifier, which orders events of one day (K15).

    Returns:
        person_id, latest (date of the latest event), latest_id, from (12 calendar months before it), earlier (Int64).
    """
    ordered = history.sort("person_id", date, *id_order(pl.col(identifier)), nulls_last=False)
    latest = (
        ordered.unique("person_id", keep="last", maintain_order=True)
        .select("person_id", pl.col(date).alias("latest"), pl.col(identifier).alias("latest_id"))
        .with_columns(pl.col("latest").dt.offset_by("-12mo").alias("from"))
    )
    counted = (
        history.join(latest, on="person_id")
        .filter(pl.col(date) >= pl.col("from"))
        .group_by("person_id")
        .agg((pl.len().cast(pl.Int64) - 1).alias("earlier"))
    )
    return latest.join(counted, on="person_id", how="left", maintain_order="left")
