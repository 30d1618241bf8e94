"""What the rows of the lists are known by from one night to the next: the same row keeps its key, whatever joins it."""

from datetime import date

import polars as pl
import pytest

from annexa.editions import load_edition
from annexa.history.keys import Keys
from annexa.lists.build import BuiltList
from tests.support.histories import KEYS

LISTS = load_edition("ilacs-2019").lists
CONTACTS, IN_CARE = 1, 8


def row(day: int, child: str = "TOM", record: str | None = None, cell: str = "a") -> dict[str, object]:
    return {"person_id": child, "contact_id": record, "contact_date": date(2025, 6, day), "cell": cell}


def keyed(*rows: dict[str, object], number: int = CONTACTS, keys: Keys = KEYS) -> pl.DataFrame:
    """The keys of a list with these rows, newest first as lists are, and of each its cell."""
    schema = {"person_id": pl.String, "contact_id": pl.String, "contact_date": pl.Date, "cell": pl.String}
    frame = pl.DataFrame(rows, schema=schema)
    if number == IN_CARE:
        frame = frame.rename({"contact_id": "episode_id", "contact_date": "start_date"})
    built = BuiltList(LISTS[number], supplied=True, window=None, frame=frame.select("cell"), rows=frame)
    return keys.rows({number: built})


def changes(before: pl.DataFrame, after: pl.DataFrame) -> tuple[int, int, int]:
    """How many rows came, went, and have other cells."""
    both = before.join(after, on="row_key", how="full", suffix="_now")
    was, is_ = pl.col("row_hash"), pl.col("row_hash_now")
    return both.select(came=was.is_null().sum(), went=is_.is_null().sum(), changed=(was != is_).sum()).row(0)


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        # With an identifier a record is known whatever its date; the child's other records do not matter.
        ([row(5, record="C1")], [row(7, record="C2"), row(6, record="C1", cell="b")], (1, 0, 1)),
        # Without one a record is known by its date, and of several of a day the last is counted first.
        ([row(5)], [row(7), row(5)], (1, 0, 0)),
        ([row(5), row(4)], [row(7, cell="n"), row(5)], (1, 1, 0)),
        ([row(5), row(4, cell="b"), row(3)], [row(6), row(5), row(4, cell="c"), row(3)], (1, 0, 1)),
        ([row(5, cell="a"), row(5, cell="b")], [row(5, cell="n"), row(5, cell="a"), row(5, cell="b")], (1, 0, 0)),
        ([row(5)], [row(6)], (1, 1, 0)),
        # Nor do those of other children.
        ([row(5)], [row(6, "ANN"), row(5, "ANN"), row(5)], (2, 0, 0)),
        ([row(5, record="C1"), row(5)], [row(5, record="C1"), row(5)], (0, 0, 0)),
    ],
)
def test_one_row_that_is_new_or_gone_changes_no_other(before, after, wanted):
    assert changes(keyed(*before), keyed(*after)) == wanted


def test_a_list_with_a_row_for_each_child_knows_it_by_the_child_alone():
    before, after = keyed(row(5, record="E1"), number=IN_CARE), keyed(row(6, record="E2", cell="b"), number=IN_CARE)
    assert changes(before, after) == (0, 0, 1)


def test_rows_are_told_apart_by_list_child_and_secret():
    rows = keyed(row(5), row(5, "ANN"), row(5, "ANN"))
    assert rows["row_key"].n_unique() == 3
    assert sorted(rows["child_key"]) == sorted([KEYS.child("TOM"), KEYS.child("ANN"), KEYS.child("ANN")])
    assert rows["row_hash"].n_unique() == 1
    other = keyed(row(5), row(5, "ANN"), row(5, "ANN"), keys=Keys(b"n" * 32))
    assert not {*rows["row_key"]} & {*other["row_key"]}
    assert rows["row_key"].to_list() == sorted(rows["row_key"])


def test_a_list_that_was_not_supplied_has_no_row():
    assert KEYS.rows(
        {CONTACTS: BuiltList(LISTS[CONTACTS], supplied=False, window=None, frame=pl.DataFrame())}
    ).is_empty()
