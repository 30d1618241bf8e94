"""What List 8 says of placements: how many, the most recent one, and where it is (2.5, 2.12)."""

from collections.abc import Iterable
from typing import Final

import polars as pl

from annexa.editions import code_sets
from annexa.lists.care import care_periods
from annexa.lists.care_columns import TWELVE_MONTHS, blank
from annexa.lists.context import Context
from annexa.lists.orders import id_order
from annexa.lists.registry import ID, derivation
from annexa.lists.short_breaks import LATEST
from annexa.lists.spans import report_rows
from annexa.records.types import EARLIEST

LIST: Final = 8
TEMPORARY: Final = ("T0", "T1", "T2", "T3", "T4")
_NO_PROVIDER: Final = (*TEMPORARY, "Z1")  # the list shows no provider of these types
_SAME_CARER: Final = ("L", "T", "U")
ABROAD: Final = ("NIR", "WAL", "SCO", "NUK")  # outside England, so never inside the authority
CONFIDENTIAL: Final = "CON"


def placements_in_order(context: Context) -> pl.DataFrame:
    """Every placement of every child, in order of start, end and identifier.

    Returns:
        The record's fields with _row, begin and finish (Date, never blank: a blank start is the earliest day, a blank
        end the far future).
    """
    return context.once(_placements_in_order)


def _placements_in_order(context: Context) -> pl.DataFrame:
    return (
        context.live("placements")
        .filter(pl.col("person_id").is_not_null())
        .with_columns(
            pl.col("start_date").fill_null(EARLIEST).alias("begin"),
            pl.col("end_date").fill_null(LATEST).alias("finish"),
        )
        .sort("person_id", "begin", "finish", *id_order(pl.col("placement_id")), maintain_order=True)
    )


def of_period() -> pl.Expr:
    """True where a placement and a period share a day; merely ending on the period's first day is not sharing."""
    begin, first = pl.col("begin"), pl.col("first_day")
    return (begin <= pl.col("last_day")) & ((pl.col("finish") > first) | (begin >= first))


