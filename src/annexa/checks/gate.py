"""What makes a run fail: how grave, how many, how often, and only what is new."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from annexa.checks.accept import ACCEPTED
from annexa.checks.catalogue import known
from annexa.checks.run import Result, about_children
from annexa.errors import UsageError
from annexa.findings import SEVERITIES

# What makes two findings the same: never the file's row and never the value, which change when nothing else does.
SAME: Final = ("check", "list", "child", "event", "column")
NEW: Final = "new"

READY, READY_WITH_WARNINGS, NOT_READY = "ready", "ready with warnings", "not ready"


@dataclass(frozen=True)
class Gate:
    """What a run must keep to.

    Args:
        fail_on: error, warning or never: a finding as grave as this fails the run.
        max_errors: so many errors are let pass, and not one more; none where None.
        max_rates: check -> per cent of what it tested; its findings fail the run above that rate and not below.
        baseline: findings that were there before, as rows of SAME; only others fail the run. None: all count.
    """

    fail_on: str = "error"
    max_errors: int | None = None
    max_rates: Mapping[str, float] = field(default_factory=dict)
    baseline: pl.DataFrame | None = None


@dataclass(frozen=True)
class Verdict:
    """Whether the data can be submitted, and whether the run passes its gate.

    Args:
        state: ready, ready with warnings, or not ready.
        counts: severity -> findings that were not accepted.
        accepted: findings that were accepted.
        new: findings that the baseline does not have; None without one.
        failures: why the gate fails, in counts; empty where it passes.
        failing: check -> findings that make it fail.
    """

    state: str
    counts: Mapping[str, int]
    accepted: int
    new: int | None
    failures: tuple[str, ...]
    failing: Mapping[str, int] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether the run passes its gate."""
        return not self.failures

    def text(self) -> str:
        """Return the verdict in words: ready, ready with warnings, or not ready: N errors."""
        if self.state != NOT_READY:
            return self.state
        number = self.counts["error"]
        return f"{NOT_READY}: {number:,} error{'' if number == 1 else 's'}"


def state_of(text: str) -> str:
    """Return the state of a verdict from its words, as a manifest holds them: what Verdict.text() begins with."""
    return text.partition(":")[0]


def marked_new(findings: pl.DataFrame, baseline: pl.DataFrame | None) -> pl.DataFrame:
    """Add the column `new`: true where the baseline does not have the finding; blank without a baseline."""
    if baseline is None:
        return findings.with_columns(pl.lit(None, dtype=pl.Boolean).alias(NEW))
    old = baseline.select(SAME).unique().with_columns(pl.lit(value=True).alias("_old"))
    together = findings.join(old, on=list(SAME), how="left", nulls_equal=True, maintain_order="left")
    return together.with_columns(pl.col("_old").is_null().alias(NEW)).drop("_old")


def judge(findings: pl.DataFrame, results: Mapping[str, Result], gate: Gate) -> Verdict:
    """Judge the findings of a run.

    Args:
        findings: columns of findings.SCHEMA, `accepted` and `new`.
        results: what became of each check, by id.
        gate: what the run must keep to.
    """
    definitions = {check: result.definition for check, result in results.items()}
    counted = about_children(findings, definitions)
    open_ = counted.filter(pl.col(ACCEPTED).is_null())
    counts = {severity: open_.filter(pl.col("severity") == severity).height for severity in SEVERITIES}
    state = NOT_READY if counts["error"] else READY_WITH_WARNINGS if counts["warning"] else READY
    judged = open_ if gate.baseline is None else open_.filter(pl.col(NEW))
    too_many, too_often = _too_many(judged, gate), _too_often(judged, results, gate)
    grave = {"error"} if gate.fail_on == "error" or gate.max_errors is not None else set()
    grave |= {"error", "warning"} if gate.fail_on == "warning" else set()
    at_fault = pl.col("severity").is_in(grave if too_many else set()) & ~_rated(gate)
    failing = judged.filter(at_fault | pl.col("check").is_in(list(too_often)))
    return Verdict(
        state=state,
        counts=counts,
        accepted=counted.height - open_.height,
        new=None if gate.baseline is None else judged.height,
        failures=(*too_many, *too_often.values()),
        failing=dict(failing.group_by("check").len().sort("check").iter_rows()),
    )


def _rated(gate: Gate) -> pl.Expr:
    return pl.col("check").is_in(list(gate.max_rates))


def _too_many(findings: pl.DataFrame, gate: Gate) -> list[str]:
    """Errors and warnings beyond what is allowed; checks with a rate of their own are judged by that alone."""
    counted = findings.filter(~_rated(gate))
    new = "new " if gate.baseline is not None else ""
    number = {severity: counted.filter(pl.col("severity") == severity).height for severity in SEVERITIES}
    failures = []
    allowed = gate.max_errors if gate.max_errors is not None else 0
    if number["error"] > allowed and (gate.fail_on != "never" or gate.max_errors is not None):
        limit = f", {allowed:,} allowed" if gate.max_errors is not None else ""
        failures.append(f"{number['error']:,} {new}error{'' if number['error'] == 1 else 's'}{limit}")
    if number["warning"] and gate.fail_on == "warning":
        failures.append(f"{number['warning']:,} {new}warning{'' if number['warning'] == 1 else 's'}")
    return failures


def _too_often(findings: pl.DataFrame, results: Mapping[str, Result], gate: Gate) -> dict[str, str]:
    failures: dict[str, str] = {}
    for check, limit in sorted(gate.max_rates.items()):
        number = findings.filter(pl.col("check") == check).height
        result = results.get(check)
        tested = result.tested if result else None
        if number and not tested:
            failures[check] = f"{check}: {number:,} findings and nothing to hold them against"
        elif tested and 100 * number > limit * tested:
            failures[check] = f"{check}: {number:,} of {tested:,} ({100 * number / tested:.1f}%), {limit:g}% allowed"
    return failures


def read_rate(text: str) -> tuple[str, float]:
    """Read a limit written as AA-G15=5.

    Raises:
        UsageError: another form, an unknown check, or no percentage from 0 to 100.
    """
    check, equals, number = text.partition("=")
    try:
        limit = float(number.strip().removesuffix("%"))
    except ValueError:
        limit = -1
    if not equals or not 0 <= limit <= 100:
        raise UsageError(f"--max-rate: {text} is not a check and a percentage.", "Write it as AA-G15=5 for 5 per cent.")
    return known(check.strip()), limit


def read_baseline(path: Path) -> pl.DataFrame:
    """Read the findings of an earlier findings.json, as rows of SAME.

    Raises:
        UsageError: it cannot be read, or is no findings.json of this version.
    """
    hint = "Give the findings.json that an earlier `annexa check --output` wrote."
    try:
        content = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror}.", hint) from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise UsageError(f"{path.name} is not a JSON file.", hint) from None
    schema = {name: pl.Int64() if name == "list" else pl.String() for name in SAME}
    if not isinstance(content, dict) or content.get("schema_version") != 1 or "findings" not in content:
        raise UsageError(f"{path.name} is no findings.json that this version of annexa reads.", hint)
    try:
        rows = [{name: each[name] for name in SAME} for each in content["findings"]]
        return pl.DataFrame(rows, schema=schema)
    except (KeyError, TypeError, pl.exceptions.PolarsError):
        raise UsageError(f"{path.name} is damaged: its findings cannot be read.", hint) from None
