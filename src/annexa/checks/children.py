"""The children that a run is about, and what happened to them when: facts that several general checks share."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import polars as pl

from annexa.checks.registry import Looked, looked
from annexa.checks.runs import ExtractRun, ListsRun
from annexa.extract.tables import DROP, ROW
from annexa.filled.model import FILE
from annexa.lists.adoption import with_child
from annexa.lists.context import Context
from annexa.lists.people import people
from annexa.records import RECORDS, Kind

LISTS_OF_CHILDREN: Final = tuple(range(1, 11))

# Records that make a person one whom the lists could show, and the first list that they could be on. A permanence
# record is not one: some systems write another number than the child's there (R43).
ACTIVITY: Final = {
    "contacts": 1,
    "early_help_episodes": 2,
    "early_help_assessments": 2,
    "cin_episodes": 3,
    "assessments": 4,
    "section_47_enquiries": 5,
    "conferences": 5,
    "cin_plans": 6,
    "cp_plans": 7,
    "care_episodes": 8,
    "care_leavers": 9,
}


class Event(NamedTuple):
    """A date on which something happened to a child, and what general checks ask of it.

    `starts` marks what a list of its own says of a child's age (AA-G13), `lived` what cannot follow a death (AA-G14),
    `before_birth` what may concern a child who is not born yet: as early as a pregnancy is long (AA-G10).
    """

    record: str
    field: str
    list: int
    starts: bool = False
    lived: bool = False
    before_birth: bool = True


EVENTS: Final = (
    Event("contacts", "contact_date", 1, starts=True),
    Event("early_help_episodes", "start_date", 2, starts=True, lived=True),
    Event("early_help_assessments", "start_date", 2, starts=True, lived=True),
    Event("cin_episodes", "referral_date", 3, starts=True, lived=True),
    Event("assessments", "start_date", 4, starts=True, lived=True),
    Event("section_47_enquiries", "start_date", 5, starts=True, lived=True),
    Event("conferences", "conference_date", 5, lived=True),
    Event("cin_plans", "start_date", 6, lived=True),
    Event("cin_visits", "visit_date", 6, lived=True),
    Event("cp_plans", "start_date", 7, starts=True, lived=True),
    Event("cp_visits", "visit_date", 7, lived=True),
    Event("cp_reviews", "review_date", 7),
    Event("care_episodes", "start_date", 8, lived=True, before_birth=False),
    Event("legal_statuses", "start_date", 8, before_birth=False),
    Event("placements", "start_date", 8, before_birth=False),
    Event("care_reviews", "review_date", 8, before_birth=False),
    Event("care_visits", "visit_date", 8, lived=True, before_birth=False),
    Event("health_checks", "check_date", 8, before_birth=False),
    Event("missing_episodes", "start", 8, before_birth=False),
    Event("care_leavers", "latest_contact_date", 9, before_birth=False),
    Event("permanence", "decision_date", 10),
    Event("permanence", "matched_date", 10),
    Event("permanence", "placement_order_date", 10, before_birth=False),
    Event("permanence", "placed_date", 10, before_birth=False),
    Event("permanence", "ffa_date", 10, before_birth=False),
    Event("permanence", "order_date", 10, before_birth=False),
    Event("permanence", "reversed_date", 10, before_birth=False),
)


def reads_of(events: Sequence[Event]) -> dict[str, tuple[str, ...]]:
    """Return record -> fields of some events, as a check declares what it reads."""
    fields: dict[str, list[str]] = {}
    for each in events:
        fields.setdefault(each.record, []).append(each.field)
    return {record: tuple(names) for record, names in fields.items()}


def events(context: Context) -> pl.DataFrame:
    """Every dated event of a child whom the extract knows.

    Returns:
        n (position in EVENTS), person_id, day, key (the record's identifier), _row, birth_date (as the lists show it:
        recorded, estimated or expected), unborn, death_date.
    """
    return context.once(_events)


def _events(context: Context) -> pl.DataFrame:
    parts = []
    for position, each in enumerate(EVENTS):
        rows = _rows(context, each.record)
        day = pl.col(each.field)
        is_moment = RECORDS[each.record].fields()[each.field].kind is Kind.MOMENT
        parts.append(
            rows.filter(day.is_not_null()).select(
                pl.lit(position, dtype=pl.UInt8).alias("n"),
                "person_id",
                (day.dt.date() if is_moment else day).alias("day"),
                pl.col(RECORDS[each.record].meta.key).alias("key"),
                ROW,
            )
        )
    known = people(context).select("person_id", "birth_date", "unborn", "death_date")
    return pl.concat(parts).join(known, on="person_id")


def _rows(context: Context, record: str) -> pl.DataFrame:
    if record == "permanence":
        return with_child(context).filter(pl.col(DROP).is_null())
    return context.live(record)


def looked_at(run: ExtractRun, frame: pl.DataFrame, tested: pl.Expr, wrong: pl.Expr, message: str) -> Looked:
    """Return the answer of a check over rows of events().

    Args:
        run: the extract.
        frame: rows of events(); they are many, and are not copied.
        tested: true for the rows that the check tests.
        wrong: true for those of them that are wrong.
        message: says what is wrong.
    """
    number = int(frame.select(tested.sum()).item() or 0)
    tables = [run.context.tables[each.record] for each in EVENTS]
    columns = [table.column(each.field) for table, each in zip(tables, EVENTS, strict=True)]
    answer = looked(
        frame.filter(tested & wrong),
        pl.lit(value=True),
        message,
        list=_named([each.list for each in EVENTS], pl.Int64()),
        child=pl.col("person_id"),
        event=pl.col("key"),
        table=_named([table.source for table in tables], pl.String()),
        file=_named([table.file for table in tables], pl.String()),
        row=pl.col(ROW),
        column=_named(columns, pl.String()),
        value=pl.col("day").cast(pl.String),
    )
    return Looked(number, answer.found)


def _named(values: Sequence[object], dtype: pl.DataType) -> pl.Expr:
    return pl.col("n").replace_strict(dict(enumerate(values)), return_dtype=dtype)


def chosen(wanted: Sequence[bool]) -> pl.Expr:
    """True for the rows of events() whose event is wanted: a flag for each of EVENTS."""
    return pl.col("n").is_in([position for position, flag in enumerate(wanted) if flag])


def with_activity(context: Context) -> pl.DataFrame:
    """Everybody whom a record of ACTIVITY names: person_id, and `list`, the first that the records could be on."""
    return context.once(_with_activity)


def _with_activity(context: Context) -> pl.DataFrame:
    parts = [
        context.live(record).select(pl.col("person_id").unique()).with_columns(pl.lit(number).alias("list"))
        for record, number in ACTIVITY.items()
    ]
    return pl.concat(parts).drop_nulls("person_id").group_by("person_id").agg(pl.col("list").min().cast(pl.Int64))


def persons(context: Context) -> pl.DataFrame:
    """The person records of children with activity.

    Returns:
        The fields of the record, _row, `list` (see with_activity), and of people() unborn, estimated and age.
    """
    return context.once(_persons)


def _persons(context: Context) -> pl.DataFrame:
    known = people(context).select("person_id", "unborn", "estimated", "age")
    return context.live("persons").join(with_activity(context), on="person_id").join(known, on="person_id")


def rows_of_children(run: ListsRun, *columns: str) -> pl.DataFrame:
    """All rows of Lists 1 to 10 that name a child, in the order of the lists.

    Returns:
        list, person_id, the columns (blank where a list has none of the name), _row, _file.
    """
    parts = []
    for number in LISTS_OF_CHILDREN:
        if number not in run.lists:
            continue
        frame = run.rows(number)
        parts.append(
            frame.select(
                pl.lit(number, dtype=pl.Int64).alias("list"),
                pl.col("person_id").cast(pl.String),
                *(pl.col(name) if name in frame.columns else pl.lit(None).alias(name) for name in columns),
                ROW,
                FILE,
            )
        )
    blank = dict.fromkeys(columns, pl.Null)
    empty = pl.DataFrame(schema={"list": pl.Int64, "person_id": pl.String, **blank, ROW: pl.Int64, FILE: pl.String})
    together = pl.concat(parts, how="vertical_relaxed") if parts else empty
    return together.filter(pl.col("person_id").is_not_null())


def unborn(run: ListsRun) -> pl.Expr:
    """True for a row of a list whose child is not born at D: by its age, or a date of birth still to come (K12)."""
    later = pl.col("birth_date") > run.period.inspection_date
    return (pl.col("age_in_years") == -1).fill_null(value=False) | later.fill_null(value=False)
