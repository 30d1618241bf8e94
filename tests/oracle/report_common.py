"""What the oracles of the reports share: who is in which state at D, ages, school age, and what overlaps a window."""

import functools
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import holidays

from tests.oracle.care import care_of
from tests.oracle.leavers import list_9
from tests.oracle.need import list_6
from tests.oracle.people import Run
from tests.oracle.protection import list_7
from tests.oracle.reading import FIELDS, UNREADABLE, Row, birthday, day_of, is_open, months_before

# In the order in which one of several is the current status.
STATES = ("looked after child", "child protection", "child in need", "care leaver")
LIST_6 = {"looked after child": ("a)",), "child protection": ("b)",), "child in need": ("c)", "d)")}
NOT_RECEIVING = "not receiving a statutory service"
# The lists that say it, each with the table without which it is not supplied.
SOURCES = {6: "ssd_cin_episodes", 7: "ssd_cp_plans", 8: "ssd_cla_episodes", 9: "ssd_care_leavers"}


@functools.cache
def need_rows(run: Run) -> list[dict[str, Any]]:
    """List 6, which is not supplied without its own table."""
    return list_6(run).rows if run.has("ssd_cin_episodes") else []


@functools.cache
def states(run: Run) -> dict[str, set[str]]:
    """The children of each state at D, from the oracles of Lists 6 to 9.

    Whom List 6 says to be looked after or on a plan is so, as the report has it: a plan held for another authority is
    on List 6 alone, and the specification names no other status for such a child.
    """
    case = {row["Child Unique ID"]: (row["Case status"] or "")[:2] for row in need_rows(run)}
    of_6 = {state: {child for child, found in case.items() if found in codes} for state, codes in LIST_6.items()}
    plans = {row["Child Unique ID"] for row in list_7(run).rows if row["Child Protection Plan End Date"] is None}
    care = care_of(run)
    looked_after = {child for child in care.periods if care.open_care(child)}
    leavers = {row["Child Unique ID"] for row in list_9(run).rows}
    found = (
        looked_after | of_6["looked after child"],
        plans | of_6["child protection"],
        of_6["child in need"],
        leavers,
    )
    return dict(zip(STATES, found, strict=True))


def current_status(run: Run, child: str) -> str:
    """The one status of a child."""
    return next((state for state in STATES if child in states(run)[state]), on_none(run))


def on_none(run: Run) -> str:
    """What is said of a child on none of the lists: that no service is received only where all were supplied.

    The specification names no status for a child whom a list that is not there could have. As the report has it, the
    status is not known then, since a table that is not supplied says nothing.
    """
    absent = [str(number) for number, table in SOURCES.items() if not run.has(table)]
    return f"not known (List {', '.join(absent)} not supplied)" if absent else NOT_RECEIVING


def any_list(run: Run) -> bool:
    """Whether the extract says anything of statuses."""
    return any(run.has(table) for table in SOURCES.values())


def by_status(run: Run, children: Iterable[str]) -> dict[str, int]:
    """How many of some children have each current status; every status is named."""
    found = Counter(current_status(run, child) for child in set(children))
    return {status: found[status] for status in (*STATES, on_none(run))}


@functools.cache
def bank_holidays(years: range) -> set[date]:
    """The bank holidays of England in some years."""
    return set(holidays.country_holidays("GB", subdiv="ENG", years=years))


def has_column(run: Run, column: str) -> bool:
    """Whether the table and the column of it are supplied; `absent` of the options names columns that are not."""
    return run.has(column.partition(".")[0]) and column not in run.options.get("absent", ())


def day(value: Any) -> date | None:
    """The day of a date or a moment."""
    return None if value is None else day_of(value)


def ended(run: Run, row: Row, end: str) -> date | None:
    """The day on which a record ended: the recorded one, else the person's death (K14)."""
    return day(row[end]) or run.died(row["person_id"])


def open_at_d(run: Run, row: Row, start: str = "start_date", end: str = "end_date") -> bool:
    """K5: whether a record is in force at D."""
    return is_open(day(row[start]), ended(run, row, end), run.as_at)


