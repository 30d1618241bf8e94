"""One build in a process of its own: the lists alone, with the checks, or with the reports."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

from annexa.pipeline.building import Request, build
from annexa.reports.spec import report_specs
from annexa.settings import Settings


def main(extract: str, edition: str, day: str, output: str, what: str) -> None:
    """Build from an extract into a folder: "lists", "checks" or "reports" beside the lists."""
    request = Request(
        date.fromisoformat(day),
        Path(extract),
        Path(output),
        Settings(edition=edition),
        datetime.now(UTC),
        checks=what == "checks",
        reports=tuple(report_specs()) if what == "reports" else (),
    )
    build(request)


if __name__ == "__main__":
    main(*sys.argv[1:])
