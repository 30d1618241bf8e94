"""docs/extract-layout.md: the tables and columns that annexa reads, and how their values are read."""

from collections.abc import Iterator

from annexa.editions import edition_names, load_edition
from annexa.extract.postcodes import COLUMNS as POSTCODE_COLUMNS
from annexa.records import RECORDS, Kind, Record, RecordField
from annexa.reports.spec import ReportSpec, report_specs
from annexa.settings import ReadingLimits
from annexa.sources import DATE_FORMATS, load_source
from tests.support.markdown import code, codes, listed, page, table
from tests.support.pages.tables_read import tables_read

KIND_WORDS = {
    Kind.IDENTIFIER: "identifier",
    Kind.PERSON: "identifier of a person",
    Kind.TEXT: "text",
    Kind.DATE: "date",
    Kind.BIRTH: "date of birth",
    Kind.PLANNED: "planned date",
    Kind.MOMENT: "date, with its time where it is known",
    Kind.CODE: "code",
    Kind.POSTCODE: "postcode",
    Kind.WHOLE: "whole number",
    Kind.DECIMAL: "number",
    Kind.SIGNED: "number of either sign",
    Kind.SCHOOL_YEAR: "school year",
    Kind.JSON: "JSON",
}
KIND_RULES = {
    Kind.IDENTIFIER: "Any text. Leading noughts stay.",
    Kind.PERSON: "The same. An identifier that was merged into another is read as the other.",
    Kind.TEXT: "Any text.",
    Kind.DATE: "A day, in one of the forms below, without its time. Before 1900 it is a slip, and is read as blank.",
    Kind.BIRTH: "The same. It may lie after the inspection date: the child is not born yet.",
    Kind.MOMENT: "The same as a date, and the time counts.",
    Kind.CODE: "One of the values of its code set, below.",
    Kind.POSTCODE: "Any text.",
    Kind.PLANNED: "The same. It may lie after the inspection date, and stays as it is.",
    Kind.WHOLE: "Digits alone.",
    Kind.DECIMAL: "Digits, with or without a decimal point: `25`, `12.5`. `25+` and `full time` are no numbers.",
    Kind.SIGNED: "The same, with or without a sign: `-0.4`.",
    Kind.SCHOOL_YEAR: "`2017/18`, `2017-18`, `2017/2018` or `201718`. A single year is not one.",
    Kind.JSON: "A JSON object or list, as the Standard Safeguarding Dataset writes it, or words that a source profile "
    "maps: see [Outcomes in words](adding-a-source.md#outcomes-in-words).",
}
VALUES_HEADING = "Codes and the values that are read as them"


