"""Lists 1 to 7 of annexa against the oracle: the worked examples, the sample with faults, and many changed extracts.

The oracle is written from the specification alone. `make test-long` looks at far more changed extracts.
"""

import os
import random
from datetime import date, timedelta
from functools import cache

import pytest

from annexa.editions import edition_names
from annexa.sample import generate, plant_defects
from tests.oracle.compare import differences, sources_of
from tests.oracle.front import list_1, list_2, list_3, list_4
from tests.oracle.mutate import FOCUS, Sources, mutated, nameless, unsaid, without
from tests.oracle.need import list_6
from tests.oracle.people import Run
from tests.oracle.protection import list_5, list_7
from tests.spec.adapter import WRITERS, Rows, _person
from tests.spec.test_membership import EXAMPLES
from tests.support.build import build

LISTS = {1: list_1, 2: list_2, 3: list_3, 4: list_4, 5: list_5, 6: list_6, 7: list_7}
LONG = os.environ.get("ANNEXA_HYPOTHESIS") == "long"
DAYS = [date(2025, 6, 2), date(2024, 2, 29), date(2025, 8, 31), date(2018, 6, 4)]
EDITIONS = edition_names()
START_OF_ROW = {6: "CIN Start Date", 7: "Child Protection Plan Start Date"}


@cache
def sample(children: int, day: date, faults: bool) -> Sources:
    """A sample as rows of text: with planted faults, or of an extract taken later than the inspection."""
    if not faults:
        return sources_of(generate(children, day - timedelta(days=20), 107, as_at=day + timedelta(days=30)))
    tables, _ = plant_defects(generate(children, day, 7), 0.2, 7, day)
    return sources_of(tables)


@pytest.mark.parametrize("number", LISTS)
def test_the_oracle_says_what_the_worked_examples_say(number):
    examples = [example for example in EXAMPLES if example["list"] == number]
    assert len(examples) >= 10
    for example in examples:
        facts, rows = example["facts"], Rows()
        child = facts.get("child", "C1")
        _person(rows, child, facts)
        event = WRITERS[number](rows, child, facts)
        option = facts.get("option", "")
        options = {option.removeprefix("no "): not option.startswith("no ")} if option else {}
        extract_date = date.fromisoformat(facts["extract_date"]) if "extract_date" in facts else None
        day = date.fromisoformat(example["inspection_date"])
        output = LISTS[number](Run.of(rows.tables, day, extract_date, f"ilacs-{example['edition']}", **options))
        shown = [row for row in output.rows if row["Child Unique ID"] == child]
        if isinstance(example["expected"], str):
            assert [str(row[START_OF_ROW[number]]) for row in shown] == [example["expected"]], example["id"]
        elif number in START_OF_ROW or event is None:
            assert bool(shown) is example["expected"], example["id"]
        else:
            reasons = {
                (row["event"], reason)
                for table, found in output.reasons.items()
                for row, reason in zip(_events(rows, table), found.values(), strict=True)
            }
            assert ((event, None) in reasons) is example["expected"], example["id"]


def _events(rows: Rows, table: str) -> list[dict[str, str | None]]:
    return [{"event": next(iter(row.values()))} for row in rows.tables.get(table, [])]


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_sample_with_faults(edition):
    assert differences(sample(300, DAYS[0], True), LISTS, day=DAYS[0], edition=edition) == []


def test_the_sample_taken_before_the_inspection():
    extract_date = DAYS[0] - timedelta(days=40)
    assert differences(sample(300, DAYS[0], True), LISTS, day=DAYS[0], extract_date=extract_date) == []


@pytest.mark.parametrize("seed", range(800 if LONG else 6))
def test_changed_extracts(seed):
    rng = random.Random(seed)
    day = rng.choice(DAYS)
    sources = mutated(
        sample(400 if LONG else 200, day, seed % 2 == 0), seed, 400, day, 80, FOCUS[list(FOCUS)[seed % len(FOCUS)]]
    )
    if rng.random() < 0.3:
        sources = unsaid(sources, seed)
    if rng.random() < 0.2:
        sources = without(sources, rng.choice([name for name in sources if name != "ssd_person"]))
    extract_date = rng.choice([None, None, day - timedelta(days=rng.randint(1, 60)), day + timedelta(days=10)])
    options = {
        "drop_adults": rng.random() < 0.25,
        "list6_additions": rng.random() > 0.15,
        "case_worker_roles": ["CW"] if rng.random() > 0.1 else ["NOBODY"],
    }
    edition = EDITIONS[rng.randrange(len(EDITIONS))]
    assert differences(sources, LISTS, day=day, extract_date=extract_date, edition=edition, **options) == []


@pytest.mark.parametrize("seed", range(200 if LONG else 2))
def test_rows_without_an_identifier_have_no_order_of_their_own(seed):
    sources = nameless(mutated(sample(200, DAYS[0], True), seed, 60, DAYS[0], 60), seed)
    rng = random.Random(seed)
    shuffled = {name: rng.sample(rows, len(rows)) for name, rows in sources.items()}
    one, other = (build(each, inspection_date=DAYS[0]).lists for each in (sources, shuffled))
    assert all(one[number].frame.equals(other[number].frame) for number in one)