@derivation("placements_in_12_months")
def placement_count(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """How many placements the child had from D minus twelve months to A, or to the day care ended (2.5).

    Placements in all periods of care count. Temporary ones (T0 to T4) do not, nor those in short breaks alone. A row
    that only episodes begun L, T or U name continues the one before it: the carer is the same. A row after temporary
    ones continues the one before them where it has the same type, and the same URN or postcode. At least 1; blank only
    where the table was not supplied.
    """
    if not context.supplied("placements"):
        return blank(rows, placements_in_12_months=pl.Int64)
    since = context.period.months_before(TWELVE_MONTHS)
    counts = (
        context.once(distinct_placements)
        .join(rows.select(ID, "person_id", "last_day"), on="person_id")
        .filter((pl.col("begin") <= pl.col("last_day")) & (pl.col("finish") >= since))
        .group_by(ID)
        .agg(pl.col("placement").n_unique().cast(pl.Int64).alias("number"))
    )
    answer = pl.max_horizontal("number", pl.lit(1, dtype=pl.Int64)).alias("placements_in_12_months")
    return rows.select(ID).join(counts, on=ID, how="left").select(ID, answer)


def distinct_placements(context: Context) -> pl.DataFrame:
    """Placements that count, with the number of the distinct placement that each row is part of (2.5).

    Returns:
        The columns of placements_in_order, and placement; in the same order.
    """
    ordered = placements_in_order(context).join(
        _same_carer(context), on=["placement_id", "person_id"], how="left", maintain_order="left"
    )
    temporary = pl.col("placement_type").is_in(TEMPORARY).fill_null(False)
    ordered = ordered.with_columns(temporary.cum_sum().alias("breaks")).filter(~temporary)
    before = {name: pl.col(name).shift(1) for name in ("person_id", "placement_type", "urn", "postcode", "breaks")}
    here = {"urn": _bare("urn"), "postcode": _bare("postcode")}
    same_home = (here["urn"] == here["urn"].shift(1)).fill_null(False) | (
        here["postcode"] == here["postcode"].shift(1)
    ).fill_null(False)
    back = (
        (pl.col("breaks") > before["breaks"])
        & (pl.col("placement_type") == before["placement_type"]).fill_null(False)
        & same_home
    )
    goes_on = (pl.col("person_id") == before["person_id"]) & (pl.col("same_carer").fill_null(False) | back)
    numbered = ordered.with_columns((~goes_on.fill_null(False)).cum_sum().alias("placement"))
    periods = care_periods(context).select("person_id", "first_day", "last_day", "short_break")
    short_only = (
        numbered.join(periods, on="person_id")
        .filter(of_period())
        .group_by("_row")
        .agg(pl.col("short_break").all())
        .filter("short_break")
    )
    return numbered.join(short_only, on="_row", how="anti", maintain_order="left").drop("same_carer", "breaks")


def _same_carer(context: Context) -> pl.DataFrame:
    """Placements that only episodes begun L, T or U name: placement_id, person_id, same_carer (always true)."""
    named = context.live("care_episodes").filter(pl.col("placement_id").is_not_null())
    return (
        named.group_by("placement_id", "person_id")
        .agg(pl.col("start_reason").is_in(_SAME_CARER).fill_null(False).all().alias("same_carer"))
        .filter("same_carer")
    )


def _bare(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(r"\s", "").str.to_uppercase()


def latest_placement(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the placement of each list row with the latest start among those of its period (R23), temporary included.

    Returns:
        _id and the columns of placements_in_order; a row without a placement is left out.
    """
    return (
        placements_in_order(context)
        .join(rows.select(ID, "person_id", "first_day", "last_day"), on="person_id", maintain_order="left")
        .filter(of_period())
        .unique(ID, keep="last", maintain_order=True)
    )


@derivation("placement_start", "placement_type", "placement_provider", "placement_postcode", "placement_urn")
def placement_columns(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """The most recent placement of the period, as recorded (R23); no provider of a temporary or other placement."""
    return latest_placement(context, rows).select(
        ID,
        pl.col("start_date").alias("placement_start"),
        "placement_type",
        pl.when(~pl.col("placement_type").is_in(_NO_PROVIDER).fill_null(False))
        .then("provider")
        .alias("placement_provider"),
        pl.col("postcode").alias("placement_postcode"),
        pl.col("urn").alias("placement_urn"),
    )


@derivation("placement_location", "la_of_placement")
def placement_location(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Whether the most recent placement is inside the own authority, and which authority it is in (2.12, R30).

    The authority comes from the table of locations, else from the postcode by the look-up. IN where it is one of
    `own_la`, by name or code, else OUT. Northern Ireland, Wales, Scotland and abroad are OUT. For a confidential
    placement, and wherever the authority or `own_la` is not known, only what is recorded is shown: nothing is ever
    assumed. One warning a run where nothing gives an authority or `own_la` is empty (AA-R22); a warning for a
    confidential placement without a location (AA-838). That the authority of one child alone is unknown is AA-837.
    """
    answer = with_location(context, latest_placement(context, rows))
    _report_locations(context, answer)
    return answer.select(
        ID, "placement_location", pl.coalesce("special", "la_name", "la_code").alias("la_of_placement")
    )


def with_location(context: Context, placements: pl.DataFrame) -> pl.DataFrame:
    """Say of placements which authority they are in, and whether that is the own one (2.12).

    Args:
        context: the run.
        placements: placement_id and postcode.

    Returns:
        `placements` with la_code and la_name (of the table of locations, else by the postcode), location (IN or OUT as
        recorded), temporary_approval (as recorded), special (NIR, WAL, SCO, NUK or CON), inside (whether the authority
        is one of `own_la`; null where either is not known, and of a confidential placement) and placement_location
        (what the list shows).
    """
    located = _with_authority(context, placements)
    own = own_authority(context.options.own_la)
    code, name = pl.col("la_code"), pl.col("la_name")
    known = code.is_not_null() | name.is_not_null()
    special = pl.col("special")
    # Without any match `is_in` is blank for a blank name, which a match by code must outweigh.
    inside = folded(code).is_in(own).fill_null(False) | folded(name).is_in(own).fill_null(False)
    told = (
        pl.when(special.is_in(ABROAD)).then(pl.lit(False))
        .when(~(special == CONFIDENTIAL).fill_null(False) & known & pl.lit(bool(own))).then(inside)
    )  # fmt: skip
    place = (
        pl.when(pl.col("inside").is_null()).then("location")
        .when("inside").then(pl.lit("IN"))
        .otherwise(pl.lit("OUT"))
    )  # fmt: skip
    return located.with_columns(told.alias("inside")).with_columns(place.alias("placement_location"))


def own_authority(names: Iterable[str]) -> frozenset[str]:
    """Return the names and codes of the own authority as `folded` gives those of placements; blank ones left out."""
    return frozenset(name.strip().lower() for name in names if name.strip())


def _with_authority(context: Context, placements: pl.DataFrame) -> pl.DataFrame:
    """Add la_code, la_name, location and temporary_approval (as recorded) and special (NIR, WAL, SCO, NUK, CON)."""
    recorded = (
        context.live("placement_locations")
        .filter(pl.col("placement_id").is_not_null())
        .sort("placement_id", "la_code", "la_name", "location", "temporary_approval", nulls_last=True)
        .unique("placement_id", keep="first", maintain_order=True)
        .select("placement_id", "la_code", "la_name", "location", "temporary_approval")
    )
    looked_up = pl.DataFrame(schema=dict.fromkeys(("postcode", "la_code", "la_name"), pl.String))
    if context.postcodes is not None:
        looked_up = context.postcodes.select("postcode", "la_code", "la_name")
    together = (
        placements.with_columns(_bare("postcode").alias("bare"))
        .join(recorded, on="placement_id", how="left", maintain_order="left")
        .join(looked_up, left_on="bare", right_on="postcode", how="left", maintain_order="left", suffix="_by_postcode")
    )
    given = pl.col("la_code").is_not_null() | pl.col("la_name").is_not_null()
    together = together.with_columns(
        pl.when(given).then(name).otherwise(f"{name}_by_postcode").alias(name) for name in ("la_code", "la_name")
    )
    codes = code_sets()["la_of_placement"]
    read = {name: codes.read(pl.col(name)) for name in ("la_code", "la_name")}
    return together.with_columns(
        pl.coalesce(pl.when(code.is_in(codes.codes)).then(code) for code in read.values()).alias("special")
    )


def folded(column: pl.Expr) -> pl.Expr:
    """Names or codes of authorities in the form in which they are compared."""
    return column.str.strip_chars().str.to_lowercase()


def gives_authority(context: Context) -> bool:
    """Whether anything in the run gives an authority of placement: a location that names one, or a look-up."""
    locations = context.live("placement_locations")
    supplied = locations.select((pl.col("la_code").is_not_null() | pl.col("la_name").is_not_null()).any()).item()
    return bool(supplied) or context.postcodes is not None


def _report_locations(context: Context, rows: pl.DataFrame) -> None:
    gives, own = gives_authority(context), own_authority(context.options.own_la)
    if not (gives and own):
        lacking = "The own authority is not set" if gives else "Nothing gives the authority of a placement"
        message = f"{lacking}: the placement location is blank unless the extract gives it."
        context.findings.add("AA-R22", message, list=LIST)
    report_rows(
        context,
        "AA-838",
        "Confidential placement without a location: it is left blank.",
        number=LIST,
        record="placements",
        rows=rows.filter((pl.col("special") == CONFIDENTIAL) & pl.col("location").is_null()),
        event="placement_id",
        column="postcode",
    )
