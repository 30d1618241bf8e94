"""Every check against its drawn tables (tests/support/checks.py says how they are read)."""

import pytest

from annexa.checks import run  # noqa: F401  (registers the checks)
from annexa.checks.catalogue import HISTORY, catalogue, pages
from annexa.checks.registry import MADE, ON_EXTRACT, ON_LISTS
from annexa.checks.run import NOT_RUN
from tests.support.checks import Block, blocks, run_block

# Those that compare a dry run with earlier ones: tests/spec/test_nightly_checks.py.
OF_NIGHTS = {check for check, each in catalogue().items() if each.scope == HISTORY}
OF_RECORDS = {check: each for check, each in catalogue().items() if not each.made_by_reading and check not in OF_NIGHTS}


@pytest.mark.parametrize("block", blocks(), ids=lambda block: f"{block.check} {block.on} {block.place}")
def test_drawn_table(block: Block):
    checked = run_block(block)
    result = checked.result(block.check)
    found = checked.findings.filter(checked.findings["check"] == block.check)
    if block.expected == "could not run":
        assert result.status == NOT_RUN
        assert result.reasons
        return
    assert result.status != NOT_RUN, result.reasons
    if block.expected:
        assert bool(found.height) is (block.expected == "trips"), found
        return
    accused = {*found["child"].drop_nulls(), *found["worker"].drop_nulls()} & block.names
    wanted = {name for name in block.names if name.startswith("TRIPS")}
    assert {name for name in accused if name.startswith(("TRIPS", "NEAR", "BLANK"))} == wanted


def _missing(check: str, on: str) -> set[str]:
    mine = [block for block in blocks() if (block.check, block.on) == (check, on)]
    if check in MADE and mine and all(block.expected == "could not run" for block in mine):
        return set()  # no extract has what it compares
    names = {name for block in mine for name in block.names}
    shown = {word for word in ("TRIPS", "NEAR", "BLANK") if any(name.startswith(word) for name in names)}
    shown |= {{"trips": "TRIPS", "nearly": "NEAR", "blank": "BLANK"}.get(block.expected, "") for block in mine}
    return {"TRIPS", "NEAR", "BLANK"} - shown


@pytest.mark.parametrize("check", OF_RECORDS)
def test_every_check_exists_and_is_drawn(check):
    scope = OF_RECORDS[check].scope
    if scope != "workbook":
        assert (check in ON_EXTRACT) != (check in MADE), "one function on an extract, or made by the list rules"
        assert not _missing(check, "extract")
    if scope != "extract":
        assert check in ON_LISTS
        assert not _missing(check, "lists")


def test_no_test_without_a_check():
    assert {*ON_EXTRACT, *ON_LISTS, *MADE} <= catalogue().keys()


@pytest.mark.parametrize("check", catalogue())
def test_every_check_is_explained(check):
    page = pages()[check]
    assert all((page.title, page.what, page.why, page.reference))
    assert page.example or OF_RECORDS.get(check) is None
