"""What is suppressed, accepted, new, and what makes a run fail."""

import json
from datetime import date

import polars as pl
import pytest

from annexa.checks.accept import ACCEPTED, accept, load_accepted
from annexa.checks.catalogue import HISTORY, catalogue, pages, with_changes
from annexa.checks.gate import NEW, Gate, judge, marked_new, read_baseline, read_rate
from annexa.checks.run import FOUND, Result
from annexa.checks.suppress import suppressed
from annexa.errors import UsageError
from annexa.findings import SCHEMA, SEVERITIES

DAY = date(2025, 6, 2)


def found(*rows: dict[str, object]) -> pl.DataFrame:
    severities = {check: each.severity for check, each in catalogue().items()}
    complete = [{"severity": severities[row["check"]], "message": "m", **row} for row in rows]
    return pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in complete], schema=SCHEMA)


@pytest.mark.parametrize(
    ("one", "other", "gone"),
    [
        # AA-821 gives way to AA-822, AA-710 to AA-705, AA-604 to AA-X02
        ({"check": "AA-821", "child": "1", "event": "p"}, {"check": "AA-822", "child": "1", "event": "p"}, True),
        ({"check": "AA-821", "child": "1", "event": "p"}, {"check": "AA-822", "child": "2", "event": "p"}, False),
        ({"check": "AA-710", "child": "1", "event": "v"}, {"check": "AA-705", "child": "1", "event": "r"}, False),
        ({"check": "AA-604", "child": "1", "event": "e"}, {"check": "AA-X02", "child": "1"}, True),
        ({"check": "AA-X23", "child": "1"}, {"check": "AA-X02", "child": "1", "event": "p"}, True),
        ({"check": "AA-X27", "worker": "W"}, {"check": "AA-G25", "child": "1", "worker": "W"}, True),
        ({"check": "AA-X27", "worker": "W"}, {"check": "AA-G25", "child": "1", "worker": "V"}, False),
        ({"check": "AA-G18", "table": "t"}, {"check": "AA-R10", "table": "t"}, True),
        ({"check": "AA-G18", "table": "t"}, {"check": "AA-R10", "table": "u"}, False),
    ],
)
def test_one_fault_gives_one_finding(one, other, gone):
    assert suppressed(found(one, other), catalogue()).to_list() == [gone, False]
    assert suppressed(found(other, one), catalogue()).to_list() == [False, gone]


def test_an_error_never_gives_way_to_a_warning():
    rows = found({"check": "AA-G11", "child": "1"}, {"check": "AA-G03", "child": "1"})
    assert suppressed(rows, catalogue()).to_list() == [True, False]
    assert suppressed(rows, with_changes({"AA-G03": {"severity": "warning"}})).to_list() == [False, False]


def test_suppression_looks_at_all_findings_before_any_is_left_out():
    # AA-X28 gives way to AA-X02, which gives way to AA-X03: all three about one child leave AA-X03 alone.
    rows = found(*({"check": check, "child": "1"} for check in ("AA-X28", "AA-X02", "AA-X03")))
    assert suppressed(rows, catalogue()).to_list() == [True, True, False]


def accepted(tmp_path, text: str):
    path = tmp_path / "accepted.toml"
    path.write_text(text, encoding="utf-8")
    return load_accepted(path)


ENTRY = '[[accepted]]\ncheck = "{check}"\nchild = "{child}"\nreason = "Seen"\nwho = "AO"\nuntil = {until}\n'


@pytest.mark.parametrize(
    ("child", "until", "marked", "about"),
    [
        ("1", "2025-06-02", [True, False], []),
        ("*", "2025-06-02", [True, True], []),
        ("1", "2025-06-01", [False, False], ["AA-R41"]),
        ("3", "2025-06-02", [False, False], ["AA-R42"]),
    ],
)
def test_an_acceptance_is_for_a_check_a_child_and_until_a_day(tmp_path, child, until, marked, about):
    rows = found({"check": "AA-X20", "child": "1"}, {"check": "AA-X20", "child": "2"})
    entries = accepted(tmp_path, ENTRY.format(check="AA-X20", child=child, until=until))
    result = accept(rows, entries, DAY, "accepted.toml")
    assert result.findings[ACCEPTED].is_not_null().to_list() == marked
    assert result.about["check"].to_list() == about
    assert all("Seen (AO, until" in text for text in result.findings[ACCEPTED].drop_nulls())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ENTRY.format(check="AA-X99", child="1", until="2025-06-02"), "There is no check AA-X99"),
        ('[[accepted]]\ncheck = "AA-X20"\n', "entry 1: child: is missing"),
        (ENTRY.format(check="AA-X20", child="", until="2025-06-02"), "child: is blank"),
        (ENTRY.format(check="AA-X20", child="1", until='"soon"'), "until: is not of the right kind"),
        (ENTRY.format(check="AA-X20", child="1", until="2025-06-02") + "row = 3\n", "row: is no key"),
        ("[[accepted", "is not a TOML file"),
    ],
)
def test_a_file_of_acceptances_that_cannot_be_used(tmp_path, text, message):
    with pytest.raises(UsageError) as caught:
        accepted(tmp_path, text)
    assert message in caught.value.message
    assert "accepted.toml" in caught.value.message


ERRORS = [{"check": "AA-G03", "child": str(n)} for n in range(3)]
WARNINGS = [{"check": "AA-G15", "child": str(n), "row": n} for n in range(5)]


def verdict(rows, gate, tested=100, marks=None):
    frame = marked_new(found(*rows), gate.baseline).with_columns(
        pl.Series(ACCEPTED, marks or [None] * len(rows), dtype=pl.String)
    )
    results = {check: Result(each, FOUND, tested) for check, each in catalogue().items()}
    return judge(frame, results, gate)


