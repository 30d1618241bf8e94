"""docs/reports.md and a page for each report, from the files in configs/reports."""

from collections.abc import Callable, Iterator
from functools import partial

from annexa.records import RECORDS
from annexa.reports.spec import ColumnSpec, ReportSpec, SheetSpec, report_specs
from tests.support.markdown import code, codes, fenced, listed, page, table

ORIGIN = "the files in `configs/reports`"


def report_pages() -> dict[str, Callable[[], str]]:
    """Return the page of each report by the name of its file."""
    return {f"reports/{spec.name}.md": partial(report_page, spec) for spec in report_specs().values()}


def reports_page() -> str:
    """Return docs/reports.md."""
    specs = report_specs()
    return page(
        "The data reports",
        ORIGIN,
        "Beside Lists 1 to 11, Annex A asks for figures and, for some groups of children, for names of records behind "
        "them. `annexa build` writes a workbook for each of these reports into the folder `reports`, always all of "
        "them; `annexa report` writes one by itself.",
        fenced(
            "annexa build --inspection-date 2018-06-04 --extracts extract --output out\n"
            "annexa build --inspection-date 2018-06-04 --extracts extract --output out --reports 2.02,3.09\n"
            "annexa report 2.02 --inspection-date 2018-06-04 --extracts extract --output reports-only",
            "sh",
        ),
        table(
            ("Item", "Report", "Starts from"),
            (
                (spec.item, f"[{spec.title}](reports/{spec.name}.md)", codes(map(_table, spec.starts)))
                for spec in specs.values()
            ),
        ),
        "## How to read a report",
        "- **Summary**: who is counted, and each number with its numerator, its denominator, its rate and the "
        "definition that was used. Where the denominator is 0 the rate is blank. Rows of the extract that are in no "
        "number are counted with the reason.\n"
        "- A sheet with a row for each child, family or worker: by identifier and date of birth, never by name. "
        "`--worker-names` adds the names of workers.\n"
        "- **Tables**: the numbers by month, age, team and the like.\n"
        "- **Notes**: which tables were used, which were not supplied, and what should be confirmed with the "
        "authority.",
        "**Not supplied is never a zero.** A report whose tables the extract does not have says *not supplied*, and "
        "so does a single figure or column without its input. A table that is there and has no row in scope gives a "
        "stated 0.",
        "**Current status** (reports 2.02, 2.04 and 2.05) comes from the rows of Lists 6 to 9 that are open at the "
        "inspection date: looked after before child protection, before child in need, before care leaver.",
        "`--format csv` and `--format json` write the same numbers and rows for programs. `annexa report --json` "
        "prints the numbers alone: no rows, and for a label that is free text its place in the table.",
        "## For wider sharing",
        "What goes to Ofsted is complete. `--suppress` writes the reports as they may be shared more widely:",
        "1. A count from 1 to 4 is shown as `c`, in every table that prints it. 0 stays.\n"
        "2. Where a total would give a hidden count away, the smallest other count goes with it, or the total.\n"
        "3. A rate, mean or median of a hidden count, or over fewer than 6, is shown as `c`.\n"
        "4. There are no rows of children or workers.\n"
        "5. A text that your system holds as free text (a reason, a subject, a grade) labels a line only where a count "
        "of the line is 5 or more; else its place stands for it, as in *(text 2, as recorded)*.",
        "annexa then works through all sums of all reports of the run together, as a reader could, and hides more "
        "until nothing can be worked out. The sheet Notes names what went. Reports of two runs, or reports beside the "
        "lists, can still be compared by whoever has both: share one version, and the lists with nobody who may not "
        "see them.",
        "**Share the folder `reports` and `index.html`, and nothing else of that output folder.** `annex-a.xlsx`, the "
        "files of findings, `exclusions.csv` and `manifest.json` are complete, with children in them or counts of "
        "them, and `tracker.xlsx` is the officer's own. With `--suppress` the index leaves out how many rows and "
        "children each list has, which would give hidden counts away, and the audited cases (1.06), a list of "
        "children, are not written.",
        "## Local targets",
        "Targets and limits of the authority stand under `[reports]` in annexa.toml: see "
        "[reports](options.md#reports). What rests on general knowledge and not on a source that could be checked is "
        "named on each page below, and in the Notes of the report: confirm it before it is handed over.",
        "## Files",
        "The words of a report stand in `configs/reports`, a file each: title, who is counted, definitions, headings. "
        "A definition can be held beside Ofsted's text there. The rules are in `annexa.reports`, a module a report.",
    )


def report_page(spec: ReportSpec) -> str:
    """Return the page of one report."""
    return page(
        f"{spec.item} {spec.title}",
        f"`configs/reports/{spec.name}.toml`",
        spec.asks,
        f"**Who is counted.** {spec.rule}",
        f"**Source of the rule.** {spec.reference}.",
        f"The report is *not supplied* where the extract has none of {codes(map(_table, spec.starts))}. "
        f"It reads {codes(map(_table, spec.inputs))} (see [The extract layout](../extract-layout.md)).",
        "## Numbers",
        table(
            ("Number", "Definition", "Needs"),
            ((each.label, _definition(each.definition, each.unless), _needs(each.needs)) for each in spec.figures),
        ),
        *(block for sheet in spec.sheets for block in _sheet(sheet)),
        *_grids(spec),
        "## Worked example",
        spec.example.text,
        table(spec.example.headings, spec.example.rows) if spec.example.rows else "",
        *_list("## Notes", spec.notes),
        *_list("## To be confirmed with the authority", spec.confirm),
    )


def _sheet(sheet: SheetSpec) -> Iterator[str]:
    yield f"## Sheet {sheet.name}"
    yield f"{sheet.title}: one row for each {sheet.one_row_per}."
    yield table(("Column", "What it says", "Needs"), map(_column, sheet.columns))


def _column(column: ColumnSpec) -> tuple[str, str, str]:
    meaning = column.meaning
    if column.worker_name:
        meaning = f"{meaning} Only with `--worker-names`.".strip()
    return column.heading, meaning, _needs(column.needs)


def _grids(spec: ReportSpec) -> Iterator[str]:
    if spec.grids:
        yield "## Tables"
        yield table(
            ("Table", "Lines", "Needs"), ((each.title, each.heading, _needs(each.needs)) for each in spec.grids)
        )


def _definition(text: str, unless: tuple[str, ...]) -> str:
    return f"{text} Shown only without {_needs(unless)}." if unless else text


def _needs(needs: tuple[str, ...]) -> str:
    return listed([listed([code(_column_name(name)) for name in need.split(" or ")], "or") for need in needs])


def _column_name(need: str) -> str:
    record, _, field = need.partition(".")
    return f"{_table(record)}.{RECORDS[record].fields()[field].columns[0]}" if field else _table(record)


def _table(record: str) -> str:
    return RECORDS[record].meta.table


def _list(heading: str, sentences: tuple[str, ...]) -> Iterator[str]:
    if sentences:
        yield heading
        yield "\n".join(f"- {text}" for text in sentences)
