"""Lists 1 to 7 of annexa against the oracle: the sample with faults in each edition, and many changed extracts."""

import os
from datetime import date, timedelta
from functools import cache

import pytest

from annexa.editions import edition_names
from annexa.sample import generate, plant_defects
from tests.oracle.compare import differences, sources_of
from tests.oracle.front import list_1, list_2, list_3, list_4
from tests.oracle.mutate import Sources, mutated
from tests.oracle.need import list_6
from tests.oracle.protection import list_5, list_7

LISTS = {1: list_1, 2: list_2, 3: list_3, 4: list_4, 5: list_5, 6: list_6, 7: list_7}
LONG = os.environ.get("ANNEXA_HYPOTHESIS") == "long"
DAY = date(2025, 6, 2)


@cache
def sample(children: int) -> Sources:
    """A sample with planted faults, as rows of text."""
    tables, _ = plant_defects(generate(children, DAY, 7), 0.05, 7, DAY)
    return sources_of(tables)


@pytest.mark.parametrize("edition", edition_names())
def test_the_sample_with_faults(edition):
    assert differences(sample(300), LISTS, day=DAY, edition=edition) == []


def test_the_sample_before_the_inspection():
    assert differences(sample(300), LISTS, day=DAY, extract_date=DAY - timedelta(days=40)) == []


@pytest.mark.parametrize("seed", range(200 if LONG else 8))
def test_changed_extracts(seed):
    sources = mutated(sample(120), seed, 60, DAY)
    assert differences(sources, LISTS, day=DAY, edition=edition_names()[seed % 3], drop_adults=seed % 4 == 3) == []
