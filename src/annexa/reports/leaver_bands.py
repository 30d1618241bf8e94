"""Care leavers of List 9 by age and by what is known of them, for the reports 3.07 and 3.10 (indicators I38 to I40)."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import polars as pl

from annexa.lists.people import with_people
from annexa.reports.model import NOT_SUPPLIED, Cell, Count, Grid, Share
from annexa.reports.run import ReportRun

CARE_LEAVERS: Final = "care leavers"  # name of the count: the rows of List 9

BANDS: Final = {"16-17": (16, 17), "18": (18, 18), "19-21": (19, 21), "22-24": (22, 24)}
OTHER_AGES: Final = "other ages, or age not known"  # so that the bands add up to List 9
COMPARED: Final = {"17-18": (17, 18), "19-21": (19, 21)}  # the bands of the national statistics

EET: Final = ("F1", "F2", "F3", "F4", "F5", "P1", "P2", "P3", "P4", "P5")
ILLNESS: Final = "G4"
NO_ACTIVITY: Final = "G5"
PARENTING: Final = "G6"
CUSTODY: Final = "X"
_SUITABLE: Final = "1"
_UNSUITABLE: Final = "2"
_LEFT_OUT: Final = ("DIED", "RHOM")
_ACCOMMODATION: Final = {"custody": CUSTODY, "bed_and_breakfast": "W", "homeless": "S", "former_carers": "Z"}
_STATUS: Final = {"in_touch": "YES", "not_in_touch": "NO", "refused": "REFU", "not_required": "NREQ"}


class Part(NamedTuple):
    """A flag of leavers() under the heading of its column."""

    flag: str
    heading: str


COUNTED: Final = Part("counted", "All but died and returned home")
EVERYBODY: Final = Part("listed", "Care leavers")
LEFT: Final = Part("left_out", "Died or returned home")
CONTACT: Final = (
    Part("in_touch", "In touch"),
    Part("not_in_touch", "Not in touch"),
    Part("refused", "Refuses contact"),
    Part("not_required", "No longer requires services"),
    Part("touch_not_recorded", "Not recorded"),
)
HOUSING: Final = (
    Part("suitable", "Suitable accommodation"),
    Part("unsuitable", "Unsuitable accommodation"),
    Part("housing_unknown", "No information on suitability"),
)
ACTIVITY: Final = (
    Part("eet", "In education, employment or training"),
    Part("illness", "Not: illness or disability"),
    Part("parenting", "Not: pregnancy or parenting"),
    Part("neet_other", "Not: other circumstances"),
    Part("activity_unknown", "No information on activity"),
)


class Rate(NamedTuple):
    """A share: flags of its numerator and denominator, under the heading of its column."""

    part: str
    whole: str
    heading: str


ACTIVITY_RATES: Final = (
    Rate("eet", "counted", "In education, employment or training, of all"),
    Rate("eet", "in_touch", "the same for activity, of those in touch"),
    Rate("activity_unknown", "counted", "No information on activity, of all"),
)


def activity_flags(activity: pl.Expr, among: pl.Expr) -> list[pl.Expr]:
    """Return the flags of ACTIVITY over a column of activity codes: exactly one is true of each row that `among` marks.

    A blank, and a value that no map knows, is no information.
    """
    known = {
        "eet": activity.is_in(list(EET)),
        "illness": activity == ILLNESS,
        "parenting": activity == PARENTING,
        "neet_other": activity == NO_ACTIVITY,
    }
    flags = {name: flag.fill_null(value=False) for name, flag in known.items()}
    flags["activity_unknown"] = ~pl.any_horizontal(*flags.values())
    return [(flag & among).alias(name) for name, flag in flags.items()]


def unsupplied(run: ReportRun) -> frozenset[str]:
    """Return the flags that nothing supplied could make true.

    Who is in touch decides what List 9 shows of a person at all, so without it nothing is known of the rest.
    """
    places = frozenset(_ACCOMMODATION)
    housing, activity = (frozenset(each.flag for each in parts) for parts in (HOUSING, ACTIVITY))
    contact = frozenset(each.flag for each in (COUNTED, LEFT, *CONTACT))
    fields = {
        "in_touch": contact | places | housing | activity,
        "accommodation": places,
        "suitability": housing,
        "activity": activity,
    }
    return frozenset().union(*(flags for field, flags in fields.items() if not run.has("care_leavers", field)))


def leavers(run: ReportRun) -> pl.DataFrame:
    """Everybody on List 9, with what is known of them as flags.

    "All" of a share are the rows but those who died or returned home (`counted`). What is not known of somebody is no
    information, and so is everything about a person with whom the authority is not in touch: List 9 leaves it blank.
    Accommodation in custody is unsuitable, whatever is recorded.

    Returns:
        The columns of List 9's cohort and birth_date; age, blank also before birth; band, of BANDS or OTHER_AGES; and,
        true or false: listed (always true), counted, left_out, the flags of CONTACT, HOUSING and ACTIVITY, custody,
        bed_and_breakfast, homeless, former_carers. Sorted by person_id. Empty where List 9 was not supplied.
    """
    return run.once(_leavers)


_FROM_LIST: Final = (
    "person_id", "eligibility", "in_touch", "latest_contact_date", "accommodation", "suitability", "activity",
    "personal_adviser", "pathway_plan_review_date",
)  # fmt: skip


def _leavers(run: ReportRun) -> pl.DataFrame:
    rows = run.open_rows(9)
    if not run.listed(9):
        dates = ("latest_contact_date", "pathway_plan_review_date")
        rows = pl.DataFrame(schema={name: pl.Date if name in dates else pl.String for name in _FROM_LIST})
    rows = with_people(run.context, rows.select(_FROM_LIST), "birth_date", "age").rename({"in_touch": "touch"})
    age, touch = pl.col("age"), pl.col("touch")
    counted = ~touch.is_in(_LEFT_OUT).fill_null(value=False)
    rows = rows.with_columns(
        pl.when(age >= 0).then(age).alias("age"), pl.lit(value=True).alias("listed"), counted.alias("counted")
    )
    in_band = [pl.when(_within(first, last)).then(pl.lit(band)) for band, (first, last) in BANDS.items()]
    custody = (pl.col("accommodation") == CUSTODY).fill_null(value=False)
    suitable = (pl.col("suitability") == _SUITABLE).fill_null(value=False) & ~custody
    unsuitable = (pl.col("suitability") == _UNSUITABLE).fill_null(value=False) | custody
    return rows.with_columns(
        pl.coalesce(*in_band, pl.lit(OTHER_AGES)).alias("band"),
        (~pl.col("counted")).alias("left_out"),
        *(_is("touch", code).alias(name) for name, code in _STATUS.items()),
        (pl.col("counted") & ~touch.is_in(list(_STATUS.values())).fill_null(value=False)).alias("touch_not_recorded"),
        suitable.alias("suitable"),
        unsuitable.alias("unsuitable"),
        (pl.col("counted") & ~suitable & ~unsuitable).alias("housing_unknown"),
        *activity_flags(pl.col("activity"), pl.col("counted")),
        *(_is("accommodation", code).alias(name) for name, code in _ACCOMMODATION.items()),
    ).sort("person_id")


def _is(column: str, code: str) -> pl.Expr:
    return (pl.col(column) == code).fill_null(value=False)


def _within(first: int, last: int) -> pl.Expr:
    return pl.col("age").is_between(first, last).fill_null(value=False)


# --- numbers of them ---


def named(flag: str, group: str = "") -> str:
    """Return the name of the count of a flag, over all care leavers or one group of them."""
    what = "" if flag == EVERYBODY.flag else f": {flag}"
    return f"{CARE_LEAVERS}{what}{', ' if group else ''}{group}"


def count(rows: pl.DataFrame, flag: str, group: str = "") -> Count:
    """Count the rows with a flag."""
    return Count(int(rows[flag].sum()), named(flag, group))


def rate(rows: pl.DataFrame, each: Rate, group: str = "", *, counts_only: bool = False) -> Share:
    """Return the share of a rate."""
    return Share(count(rows, each.part, group), count(rows, each.whole, group), counts_only)


def bands(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the rows of each band; together they are all rows, once each."""
    return {band: rows.filter(pl.col("band") == band) for band in (*BANDS, OTHER_AGES)}


