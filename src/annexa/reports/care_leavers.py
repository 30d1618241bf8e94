"""3.10: care leavers: who is in touch, how they live, what they do, and the support they get."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import polars as pl

from annexa.editions import Edition
from annexa.lists.care_columns import ever_uasc
from annexa.lists.reasons import REASONS
from annexa.period import Window
from annexa.reports.leaver_bands import (
    ACTIVITY,
    ACTIVITY_RATES,
    BANDS,
    COMPARED,
    CONTACT,
    COUNTED,
    EVERYBODY,
    HOUSING,
    LEFT,
    OTHER_AGES,
    Part,
    Rate,
    bands,
    cells,
    compared,
    count,
    counts_grid,
    leavers,
    named,
    rate,
    rates_grid,
    unsupplied,
)
from annexa.reports.model import Cell, Content, Grid
from annexa.reports.numbers import yes_no
from annexa.reports.run import ReportRun, report
from annexa.reports.staff import report_unknown_staff, with_worker
from annexa.reports.unused import unused

REVIEW_MONTHS: Final = 6
SUPPORTED_UNTIL: Final = 21  # from then on support under the Act is on request

UNDER_21: Final = "relevant and former relevant, under 21"
FROM_21: Final = "relevant and former relevant, 21 and over"
QUALIFYING: Final = "qualifying"
ELIGIBLE: Final = "eligible"
UNKNOWN: Final = "category or age not known"
AGES: Final = tuple(f"relevant and former relevant, {ages}" for ages in ("under 18", "18", "19 and 20"))

_IN_TOUCH: Final = Rate("in_touch", "counted", "In touch, of all")
_HOUSING_RATES: Final = (
    Rate("suitable", "counted", "Suitable accommodation, of all"),
    Rate("suitable", "in_touch", "the same for suitability, of those in touch"),
    Rate("housing_unknown", "counted", "No information on suitability, of all"),
)
_RATES: Final = (_IN_TOUCH, *_HOUSING_RATES, *ACTIVITY_RATES)
_PLACES: Final = (
    Part("custody", "In custody"),
    Part("bed_and_breakfast", "Bed and breakfast"),
    Part("homeless", "Homeless"),
    Part("former_carers", "With former foster carers"),
    Part("uasc", "Ever an unaccompanied asylum seeking child"),
)


class Support(NamedTuple):
    """A kind of support: its flag and heading, and what must be supplied (one entry each, as in a report's file)."""

    flag: str
    heading: str
    needs: tuple[str, ...]


_SUPPORT: Final = (
    Support("adviser", "Personal adviser allocated", ("care_leavers.personal_adviser",)),
    Support("contacted", "Recent contact", ("care_leavers.latest_contact_date",)),
)
_PLAN_SUPPORT: Final = (
    Support("completed", "Pathway plan completed", ("pathway_plans.completed_date",)),
    Support("in_place", "Pathway plan in place", ("pathway_plans",)),
    Support(
        "reviewed",
        "Pathway plan reviewed in six months",
        ("pathway_plans", "pathway_plans.review_date or care_leavers.pathway_plan_review_date"),
    ),
)
# Without the table of plans nothing is known of a plan but its review.
_REVIEWS_ALONE: Final = (
    Support("review_recorded", "Review recorded", ("care_leavers.pathway_plan_review_date",)),
    Support("reviewed", "Review recorded in six months", ("care_leavers.pathway_plan_review_date",)),
)
_ALL_SUPPORT: Final = (*_SUPPORT, *_PLAN_SUPPORT, *_REVIEWS_ALONE)


@report("3.10")
def care_leavers(run: ReportRun) -> Content:
    """The care leavers of List 9, by age, and the support of those to whom the duty is owed in full (I38 to I42).

    The plans' table makes the difference between a plan and a review: without it the figures say "review recorded".
    """
    rows = _with_support(run)
    report_unknown_staff(run, "care_leavers", "personal_adviser", team="")
    return Content(
        figures=_figures(rows),
        grids=_grids(run, rows),
        sheets={"care_leavers": _sheet(run, rows)},
        excluded=_excluded(run, rows),
        definitions=_definitions(run),
        counted=_counted(rows),
        within=_within(),
    )


# --- the facts ---


def _with_support(run: ReportRun) -> pl.DataFrame:
    """Add to leavers(): support_group, support_age (of AGES), uasc, and the flags and dates of support.

    The review is the latest that List 9's records or the plans have; a plan counts whichever of a person's plans it is.
    """
    rows = leavers(run).join(_plans(run), on="person_id", how="left", maintain_order="left")
    age = pl.col("age")
    owed = pl.col("eligibility").is_in(["RELEVANT", "FORMER"]).fill_null(value=False)
    under = owed & (age < SUPPORTED_UNTIL).fill_null(value=False)
    reviewed = pl.max_horizontal("pathway_plan_review_date", "plan_review_date")
    asylum = ever_uasc(run.context, rows.with_row_index("_id"))["ever_uasc"]
    return rows.with_columns(
        pl.when(under).then(pl.lit(UNDER_21))
        .when(owed & (age >= SUPPORTED_UNTIL)).then(pl.lit(FROM_21))
        .when(pl.col("eligibility") == "QUALIFYING").then(pl.lit(QUALIFYING))
        .when(pl.col("eligibility") == "ELIGIBLE").then(pl.lit(ELIGIBLE))
        .otherwise(pl.lit(UNKNOWN)).alias("support_group"),
        pl.when(~under).then(None)
        .when(age < 18).then(pl.lit(AGES[0]))
        .when(age == 18).then(pl.lit(AGES[1]))
        .otherwise(pl.lit(AGES[2])).alias("support_age"),
        asylum.alias("ever_uasc"),
        (asylum == "Y").fill_null(value=False).alias("uasc"),
        pl.col("personal_adviser").is_not_null().alias("adviser"),
        _contact_window(run).contains(pl.col("latest_contact_date")).alias("contacted"),
        pl.col("plan_completed").is_not_null().alias("completed"),
        pl.col("plan_start").is_not_null().alias("in_place"),
        reviewed.alias("latest_review"),
        _review_window(run).contains(reviewed).alias("reviewed"),
        reviewed.is_not_null().alias("review_recorded"),
    )  # fmt: skip


def _plans(run: ReportRun) -> pl.DataFrame:
    """Each person's latest start, completion and review of a pathway plan; dates later than A are blank already."""
    return (
        run.rows("pathway_plans")
        .filter(pl.col("person_id").is_not_null())
        .group_by("person_id")
        .agg(
            pl.col("start_date").max().alias("plan_start"),
            pl.col("completed_date").max().alias("plan_completed"),
            pl.col("review_date").max().alias("plan_review_date"),
        )
    )


def _contact_window(run: ReportRun) -> Window:
    return run.period.window(run.settings.adviser_contact_months)


def _review_window(run: ReportRun) -> Window:
    return run.period.window(REVIEW_MONTHS)


# --- the numbers ---


def _figures(rows: pl.DataFrame) -> Mapping[str, Cell]:
    counts = (EVERYBODY, COUNTED, LEFT, *CONTACT[1:], *_PLACES)
    figures: dict[str, Cell] = {each.flag: count(rows, each.flag) for each in counts}
    for each in _RATES:
        key = each.part if each.whole == "counted" else f"{each.part}_{each.whole}"
        figures[key] = rate(rows, each)
    owed = rows.filter(pl.col("support_group") == UNDER_21)
    figures["owed"] = count(owed, EVERYBODY.flag, UNDER_21)
    for flag in ("adviser", "contacted", "completed", "in_place", "reviewed", "review_recorded"):
        figures[flag] = rate(owed, Rate(flag, EVERYBODY.flag, ""), UNDER_21)
    figures["review_in_six_months"] = figures["reviewed"]
    return figures


def _grids(run: ReportRun, rows: pl.DataFrame) -> list[Grid]:
    absent = unsupplied(run) | (frozenset() if run.has("immigration_statuses") else {"uasc"})
    others = compared(rows)
    headings = (EVERYBODY, COUNTED, CONTACT[0], HOUSING[0], HOUSING[-1], ACTIVITY[0], ACTIVITY[-1], *_PLACES)
    numbers = tuple((band, cells(group, headings, band, absent=absent)) for band, group in others.items())
    return [
        counts_grid("ages", rows, (COUNTED, LEFT), EVERYBODY, absent),
        counts_grid("contact", rows, CONTACT, COUNTED, absent),
        counts_grid("housing", rows, HOUSING, COUNTED, absent),
        counts_grid("places", rows, _PLACES, absent=absent),
        counts_grid("activity", rows, ACTIVITY, COUNTED, absent),
        rates_grid("rates", bands(rows), _RATES, rows, absent=absent),
        # These bands overlap with the others, so nothing adds up.
        Grid("compared", tuple(each.heading for each in headings), numbers),
        rates_grid("compared_rates", others, _RATES, absent=absent),
        *_support_grids(run, rows),
    ]


def _within() -> list[tuple[str, str]]:
    """Which counts are of some of those that another one counts, by name: of bands that overlap, and of one band."""
    flags = (EVERYBODY, COUNTED, LEFT, *CONTACT, *HOUSING, *ACTIVITY, *_PLACES)
    pairs = [(named(each.flag, "18"), named(each.flag, "17-18")) for each in flags]
    ages = {AGES[1]: "18", AGES[2]: "19-21"}
    pairs += [(named(EVERYBODY.flag, owed), named(EVERYBODY.flag, band)) for owed, band in ages.items()]
    pairs.append((named(EVERYBODY.flag, AGES[1]), named(EVERYBODY.flag, "17-18")))
    for group in ("", *BANDS, OTHER_AGES, *COMPARED):
        pairs += [(named(each.flag, group), named(EVERYBODY.flag, group)) for each in (COUNTED, *_PLACES)]
        counted = (CONTACT[0], HOUSING[0], HOUSING[-1], ACTIVITY[0], ACTIVITY[-1])
        pairs += [(named(each.flag, group), named(COUNTED.flag, group)) for each in counted]
    groups = (UNDER_21, FROM_21, QUALIFYING, ELIGIBLE, UNKNOWN, *AGES, "")
    pairs += [(named(each.flag, group), named(EVERYBODY.flag, group)) for group in groups for each in _ALL_SUPPORT]
    return [*pairs, *((named("reviewed", group), named("review_recorded", group)) for group in groups)]


def _support_grids(run: ReportRun, rows: pl.DataFrame) -> list[Grid]:
    """Support as counts by group, and by age of those under 21, and as shares of each of these."""
    kinds = _supports(run)
    parts = (EVERYBODY, *(Part(each.flag, each.heading) for each in kinds))
    absent = frozenset(each.flag for each in kinds if not all(map(run.supplies, each.needs)))
    groups = {
        name: rows.filter(pl.col("support_group") == name)
        for name in (UNDER_21, FROM_21, QUALIFYING, ELIGIBLE, UNKNOWN)
    }
    owed = groups[UNDER_21]
    ages = {name: owed.filter(pl.col("support_age") == name) for name in AGES}
    headings = tuple(each.heading for each in parts)
    adds = frozenset(each.heading for each in parts if each.flag not in absent)

    def lines(groups: Mapping[str, pl.DataFrame]) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
        return tuple((name, cells(group, parts, name, absent=absent)) for name, group in groups.items())

    rates = [Rate(each.flag, EVERYBODY.flag, each.heading) for each in kinds]
    return [
        Grid("support", headings, lines(groups), cells(rows, parts, absent=absent), adds),
        Grid("support_ages", headings, lines(ages), cells(owed, parts, UNDER_21, absent=absent), adds),
        rates_grid("support_rates", ages | groups, rates, absent=absent),
    ]


def _supports(run: ReportRun) -> tuple[Support, ...]:
    return (*_SUPPORT, *(_PLAN_SUPPORT if run.has("pathway_plans") else _REVIEWS_ALONE))


# --- the rows, and what is said of them ---


def _sheet(run: ReportRun, rows: pl.DataFrame) -> pl.DataFrame:
    labels = {
        "eligibility": "eligibility",
        "touch": "in_touch",
        "accommodation": "accommodation",
        "suitability": "suitability",
        "activity": "activity",
    }
    rows = with_worker(run, rows, "personal_adviser")
    return rows.with_columns(
        *(_label(run.context.edition, codes, column) for column, codes in labels.items()),
        *(
            yes_no(pl.col(flag).fill_null(value=False)).alias(f"{flag}_yn")
            for flag in ("contacted", "reviewed", "adviser")
        ),
    )


def _label(edition: Edition, codes: str, column: str) -> pl.Expr:
    return edition.code_set(codes).write(pl.col(column)).alias(column)


def _excluded(run: ReportRun, rows: pl.DataFrame) -> dict[str, int]:
    """Rows of the input that are in no number: those of people who are off List 9, by List 9's own reasons."""
    source = run.context.tables["care_leavers"].source
    left_out = run.lists[9].left_out if run.listed(9) else {}
    excluded = {f"{source}: {REASONS[code].meaning}": number for code, number in left_out.items()}
    person = pl.col("person_id")
    reason = (
        pl.when(person.is_null()).then(pl.lit("no identifier of a young person"))
        .when(~person.is_in(rows["person_id"].implode())).then(pl.lit("of somebody who is not on List 9"))
    )  # fmt: skip
    return excluded | unused(run, "pathway_plans", reason)


def _definitions(run: ReportRun) -> dict[str, str]:
    contact, review = _contact_window(run), _review_window(run)
    between = f"from {review.start:%d/%m/%Y} to {review.end:%d/%m/%Y}"
    return {
        "contacted": (
            f"The latest contact was from {contact.start:%d/%m/%Y} to {contact.end:%d/%m/%Y}, both days included, in "
            "the months that the setting adviser_contact_months gives; of relevant and former relevant young people "
            "under 21."
        ),
        "reviewed": (
            f"The latest review of a pathway plan was {between}, both days included; of relevant and former relevant "
            "young people under 21."
        ),
        "review_in_six_months": (
            f"The latest review that is recorded was {between}, both days included; of relevant and former relevant "
            "young people under 21."
        ),
    }


def _counted(rows: pl.DataFrame) -> list[str]:
    number = rows["age"].null_count()
    return [f"Care leavers of unknown age, who stand among other ages: {number}."] if number else []
