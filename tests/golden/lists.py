"""The sample extract's lists, and where their expected form stands: sample_data/lists/<edition>/List_<n>.csv."""

from pathlib import Path

import polars as pl

from annexa.extract.read import read_extract
from annexa.sources import load_source
from tests.support.build import build_from

ROOT = Path(__file__).resolve().parents[2]
EXTRACT = ROOT / "sample_data" / "extract"
EXPECTED = ROOT / "sample_data" / "lists"
INSPECTION_DATE = "2018-06-04"
OWN_LA = ("Exshire", "X01")  # as in sample_data/annexa.toml
CHILDREN, SEED = 150, 13


def lists_of(edition: str) -> dict[int, pl.DataFrame]:
    """Return the frames of all lists of the sample extract in one edition."""
    raw = read_extract(EXTRACT, load_source("ssd").wanted())
    built = build_from(raw, inspection_date=INSPECTION_DATE, edition=edition, own_la=OWN_LA)
    return {number: each.frame for number, each in built.lists.items()}


def as_text(frame: pl.DataFrame) -> str:
    """Return a list as CSV: what the committed file holds, with \\n at the ends of lines."""
    return frame.write_csv(line_terminator="\n")
