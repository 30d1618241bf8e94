"""`explain` on changed extracts: the lists that it says yes to and the reasons that it gives are the oracle's.

The oracle is written from the specification alone. Beside it stands what a build writes: every source row of a child in
the accounts is told exactly once, with the reason and the date of exclusions.csv, every row of a list cell by cell, and
every finding that names the child.
"""

import os
import random
import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache

import polars as pl
import pytest

from annexa.checks.catalogue import catalogue
from annexa.checks.run import run_checks
from annexa.checks.runs import ExtractRun
from annexa.lists.reasons import REASONS
from annexa.outputs.annex_a import exclusions
from annexa.story.model import NOT_SUPPLIED, ON
from annexa.story.tell import story_of
from annexa.story.text import lines_of
from annexa.story.words import shown
from annexa.workdays import WorkingDays
from tests.oracle import test_lists_1_to_7 as first
from tests.oracle import test_lists_8_to_11 as last
from tests.oracle.front import family_fates
from tests.oracle.mutate import mutated
from tests.oracle.people import Run
from tests.oracle.told import untrue
from tests.support.build import build

LISTS = {**first.LISTS, **last.LISTS}
FAMILIES = "annexa_early_help_assessments"  # a family's record names no child, and is told to each of its members
LONG = os.environ.get("ANNEXA_HYPOTHESIS") == "long"
CHILDREN = 10_000 if LONG else 16


@cache
def drawn(seed: int):
    """A changed extract of a sample, and the settings of a run."""
    rng = random.Random(seed)
    day = rng.choice(first.DAYS)
    sources = mutated(first.sample(200, day, seed % 2 == 0), seed, 400, day, 80)
    plant_families(sources, rng)
    settings = {
        "inspection_date": day,
        "extract_date": rng.choice([None, day - timedelta(days=rng.randint(1, 60))]),
        "edition": first.EDITIONS[seed % len(first.EDITIONS)],
    }
    options = {
        "drop_adults": rng.random() < 0.3,
        "list6_additions": rng.random() > 0.15,
        "include_short_breaks": rng.random() < 0.2,
    }
    return sources, settings, options


def plant_families(sources, rng):
    """Make half of the early help assessments those of families of up to four; some lose their identifier."""
    everybody = [row["pers_person_id"] for row in sources["ssd_person"]]
    for number in range(8):
        for member in rng.sample(everybody, rng.randint(1, 4)):
            sources["annexa_early_help_families"].append({"family_id": f"F{number}", "person_id": member})
    rows = sources[FAMILIES]
    for row in rng.sample(rows, len(rows) // 2):
        row.update(person_id=None, family_id=f"F{rng.randrange(9)}")
        row["assessment_id"] = rng.choice([None, row["assessment_id"], rng.choice(rows)["assessment_id"]])


def listed_by_the_oracle(run, numbers):
    """List -> identifiers on it, and (list, table, row) -> reason, as the oracle has them."""
    outputs = {number: LISTS[number](run) for number in numbers}
    people = {number: {next(iter(row.values())) for row in output.rows} for number, output in outputs.items()}
    reasons = {
        (number, table, row): reason
        for number, output in outputs.items()
        for table, rows in output.reasons.items()
        for row, reason in rows.items()
    }
    return people, reasons


def in_words(value):
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else shown(value)


def by_child(rows):
    """Child -> the rest of each row that begins with the child."""
    groups = defaultdict(list)
    for child, *rest in rows:
        groups[child].append(tuple(rest))
    return groups


@pytest.mark.parametrize("seed", range(30 if LONG else 3))
def test_the_story_agrees_with_the_oracle_and_with_the_build(seed):
    sources, settings, options = drawn(seed)
    context, lists = _built(seed)
    found = run_checks(catalogue(), ExtractRun(context, WorkingDays(), lists), context.findings.frame()).findings
    found = found.with_columns(pl.lit(None, dtype=pl.String).alias("accepted"))
    supplied = [number for number, built in lists.items() if built.supplied]
    oracle = Run.of(sources, settings["inspection_date"], settings["extract_date"], settings["edition"], **options)
    people, reasons = listed_by_the_oracle(oracle, supplied)
    families = family_fates(oracle)
    # What a build writes.
    accounts = by_child(
        (child, number, context.tables[record].source, row)
        for number, built in lists.items()
        for record, rows in built.accounts.items()
        for child, row in rows.select("person_id", "_row").iter_rows()
    )
    left_out = exclusions(context, lists).select("person_id", "list", "source_table", "row", "reason", "date")
    left_out = by_child(left_out.iter_rows())
    cells = by_child((str(row[0]), number, row) for number, built in lists.items() for row in built.frame.iter_rows())
    named = by_child(found.select("child", "check", "message", "row").iter_rows())

    everybody = set(context.rows("persons")["person_id"]).union(*people.values(), accounts) - {None}
    for child in _some(everybody, {child for child, _ in families}, seed):
        story = story_of(context, lists, found, child)
        assert {each.number for each in story.lists if each.state == ON} == {
            number for number in supplied if child in people[number]
        }, child
        assert all((told.state == NOT_SUPPLIED) is (told.number not in supplied) for told in story.lists)
        assert [(told.number, *(value for _, value in row.cells)) for told in story.lists for row in told.rows] == [
            (number, *map(in_words, row)) for number, row in cells[child]
        ]
        told = {(each.number, record.table, record.row): record for each in story.lists for record in each.records}
        assert len(told) == sum(len(each.records) for each in story.lists)
        wanted = {place: reasons[place] for place in accounts[child]}
        wanted |= {(2, FAMILIES, row): reason for (name, row), reason in families.items() if name == child}
        assert {place: record.reason for place, record in told.items()} == wanted, child
        # A family's record has one word for all members there, and names none of them.
        own = [(*place, told[place].reason, told[place].decided) for place in accounts[child] if told[place].reason]
        assert sorted(own) == sorted(left_out[child])
        for each in told.values():
            assert each.fate.startswith("It counts" if each.reason is None else f"Left out ({each.reason}): ")
        assert len({(each.table, each.row) for each in story.others}) == len(story.others)
        # Findings that name nobody, and are about one of the child's records, come beside those that name the child.
        assert not Counter(named[child]) - Counter((each.check, each.message, each.row) for each in story.findings)
        assert not untrue(oracle, story), child
        sentences = [*(each.answer for each in story.lists), *(each.fate for each in told.values())]
        assert not [each for each in sentences if re.search(r"[{}]|\bNone\b", each)]
        assert lines_of(story)


def _some(everybody, in_families, seed):
    """Draw children, a third of them from families that have a record together."""
    rng = random.Random(seed)
    some = rng.sample(sorted(in_families), min(CHILDREN // 3, len(in_families)))
    others = sorted(everybody - set(some))
    return some + rng.sample(others, min(CHILDREN - len(some), len(others)))


def test_most_reasons_turn_up():
    met = set().union(*(exclusions(*_built(seed))["reason"] for seed in range(2)))
    assert len(met) >= len(REASONS) // 2


@cache
def _built(seed):
    sources, settings, options = drawn(seed)
    result = build(sources, **settings, **options)
    return result.context, result.lists
