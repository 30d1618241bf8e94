"""Days that are all written in the common way are read as by the full rule."""

import polars as pl
import pytest

from annexa.extract.typed import plain_days, typed
from annexa.records import RECORDS

FIELD = RECORDS["contacts"].fields()["contact_date"]
PLAIN = [
    "2018-06-04", "2018-06-04 00:00:00", "2018-06-04T00:00:00", "1899-12-31", "1900-01-01", "2016-02-29", "2018-02-29",
    "2018-13-01", "2018-00-10", "0000-00-00", "9999-12-31", None,
]  # fmt: skip


def test_they_are_read_as_by_the_full_rule():
    forms = pl.Series("form", PLAIN)
    days = plain_days(forms)
    assert days is not None
    assert days.to_list() == forms.to_frame().select(typed(FIELD)).to_series().to_list()
    assert days.null_count() == 6


@pytest.mark.parametrize("other", ["04/06/2018", "2018-06-04 10:00", "2018-6-4", "2018-06-04 00:00:00 ", "today", ""])
def test_one_that_is_written_otherwise_leaves_all_to_the_full_rule(other):
    assert plain_days(pl.Series("form", [*PLAIN, other])) is None


def test_of_no_text_the_full_rule_is_asked():
    assert plain_days(pl.Series("form", [], dtype=pl.String)) is None
