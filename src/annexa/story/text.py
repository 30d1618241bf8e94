"""A story as text: headings, short sentences, nothing that a plain console cannot show but the values themselves."""

import textwrap
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from annexa.story.model import NOT_SUPPLIED, OFF, ON, FindingStory, ListStory, RecordStory, Story
from annexa.story.words import day, opened, series, shown

WIDTH: Final = 78
# Records that say who was about, which is not told: their rows are named, and their days alone would say nothing.
_ROWS_ALONE: Final = ("involvements",)


def lines_of(story: Story) -> list[str]:
    """Return the story line by line."""
    return [*_head(story), *_short(story), *_lists(story), *_others(story), *_findings(story)]


def _head(story: Story) -> Iterator[str]:
    yield from _heading(f"The story of {shown(story.child)}", "=")
    when = f"Inspection date {day(story.inspection_date)}, edition {story.edition}."
    if story.as_at != story.inspection_date:
        when += f" The extract is of {day(story.as_at)}: what is later had not happened yet."
    yield from _wrapped(when)
    yield from _wrapped(story.person)
    if story.merged:
        were = "was" if len(story.merged) == 1 else "were"
        yield from _wrapped(f"{series(map(shown, story.merged))} {were} merged into {shown(story.child)}.")


def _short(story: Story) -> Iterator[str]:
    if len(story.lists) < 2:
        return
    yield from _heading("In short", "-")
    for words, numbers in (
        ("On {}.", [each.number for each in story.lists if each.state == ON]),
        ("Not on {}.", [each.number for each in story.lists if each.state == OFF and not _silent(each)]),
        (
            "Not on {}: nothing about this person is in the tables from which they start.",
            [each.number for each in story.lists if _silent(each)],
        ),
        ("Not built, for want of a table: {}.", [each.number for each in story.lists if each.state == NOT_SUPPLIED]),
    ):
        if numbers:
            yield from _wrapped(words.format(f"List{'' if len(numbers) == 1 else 's'} {series(numbers)}"))


def _silent(each: ListStory) -> bool:
    return each.state == OFF and not each.records and not each.facts


def _lists(story: Story) -> Iterator[str]:
    for each in story.lists:
        if len(story.lists) == 1 or not _silent(each):
            yield from _heading(each.title, "-")
            yield from _list(each)


def _list(each: ListStory) -> Iterator[str]:
    if len(each.rows) > 1:
        yield from _wrapped(each.answer.partition(", because ")[0] + ":")
        for row in each.rows:
            yield from _wrapped(opened(row.because), "- ")
    else:
        yield from _wrapped(each.answer)
    for text in each.facts:
        yield from _wrapped(text, "- ")
    for record in each.records:
        yield ""
        yield from _record(record)
    for number, row in enumerate(each.rows, start=1):
        yield ""
        yield "The row on the list:" if len(each.rows) == 1 else f"Row {number} on the list:"
        for heading, value in row.cells:
            yield from _wrapped(f"{heading}: {value or '(blank)'}", "  ")


def _record(record: RecordStory) -> Iterator[str]:
    yield from _wrapped(f"{record.title[:1].upper()}{record.title[1:]} ({record.table}, row {record.row})")
    if record.facts:
        yield from _wrapped(". ".join(f"{meaning}: {value}" for meaning, value in record.facts) + ".", "  ")
    if record.fate:
        finding = f" See finding {record.finding}." if record.finding else ""
        yield from _wrapped(record.fate + finding, "  ")


def _others(story: Story) -> Iterator[str]:
    if not story.others:
        return
    yield from _heading("Other records", "-")
    yield from _wrapped("They put nobody on a list above by themselves; rules, columns and checks draw on them.")
    for table, records in groupby(story.others, key=lambda each: each.table):
        yield ""
        yield f"{table}:"
        each_told = list(records)
        alone = [record for record in each_told if record.record in _ROWS_ALONE and not record.fate]
        if alone:
            rows = f"Row{'' if len(alone) == 1 else 's'} {series(str(each.row) for each in alone)}"
            yield from _wrapped(f"{rows}: workers, teams and their roles, which are not told.", "  ", "    ")
        for record in each_told:
            if record in alone:
                continue
            told = [". ".join(f"{meaning}: {value}" for meaning, value in record.facts), record.fate.rstrip(".")]
            yield from _wrapped(". ".join([f"Row {record.row}", *filter(None, told)]) + ".", "  ", "    ")


def _findings(story: Story) -> Iterator[str]:
    yield from _heading("Findings", "-")
    if not story.findings:
        yield "None."
    for each in story.findings:
        yield from _wrapped(_finding(each), "- ")


def _finding(each: FindingStory) -> str:
    about = f", List {each.list}" if each.list is not None else ""
    places = [
        each.table or "",
        f"row {each.row}" if each.row is not None else "",
        f"column {each.column}" if each.column else "",
        f"value {shown(each.value)}" if each.value else "",
        f"due {day(each.due_date)}" if each.due_date else "",
        f"{each.days_overdue} days overdue" if each.days_overdue else "",
        f"accepted: {shown(each.accepted)}" if each.accepted else "",
    ]
    where = ", ".join(place for place in places if place)
    return f"{each.severity.capitalize()} {each.check}{about}: {each.message}" + (f" ({where})" if where else "")


def _heading(text: str, line: str) -> Iterator[str]:
    yield from ([] if line == "=" else [""])
    yield text
    yield line * len(text)


def _wrapped(text: str, first: str = "", then: str | None = None) -> Iterator[str]:
    yield from textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first) if then is None else then,
        break_long_words=False,
        break_on_hyphens=False,
    )
