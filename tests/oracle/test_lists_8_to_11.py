"""Lists 8 to 11 of annexa against the oracle: the sample with faults, worked examples, and many changed extracts."""

import os
import random
from datetime import date, timedelta
from functools import cache

import polars as pl
import pytest

from annexa.sample import generate, plant_defects
from tests.oracle.adopters import list_11
from tests.oracle.adoption import list_10
from tests.oracle.care_columns import list_8
from tests.oracle.carers import CHANGED, collided, only_tables, people_in, some, without_reversed_absences
from tests.oracle.compare import differences, sources_of
from tests.oracle.leavers import list_9
from tests.oracle.mutate import Sources, mutated, without
from tests.oracle.people import Run
from tests.spec.adapter import WRITERS, Rows, _person
from tests.spec.test_membership import EXAMPLES

LISTS = {8: list_8, 9: list_9, 10: list_10, 11: list_11}
LONG = os.environ.get("ANNEXA_HYPOTHESIS") == "long"
DAYS = [date(2025, 6, 2), date(2024, 2, 29), date(2025, 8, 31), date(2018, 6, 4)]
EDITIONS = ["ilacs-2018", "ilacs-2019", "ilacs-2022"]
POSTCODES = pl.DataFrame(
    {"postcode": ["AB12CD"], "la_code": ["X01"], "la_name": ["Exshire"]},
    schema=dict.fromkeys(("postcode", "la_code", "la_name"), pl.String),
)
START_OF_ROW = {8: "Date Started to be Looked After", 10: "Date of Decision that Child Should be Placed for Adoption"}


@cache
def sample(children: int, day: date, seed: int) -> Sources:
    """A sample with planted faults, as rows of text."""
    tables, _ = plant_defects(generate(children, day, seed), 0.05, seed, day)
    return only_tables(sources_of(tables))


def options_of(rng: random.Random, day: date) -> dict:
    """A run's settings, drawn from a seed."""
    extract_date = rng.choice([None, None, day - timedelta(days=rng.randint(1, 60)), day + timedelta(days=9)])
    options = {"edition": rng.choice(EDITIONS), "extract_date": extract_date}
    if rng.random() < 0.3:
        options["include_short_breaks"] = True
    if rng.random() < 0.5:
        options |= {"own_la": ["Exshire", "X01"], "postcodes": rng.choice([None, POSTCODES])}
    if rng.random() < 0.2:
        options["case_worker_roles"] = [rng.choice(["cw", "16PLUS", "nobody"])]
    return options


def changed(seed: int) -> tuple[Sources, date]:
    """A few people of a sample, with many changes to each."""
    rng = random.Random(seed)
    day = DAYS[seed % len(DAYS)]
    whole = sample(700, day, 100 + seed % 3)
    sources = some(whole, set(rng.sample(people_in(whole), 30)))
    collided(sources, rng, 80)
    return without_reversed_absences(mutated(sources, seed, 120, day, tables=CHANGED)), day


@pytest.mark.parametrize("seed", range(3 if LONG else 1), ids=str)
@pytest.mark.parametrize("edition", EDITIONS)
def test_the_sample_with_faults(edition, seed):
    day = DAYS[seed]
    sources = sample(2000 if LONG else 500, day, 7 + seed)
    assert differences(sources, LISTS, day=day, edition=edition) == []
    assert differences(sources, LISTS, day=day, extract_date=day - timedelta(days=40), edition=edition) == []


@pytest.mark.parametrize("batch", range(100 if LONG else 4))
def test_changed_extracts(batch):
    for seed in range(batch * 5, batch * 5 + 5):
        sources, day = changed(seed)
        found = differences(sources, LISTS, day=day, **options_of(random.Random(-seed), day))
        assert found == [], f"seed {seed}"


def test_extracts_without_a_table():
    sources = sample(300, DAYS[0], 5)
    left_out = [name for name in sources if name != "ssd_person"]
    assert len(left_out) > 15
    for name in left_out if LONG else left_out[:: len(left_out) // 6]:
        assert differences(without(sources, name), LISTS, day=DAYS[0], edition="ilacs-2022") == [], name


@pytest.mark.parametrize(
    "example", [example for example in EXAMPLES if example["list"] >= 8], ids=lambda example: example["id"]
)
def test_the_oracle_agrees_with_the_worked_examples(example):
    number, facts, rows = example["list"], example["facts"], Rows()
    child = facts.get("child", "C1")
    _person(rows, child, facts)
    WRITERS[number](rows, child, facts)
    day = date.fromisoformat(example["inspection_date"])
    options = {"include_short_breaks": True} if facts.get("option") == "include_short_breaks" else {}
    extract_date = date.fromisoformat(facts["extract_date"]) if "extract_date" in facts else None
    shown = LISTS[number](Run.of(rows.tables, day, extract_date, f"ilacs-{example['edition']}", **options)).rows
    expected = example["expected"]
    if isinstance(expected, str):
        assert [row[START_OF_ROW[number]] for row in shown] == [date.fromisoformat(expected)]
    else:
        assert bool(shown) is expected
