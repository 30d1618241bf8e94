"""Runs of a history, made without building anything."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from annexa.history.keys import ROWS, Keys
from annexa.history.store import History
from annexa.outputs.manifest import Manifest

KEYS = Keys(b"k" * 32)
NIGHT = datetime(2025, 6, 2, 1, 0, tzinfo=UTC)
HASH = "0" * 64
COLUMNS = {"table": pl.String, "field": pl.String, "column": pl.String}
CODES = {"table": pl.String, "column": pl.String, "code": pl.String, "known": pl.Boolean}


DAY = date(2025, 6, 2)


def manifest(
    rows: dict[int, int] | None = None, edition: str = "ilacs-2019", source: str = "ssd", inspection_date: date = DAY
) -> Manifest:
    """A manifest of nothing but lists with so many rows."""
    lists = [
        {
            "number": number,
            "title": f"List {number}: Something",
            "state": "built",
            "window_from": None,
            "window_to": None,
            "rows": height,
            "children": height,
            "added": {},
            "reason": None,
        }
        for number, height in (rows or {1: 3}).items()
    ]
    return Manifest.model_validate(
        {
            "annexa_version": "1",
            "command": "dry-run",
            "created": NIGHT,
            "edition": {"name": edition, "title": "E", "sha256": HASH},
            "source": {"name": source, "sha256": HASH},
            "inspection_date": inspection_date,
            "extract_date": None,
            "as_at": inspection_date,
            "options": {},
            "inputs": [],
            "unknown_inputs": [],
            "lists": lists,
            "accounts": [],
            "tables": [],
            "findings": {"verdict": "ready", "accepted": 0, "error": 0, "warning": 0, "info": 0, "by_check": {}},
            "notes": [],
        }
    )


def rows(*texts: str) -> pl.DataFrame:
    """Rows written as "list child cells": "1 TOM a" is a row of List 1 of the child TOM, whose cells are a."""
    parts = [text.split() for text in texts]
    keys = pl.Series([f"{number} {child}" for number, child, _ in parts], dtype=pl.String)
    columns = {
        "list": [int(number) for number, _, _ in parts],
        "child_key": [KEYS.child(child) for _, child, _ in parts],
        "row_key": [bytes.fromhex(key) for key in KEYS.values(keys)],
        "row_hash": [cells.encode() for _, _, cells in parts],
    }
    return pl.DataFrame(columns, schema=ROWS).sort("list", "row_key")


def codes(*texts: str) -> pl.DataFrame:
    """Codes of a column t.c; one that begins with ? is a value that no value map knows."""
    return pl.DataFrame([("t", "c", text, not text.startswith("?")) for text in texts], schema=CODES, orient="row")


def columns(*names: str) -> pl.DataFrame:
    """Columns of a table t, each of which is read as a field f."""
    return pl.DataFrame([("t", "f", name) for name in names], schema=COLUMNS, orient="row")


def add(
    history: History,
    *texts: str,
    day: int = 0,
    flagged: bool = False,
    wrong: tuple[str, ...] = (),
    code: tuple[str, ...] = (),
    column: tuple[str, ...] = (),
    output: Path = Path("out"),
    edition: str = "ilacs-2019",
    lists: dict[int, int] | None = None,
    ahead: int | None = None,
    own_output: bool = True,
) -> int:
    """Record a run with these rows that began so many days after NIGHT; return its number.

    Its inspection date is so many days `ahead`, or DAY.
    """
    number = history.begin(NIGHT + timedelta(days=day), output, own_output=own_output)
    inspection_date = DAY if ahead is None else DAY + timedelta(days=day + ahead)
    told = manifest(lists, edition, inspection_date=inspection_date)
    history.finish(
        number,
        told,
        {"reading": 0.5},
        rows(*texts),
        codes(*code),
        flagged=flagged,
        wrong=wrong,
        columns=columns(*column),
    )
    return number