def layout_page() -> str:
    """Return the page."""
    limits = ReadingLimits()
    tables = sorted(RECORDS.values(), key=lambda record: (record.meta.table.startswith("annexa_"), record.meta.table))
    return page(
        "The extract layout",
        "the records in `annexa.records`, the source profile `ssd` and the files in `configs/editions`",
        "This is the layout that annexa reads as it is: the Standard Safeguarding Dataset, with tables of annexa's own "
        "(`annexa_...`) for what the dataset does not hold. Any other layout is described once, in a source profile: "
        "see [Adding a source](adding-a-source.md). `annexa sources check ssd --extracts PATH` says what an extract "
        "of yours still lacks.",
        "## Form of an extract",
        "An extract is one of these:",
        "- a folder with a file for each table: CSV (`.csv`), Parquet (`.parquet`) or Excel (`.xlsx`);\n"
        "- one CSV or Parquet file with one table, which has the name of the file;\n"
        "- one Excel workbook (`.xlsx`) with a sheet for each table;\n"
        "- one SQLite (`.sqlite`, `.sqlite3` or `.db`) or DuckDB (`.duckdb`) database with a table for each table;\n"
        "- a database on a server: see [Databases](databases.md).",
        "Files, sheets, tables and columns are known by their names, without regard to case. What annexa does not know "
        "is named in the summary and left alone.",
        "CSV files may be separated by comma, semicolon or tab, and may be UTF-8, UTF-16 with a byte order mark, or "
        "Windows-1252. Row 1 holds the headings. Every row has as many fields as there are headings. An "
        "apostrophe before `=`, `+`, `-` or `@` at the beginning of a value, which annexa's own CSV files have, is "
        "taken off.",
        f"A workbook is refused where it would expand to more than {limits.max_expanded_mb:,} MB or to more than "
        f"{limits.max_ratio} times its size. Both limits can be raised: see [limits](options.md#limits).",
        "## What must be there",
        f"- {code(RECORDS['persons'].meta.table)} must be there. Without it annexa stops with exit code 3.\n"
        "- Any other table may be absent. A list that starts from it is then *not supplied*, which is never the same "
        "as no rows. Columns that only that table feeds are blank.\n"
        "- A table that is there must have the columns marked *needed*. Without one of them annexa stops with exit "
        "code 3 and names the table and the column.\n"
        "- Any other column may be absent. What it feeds is blank, with a finding.",
        "## How values are read",
        "Blanks at either end are taken off. A cell that cannot be read is blank, with a finding; its row stays.",
        table(("Kind", "What is read"), ((KIND_WORDS[kind], KIND_RULES[kind]) for kind in Kind)),
        _dates(),
        _placeholders(),
        "**Yes and no.** " + _yes_no(),
        "**Later dates.** The as-at date is the inspection date, or the day of the extract where that is earlier. A "
        "date after it has not happened yet: it is read as blank, and so are the columns that follow from it (named "
        "with each table). A row that begins after it takes no part, and is left out as `FUTURE`.",
        "**Duplicates.** Of identical rows one counts (`DUPLICATE`). Of rows with the same identifier that differ, the "
        "open one counts, then the one that begins later, then the one with fewer blanks (`CONFLICT`).",
        "**Links.** Records of one child belong together by identifier and person. A record that points to one that is "
        "not there is kept.",
        f"**Postcode look-up.** `postcode_lookup` in annexa.toml names a CSV with the columns "
        f"{listed([code(name) for name in POSTCODE_COLUMNS])}.",
        "## Tables of the Standard Safeguarding Dataset",
        *(block for record in tables if not record.meta.table.startswith("annexa_") for block in _table(record)),
        "## Tables of annexa's own",
        "All of them are optional.",
        *(block for record in tables if record.meta.table.startswith("annexa_") for block in _table(record)),
        f"## {VALUES_HEADING}",
        "A value is compared without regard to case, kinds of dashes and quotation marks, and repeated blanks. It must "
        "be the whole value: annexa never looks for a word inside a text. Beside the values below, annexa "
        "reads a label without its letter, the meaning of a code as [The lists explained](lists.md#codes) gives it, "
        "and each of them with the code before it. A value that nothing here knows makes the cell "
        "blank, with a finding. Your own values are mapped in a source profile.",
        *_code_sets(),
    )


def _dates() -> str:
    always = [name for name, (pattern, _) in DATE_FORMATS.items() if not pattern]
    named = [name for name, (pattern, _) in DATE_FORMATS.items() if pattern]
    return (
        f"**Dates.** {listed([code(name) for name in always], 'or')}, each with or without a time of day "
        f"(`08:30`, `08:30:00`). A source profile can name further forms: {listed([code(name) for name in named])}."
    )


def _placeholders() -> str:
    blank = load_source("ssd").file.blank
    return "**Placeholders.** These are read as blank, without regard to case: " + "; ".join(
        (
            f"in every column {codes(blank.texts)}",
            f"in dates {codes(blank.dates)}",
            f"in identifiers, teams and workers {codes(blank.identifiers)}",
            f"in identifiers of a person also {codes(blank.person_ids)}",
            f"postcodes that begin with {codes(blank.postcode_prefixes)}.",
        )
    )


def _yes_no() -> str:
    entries = load_edition(edition_names()[0]).codes["yes_no"].entries
    parts = (f"{code(entry.code)} is written {codes(entry.spellings)}, or as it is" for entry in entries)
    return listed(list(parts)) + "."


