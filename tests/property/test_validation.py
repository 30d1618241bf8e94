"""The column-wise checks and the pydantic records judge every cell alike: same rejections, same values."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from annexa.editions import code_sets
from annexa.extract.clean import adapter, judge
from annexa.records import RECORDS, UNREADABLE, Kind
from annexa.sources import load_source

SOURCE = load_source("ssd")
CODES = {"codes": {name: each.codes for name, each in code_sets().items()}}

# Fields of one kind (and code set) are judged by the same code: one of each is enough.
FIELDS = [
    pytest.param(record, field, id=f"{record.meta.name}.{field.name}")
    for record, field in {
        (field.kind, field.code_set): (record, field)
        for record in RECORDS.values()
        for field in record.fields().values()
    }.values()
]

DIGITS = st.text("0123456789", max_size=4)
NEARLY_DATES = st.one_of(
    st.dates(date(1899, 12, 30), date(2031, 1, 1)).map(str),
    st.dates(date(1899, 12, 30), date(2031, 1, 1)).map(lambda d: f"{d:%d/%m/%Y}"),
    st.builds("{}-{}-{}".format, DIGITS, DIGITS, DIGITS),
    st.builds("{}/{}/{}".format, DIGITS, DIGITS, DIGITS),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["2018-02-28", "2018-02-30", "28/02/2018", "2018-2-28", "-018-02-28", "٢٠١٨-02-28"]),
        st.sampled_from([" ", "T", "  ", ""]),
        st.sampled_from(["", "10:00", "24:00", "23:59:59", "23:59:60", "10:00:00.123", "1:00", "10:61", "10:00:00Z"]),
    ),
)
NEARLY_JSON = st.one_of(
    st.sampled_from(
        [
            '{"NFA_FLAG":"Y"}',
            '{"a": "say "hi""}',
            "[]",
            "{}",
            '["1A","2B"]',
            "NaN",
            "[NaN]",
            "1",
            '"x"',
            "{'a':1}",
            '{"a":1,}',
            '{"a":1} x',
            '{"a":1,"a":2}',
            '{"a":"\\ud800"}',
            "[1e999]",
            '{"a":-}',
            '{"a":01}',
        ]
    ),
    st.recursive(st.none() | st.booleans() | st.text(max_size=3), st.lists, max_leaves=4).map(
        lambda value: __import__("json").dumps(value)
    ),
)
CODES_AND_LABELS = st.sampled_from(
    sorted({spelling for each in code_sets().values() for spelling in [*each.codes, *list(each.lookup)[:40]]})
)
NUMBERS = st.one_of(
    st.integers(-5, 2_000_000_000).map(str),
    st.sampled_from(["1.0", "1e3", "٣", "+1", "007", " 3 ", "25+", "12,5", ".5", "-0.25", "nan", "1.", "999.9"]),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["2017", "1999", "2099", "1899"]),
        st.sampled_from(["/", "-", "", " / ", "  "]),
        st.sampled_from(["18", "2018", "00", "2000", "19", "1", "2100"]),
    ),
)
CELLS = st.one_of(
    st.none(),
    NEARLY_DATES,
    NEARLY_JSON,
    CODES_AND_LABELS,
    NUMBERS,
    st.text(max_size=6),
    st.sampled_from(["", " ", "Y"]),
)


def by_pydantic(record, field, text):
    """Judge one prepared text with the record's own field; return (accepted, value)."""
    form = text
    if field.kind is Kind.CODE:
        form = pl.select(code_sets()[field.code_set].read(pl.lit(text)).fill_null(pl.lit(text))).item()
    try:
        return True, adapter(record, field.name).validate_python(form, context=CODES)
    except ValidationError:
        return False, UNREADABLE if field.kind is Kind.CODE else None


def judge_one(cells, record, field):
    return judge(pl.DataFrame({"c": cells}, schema={"c": pl.String}), record, {"c": field}, SOURCE)["c"]


@pytest.mark.parametrize(("record", "field"), FIELDS)
@given(cells=st.lists(CELLS, min_size=1, max_size=12))
def test_both_ways_judge_alike(record, field, cells):
    judged = judge_one(cells, record, field)
    for cell, value in zip(cells, judged.values, strict=True):
        text = value if judged.prepared is None else judged.prepared.get(cell)
        if text is None:
            assert value is None
            continue
        accepted, expected = by_pydantic(record, field, text)
        assert (cell in judged.failed) is not accepted
        assert value == expected


@given(row=st.fixed_dictionaries(dict.fromkeys(RECORDS["cin_episodes"].fields(), CELLS)))
def test_a_whole_record_rejects_the_same_fields(row):
    """The record model over a row, against the columns one by one: the same (row, field) pairs."""
    record = RECORDS["cin_episodes"]
    fields = record.fields()
    judged = {name: judge_one([cell], record, fields[name]) for name, cell in row.items()}
    prepared = {}
    for name, each in judged.items():
        text = each.values[0] if each.prepared is None else each.prepared.get(row[name])
        if text is not None and fields[name].kind is Kind.CODE:
            text = pl.select(code_sets()[fields[name].code_set].read(pl.lit(text)).fill_null(pl.lit(text))).item()
        prepared[name] = text
    try:
        record.model_validate(prepared, context=CODES)
        rejected = set()
    except ValidationError as error:
        aliases = {info.alias: name for name, info in record.model_fields.items()}
        rejected = {aliases.get(str(each["loc"][0]), str(each["loc"][0])) for each in error.errors()}
    blank = {name for name, field in fields.items() if not field.optional and prepared[name] is None}
    assert rejected == {name for name, each in judged.items() if each.failed} | blank
