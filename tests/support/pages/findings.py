"""docs/findings.md: every finding that annexa can make so far, and the columns of findings.csv."""

import re
import tomllib

from annexa.findings import SCHEMA, SEVERITIES
from annexa.resources import resource
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
    "column": "Column it is about.",
    "value": "The value that caused it, as it stands in the extract.",
    "message": "What is wrong, in one sentence. It quotes no value.",
    "team": "Team that works with the child, where the finding says so.",
    "worker": "Worker who works with the child, where the finding says so.",
    "days_overdue": "Days by which something is late, where the finding is about that.",
}


GROUPS = ("R", "G", "", "X")


def _order(check: str) -> tuple[int, int]:
    group, number = re.fullmatch("AA-([A-Z]?)([0-9]+)", check).groups()
    return GROUPS.index(group), int(number)


def findings_page() -> str:
    """Return the page."""
    checks = tomllib.loads(resource("configs", "checks.toml").read_text("utf-8-sig"))
    return page(
        "Findings",
        "`configs/checks.toml` and the columns of a finding",
        "A finding says what is wrong in the extract, or what you should know about the run. It never stops a build. "
        "All findings of a build are in `findings.csv` in the output folder, the gravest first. The file names "
        "children and quotes values: treat it as you treat the lists.",
        "With `--fail-on error` (or `warning`) a build that has such findings exits 1. The outputs are written all the "
        "same.",
        "## Severities",
        table(("Severity", "What it means"), ((code(name), SEVERITY_MEANINGS[name]) for name in SEVERITIES)),
        "## Every finding",
        "An id is never used for anything else. `AA-R` is about reading the extract and about the run, `AA-G` about a "
        "person whichever list they are on, `AA-X` about lists or services that disagree. In the others the digits "
        "begin with the number of the list: `AA-104` is about List 1, `AA-1001` about List 10.",
        table(
            ("Id", "Severity", "What it says"),
            ((code(check), checks[check]["severity"], checks[check]["title"]) for check in sorted(checks, key=_order)),
        ),
        "## Columns of findings.csv",
        table(("Column", "What it holds"), ((code(name), COLUMN_MEANINGS[name]) for name in SCHEMA)),
    )
