"""The sides of `annexa diff` as they are read: which checks ran, runs and their order, a folder named as a run."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from annexa.differences.compare import compare
from annexa.errors import UsageError
from annexa.findings import SCHEMA
from annexa.history.store import open_history
from annexa.outputs.files import write_csv
from annexa.outputs.manifest import FindingCounts, describe
from annexa.pipeline.differing import DiffRequest, diff
from annexa.pipeline.past_runs import find_run
from annexa.pipeline.sides import Wanted, read_sides
from annexa.settings import Settings
from tests.support.histories import DAY, add, manifest


def folder(path: Path, children: dict[str, str], by_check: dict[str, int], ran: tuple[str, ...] | None) -> Path:
    """A folder of `annexa check`: children by the check that found them, separated by spaces."""
    path.mkdir()
    found = [(check, child) for check, each in children.items() for child in each.split()]
    rows = pl.DataFrame(found, schema=["check", "child"], orient="row")
    blank = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in SCHEMA.items() if name not in rows.columns]
    write_csv(path / "findings.csv", rows.with_columns(blank))
    counts = FindingCounts(
        verdict="", accepted=0, error=sum(by_check.values()), warning=0, info=0, by_check=by_check, ran=ran
    )
    outputs = (describe(path / "findings.csv", "findings.csv"),)
    text = manifest().model_copy(update={"command": "check", "findings": counts, "outputs": outputs}).to_json()
    (path / "manifest.json").write_text(text, encoding="utf-8")
    return path


def compared(*paths: Path):
    return compare(*(each.side for each in read_sides(paths, Wanted(Settings(), date(2025, 6, 2)))))


def test_checks_that_one_folder_did_not_run_are_not_new(tmp_path):
    """As with a folder of `annexa clean`, which runs the checks of reading alone, beside one of a build."""
    clean = folder(tmp_path / "clean", {"AA-R02": "C1"}, {"AA-R02": 1}, ("AA-R02",))
    build = folder(tmp_path / "build", {"AA-101": "C1 C2"}, {"AA-101": 2}, ("AA-101", "AA-102", "AA-R02"))
    found = compared(clean, build)
    assert found.checks.rows() == [("AA-101", None, 2, None, None), ("AA-R02", 1, 0, 0, 1)]
    assert found.findings.select("change", "check", "child").rows() == [("gone", "AA-R02", "C1")]
    assert found.lists == ()
    assert found.notes == (
        "Neither side has lists: findings alone are compared.",
        "Findings of 1 check are not compared: they did not run on both sides, or a report was narrowed.",
    )


def test_a_check_of_which_a_narrowed_report_leaves_findings_out_is_not_compared(tmp_path):
    """The manifest counts all findings of the run, findings.csv has those of a team."""
    ran = ("AA-101", "AA-102")
    whole = folder(tmp_path / "whole", {"AA-101": "C1 C2", "AA-102": "C1"}, {"AA-101": 2, "AA-102": 1}, ran)
    part = folder(tmp_path / "part", {"AA-101": "C1", "AA-102": "C1 C2"}, {"AA-101": 2, "AA-102": 2}, ran)
    assert compared(whole, part).checks.rows() == [("AA-101", 2, 1, None, None), ("AA-102", 1, 2, 1, 0)]


def test_a_manifest_that_does_not_say_which_checks_ran(tmp_path):
    old = folder(tmp_path / "old", {"AA-101": "C1"}, {"AA-101": 1}, None)
    new = folder(tmp_path / "new", {}, {}, ("AA-101",))
    assert compared(old, new).checks.rows() == [("AA-101", 1, 0, 0, 1)]


@pytest.mark.parametrize(
    ("named", "order"),
    [
        (("previous", "last"), ("2", "3")),
        (("last", "previous"), ("2", "3")),
        (("2", "1"), ("1", "2")),  # the same day twice: the number decides
        (("1", "2"), ("1", "2")),
        (("4", "3"), ("3", "4")),
        (("4", "5"), ("5", "4")),  # made later, for an earlier day
        (("3", "3"), ("3", "3")),
    ],
)
def test_of_two_runs_the_earlier_one_is_the_first_side(tmp_path, named, order):
    """Whatever the order in which they are named: nobody has to be told to name it first."""
    days = (0, 0, 1) if "last" in named else (0, 0, 1, 2, -3)
    with open_history(tmp_path, create=True) as history:
        for day in days:
            add(history, "1 TOM a", day=day, ahead=0)
    settings = Settings.model_validate({"history": {"folder": str(tmp_path)}})
    report = diff(DiffRequest(named, Wanted(settings, DAY), datetime(2025, 6, 9, tzinfo=UTC)))
    assert (report.before.name, report.after.name) == order
    assert not [note for note in report.notes if "Name it first" in note]
    before, after = report.titles()
    assert before[0] == "Before"
    assert before[1].startswith(f"run of the history {order[0]}, edition ilacs-2019, inspection date ")
    assert (before[1].endswith(", the earlier run"), after[1].endswith(", the later run")) == (True, True)


def test_a_folder_with_the_name_of_a_run_is_named_in_the_hint(tmp_path, monkeypatch):
    """A number that is nothing here may be a child's, and is not repeated."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "2024").mkdir()
    settings = Settings.model_validate({"history": {"folder": str(tmp_path / "none")}})
    hints = []
    for name in ("2024", "2025"):
        with pytest.raises(UsageError) as told:
            find_run(name, settings)
        hints.append(told.value.hint)
    assert hints[0] == hints[1] + " For the file or folder 2024 here write ./2024."
    assert "2025" not in hints[1]
