"""Write the sample extract, its expected lists and reports anew (`make golden`); review the diff before committing."""

import shutil
from datetime import date

from annexa.editions import edition_names
from annexa.sample import generate, write_sample
from tests.golden.lists import (
    CHILDREN,
    EXPECTED,
    EXPECTED_REPORTS,
    EXTRACT,
    INSPECTION_DATE,
    SEED,
    as_text,
    lists_of,
    reports_of,
)


def main() -> None:
    """Rewrite sample_data/."""
    day = date.fromisoformat(INSPECTION_DATE)
    shutil.rmtree(EXTRACT, ignore_errors=True)
    write_sample(generate(CHILDREN, day, SEED), EXTRACT, "csv", day)
    shutil.rmtree(EXPECTED, ignore_errors=True)
    shutil.rmtree(EXPECTED_REPORTS, ignore_errors=True)
    for edition in edition_names():
        folder = EXPECTED / edition
        folder.mkdir(parents=True)
        for number, frame in lists_of(edition).items():
            (folder / f"List_{number}.csv").write_text(as_text(frame), encoding="utf-8", newline="\n")
        folder = EXPECTED_REPORTS / edition
        folder.mkdir(parents=True)
        for name, text in reports_of(edition).items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
