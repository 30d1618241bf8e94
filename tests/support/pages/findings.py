"""docs/findings.md: severities, the files of findings, and the columns of findings.csv."""

from annexa.findings import SEVERITIES
from annexa.outputs.findings_files import COLUMNS, MOST_A_CHECK
from tests.support.markdown import code, page, table

SEVERITY_MEANINGS = {
    "error": "Something is wrong or missing, and what the lists say depends on it.",
    "warning": "Something is unlikely, or annexa had to choose. Look at it before you send the lists.",
    "info": "Worth knowing. Nothing needs to be done.",
}

COLUMN_MEANINGS = {
    "check": "Id of the finding, as in the table above.",
    "severity": "error, warning or info.",
    "list": "Number of the list it is about; blank where it is about no one list.",
    "child": "Identifier of the child, or of the adopter.",
    "event": "Identifier of the record.",
    "table": "Table of the extract.",
    "file": "File of the extract that the table was read from.",
    "row": "Number of the record in its file. The headings are row 1, as in a spreadsheet.",
    "column": "Column it is about: of the extract, or the heading of a list.",
    "value": "The value that caused it.",
    "message": "What is wrong, in one sentence. It quotes no value.",
    "team": "Team that can put it right: the team of the finding's record, or the one the child is allocated to.",
    "worker": "Worker who can put it right, found in the same way.",
    "due_date": "Day on which it was due, where the finding is about something late.",
    "days_overdue": "Days by which something is late, where the finding is about that.",
    "accepted": "Reason, who and until when, where an officer has accepted the finding.",
    "new": "With `--baseline`: whether the baseline does not have the finding.",
}


FILES = {
    "findings.xlsx": "The report: a summary with counts, what was tested and rates; the findings with filters, the "
    f"first {MOST_A_CHECK:,} of each check; missing evidence; what each check means.",
    "findings.csv": "All findings. [Under a password](encryption.md) they are a sheet of `findings.xlsx` instead.",
    "findings.json": "All findings and what became of each check, for programs and for `--baseline`. Its layout is "
    "[findings-1.schema.json](findings-1.schema.json). It is not written under a password.",
    "findings.junit.xml": "With `--format junit`: ids, titles and counts alone, for a CI service.",
    "missing-evidence/": "With `--by-team`: a workbook for each team, with what is missing for its children.",
}


def findings_page() -> str:
    """Return the page."""
    return page(
        "Findings",
        "the columns of a finding",
        "A finding says what is wrong in the data, or what you should know about the run. It never stops a build. "
        "[Checks](checks.md) explains each of them.",
        "## Severities",
        table(("Severity", "What it means"), ((code(name), SEVERITY_MEANINGS[name]) for name in SEVERITIES)),
        "## Files",
        "The files name children and quote values: treat them as you treat the lists. `--no-values` leaves the values "
        "out. The terminal, `--json` and the JUnit file hold ids and counts alone.",
        table(("File", "What it holds"), ((code(name), meaning) for name, meaning in FILES.items())),
        "## Columns of findings.csv",
        table(("Column", "What it holds"), ((code(name), COLUMN_MEANINGS[name]) for name in COLUMNS)),
    )
