"""The sample extract's lists and reports, and where their expected form stands.

Lists: sample_data/lists/<edition>/List_<n>.csv; reports: sample_data/reports/<edition>/<name>.txt.
"""

import json
from functools import cache
from pathlib import Path

import polars as pl

from annexa.extract.read import read_extract
from annexa.outputs.reports import document
from annexa.reports.build import build_reports
from annexa.reports.run import ReportRun
from annexa.sources import load_source
from tests.support.build import Result, build_from

ROOT = Path(__file__).resolve().parents[2]
EXTRACT = ROOT / "sample_data" / "extract"
EXPECTED = ROOT / "sample_data" / "lists"
EXPECTED_REPORTS = ROOT / "sample_data" / "reports"
INSPECTION_DATE = "2018-06-04"
OWN_LA = ("Exshire", "X01")  # as in sample_data/annexa.toml
CHILDREN, SEED = 150, 249


@cache
def _built(edition: str) -> Result:
    raw = read_extract(EXTRACT, load_source("ssd").wanted())
    return build_from(raw, inspection_date=INSPECTION_DATE, edition=edition, own_la=OWN_LA)


def lists_of(edition: str) -> dict[int, pl.DataFrame]:
    """Return the frames of all lists of the sample extract in one edition."""
    return {number: each.frame for number, each in _built(edition).lists.items()}


def reports_of(edition: str) -> dict[str, str]:
    """Return all reports of the sample extract in one edition as text, by the names of their files."""
    built = _built(edition)
    context = built.context
    made = build_reports(ReportRun(context, built.lists))
    day, title = context.period.inspection_date, context.edition.title
    return {f"{each.name}.txt": as_lines(document(each, day, title)) for each in made}


def as_lines(value: dict[str, object]) -> str:
    """Return a report as the committed file holds it: a row of a table a line, so that a change can be read."""
    words = ("rule", "notes", "tables", "sheets", "figures")  # the files in configs/reports hold the words
    facts = {name: each for name, each in value.items() if name not in words}
    parts = [json.dumps(facts, indent=1, ensure_ascii=False)]
    parts += [
        "figure: " + json.dumps({name: cell for name, cell in each.items() if name != "definition"}, ensure_ascii=False)
        for each in value["figures"]
    ]
    for kind in ("tables", "sheets"):
        for each in value[kind]:
            parts.append(f"{kind}: {each['key']}: {json.dumps(each['headings'], ensure_ascii=False)}")
            parts += [json.dumps(row, ensure_ascii=False) for row in each["rows"]]
    return "\n".join(parts) + "\n"


def as_text(frame: pl.DataFrame) -> str:
    """Return a list as CSV: what the committed file holds, with \\n at the ends of lines."""
    return frame.write_csv(line_terminator="\n")
