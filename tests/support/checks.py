"""Checks held against drawn tables: what is wrong, what is nearly wrong, what is blank.

A file of tests/spec/checks/ is made of blocks. A block begins with the check and what it is tested on:

    AA-201 on extract
    early_help_episodes | person_id | start_date | end_date
                        | TRIPS     | 2025-01-10 | 2025-01-09
                        | NEARLY    | 2025-01-10 | 2025-01-10
                        | BLANK     | 2025-01-10 |

    AA-201 on lists
    2 | person_id | start_date | end_date
      | TRIPS     | 2025-01-10 | 2025-01-09

A table begins with a record's name (or a list's number) and its fields (the list's fields and derivations); the rows
follow. A blank cell is blank; `?` is a coded value that no map knows. Codes are standard codes. The child (or adopter,
or worker) whose name begins with TRIPS must have a finding of the check, no other may have one. Every person that a
row names gets a person record (born 2012-01-15, female, WBRI) unless a table of persons names it; a key that no column
names is made up. `BLANK` rows show what a blank cell does: where a blank is the very fault, call the row TRIPS_BLANK,
and show with BLANK what another blank does.

A finding that names no child is shown by whole blocks, each a run of its own, whose first line ends with what is
expected:

    AA-304 on extract: trips
    AA-304 on extract: nearly
    AA-304 on extract: blank

After the check may stand, in brackets, what differs from a run for 2025-06-02 in the edition ilacs-2019:

    AA-905 on lists [edition=ilacs-2022 day=2025-06-02 extract_date=2025-05-30 setting.working_days=15]
    AA-G21 on extract [previous=1:100,3:50]: trips
    AA-101 on lists [options.own_la=Exshire absent=2.end_date,7]: could not run

On an extract a table that begins with a list's number stands in the place of that list of the build: to show what a
check that proves the build would find.

With `read=ssd` the records of an extract are written as text and read by that source profile, as a run does it: what
reading finds is found, and a cell may hold any text. `absent` names tables or lists, or columns of them, that are not
there although rows stand below or none do; `supplied` names tables (or lists) that are there without a row.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

import polars as pl

from annexa.checks.catalogue import Definition, catalogue
from annexa.checks.registry import MADE
from annexa.checks.run import Checked, run_checks
from annexa.checks.runs import ExtractRun, ListsRun, view_of
from annexa.editions import Edition, ListSpec, load_edition
from annexa.extract.load import extract_from
from annexa.extract.read import RawExtract, RawTable
from annexa.extract.tables import DTYPES
from annexa.findings import Findings, empty
from annexa.lists.build import BuiltList, build_list, build_lists
from annexa.lists.context import Context
from annexa.period import InspectionPeriod
from annexa.records import RECORDS, UNREADABLE, Kind
from annexa.settings import Options
from annexa.sources import load_source
from annexa.workdays import WorkingDays
from tests.support.context import context_of

FOLDER = Path(__file__).resolve().parents[1] / "spec" / "checks"
_HEAD = re.compile(r"(AA-[A-Z0-9]+) on (extract|lists)(?: \[([^\]]*)\])?(?:: (trips|nearly|blank|could not run))?")


@dataclass
class Block:
    """One run of one check: its tables, and what is expected."""

    place: str
    check: str
    on: str
    expected: str
    options: dict[str, str]
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)

    @property
    def day(self) -> date:
        return date.fromisoformat(self.options.get("day", "2025-06-02"))

    @property
    def names(self) -> set[str]:
        """All names that stand in the tables."""
        return {cell for rows in self.tables.values() for row in rows for cell in row.values()}

    def definition(self) -> Definition:
        definition = catalogue()[self.check]
        changed = {}
        for key, text in self.options.items():
            if key.startswith("setting."):
                name = key.removeprefix("setting.")
                old = definition.settings[name]
                changed[name] = text == "true" if isinstance(old, bool) else int(text) if isinstance(old, int) else text
        return replace(definition, settings={**definition.settings, **changed})


@cache
def blocks() -> tuple[Block, ...]:
    """All blocks of all files."""
    return tuple(block for path in sorted(FOLDER.glob("*.txt")) for block in _parse(path))


def _parse(path: Path) -> Iterator[Block]:
    block: Block | None = None
    table = ""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        place = f"{path.name}, line {number}"
        if not line.strip() or line.startswith("#"):
            continue
        head = _HEAD.fullmatch(line.strip())
        if head:
            if block:
                yield block
            check, on, options, expected = head.groups()
            pairs = dict(part.split("=", 1) for part in (options or "").split())
            block, table = Block(place, check, on, expected or "", pairs), ""
            continue
        assert block, f"{place}: no block has begun"
        first, *cells = [cell.strip() for cell in line.split("|")]
        assert cells, f"{place}: neither a head nor a row of a table"
        if first:
            table = first
            block.tables.setdefault(table, [])
            block.columns[table] = cells
            continue
        columns = block.columns[table]
        assert len(cells) == len(columns), f"{place}: {len(cells)} cells under {len(columns)} headings"
        block.tables[table].append(dict(zip(columns, cells, strict=True)))
    if block:
        yield block


class _Lists(dict[int, BuiltList]):
    """Lists that are built when they are asked for."""

    def __init__(self, context):
        super().__init__()
        self._context = context

    def __missing__(self, number: int) -> BuiltList:
        built = build_list(self._context, self._context.edition.lists[number])
        self[number] = built
        return built

    def __iter__(self):
        return iter(self._context.edition.lists)

    def __len__(self):
        return len(self._context.edition.lists)

    def __contains__(self, number):
        return number in self._context.edition.lists

    def keys(self):
        return self._context.edition.lists.keys()

    def values(self):
        return [self[number] for number in self]

    def items(self):
        return [(number, self[number]) for number in self]

    def get(self, number, default=None):
        return self.get(number, default)


def run_block(block: Block) -> Checked:
    """Run the block's check on its tables, and whatever suppresses it."""
    definition = block.definition()
    only = {block.check}
    definitions = {**catalogue(), block.check: definition}
    if block.on == "extract":
        run, before = extract_run(block)
        return run_checks(definitions, run, before, only, teams=False)
    return run_checks(definitions, lists_run(block), empty(), only, teams=False)


