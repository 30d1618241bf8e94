"""Checking: an extract with the lists built from it, or filled workbooks; the findings, the verdict, the files."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import polars as pl

from annexa import __version__
from annexa.checks.accept import ACCEPTED, accept, load_accepted
from annexa.checks.catalogue import Definition, with_changes
from annexa.checks.gate import Gate, Verdict, judge, marked_new, read_baseline
from annexa.checks.run import FOUND, Result, run_checks
from annexa.checks.runs import ExtractRun, ListsRun, Night
from annexa.errors import SourceError, UsageError
from annexa.findings import gather
from annexa.lists.build import BuiltList
from annexa.lists.context import Context
from annexa.lists.effects import CHECK as UNKNOWN_VALUES
from annexa.outputs.findings_files import Report
from annexa.outputs.manifest import read_manifest
from annexa.settings import Settings
from annexa.workdays import WorkingDays, load_closures

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Judging:
    """How the findings of a run are judged.

    Args:
        gate: what the run must keep to; its baseline is read from `baseline`.
        accepted: accepted.toml, or None.
        baseline: an earlier findings.json, or None.
        previous: manifest.json of an earlier run, for the checks that compare with one, or None.
    """

    gate: Gate = field(default_factory=lambda: Gate(fail_on="never"))
    accepted: Path | None = None
    baseline: Path | None = None
    previous: Path | None = None


@dataclass(frozen=True)
class Assessed:
    """The findings of a run, judged.

    Args:
        findings: columns of findings.SCHEMA, `accepted` and `new`.
        results: what became of each check.
        verdict: whether the data can be submitted, and the run passes.
    """

    findings: pl.DataFrame
    results: tuple[Result, ...]
    verdict: Verdict

    def unknown_values(self) -> list[str]:
        """Return what values that no map knows do to the lists, a message a field (AA-R46); no value is in it."""
        about = self.findings.filter(pl.col("check") == UNKNOWN_VALUES, pl.col(ACCEPTED).is_null())
        return about["message"].to_list()

    def report(self, day: date, edition: str, inputs: Sequence[str], authority: str, narrowed: str = "") -> Report:
        """Return what the files of findings are written from."""
        return Report(
            self.findings, self.results, self.verdict, day, edition, tuple(inputs), authority, __version__, narrowed
        )


@dataclass(frozen=True)
class Prepared:
    """What is read before a run begins, so that a wrong file stops it at once."""

    definitions: Mapping[str, Definition]
    calendar: WorkingDays
    gate: Gate
    judging: Judging
    previous: Mapping[int, int] | None
    own_la: tuple[str, ...] = ()


def prepare(settings: Settings, judging: Judging, edition: str) -> Prepared:
    """Read everything that checking needs beside the data.

    Raises:
        UsageError: a change to a check that cannot be; a file of acceptances, of closure days, a baseline or an
            earlier manifest that cannot be used.
    """
    closures = load_closures(Path(settings.closure_days)) if settings.closure_days else frozenset()
    baseline = read_baseline(judging.baseline) if judging.baseline else None
    if judging.accepted:
        load_accepted(judging.accepted)
    return Prepared(
        definitions=with_changes(settings.checks),
        calendar=WorkingDays(closures),
        gate=Gate(judging.gate.fail_on, judging.gate.max_errors, judging.gate.max_rates, baseline),
        judging=judging,
        previous=_previous(judging.previous, edition),
        own_la=settings.options.own_la,
    )


def _previous(path: Path | None, edition: str) -> dict[int, int] | None:
    """Return the rows of each list in an earlier run, where that was of the same edition."""
    if path is None:
        return None
    try:
        earlier = read_manifest(path) if path.is_dir() else read_manifest(path.parent, path.name)
    except SourceError:
        raise UsageError(
            f"--previous: {path.name} is not there, or is no manifest.json that this version of annexa wrote.",
            "Give the manifest.json of an earlier run, or its folder.",
        ) from None
    if earlier.edition.name != edition:
        raise UsageError(
            f"--previous: {path.name} is of edition {earlier.edition.name}, and this run of {edition}.",
            "Give the manifest.json of a run of the same edition.",
        )
    return {entry.number: entry.rows for entry in earlier.lists if entry.rows is not None}


def extract_run(
    context: Context, lists: Mapping[int, BuiltList], prepared: Prepared, night: Night | None = None
) -> ExtractRun:
    """Return an extract as checks see it, with what a dry run knows beside it."""
    return ExtractRun(context, prepared.calendar, lists, prepared.previous, night)


def assess(
    run: ExtractRun | ListsRun, found: pl.DataFrame, prepared: Prepared, only: Collection[str] | None = None
) -> Assessed:
    """Run the checks, all or `only` some, and judge what they find, and what was found before."""
    checked = run_checks(prepared.definitions, run, found, only)
    findings, results = checked.findings, {each.definition.id: each for each in checked.results}
    judging = prepared.judging
    if judging.accepted:
        given = accept(findings, load_accepted(judging.accepted), run.period.inspection_date, judging.accepted.name)
        about = _with_severity(given.about, prepared.definitions).with_columns(
            pl.lit(None, dtype=pl.String).alias(ACCEPTED)
        )
        findings = pl.concat([given.findings, about])
        for check, number in about.group_by("check").len().iter_rows():
            results[check] = replace(results[check], status=FOUND, found=number)
    else:
        findings = findings.with_columns(pl.lit(None, dtype=pl.String).alias(ACCEPTED))
    findings = marked_new(gather([findings]), prepared.gate.baseline)
    verdict = judge(findings, results, prepared.gate)
    return Assessed(findings, tuple(results.values()), verdict)


def _with_severity(found: pl.DataFrame, definitions: Mapping[str, Definition]) -> pl.DataFrame:
    severities = {check: each.severity for check, each in definitions.items()}
    return found.with_columns(pl.col("check").replace_strict(severities, return_dtype=pl.String).alias("severity"))
