"""Reports 1.07 and 2.01 to 2.05 of annexa against the oracle: the sample with faults, and many changed extracts.

The oracle is written from the specification; what it follows the report in is told in its modules. `make test-long`
looks at far more changed extracts.
"""

import os
import random
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from annexa.editions import edition_names
from annexa.sample import generate, plant_defects
from tests.oracle.compare import sources_of
from tests.oracle.mutate import Sources
from tests.oracle.report_compare import Authority, differences, oracle_run, report_differences, seen_reports
from tests.oracle.report_mutate import COLUMNS_NOT_NEEDED, TABLES, TABLES_OF_LISTS, changed
from tests.support.reports import Seen

LONG = os.environ.get("ANNEXA_HYPOTHESIS") == "long"
DAYS = [date(2025, 6, 2), date(2024, 2, 29), date(2025, 8, 31), date(2018, 6, 4)]
EDITIONS = edition_names()


@cache
def sample(children: int, day: date, seed: int) -> Sources:
    """A sample with planted faults, as rows of text: the tables of these reports and of Lists 6 to 9."""
    tables, _ = plant_defects(generate(children, day, seed), 0.1, seed, day)
    return {name: rows for name, rows in sources_of(tables).items() if name in TABLES or name in TABLES_OF_LISTS}


def drawn(seed: int, children: int) -> Authority:
    """A sample with many changes to the tables of the reports."""
    rng = random.Random(seed)
    day = DAYS[seed % len(DAYS)]
    return Authority(
        changed(sample(children, day, 11 + seed % 5), seed, day),
        day,
        EDITIONS[rng.randrange(len(EDITIONS))],
        rng.choice([None, None, day - timedelta(days=rng.randint(1, 60)), day + timedelta(days=10)]),
        rng.sample(COLUMNS_NOT_NEEDED, 3) if rng.random() < 0.4 else (),
    )


@cache
def with_faults(edition: str) -> tuple[Authority, list[Seen]]:
    """A sample with planted faults, looked at in an edition, and annexa's reports of it."""
    day = DAYS[EDITIONS.index(edition)]
    authority = Authority(sample(2000 if LONG else 150, day, 7), day, edition)
    return authority, seen_reports(authority)


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_sample_with_faults(edition):
    authority, reports = with_faults(edition)
    assert differences(reports, oracle_run(authority)) == []


def test_the_comparison_sees_a_row_that_is_missing():
    authority, reports = with_faults(EDITIONS[0])
    fewer = {name: rows[1:] for name, rows in authority.sources.items()}
    found = differences(reports, oracle_run(replace(authority, sources=fewer)))
    assert {line[:4] for line in found} >= {"1.07", "2.04", "2.05"}


@pytest.mark.parametrize("seed", range(400 if LONG else 3))
def test_changed_extracts(seed):
    assert report_differences(drawn(seed, 300 + seed % 2 * 600 if LONG else 100)) == []


if LONG:

    @pytest.mark.parametrize("table", TABLES)
    def test_extracts_without_a_table(table):
        sources = {name: rows for name, rows in sample(300, DAYS[0], 11).items() if name != table}
        assert report_differences(Authority(sources, DAYS[0], EDITIONS[0])) == []
