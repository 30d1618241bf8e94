"""One child's story of an extract that a test writes down."""

from collections import defaultdict

import polars as pl

from annexa.findings import empty
from annexa.story.tell import story_of
from tests.support.build import build

D = "2025-06-02"
SINCE_2025 = "the window from 02/12/2024 to 02/06/2025"
YEAR_TO_2025 = "the window from 02/06/2024 to 02/06/2025"
PERSON = {"pers_person_id": "C1", "pers_dob": "2012-05-05"}


def tell(result, child="C1", numbers=None, found=None):
    """Return the story that a build tells of a child."""
    given = empty() if found is None else found
    given = given.with_columns(pl.lit(None, pl.String).alias("accepted"))
    return story_of(result.context, result.lists, given, child, numbers)


def together(extracts):
    """Return one extract of several children: the C1 of the first stays, that of the second becomes C2, and so on."""
    tables = defaultdict(list)
    for number, extract in enumerate(extracts, start=1):
        for name, rows in extract.items():
            tables[name] += [{key: f"C{number}" if cell == "C1" else cell for key, cell in row.items()} for row in rows]
    return tables


def tell_list(number, tables, child="C1", day=D, **options):
    """Return what the story says of one list."""
    return tell(build(tables, inspection_date=day, lists=[number], **options), child, [number]).lists[0]