@pytest.mark.parametrize(
    ("rows", "gate", "failures"),
    [
        (ERRORS, Gate("error"), ["3 errors"]),
        (ERRORS, Gate("never"), []),
        (WARNINGS, Gate("error"), []),
        (WARNINGS + ERRORS[:1], Gate("warning"), ["1 error", "5 warnings"]),
        (ERRORS, Gate("error", max_errors=3), []),
        (ERRORS, Gate("error", max_errors=2), ["3 errors, 2 allowed"]),
        (ERRORS, Gate("never", max_errors=2), ["3 errors, 2 allowed"]),
        (WARNINGS, Gate("warning", max_rates={"AA-G15": 5.0}), []),
        (WARNINGS, Gate("never", max_rates={"AA-G15": 4.9}), ["AA-G15: 5 of 100 (5.0%), 4.9% allowed"]),
        (ERRORS, Gate("error", max_rates={"AA-G03": 5.0}), []),
        ([], Gate("warning", max_rates={"AA-G15": 0.0}), []),
    ],
)
def test_what_makes_a_run_fail(rows, gate, failures):
    given = verdict(rows, gate)
    assert list(given.failures) == failures
    assert given.passed is not bool(failures)
    assert bool(given.failing) is bool(failures)


def test_the_verdict_does_not_depend_on_the_gate():
    assert verdict(ERRORS, Gate("never")).text() == "not ready: 3 errors"
    assert verdict(ERRORS[:1], Gate("never", max_errors=9)).text() == "not ready: 1 error"
    assert verdict(WARNINGS, Gate("warning")).text() == "ready with warnings"
    assert verdict([], Gate("error")).text() == "ready"


def test_accepted_findings_do_not_count():
    given = verdict(ERRORS, Gate("error"), marks=["Seen", "Seen", "Seen"])
    assert (given.text(), given.accepted, given.passed) == ("ready", 3, True)


def test_a_finding_about_the_whole_list_is_not_counted_twice():
    summary = {"check": "AA-G15", "value": "5 of 100 (5.0%)"}
    assert verdict([summary, *WARNINGS], Gate("never")).counts["warning"] == 5


def test_only_new_findings_fail_and_sameness_is_not_file_row_or_value(tmp_path):
    same = ("check", "list", "child", "event", "column")
    old = {"check": "AA-G03", "list": 1, "child": "1", "column": "c", "row": 5, "value": "v", "file": "a.csv"}
    path = tmp_path / "findings.json"
    path.write_text(json.dumps({"schema_version": 1, "findings": [{n: old.get(n) for n in same}]}), encoding="utf-8")
    gate = Gate("error", baseline=read_baseline(path))
    moved = {**old, "row": 6, "value": "w", "file": "b.csv"}
    assert verdict([moved], gate).passed
    other = {**old, "child": "2"}
    given = verdict([moved, other], gate)
    assert (given.new, list(given.failures)) == (1, ["1 new error"])
    assert given.text() == "not ready: 2 errors"
    assert marked_new(found(moved, other), gate.baseline)[NEW].to_list() == [False, True]


@pytest.mark.parametrize(
    "text", ["{", '{"schema_version": 2, "findings": []}', "[]", '{"schema_version": 1, "findings": [1]}']
)
def test_a_baseline_that_cannot_be_used(tmp_path, text):
    path = tmp_path / "findings.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"findings\.json"):
        read_baseline(path)


@pytest.mark.parametrize("text", ["AA-G15", "AA-G15=x", "AA-G15=101", "AA-G15=-1", "AA-Z1=5", "=5"])
def test_a_rate_that_cannot_be_used(text):
    with pytest.raises(UsageError):
        read_rate(text)
    assert read_rate("aa-g15=2.5%") == ("AA-G15", 2.5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"AA-X99": {}}, "there is no check AA-X99"),
        ({"AA-709": {"days": 3}}, "there is no setting days"),
        ({"AA-709": {"working_days": "15"}}, "working_days must be a number"),
        ({"AA-709": {"working_days": -1}}, "working_days must be a number"),
        ({"AA-709": {"working_days": True}}, "working_days must be a number"),
        ({"AA-709": {"severity": "fatal"}}, "severity is one of"),
        ({"AA-709": {"enabled": 1}}, "enabled is true or false"),
        ({"AA-G25": {"placeholders": "Duty"}}, "placeholders must be a list"),
    ],
)
def test_changes_to_a_check_that_cannot_be(changes, message):
    with pytest.raises(UsageError) as caught:
        with_changes(changes)
    assert message in caught.value.message
    assert caught.value.hint


def test_changes_to_a_check():
    changed = with_changes({"AA-709": {"working_days": 15, "severity": "error", "enabled": False}})["AA-709"]
    assert (changed.number("working_days"), changed.severity, changed.enabled) == (15, "error", False)
    assert catalogue()["AA-709"].number("working_days") == 10


def test_the_catalogue_is_that_of_the_specification():
    checks = [each for each in catalogue().values() if not each.made_by_reading and each.scope != HISTORY]
    assert len(checks) == 199
    severities = [sum(1 for each in checks if each.severity == severity) for severity in SEVERITIES]
    assert sum(severities) == 199
    assert {each.scope for each in checks} == {"extract", "workbook", "both"}
    assert len([check for check in catalogue() if "AA-R01" <= check <= "AA-R30"]) == 30
    assert pages().keys() == catalogue().keys()
    for each in catalogue().values():
        assert set(each.suppressed_by) <= catalogue().keys()