def _lists(record: type[Record]) -> tuple[list[int], list[int]]:
    """Return the lists that start from a record, and those that read it."""
    starts, reads = set(), set()
    for name in edition_names():
        edition = load_edition(name)
        for number, spec in edition.lists.items():
            if record.meta.name in spec.records:
                starts.add(number)
            if record.meta.name in tables_read(edition, number):
                reads.add(number)
    return sorted(starts), sorted(reads - starts)


def _table(record: type[Record]) -> Iterator[str]:
    meta, fields = record.meta, record.fields()
    starts, reads = _lists(record)
    facts = [f"Its name in a source profile: {code(meta.name)}."]
    if starts:
        facts.append(f"{_named(starts)} {'starts' if len(starts) == 1 else 'start'} from it.")
    if reads:
        facts.append(f"{_named(reads)} {'reads' if len(reads) == 1 else 'read'} it{' too' if starts else ''}.")
    facts += _reports(meta.name)
    if meta.name == "merged_ids":
        facts.append("Every list: it is applied before anything is counted.")
    if meta.key:
        key = dict.fromkeys(name for name in (meta.key, meta.person) if name)
        same = listed([code(fields[name].columns[0]) for name in key])
        facts.append(f"Rows are the same record where {same} {'is' if len(key) == 1 else 'are'} the same.")
    if meta.start:
        facts.append(f"A row whose {code(fields[meta.start].columns[0])} is after the as-at date takes no part.")
    for name, dependents in meta.masks.items():
        facts.append(
            f"Where {code(fields[name].columns[0])} is after the as-at date, "
            f"{codes(fields[each].columns[0] for each in dependents)} "
            f"{'is' if len(dependents) == 1 else 'are'} read as blank too."
        )
    yield f"### {meta.table}"
    yield " ".join((record.__doc__ or "").split())
    yield "\n".join(f"- {fact}" for fact in facts)
    yield table(
        ("Column", "Name in a source profile", "Holds", "Needed", "What it says"),
        (
            (
                " or ".join(code(column) for column in field.columns),
                code(field.name) if field.name != field.columns[0] else "the same",
                _holds(field),
                "needed" if field.name in meta.needs else "",
                f"{field.description}.",
            )
            for field in fields.values()
        ),
    )


def _reports(record: str) -> list[str]:
    """Say which reports start from a record, and which read it."""
    specs = report_specs().values()
    starts = [spec for spec in specs if record in spec.starts]
    reads = [spec for spec in specs if record in spec.inputs and spec not in starts]
    return [
        f"{'Report' if len(each) == 1 else 'Reports'} {_linked(each)} {verb}{'s' if len(each) == 1 else ''} {what}."
        for each, verb, what in ((starts, "start", "from it"), (reads, "read", "it"))
        if each
    ]


def _linked(specs: list[ReportSpec]) -> str:
    return listed([f"[{spec.item}](reports/{spec.name}.md)" for spec in specs])


def _holds(field: RecordField) -> str:
    words = KIND_WORDS[field.kind]
    return f"{words}: [{field.code_set}](#{field.code_set})" if field.code_set else words


def _named(numbers: list[int]) -> str:
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"Lists {numbers[0]} to {numbers[-1]}"
    return f"{'List' if len(numbers) == 1 else 'Lists'} {listed([str(number) for number in numbers])}"


def _code_sets() -> Iterator[str]:
    editions = [load_edition(name) for name in edition_names()]
    used = {field.code_set for record in RECORDS.values() for field in record.fields().values() if field.code_set}
    for name in sorted(used):
        sets = [edition.codes[name] for edition in editions if name in edition.codes]
        spellings: dict[str, dict[str, None]] = {}
        for code_set in sets:
            for entry in code_set.entries:
                texts = [entry.label] if entry.label else []
                spellings.setdefault(entry.code, {}).update(dict.fromkeys([*texts, *entry.spellings]))
        newest = sets[-1]
        notes = [f"{newest.title}."]
        if newest.several:
            notes.append(f"Several of these values between commas are read as {code(newest.several)}.")
        if newest.free_text:
            notes.append("A text that is none of these values is kept as it is.")
        yield f"### {name}"
        yield " ".join(notes)
        yield table(
            ("Code", "Also read as it"), ((code(each), codes(texts) or "-") for each, texts in spellings.items())
        )
