"""docs/lists.md: who is on each list, what each column says, with which codes, and what differs between editions."""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

from annexa.editions import ColumnSpec, Edition, ListSpec, compare, edition_names, load_edition
from annexa.lists import vocabulary  # noqa: F401  (registers cohorts and derivations)
from annexa.lists.reasons import REASONS
from annexa.lists.registry import COHORTS, DERIVATIONS
from annexa.records import RECORDS, RecordField
from tests.support.markdown import code, codes, listed, page, table
from tests.support.pages.tables_read import tables_read

# What a docstring names for those who read the code: sections and rulings of the specification, lists, functions.
_REFERENCE = re.compile(
    r"(?:section )?(?:[0-9]+\.[0-9]+|[KR][0-9]+)(?: to [KR]?[0-9.]+)?|Lists? [0-9]+(?: and [0-9]+)?|[a-z]+(?:_[a-z]+)+"
)
_BRACKETS = re.compile(r" \(([^()]*)\)")

WORDS = (
    ("inspection date, D", "The day that everything hangs on. Windows, ages and look-backs are counted from it."),
    ("as-at date, A", "D, or the day of the extract where that is earlier. What is dated later has not happened yet."),
    ("window", "From so many calendar months before D to D. Both days are in it. It never is a number of days."),
    ("open", "Begun by A, and not ended by A. What ends on A is closed."),
    ("age", "Completed years at D, or at death. -1 for an unborn child, blank where no date of birth is known."),
    (
        "unborn child",
        "Born after D; or no date of birth, and expected after D or up to 28 days before. Gender is not recorded then.",
    ),
    ("not recorded", "What a column shows for a blank, where Ofsted's codes have a code for that."),
)


def lists_page() -> str:
    """Return the page."""
    editions = [load_edition(name) for name in edition_names()]
    numbers = sorted({number for edition in editions for number in edition.lists})
    return page(
        "The lists explained",
        "the files in `configs/editions`, the records and the rules in `annexa.lists`",
        "What stands here is what annexa does. Hold it beside Ofsted's text, and beside the file of the list in "
        "`configs/editions`. The findings that are named (`AA-...`) are in [Checks](checks.md), the tables and "
        "columns in [The extract layout](extract-layout.md).",
        "## Words",
        table(("Word", "What it means here"), WORDS),
        "## Editions and windows",
        _windows(editions, numbers),
        *(block for number in numbers for block in _list(number, editions)),
        "## Columns that are worked out",
        *_derivations(editions),
        "## Why a record is not on a list",
        "Every record that a list starts from is counted once: it is on the list, or it is left out for one of these "
        "reasons. Where several hold, the first in this table counts. `exclusions.csv` in the output folder has a row "
        "for each record that was left out; the front sheet and `manifest.json` have the counts.",
        table(
            ("Reason", "Counted as", "Meaning"),
            ((code(each.code), each.class_.replace("_", " "), each.meaning) for each in REASONS.values()),
        ),
        "## What differs between the editions",
        *_differences(editions),
        "## Codes",
        "The label is what the list shows. The code is what annexa works with, and what `values` of a source profile "
        "names. Which spellings are read as a code is in [The extract layout](extract-layout.md#codes-and-the-values-"
        "that-are-read-as-them).",
        *_codes(editions),
    )


def _windows(editions: list[Edition], numbers: list[int]) -> str:
    newest = editions[-1]
    rows = [
        ("In force from", "", *(f"{edition.in_force_from:%d/%m/%Y}" for edition in editions)),
        *(
            (
                newest.lists[number].title,
                newest.lists[number].one_row_per,
                *(_window(each, number) for each in editions),
            )
            for number in numbers
        ),
    ]
    return table(("List", "One row for each", *(edition.name for edition in editions)), rows)


def _window(edition: Edition, number: int) -> str:
    months = edition.months.get(number)
    return f"{months} months" if months else "no look-back"


@dataclass(frozen=True)
class _Group:
    """The editions that have a thing in the same form; all of them where `names` is blank."""

    names: str
    edition: Edition

    @property
    def label(self) -> str:
        return f"{self.names}: " if self.names else ""


def _grouped(editions: list[Edition], key: Callable[[Edition], object]) -> list[_Group]:
    """Put editions together for which `key` gives the same."""
    found: dict[object, list[Edition]] = {}
    for edition in editions:
        found.setdefault(key(edition), []).append(edition)
    if len(found) == 1:
        return [_Group("", editions[0])]
    return [_Group(listed([edition.name for edition in same]), same[0]) for same in found.values()]


def _list(number: int, editions: list[Edition]) -> Iterator[str]:
    having = [edition for edition in editions if number in edition.lists]
    yield f"## {having[-1].lists[number].title}"
    for group in _grouped(having, lambda each: (each.lists[number].requirement, each.lists[number].cohort)):
        spec = group.edition.lists[number]
        yield f"**{group.label}{spec.requirement}** ({spec.reference}.)"
        yield from _paragraphs(_function(COHORTS, spec.cohort))
    spec = having[-1].lists[number]
    facts = [f"One row for each {spec.one_row_per}."]
    windows = _grouped(having, lambda each: each.months.get(number))
    facts += [
        f"Window{f' in {each.names}' if each.names else ''}: {_window(each.edition, number)}." for each in windows
    ]
    facts.append(f"In the order of {listed([_sort_key(key) for key in spec.sort], 'then')}.")
    starts = [RECORDS[name].meta.table for name in spec.records]
    without = "it" if len(starts) == 1 else "both"
    facts.append(f"It starts from {listed([code(t) for t in starts])}: without {without} the list is not supplied.")
    others = sorted({RECORDS[name].meta.table for each in having for name in tables_read(each, number)} - {*starts})
    if others:
        facts.append(f"It also reads {codes(others)}.")
    yield "\n".join(f"- {fact}" for fact in facts)
    rows = {}
    for edition in having:
        for column in edition.lists[number].columns:
            rows.setdefault((column.heading, column), []).append(edition.name)
    yield table(
        ("Heading", "What it says", "Comes from", "Codes"),
        (
            _column(spec, column, "" if len(names) == len(having) else f"Only in {listed(names)}. ", having[-1])
            for (_, column), names in rows.items()
        ),
    )


