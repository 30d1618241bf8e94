"""The committed sample: its extract is what the generator makes, and its lists are what annexa makes of it."""

from datetime import date

import pytest

from annexa.editions import edition_names
from annexa.sample import generate, write_sample
from tests.golden.lists import (
    CHILDREN,
    EXPECTED,
    EXPECTED_REPORTS,
    EXTRACT,
    INSPECTION_DATE,
    ROOT,
    SEED,
    as_text,
    lists_of,
    reports_of,
)


@pytest.mark.parametrize("edition", edition_names())
def test_the_lists_are_the_expected_ones(edition):
    built = lists_of(edition)
    assert len(built) == 11
    for number, frame in built.items():
        expected = (EXPECTED / edition / f"List_{number}.csv").read_text("utf-8")
        assert as_text(frame) == expected, f"{edition}, List {number}: see make golden"
        assert frame.height > 0


@pytest.mark.parametrize("edition", edition_names())
def test_the_reports_are_the_expected_ones(edition):
    made = reports_of(edition)
    assert len(made) == 11
    for name, text in made.items():
        assert text == (EXPECTED_REPORTS / edition / name).read_text("utf-8"), f"{edition}, {name}: see make golden"
        assert '"state": "built"' in text


def test_the_extract_is_what_the_generator_makes(tmp_path):
    day = date.fromisoformat(INSPECTION_DATE)
    write_sample(generate(CHILDREN, day, SEED), tmp_path / "extract", "csv", day)
    made = {path.name: path.read_bytes() for path in (tmp_path / "extract").iterdir()}
    committed = {path.name: path.read_bytes() for path in EXTRACT.iterdir()}
    assert made == committed


def test_the_sample_is_small():
    assert sum(path.stat().st_size for path in (ROOT / "sample_data").rglob("*") if path.is_file()) < 1_000_000