def extract_run(block: Block):
    """Make the run of an extract from a block's records."""
    period = InspectionPeriod(block.day, _date(block.options.get("extract_date")))
    options = {
        key.removeprefix("options."): _option(value)
        for key, value in block.options.items()
        if key.startswith("options.")
    }
    if "read" in block.options:
        context = _read(block, period, options)
        return ExtractRun(context, WorkingDays(), build_lists(context)), context.findings.frame()
    records: dict[str, list[dict[str, object]]] = {}
    people = set()
    for name, rows in block.tables.items():
        if name.isdigit():
            continue
        record = RECORDS[name]
        records[name] = []
        for position, row in enumerate(rows):
            unknown = row.keys() - record.fields().keys()
            assert not unknown, f"{block.place}: {name} has no field {unknown}"
            typed = {column: _typed(record.fields()[column].kind, cell) for column, cell in row.items()}
            if record.meta.key and record.meta.key not in row:
                typed[record.meta.key] = f"{name}-{position + 1}"
            records[name].append(typed)
            person = row.get(record.meta.person or "")
            if person and name != "adopters":
                people.add(person)
    named = {row["person_id"] for row in records.get("persons", [])}
    records["persons"] = [
        *records.get("persons", []),
        *(
            {"person_id": each, "birth_date": date(2012, 1, 15), "gender": "F", "sex": "F", "ethnicity": "WBRI"}
            for each in sorted(people - named)
            if not each.startswith("NOBODY")
        ),
    ]
    for name in block.options.get("supplied", "").split(","):
        if name and not name.isdigit():
            records.setdefault(name, [])
    absent: dict[str, list[str]] = {}
    for name in block.options.get("absent", "").split(","):
        table, _, column = name.partition(".")
        if column:
            absent.setdefault(table, []).append(column)
        else:
            records.pop(table, None)
    context = context_of(
        records, block.day, period.extract_date, block.options.get("edition", "ilacs-2019"), absent, **options
    )
    lists = build_lists(context) if block.check in MADE else _Lists(context)
    for name in filter(str.isdigit, block.tables):
        spec = context.edition.lists[int(name)]
        lists[spec.number] = BuiltList(spec, True, None, pl.DataFrame(), codes=_list_of(block, spec, []))
    run = ExtractRun(context, WorkingDays(), lists, _previous(block))
    return run, context.findings.frame()


