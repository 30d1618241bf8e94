"""Which tables a list reads: found by building it from empty tables and watching, so it cannot go out of date."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache

from annexa.editions import Edition, load_edition
from annexa.extract.tables import Table, Tables
from annexa.lists.build import build_list
from annexa.records import RECORDS
from tests.support.context import context_of


class _Watched(Tables):
    """Tables that remember which of them were asked for."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        super().__init__(tables)
        self.seen: set[str] = set()

    def __getitem__(self, name: str) -> Table:
        self.seen.add(name)
        return super().__getitem__(name)


def tables_read(edition: Edition, number: int) -> frozenset[str]:
    """Return the names of the records that a list of an edition reads."""
    return _read(edition.name, number)


@cache
def _read(name: str, number: int) -> frozenset[str]:
    context = context_of({record: [] for record in RECORDS}, date(2018, 6, 4), edition=name)
    watched = _Watched(dict(context.tables))
    build_list(replace(context, tables=watched), load_edition(name).lists[number])
    return frozenset(watched.seen)
