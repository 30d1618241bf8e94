"""Whether what a story says is so: its dates and windows, why a row is there, and the records that it points to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from annexa.records import RECORDS
from annexa.story.model import ListStory, RecordStory, RowStory, Story
from tests.oracle.care import Period, care_of
from tests.oracle.people import Run
from tests.oracle.reading import Row, birthday

DAY = r"(\d\d/\d\d/\d{4})"
NEXT = r"[^/]*?"  # up to what is next said, without another date
OPEN = re.compile(r"(?:open|looked after) on \d")
# List -> the heading of the day on which what a row is about ended, on which it happened, or began.
ENDS = {
    2: "Assessment completion date",
    4: "Continuous Assessment Date of Authorisation",
    6: "CIN Closure Date",
    7: "Child Protection Plan End Date",
    8: "Date Ceased to be Looked After",
}
EVENTS = {1: "Date of Contact", 3: "Date of referral"}
STARTS = {6: "CIN Start Date", 8: "Date Started to be Looked After"}


@dataclass(frozen=True)
class Child:
    """Whose story it is, and the window of the list; dates as the story has them."""

    born: date | None
    died: date | None
    as_at: date
    start: date | None
    end: date | None

    def turned(self, years: int) -> date | None:
        return birthday(self.born, years) if self.born else None


# What stands in a sentence, and what must be so of the dates in it.
SO = {
    f"the window from {DAY} to {DAY}": lambda of, one, other: (one, other) == (of.start, of.end),
    f"{DAY}{NEXT} inside the window": lambda of, day: of.start <= day <= of.end,
    f"{DAY}{NEXT}(?:, which is|,) before the window": lambda of, day: day < of.start,
    f"latest date of an end: {DAY}": lambda of, day: day < of.start,
    f"by {DAY}, before it too": lambda of, day: day < of.start,
    f"(?:(?:open|looked after|stood) on|after) {DAY}": lambda of, day: day == of.as_at,
    f"is dated {DAY}, after": lambda of, day: day > of.as_at,
    f"child died on {DAY}": lambda of, day: day == of.died,
    f"young person died on {DAY}": lambda of, day: day == of.died,
    f"{DAY},? with the child's death": lambda of, day: day == of.died,
    f"18th birthday, {DAY}": lambda of, day: day == of.turned(18),
    f"turned 25 on {DAY}": lambda of, day: day == of.turned(25) <= of.as_at,
    f"18 or over on {DAY}": lambda of, day: day >= of.turned(18),
}


def untrue(run: Run, story: Story) -> list[str]:
    """Each sentence of a story to which the extract or the oracle gives the lie."""
    records = [*story.others, *(each for told in story.lists for each in told.records)]
    found = [each.fate for each in records if not _points_well(run, each) or (each.reason and "counts" in each.fate)]
    for told in story.lists:
        child = Child(run.birth(story.child), run.died(story.child), run.as_at, *(told.window or (None, None)))
        said = [told.answer, *told.facts, *(row.because for row in told.rows), *(each.fate for each in told.records)]
        found += [text for text in said if not _dates_are_so(child, text)]
        found += [row.because for row in told.rows if not _row_is_so(child, story, told, row)]
        found += _care_is_not_so(run, story, told) if told.number == 8 else []
    return found


def _care_is_not_so(run: Run, story: Story, told: ListStory) -> list[str]:
    """What List 8 says of a period that the record does not end, and leaves unsaid of one."""
    care, rows = care_of(run), run.tables["ssd_cla_episodes"]
    if story.child not in care.periods:
        return []
    shown = care.choose(story.child)
    found = [row.because for row in told.rows if _read(row.because) != _reading(shown)]
    last = {
        number: _reading(period)
        for period in care.periods[story.child]
        for number, row in enumerate(rows, start=2)
        if row is period["decides"] and _reading(period)
    }
    for each in told.records:
        if each.reason == "AGE_18":
            grown = next(period for period in care.periods[story.child] if period["by"] == "birthday")
            found += [] if _read(each.fate) == _reading(grown) else [each.fate]
        elif _read(each.fate) != last.get(each.row, ""):
            found.append(each.fate)
    return found


def _reading(period: Period) -> str:
    """Why a period is open, or ended by a rule, other than as its last episode has it."""
    decides, by_rule = period["decides"], period["by"] in ("birthday", "death")
    if decides["end_reason"] == "X1" and decides["end_date"] and (period["end"] is None or by_rule):
        return "X1"
    return "no end" if period["by"] == "birthday" else ""


def _read(text: str) -> str:
    if "X1, which says that care goes on" in text:
        return "X1"
    return "no end" if "no end is recorded" in text.lower() else ""


def _dates_are_so(child: Child, text: str) -> bool:
    return all(
        is_so(child, *(datetime.strptime(each, "%d/%m/%Y").date() for each in found.groups()))
        for pattern, is_so in SO.items()
        for found in re.finditer(pattern, text)
    )


def _row_is_so(child: Child, story: Story, told: ListStory, row: RowStory) -> bool:
    """Whether the reason of a row has the dates of its cells, and none that is told of nowhere."""
    because, cells = row.because, dict(row.cells)
    if told.number in EVENTS:
        return f" is dated {cells[EVENTS[told.number]]}, inside" in because
    ended = cells[ENDS[told.number]] if told.number in ENDS else None
    if ended and (OPEN.search(because) or ended not in because):
        return False
    if ended == "" and not OPEN.search(because) and child.died is None:
        return False
    began = cells[STARTS[told.number]] if told.number in STARTS else None
    if began is not None and began != min(
        _all(r"(?:of|since|(?<!window )from|began on) " + DAY, because), key=_ordered, default=""
    ):
        return False
    elsewhere = [*(each for _, each in row.cells), *told.facts, story.person]
    elsewhere += [value for each in told.records for _, value in each.facts]
    known = {f"{day:%d/%m/%Y}" for day in (*(told.window or ()), story.as_at)} | set(_all(DAY, " ".join(elsewhere)))
    return set(_all(DAY, because)) <= known


def _all(pattern: str, text: str) -> Iterator[str]:
    return (found[1] for found in re.finditer(pattern, text))


def _ordered(text: str) -> str:
    return text[6:] + text[3:5] + text[:2]


def _points_well(run: Run, told: RecordStory) -> bool:
    """Whether the records that a duplicate is said to be like, and to give way to, are such ones."""
    named = [int(number) for number in _all(r"the record in row (\d+)", told.fate)]
    if told.reason not in ("DUPLICATE", "CONFLICT"):
        return not named
    meta = RECORDS[told.record].meta
    rows: list[Row] = run.tables[told.table]  # from row 2 on, in the order of the file
    own, others = rows[told.row - 2], [rows[number - 2] for number in named]
    if not others or told.row in named:
        return False
    if told.reason == "DUPLICATE" and own["_text"] != others[0]["_text"]:
        return False
    if told.reason == "CONFLICT" or len(others) > 1:
        keys = [name for name in (meta.key, meta.person) if name]
        if own["_text"] == others[-1]["_text"] or any(own[name] != others[-1][name] for name in keys):
            return False
    return others[-1]["_drop"] not in ("DUPLICATE", "CONFLICT", "MERGED")