def overlaps(run: Run, row: Row, since: date, start: str = "start_date", end: str = "end_date") -> bool:
    """Whether a record began by A and had not ended before a day; without a start its end, or its being open, decides."""
    until = ended(run, row, end)
    begun = day(row[start])
    return (begun is None or begun <= run.as_at) and (until is None or until >= since)


def within(value: Any, since: date, until: date) -> bool:
    """Whether a date is there and lies between two days, both included."""
    return value is not None and since <= day_of(value) <= until


def months_after(start: date, months: int) -> date:
    """The same day so many calendar months later, or the last day of that month."""
    return months_before(start, -months)


def disabled(run: Run, child: str) -> bool:
    """Whether a disability is recorded: any known code but NONE."""
    codes = {row["disability"] for row in run.of_person("ssd_disability").get(child, [])}
    return bool(codes - {None, "NONE", UNREADABLE})


def school_age(birth: date, at: date) -> bool:
    """Whether somebody is of compulsory school age on a day, the first and the last day included."""
    fifth, sixteenth = birthday(birth, 5), birthday(birth, 16)
    terms = [date(fifth.year, month, last) for month, last in ((3, 31), (8, 31), (12, 31))]
    first = min(term for term in terms if term >= fifth)
    june = date(sixteenth.year + (sixteenth.month >= 9), 6, 30)
    last = june - timedelta(days=(june.weekday() - 4) % 7)  # Friday is 4
    return first <= at <= last


def latest_record(run: Run, rows: list[Row]) -> Row | None:
    """The most recent education record (K15): of equals the fuller, then the greater text."""

    def order(row: Row) -> tuple[Any, ...]:
        over = ended(run, row, "end_date")
        said = ["" if row[name] is None else str(row[name]) for name in FIELDS["annexa_education_status"]]
        return (row["start_date"] or date.min, over or date.max, -said.count(""), said)

    return max(rows, key=order, default=None)


def said_last(run: Run, child: str, field: str) -> Any:
    """What the latest education record of a child says that says anything."""
    rows = run.of_person("annexa_education_status").get(child, [])
    row = latest_record(run, [row for row in rows if row[field] is not None])
    return row and row[field]


def of_school_age(run: Run, child: str) -> bool | None:
    """Whether a child is of compulsory school age at D; None without a date of birth.

    The person record says when the child was born; only of a child without one the education table.
    """
    if run.person(child) is None:
        birth = said_last(run, child, "birth_date")
    elif run.unborn(child):
        return False
    else:
        birth = run.birth(child)
    return None if birth is None else school_age(birth, run.day)


def has_ehcp(run: Run, child: str) -> str | None:
    """Y, N or None: a plan in force at D of the standard layout where that is supplied, else as education says.

    As the report has it, the standard layout says nothing of a child who has no record there, so that education does.
    """
    chain = ("ssd_send", "ssd_ehcp_requests", "ssd_ehcp_assessment", "ssd_ehcp_named_plan")
    known = run.person(child) is not None or child in run.of_person("ssd_send")
    if not (known and all(run.has(table) for table in chain)):
        rows = [row for row in run.of_person("annexa_education_status").get(child, []) if open_at_d(run, row)]
        said = [row for row in rows if row["ehcp"] in ("Y", "N")]
        last = max((row["start_date"] or date.min for row in said), default=None)
        return max((row["ehcp"] for row in said if (row["start_date"] or date.min) == last), default=None)
    sends = {each["send_id"] for each in run.of_person("ssd_send").get(child, [])} - {None}
    requests = {each["request_id"] for each in run.rows("ssd_ehcp_requests") if each["send_id"] in sends} - {None}
    found = {e["assessment_id"] for e in run.rows("ssd_ehcp_assessment") if e["request_id"] in requests} - {None}
    plans = [each for each in run.rows("ssd_ehcp_named_plan") if each["assessment_id"] in found]
    return "Y" if any(is_open(each["start_date"], each["end_date"], run.as_at) for each in plans) else "N"