def compared(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the rows of the bands for comparison, which overlap with the others."""
    return {band: rows.filter(_within(first, last)) for band, (first, last) in COMPARED.items()}


def counts_grid(
    key: str, rows: pl.DataFrame, parts: Sequence[Part], whole: Part | None = None, absent: frozenset[str] = frozenset()
) -> Grid:
    """Count flags by band, in a grid that adds up to the counts over all.

    Args:
        key: of the grid.
        rows: care leavers with these flags.
        parts: the columns.
        whole: the last column, where the others add up to it.
        absent: flags whose input was not supplied.
    """
    columns = [*parts, *([whole] if whole else [])]
    return Grid(
        key,
        tuple(each.heading for each in columns),
        tuple((band, cells(group, columns, band, absent=absent)) for band, group in bands(rows).items()),
        cells(rows, columns, absent=absent),
        adds=frozenset(each.heading for each in columns if each.flag not in absent),
        across=whole is not None,
    )


def cells(
    rows: pl.DataFrame, parts: Sequence[Part], group: str = "", *, absent: frozenset[str] = frozenset()
) -> tuple[Cell, ...]:
    """Count the flags of some care leavers: the cells of one line."""
    return tuple(NOT_SUPPLIED if each.flag in absent else count(rows, each.flag, group) for each in parts)


def rates_grid(
    key: str,
    groups: Mapping[str, pl.DataFrame],
    rates: Sequence[Rate],
    total: pl.DataFrame | None = None,
    *,
    absent: frozenset[str] = frozenset(),
    counts_only: bool = False,
) -> Grid:
    """Return the rates of groups of care leavers, and over all of them where `total` is given.

    Args:
        key: of the grid.
        groups: heading of each line -> its care leavers.
        rates: the columns.
        total: the care leavers of the last line.
        absent: flags whose input was not supplied.
        counts_only: no rate over a few young people.
    """

    def line(rows: pl.DataFrame, group: str = "") -> tuple[Cell, ...]:
        return tuple(
            NOT_SUPPLIED if each.part in absent else rate(rows, each, group, counts_only=counts_only) for each in rates
        )

    return Grid(
        key,
        tuple(each.heading for each in rates),
        tuple((group, line(rows, group)) for group, rows in groups.items()),
        None if total is None else line(total),
    )
