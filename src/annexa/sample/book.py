"""Where the generator writes: rows by table, gathered in column frames."""

from typing import Any, Final

import polars as pl

from annexa.sample.layout import TABLES

_CHUNK: Final = 25_000  # rows held as Python objects before they become columns
# Tables from which the further tables follow, and the column of the person.
_TOLD: Final = {
    "ssd_person": "pers_person_id",
    "ssd_early_help_episodes": "earl_person_id",
    "ssd_cin_episodes": "cine_person_id",
    "ssd_cin_assessments": "cina_person_id",
    "ssd_cin_plans": "cinp_person_id",
    "ssd_cp_plans": "cppl_person_id",
    "ssd_legal_status": "lega_person_id",
    "ssd_cla_placement": "clap_person_id",
    "ssd_cla_health": "clah_person_id",
    "ssd_missing": "miss_person_id",
    "ssd_care_leavers": "clea_person_id",
}
_DTYPES: Final = {"": pl.String(), "n": pl.Int32(), "d": pl.Int32(), "p": pl.Int32(), "m": pl.Int64()}


class Book:
    """The rows of all tables, in the order in which they were added, and the identifiers given out."""

    def __init__(self) -> None:
        self._rows: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}
        self._frames: dict[str, list[pl.DataFrame]] = {table: [] for table in TABLES}
        self._held = 0
        self._last: dict[str, int] = {}
        self._begun = dict.fromkeys(_TOLD, 0)

    def add(self, table: str, since: int | None, **values: str | int | None) -> None:
        """Add a row that the system holds from the day `since` on (null: always); days are counted from 1970-01-01."""
        values["_from"] = since
        self._rows[table].append(values)
        self._held += 1

    def new_id(self, kind: str, first: int) -> int:
        """Return the next identifier of a kind, counted from `first`."""
        number = self._last.get(kind, first - 1) + 1
        self._last[kind] = number
        return number

    def told(self) -> dict[str, dict[str, list[dict[str, Any]]]]:
        """Return what has been added since `close`, of the tables from which others follow: by table, then person."""
        found = {}
        for table, person in _TOLD.items():
            people: dict[str, list[dict[str, Any]]] = {}
            rows, first = self._rows[table], self._begun[table]
            for row in rows[first:] if len(rows) > first else ():
                people.setdefault(row[person], []).append(row)
            found[table] = people
        return found

    def close(self) -> None:
        """End the story of one family: what is added from here on belongs to the next."""
        if self._held >= _CHUNK:
            self._gather()
        for table in _TOLD:
            self._begun[table] = len(self._rows[table])

    def take(self, table: str, *, keep: bool = False) -> pl.DataFrame:
        """Return a table as a frame, days and numbers as integers, with the columns of layout.TABLES.

        Args:
            table: its name.
            keep: it can be taken again; else it is forgotten here.

        Raises:
            KeyError: a row was added with a name that is no column of its table.
        """
        if self._held:
            self._gather()
        frame = pl.concat(self._frames.pop(table))
        if keep:
            self._frames[table] = [frame]
        return frame

    def _gather(self) -> None:
        for table, rows in self._rows.items():
            columns = TABLES[table]
            stray = set[str]().union(*rows) - {column.name for column in columns}
            if stray:
                raise KeyError(f"{table}: {', '.join(sorted(stray))}")
            schema = {column.name: _DTYPES[column.kind] for column in columns}
            self._frames[table].append(pl.from_dicts(rows, schema=schema) if rows else pl.DataFrame(schema=schema))
            rows.clear()
        self._held = 0