def _read(block: Block, period: InspectionPeriod, options: dict[str, object]) -> Context:
    """Write a block's records as text, and read them as a run does."""
    absent = block.options.get("absent", "").split(",")
    raw = {}
    for name, rows in {"persons": [], **block.tables}.items():
        record = RECORDS[name]
        columns = {each: field.columns[0] for each, field in record.fields().items() if f"{name}.{each}" not in absent}
        frame = pl.DataFrame(
            {column: [row.get(each) or None for row in rows] for each, column in columns.items()},
            schema=dict.fromkeys(columns.values(), pl.String),
        ).with_columns(pl.int_range(2, len(rows) + 2, dtype=pl.UInt32).alias("_row"))
        table = record.meta.table
        raw[table] = RawTable(table, f"{table}.csv", frame, tuple(columns.values()))
    findings = Findings()
    tables = extract_from(RawExtract(raw, (), ()), load_source(block.options["read"]), period, findings, {}).tables
    edition = _edition(block.options.get("edition", "ilacs-2019"))
    return Context(period, edition, Options.model_validate(options), tables, findings)


def lists_run(block: Block) -> ListsRun:
    """Make the run of finished lists from a block's tables."""
    edition = _edition(block.options.get("edition", "ilacs-2019"))
    absent = block.options.get("absent", "").split(",")
    views = {}
    supplied = {name: [] for name in block.options.get("supplied", "").split(",") if name}
    for name in {**supplied, **block.tables}:
        if name in absent or name not in (str(number) for number in edition.lists):
            continue
        spec = edition.lists[int(name)]
        views[int(name)] = view_of(spec, _list_of(block, spec, absent))
    extract = None
    records = {name: rows for name, rows in block.tables.items() if name in RECORDS}
    if records:
        extract, _ = extract_run(replace(block, tables=records, options={**block.options, "absent": ""}))
    period = InspectionPeriod(block.day, _date(block.options.get("extract_date")))
    own = tuple(block.options.get("options.own_la", "").split("+"))
    return ListsRun(period, edition, WorkingDays(), views, extract, _previous(block), own_la=own)


def _list_of(block: Block, spec: ListSpec, absent: Sequence[str]) -> pl.DataFrame:
    """Return a list as a block's table has it, by heading."""
    rows = block.tables.get(str(spec.number), [])
    fields = {column.field or column.derive: column for column in spec.columns}
    for column in block.columns.get(str(spec.number), []):
        assert column in fields, f"{block.place}: List {spec.number} has no column {column}: {', '.join(fields)}"
    return pl.DataFrame(
        {
            column.heading: pl.Series(
                [_cell(each, row.get(each, "")) for row in rows], dtype=_dtype(each), strict=False
            )
            for each, column in fields.items()
            if f"{spec.number}.{each}" not in absent
        }
    )


def _previous(block: Block):
    text = block.options.get("previous")
    return None if text is None else {int(n): int(m) for n, _, m in (part.partition(":") for part in text.split(","))}


@cache
def _edition(name: str) -> Edition:
    return load_edition(name)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _option(text: str) -> object:
    return text == "true" if text in ("true", "false") else tuple(text.split("+"))


def _typed(kind: Kind, cell: str) -> object:
    if not cell:
        return None
    if cell == "?":
        return UNREADABLE
    if DTYPES[kind] == pl.Date():
        return date.fromisoformat(cell)
    if kind is Kind.MOMENT:
        return datetime.fromisoformat(cell)
    return int(cell) if kind is Kind.WHOLE else cell


_WHOLE = re.compile(r"age_in_years|children_placed|.*_in_12_months|previous_cp_plans")


def _dtype(name: str) -> pl.DataType:
    if name in ("uasc_in_12_months", "second_period_in_12_months"):
        return pl.String()
    if _WHOLE.fullmatch(name):
        return pl.Int64()
    dates = name.endswith(("_date", "_start")) or name in ("start_date", "end_date")
    return pl.Date() if dates else pl.String()


def _cell(name: str, text: str) -> object:
    if not text:
        return None
    dtype = _dtype(name)
    return int(text) if dtype == pl.Int64 else date.fromisoformat(text) if dtype == pl.Date else text
