"""`explain` on changed extracts: the lists that it says yes to and the reasons that it gives are the oracle's.

The oracle is written from the specification alone. Beside it stands what a build writes: every source row of a child in
the accounts is told exactly once, with the reason and the date of exclusions.csv, every row of a list cell by cell, and
every finding that names the child.
"""

import os
import random
import re
from collections import Counter
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
from tests.oracle.mutate import mutated
from tests.oracle.people import Run
from tests.support.build import build

LISTS = {**first.LISTS, **last.LISTS}
FAMILIES = "annexa_early_help_assessments"  # a family's record names no child, and is told to each of its members
LONG = os.environ.get("ANNEXA_HYPOTHESIS") == "long"
CHILDREN = 10_000 if LONG else 20


def drawn(seed: int):
    """A changed extract of a sample, and the settings of a run."""
    rng = random.Random(seed)
    day = rng.choice(first.DAYS)
    sources = mutated(first.sample(200, day, seed % 2 == 0), seed, 400, day, 80)
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


def listed_by_the_oracle(sources, settings, options, numbers):
    """List -> identifiers on it, and (list, table, row) -> reason, as the oracle has them."""
    run = Run.of(sources, settings["inspection_date"], settings["extract_date"], settings["edition"], **options)
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


@pytest.mark.parametrize("seed", range(30 if LONG else 3))
def test_the_story_agrees_with_the_oracle_and_with_the_build(seed):
    sources, settings, options = drawn(seed)
    context, lists = _built(seed)
    run = ExtractRun(context, WorkingDays(), lists)
    found = run_checks(catalogue(), run, context.findings.frame()).findings
    found = found.with_columns(pl.lit(None, dtype=pl.String).alias("accepted"))
    left_out = exclusions(context, lists)
    supplied = [number for number, built in lists.items() if built.supplied]
    people, reasons = listed_by_the_oracle(sources, settings, options, supplied)

    everybody = set(context.rows("persons")["person_id"].drop_nulls()).union(*people.values())
    for built in lists.values():
        everybody.update(*(rows["person_id"].drop_nulls() for rows in built.accounts.values()))
    for child in random.Random(seed).sample(sorted(everybody), min(CHILDREN, len(everybody))):
        story = story_of(context, lists, found, child)
        assert {each.number for each in story.lists if each.state == ON} == {
            number for number in supplied if child in people[number]
        }, child
        for told in story.lists:
            built = lists[told.number]
            assert (told.state == NOT_SUPPLIED) is not built.supplied
            rows = built.frame.filter(pl.col(built.frame.columns[0]).cast(pl.String) == child)
            assert [[value for _, value in row.cells] for row in told.rows] == [
                [in_words(value) for value in row] for row in rows.iter_rows()
            ]
            accounted = [
                (context.tables[record].source, row)
                for record, rows in built.accounts.items()
                for row in rows.filter(pl.col("person_id") == child)["_row"]
            ]
            own = [each for each in told.records if each.table != FAMILIES or (each.table, each.row) in accounted]
            assert {(each.table, each.row): each.reason for each in own} == {
                (each.table, each.row): reasons[told.number, each.table, each.row] for each in own
            }
            of_child = left_out.filter((pl.col("list") == told.number) & (pl.col("person_id") == child))
            assert sorted((each.table, each.row, each.reason, each.decided) for each in own if each.reason) == sorted(
                of_child.select("source_table", "row", "reason", "date").iter_rows()
            )
            assert sorted((each.table, each.row) for each in own) == sorted(accounted)
            for each in told.records:
                assert each.fate.startswith("It counts" if each.reason is None else f"Left out ({each.reason}): ")
                assert (each.reason in ("DUPLICATE", "CONFLICT")) is ("the record in row" in each.fate)
        assert len({(each.table, each.row) for each in story.others}) == len(story.others)
        # Findings that name nobody, and are about one of the child's records, come beside those that name the child.
        named = found.filter(pl.col("child") == child).select("check", "message", "row").iter_rows()
        assert not Counter(named) - Counter((each.check, each.message, each.row) for each in story.findings)
        sentences = [
            *(each.answer for each in story.lists),
            *(each.fate for told in story.lists for each in told.records),
        ]
        assert not [each for each in sentences if re.search(r"[{}]|\bNone\b", each)]
        assert lines_of(story)


def test_most_reasons_turn_up():
    met = set().union(*(exclusions(*_built(seed))["reason"] for seed in range(2)))
    assert len(met) >= len(REASONS) // 2


@cache
def _built(seed):
    sources, settings, options = drawn(seed)
    result = build(sources, **settings, **options)
    return result.context, result.lists
