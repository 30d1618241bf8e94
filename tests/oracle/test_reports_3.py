"""Reports 3.07 to 3.11 of annexa against the oracle: the sample with faults, and many changed extracts.

The oracle is written from the specification; what it follows the report in is told in its modules. `make test-long`
looks at far more changed extracts.
"""

import os
import random
from datetime import date, timedelta
from functools import cache

import pytest

from annexa.editions import edition_names
from annexa.sample import generate, plant_defects
from tests.oracle.compare import sources_of
from tests.oracle.mutate import Sources
from tests.oracle.report_compare_3 import ITEMS, report_differences
from tests.oracle.report_mutate_3 import COLUMNS_NOT_NEEDED, TABLES, changed, terms_near

LONG = os.environ.get("ANNEXA_HYPOTHESIS") == "long"
DAYS = [date(2025, 6, 2), date(2024, 2, 29), date(2025, 8, 31), date(2018, 6, 4)]
EDITIONS = edition_names()


@cache
def sample(children: int, day: date, seed: int) -> Sources:
    """The tables of these reports of a sample with planted faults, as rows of text."""
    tables, _ = plant_defects(generate(children, day, seed), 0.1, seed, day)
    return {name: rows for name, rows in sources_of(tables).items() if name in TABLES}


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_sample_with_faults(edition):
    day = DAYS[EDITIONS.index(edition)]
    assert report_differences(sample(2000 if LONG else 300, day, 7), day=day, edition=edition) == []


@pytest.mark.parametrize("seed", range(600 if LONG else 4))
def test_changed_extracts(seed):
    rng = random.Random(seed)
    day = DAYS[seed % len(DAYS)]
    sources = changed(sample(900 if LONG else 300, day, 7), seed, day)
    extract_date = rng.choice([None, None, day - timedelta(days=rng.randint(1, 60)), day + timedelta(days=10)])
    edition = EDITIONS[rng.randrange(len(EDITIONS))]
    absent = rng.sample(COLUMNS_NOT_NEEDED, 3) if rng.random() < 0.4 else []
    terms = terms_near(day, rng) if rng.random() < 0.5 else []
    found = report_differences(sources, day=day, extract_date=extract_date, edition=edition, absent=absent, terms=terms)
    assert found == []


@pytest.mark.parametrize("table", TABLES[1:] if LONG else ["ssd_cla_health"])
def test_extracts_without_a_table(table):
    sources = {name: rows for name, rows in sample(300, DAYS[0], 7).items() if name != table}
    assert report_differences(sources, day=DAYS[0], edition=EDITIONS[0]) == []


def test_the_comparison_sees_a_difference():
    sources = sample(300, DAYS[0], 7)
    moved = {**sources, "ssd_cla_health": sources["ssd_cla_health"][::2]}
    assert report_differences(sources, day=DAYS[0], edition=EDITIONS[0], oracle_sources=moved) != []
    assert len(ITEMS) == 5
