"""1.06: the audited cases of the last six months, from annexa_audits, and whether the sample is what is asked for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from annexa.evidence.items import Area
from annexa.evidence.products import BUILT, NOT_SUPPLIED, Product
from annexa.lists.context import Context

MONTHS: Final = 6
FILE: Final = "evidence/1.06-audited-cases.xlsx"

COLUMNS: Final = {
    "audit_id": "Audit ID",
    "person_id": "Child Unique ID",
    "audit_date": "Date of audit",
    "service_area": "Service area",
    "areas": "Counts as",
    "grade": "Grade",
    "multi_agency": "Multi-agency",
    "action_due_date": "Action due",
    "action_completed_date": "Action completed",
    "action": "State of the action",
}


@dataclass(frozen=True)
class Audits:
    """The audited cases.

    Args:
        supplied: whether the extract has annexa_audits.
        frame: the columns of COLUMNS, newest audit first.
        problems: what the sample lacks, a sentence each.
        figures: what there is, a sentence each.
    """

    supplied: bool
    frame: pl.DataFrame
    problems: tuple[str, ...]
    figures: tuple[str, ...]


def audited_cases(context: Context, areas: Sequence[Area]) -> Audits:
    """Return the cases audited in [D-6m, D], both ends included, and hold the sample against what 1.06 asks for.

    Asked for are the authority's own and multi-agency audits, and work with children in need, at risk of significant
    harm, looked after, and care leavers: at least one of each. Which of these a case is of is told from the words in
    service_area; one that no word is found in is counted, and counts as none.

    Args:
        context: the run.
        areas: the four kinds of work, and the words of each.

    Returns:
        frame: audit_id, person_id, audit_date, service_area, areas (the kinds of work, between semicolons), grade,
            multi_agency, action_due_date, action_completed_date, action ("completed", "overdue", "due", or blank where
            there is no due day).
    """
    supplied = context.supplied("audits")
    window = context.period.window(MONTHS)
    rows = context.live("audits").filter(window.contains(pl.col("audit_date")))
    named = {area.name: _mentions(pl.col("service_area"), area.words) for area in areas}
    texts = pl.concat_list(pl.when(there).then(pl.lit(name)) for name, there in named.items())
    frame = (
        rows.with_columns(
            texts.list.drop_nulls().list.join("; ").replace("", None).alias("areas"), _action(context).alias("action")
        )
        .sort("audit_date", "audit_id", "person_id", "_row", descending=[True, False, False, False], nulls_last=True)
        .select(list(COLUMNS))
    )
    if not supplied:
        return Audits(False, frame, ("annexa_audits was not supplied.",), ())
    absent = context.tables["audits"].absent
    return Audits(True, frame, tuple(_problems(frame, areas, absent)), tuple(_figures(frame)))


def _mentions(column: pl.Expr, words: Sequence[str]) -> pl.Expr:
    """True where a text holds one of these words or phrases, whatever stands between the words."""
    folded = column.str.to_lowercase().str.replace_all(r"[^a-z0-9]+", " ")
    phrases = "|".join(re.escape(" ".join(re.findall("[a-z0-9]+", word.lower()))) for word in words)
    return folded.str.contains(rf"\b(?:{phrases})\b").fill_null(False)


def _action(context: Context) -> pl.Expr:
    due, done = pl.col("action_due_date"), pl.col("action_completed_date")
    late = due < context.period.as_at
    return (
        pl.when(done.is_not_null())
        .then(pl.lit("completed"))
        .when(late)
        .then(pl.lit("overdue"))
        .when(due.is_not_null())
        .then(pl.lit("due"))
    )


def _problems(frame: pl.DataFrame, areas: Sequence[Area], absent: frozenset[str]) -> list[str]:
    if not frame.height:
        return ["No audit lies in the six months before the inspection."]
    problems = []
    if "multi_agency" in absent:
        problems.append("Whether an audit was multi-agency was not supplied.")
    elif not (frame["multi_agency"] == "Y").any():
        problems.append("None of the audits is multi-agency.")
    if "service_area" in absent:
        return [*problems, "The service area of the audits was not supplied."]
    kinds = frame["areas"].str.split("; ").explode().drop_nulls()
    lacking = [area.name for area in areas if area.name not in kinds.to_list()]
    if lacking:
        problems.append(f"No audit of work with {_listed(lacking)}.")
    unknown = frame["areas"].null_count()
    if unknown:
        problems.append(f"{unknown:,} of {frame.height:,} audits have a service area that none of these is known by.")
    return problems


def _figures(frame: pl.DataFrame) -> list[str]:
    several = frame.filter(pl.col("multi_agency") == "Y").height
    children = frame["person_id"].drop_nulls().n_unique()
    states = dict(frame["action"].drop_nulls().value_counts().iter_rows())
    figures = [f"{_many(frame.height, 'audit')} of {_many(children, 'case')}, {several:,} multi-agency."]
    if states:
        counts = ", ".join(f"{states.get(state, 0):,} {state}" for state in ("completed", "due", "overdue"))
        figures.append(f"Actions: {counts}.")
    return figures


def _many(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def audits_product(audits: Audits, context: Context) -> Product:
    """Return the list of audited cases as one of the tool's own products, for the row of the tracker."""
    if not audits.supplied:
        return Product(NOT_SUPPLIED)
    return Product(BUILT, " ".join(audits.figures), context.period.as_at, " ".join(audits.problems))
