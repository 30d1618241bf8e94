"""Which tables a list reads: found by building it from empty tables and watching, so it cannot go out of date."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from annexa.editions import Edition
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
    spec = edition.lists[number]
    key = spec.model_dump_json()  # editions share most of their lists
    if key not in _READ:
        context = context_of({record: [] for record in RECORDS}, date(2018, 6, 4), edition=edition.name)
        watched = _Watched(dict(context.tables))
        build_list(replace(context, tables=watched), spec)
        _READ[key] = frozenset(watched.seen)
    return _READ[key]


_READ: dict[str, frozenset[str]] = {}
