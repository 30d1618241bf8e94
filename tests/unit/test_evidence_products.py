"""What the output folder of a build says of annexa's own products."""

from datetime import UTC, date, datetime

import pytest

from annexa.checks.gate import NOT_READY, READY, READY_WITH_WARNINGS, Verdict, state_of
from annexa.errors import SourceError
from annexa.evidence.items import load_items
from annexa.evidence.products import Product, given_figures
from annexa.outputs.manifest import Manifest
from annexa.outputs.stage import Stage
from annexa.pipeline.evidence import products_of, read_build

DAY = date(2018, 6, 4)
AS_AT = date(2018, 6, 1)
EVIDENCE = load_items()
FILES = ("annex-a.xlsx", "reports/2.02-missing-and-exploited.xlsx", "reports/3.08-health.xlsx", "findings.csv")
HASH = "0" * 64


def build(folder, verdict="ready", command="build", health="not supplied", named=None, **options):
    reports = [
        {"item": "2.02", "title": "T", "file": FILES[1], "state": "built", "figures": "children missing: 12"},
        {"item": "3.08", "title": "T", "file": FILES[2], "state": health, "figures": "", "named": named or {}},
    ]
    lists = [
        {"number": 1, "title": "List 1: C", "state": "built", "rows": 1200, "children": 7, "reason": None},
        {"number": 2, "title": "List 2: E", "state": "not supplied", "rows": None, "children": None, "reason": "none"},
    ]
    window = {"window_from": None, "window_to": None, "added": {}}
    with Stage(folder) as stage:
        for name in FILES:
            stage.path(name).write_text(name)
        stage.commit(
            Manifest.model_validate(
                {
                    "annexa_version": "1", "command": command, "created": datetime(2018, 6, 1, tzinfo=UTC),
                    "edition": {"name": "e", "title": "E", "sha256": HASH}, "source": None, "inspection_date": DAY,
                    "extract_date": AS_AT, "as_at": AS_AT, "options": options, "inputs": [], "unknown_inputs": [],
                    "lists": [{**each, **window} for each in lists], "accounts": [], "tables": [], "reports": reports,
                    "findings": {
                        "verdict": verdict, "accepted": 0, "error": 0, "warning": 0, "info": 0, "by_check": {},
                    },
                    "notes": [],
                }
            )
        )  # fmt: skip
    return folder


def test_the_manifest_says_what_was_built_and_what_was_not_supplied(tmp_path):
    assert products_of(build(tmp_path), EVIDENCE) == {
        FILES[0]: Product("built", "1 list, 1,200 rows; not supplied: List 2", AS_AT, inspection_date=DAY),
        FILES[1]: Product("built", "children missing: 12", AS_AT, inspection_date=DAY),
        FILES[2]: Product("not supplied", inspection_date=DAY),
    }


def test_the_manifest_holds_the_figures_that_the_tracker_asks_for(tmp_path):
    named = {"camhs_weeks": "median: 7.5 weeks"}
    found = products_of(build(tmp_path, health="built", named=named), EVIDENCE)
    assert found[FILES[2]].named == named
    assert given_figures(EVIDENCE, found) == {"3.04b-waiting-time": "median: 7.5 weeks"}


@pytest.mark.parametrize("suppress", [True, False])
def test_the_lists_beside_reports_for_wider_sharing_are_not_counted(tmp_path, suppress):
    found = products_of(build(tmp_path, suppress=suppress), EVIDENCE)[FILES[0]].figures
    assert ("1,200" in found) != suppress
    assert found.endswith("are not for wider sharing") == suppress


@pytest.mark.parametrize(
    ("verdict", "problem"),
    [("ready", ""), ("ready with warnings", ""), ("not ready: 3 errors", "not ready: 3 errors")],
)
def test_errors_stand_in_the_way_of_the_lists_alone(tmp_path, verdict, problem):
    found = products_of(build(tmp_path, verdict), EVIDENCE)
    assert [found[name].problem for name in FILES[:2]] == [problem, ""]


@pytest.mark.parametrize("change", [lambda path: path.write_text("mine"), lambda path: path.unlink()])
def test_a_file_that_is_not_what_the_build_wrote_is_not_built(tmp_path, change):
    change(build(tmp_path) / FILES[1])
    assert products_of(tmp_path, EVIDENCE)[FILES[1]].state == "not built"


def test_a_pack_knows_its_own_items_alone(tmp_path):
    assert list(products_of(build(tmp_path), EVIDENCE.only(["2.02"]))) == [FILES[1]]


@pytest.mark.parametrize(
    ("command", "makes"),
    [("build", True), ("pack", True), ("report", True), ("check", False), ("clean", False), ("evidence", False)],
)
def test_which_commands_make_products(tmp_path, command, makes):
    assert (read_build(build(tmp_path, command=command)) is not None) == makes


@pytest.mark.parametrize("errors", [0, 1, 1234])
@pytest.mark.parametrize("state", [READY, READY_WITH_WARNINGS, NOT_READY])
def test_the_words_of_a_verdict_give_its_state(state, errors):
    assert state_of(Verdict(state, {"error": errors}, 0, None, ()).text()) == state


def test_a_folder_without_a_manifest(tmp_path):
    with pytest.raises(SourceError, match="no manifest"):
        read_build(tmp_path)
