"""Our validation against pydantic on every row: twelve fields of a referral, one cell in a hundred wrong."""

import random
import time

import polars as pl
from pydantic import ValidationError

from annexa.editions import code_sets
from annexa.extract.clean import read_record
from annexa.extract.read import RawTable
from annexa.findings import Findings
from annexa.records import RECORDS
from annexa.sources import load_source

RECORD = "cin_episodes"


def rows_of(number: int) -> list[dict[str, str]]:
    """Make referrals; the same ones each time."""
    draw = random.Random(1)
    record = RECORDS[RECORD]
    columns = {field.columns[0]: field for field in record.fields().values()}
    good = {
        "DATE": lambda: f"{draw.randint(2012, 2018)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
        "JSON": lambda: draw.choice(['{"NFA_FLAG":"N"}', '{"NFA_FLAG":"Y"}']),
    }
    codes = {name: sorted(each.codes) for name, each in code_sets().items()}

    def cell(field, position: int) -> str:
        kind = field.kind.name
        if kind in ("DATE", "JSON", "CODE") and draw.random() < 0.01:
            return "wrong"
        if kind == "CODE":
            return draw.choice(codes[field.code_set])
        return good[kind]() if kind in good else f"{field.name}{position % 5000}"

    return [{column: cell(field, n) for column, field in columns.items()} for n in range(number)]


def ratio(number: int) -> tuple[float, str]:
    """Return seconds of pydantic on every row over seconds of our validation, and a remark."""
    number = min(number, 300_000)
    rows = rows_of(number)
    frame = pl.DataFrame(rows).with_columns(pl.int_range(2, number + 2, dtype=pl.UInt32).alias("_row"))
    raw = RawTable("ssd_cin_episodes", "ssd_cin_episodes.csv", frame, tuple(frame.columns))
    source = load_source("ssd")
    read_record(raw, source.tables[RECORD], source, Findings())  # warm-up
    begun = time.perf_counter()
    read_record(raw, source.tables[RECORD], source, Findings())
    ours = time.perf_counter() - begun
    record, context = RECORDS[RECORD], {"codes": {name: each.codes for name, each in code_sets().items()}}
    begun = time.perf_counter()
    wrong = 0
    for row in rows:
        try:
            record.model_validate(row, context=context)
        except ValidationError:
            wrong += 1
    theirs = time.perf_counter() - begun
    return theirs / ours, f"{theirs:.2f} s / {ours:.3f} s for {number:,} rows, {wrong:,} of them wrong"
