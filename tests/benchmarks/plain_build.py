"""The same build with openpyxl alone writing the workbook, cell by cell: the command that ours is compared with."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

from annexa import __version__
from annexa.checks.gate import Verdict
from annexa.findings import SEVERITIES
from annexa.outputs import annex_a
from annexa.pipeline.building import Request, lists_of
from annexa.settings import Settings
from tests.benchmarks.plain_workbook import write_workbook_plain


def main(extract: str, edition: str, day: str, path: str) -> None:
    """Build the lists and write them with openpyxl."""
    settings = Settings(edition=edition)
    request = Request(date.fromisoformat(day), Path(extract), Path(path).parent, settings, datetime.now(UTC))
    built = lists_of(request)
    verdict = Verdict("ready", dict.fromkeys(SEVERITIES, 0), 0, None, ())
    front = annex_a.front_sheet(built.context, built.lists, "", __version__, built.notes, verdict)
    codes = annex_a.code_lists(built.context, built.lists)
    write_workbook_plain(Path(path), front, annex_a.sheets(built.lists), codes, date.fromisoformat(day))


if __name__ == "__main__":
    main(*sys.argv[1:])