def _sort_key(key: str) -> str:
    return f"{code(key.removesuffix(' desc'))} (latest first)" if key.endswith(" desc") else code(key)


def _column(spec: ListSpec, column: ColumnSpec, only: str, edition: Edition) -> tuple[str, str, str, str]:
    if column.derive:
        meaning = next(_paragraphs(_function(DERIVATIONS, column.derive)))
        origin = f"[worked out](#{_slug(_derivation_heading(column.derive))})"
    else:
        field, origin = _field(spec, column.field or "")
        meaning = f"{field.description}." if field else "Chosen with the row: see above who is on the list."
    not_recorded = ""
    if column.not_recorded and column.codes:
        code_set = edition.code_set(column.codes)
        not_recorded = f" A blank is shown as {code(code_set.label(code_set.not_recorded or ''))}."
    blank = " Ofsted's heading ends with a blank." if column.heading != column.heading.rstrip() else ""
    link = f"[{column.codes}](#{_slug(_codes_heading(column.codes))})" if column.codes else ""
    return code(column.heading), f"{only}{meaning}{not_recorded}{blank}", origin, link


def _field(spec: ListSpec, name: str) -> tuple[RecordField | None, str]:
    """Return the record field behind a column, and its table and column in the standard layout."""
    own = [RECORDS[record] for record in spec.records if name in RECORDS[record].fields()]
    others = [record for record in RECORDS.values() if name in record.fields()]
    records = own or (others if len(others) == 1 else [])
    if not records:
        return None, "worked out"
    columns = (code(f"{record.meta.table}.{record.fields()[name].columns[0]}") for record in records)
    return records[0].fields()[name], " or ".join(columns)


def _function(registered: dict[str, Callable], name: str) -> str:
    if name not in registered:
        raise SystemExit(f"docs: the list files name {name}, and no module of annexa.lists has it.")
    return inspect.getdoc(registered[name]) or ""


def _paragraphs(docstring: str) -> Iterator[str]:
    """Yield what a docstring says to those who read the lists: no references, no arguments, no columns of frames."""
    for paragraph in docstring.split("\n\n"):
        if paragraph.startswith(("Args:", "Returns:", "Raises:")):
            return
        if not paragraph.startswith("The rows "):
            yield _BRACKETS.sub(_without_references, " ".join(paragraph.split()))


def _without_references(match: re.Match[str]) -> str:
    kept = [part for part in match[1].split(", ") if not _REFERENCE.fullmatch(part)]
    return f" ({', '.join(kept)})" if kept else ""


def _derivation_heading(name: str) -> str:
    """Return the heading over a derivation: its names, since one function may give several columns."""
    return f"Worked out: {', '.join(each for each, function in DERIVATIONS.items() if function is DERIVATIONS[name])}"


def _codes_heading(name: str) -> str:
    return f"Codes: {name}"


def _slug(heading: str) -> str:
    """Return the anchor that a heading has on the page."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _derivations(editions: list[Edition]) -> Iterator[str]:
    used = {
        column.derive
        for edition in editions
        for spec in edition.lists.values()
        for column in spec.columns
        if column.derive
    }
    for heading, name in sorted({_derivation_heading(name): name for name in sorted(used)}.items()):
        yield f"### {heading}"
        yield from _paragraphs(_function(DERIVATIONS, name))


def _differences(editions: list[Edition]) -> Iterator[str]:
    for before, after in pairwise(editions):
        yield f"### {before.name} and {after.name}"
        yield table(
            ("What", "Where", before.name, after.name),
            (
                (each.area, each.subject, *("-" if value is None else value for value in (each.before, each.after)))
                for each in compare(before, after)
            ),
        )
    pairs = [(a, b) for a, b in combinations(editions, 2) if (a, b) not in list(pairwise(editions))]
    if pairs:
        yield "The command prints the same for any two editions:"
        yield "\n".join(["```", *(f"annexa editions diff {a.name} {b.name}" for a, b in pairs), "```"])


def _codes(editions: list[Edition]) -> Iterator[str]:
    used = {
        column.codes
        for edition in editions
        for spec in edition.lists.values()
        for column in spec.columns
        if column.codes
    }
    for name in sorted(used):
        having = [edition for edition in editions if name in edition.codes]
        groups = _grouped(having, lambda each, name=name: tuple(each.code_set(name).written.items()))
        sets = [group.edition.code_set(name) for group in groups]
        entries = {entry.code: entry for code_set in sets for entry in code_set.entries}
        yield f"### {_codes_heading(name)}"
        yield f"{sets[-1].title}."
        yield table(
            ("Code", *(group.names or "Label" for group in groups), "Meaning"),
            (
                (
                    code(each),
                    *(code(label) if (label := code_set.label(each)) else "not shown" for code_set in sets),
                    entry.description or "",
                )
                for each, entry in entries.items()
            ),
        )
