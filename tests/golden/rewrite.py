"""Write the sample extract and its expected lists anew: `make golden`. Review the diff before it is committed."""

import shutil
from datetime import date

from annexa.editions import edition_names
from annexa.sample import generate, write_sample
from tests.golden.lists import CHILDREN, EXPECTED, EXTRACT, INSPECTION_DATE, SEED, as_text, lists_of


def main() -> None:
    """Rewrite sample_data/."""
    day = date.fromisoformat(INSPECTION_DATE)
    shutil.rmtree(EXTRACT, ignore_errors=True)
    write_sample(generate(CHILDREN, day, SEED), EXTRACT, "csv", day)
    shutil.rmtree(EXPECTED, ignore_errors=True)
    for edition in edition_names():
        folder = EXPECTED / edition
        folder.mkdir(parents=True)
        for number, frame in lists_of(edition).items():
            (folder / f"List_{number}.csv").write_text(as_text(frame), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
