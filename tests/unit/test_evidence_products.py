"""What the output folder of a build says of annexa's own products."""

from datetime import UTC, date, datetime

import pytest

from annexa.errors import SourceError
from annexa.evidence.items import load_items
from annexa.evidence.products import Product
from annexa.outputs.manifest import Manifest
from annexa.outputs.stage import Stage
from annexa.pipeline.evidence import products_of, read_build

DAY = date(2018, 6, 4)
AS_AT = date(2018, 6, 1)
EVIDENCE = load_items()
FILES = ("annex-a.xlsx", "reports/2.02-missing-and-exploited.xlsx", "reports/3.08-health.xlsx", "findings.csv")
HASH = "0" * 64


def build(folder, verdict="ready", command="build"):
    reports = [
        {"item": "2.02", "title": "T", "file": FILES[1], "state": "built", "figures": "children missing: 12"},
        {"item": "3.08", "title": "T", "file": FILES[2], "state": "not supplied", "figures": ""},
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
                    "extract_date": AS_AT, "as_at": AS_AT, "options": {}, "inputs": [], "unknown_inputs": [],
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
        FILES[0]: Product("built", "1 list, 1,200 rows; not supplied: List 2", AS_AT),
        FILES[1]: Product("built", "children missing: 12", AS_AT),
        FILES[2]: Product("not supplied"),
    }


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


def test_a_folder_without_a_manifest(tmp_path):
    with pytest.raises(SourceError, match="no manifest"):
        read_build(tmp_path)
