"""One build in a process of its own, with the checks or without them."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

from annexa.pipeline.building import Request, build
from annexa.settings import Settings


def main(extract: str, edition: str, day: str, output: str, checks: str) -> None:
    """Build from an extract into a folder."""
    request = Request(
        date.fromisoformat(day),
        Path(extract),
        Path(output),
        Settings(edition=edition),
        datetime.now(UTC),
        checks=checks == "with",
    )
    build(request)


if __name__ == "__main__":
    main(*sys.argv[1:])
