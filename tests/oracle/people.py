"""What the lists of the oracle have in common: the run, the person's columns, teams and workers, and labels."""

import functools
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.oracle.reading import (
    UNREADABLE,
    Row,
    Tables,
    birthday,
    by_person,
    completed_years,
    edition_of,
    id_key,
    is_open,
    live,
    months_before,
    prepare,
)

OPTIONS = {"drop_adults": False, "list6_additions": True, "include_short_breaks": False, "case_worker_roles": ("CW",)}


@dataclass
class Output:
    """What the oracle says of one list: its rows in order, and the reason of each source row by table."""

    rows: list[dict[str, Any]]
    reasons: dict[str, dict[int, str | None]]


@dataclass
class Run:
    """One run: the prepared tables, D, A, the edition and the options."""

    tables: Tables
    day: date  # D
    as_at: date  # A
    edition: str
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.options = {**OPTIONS, **self.options}

    @classmethod
    def of(
        cls,
        sources: dict[str, list[dict[str, str | None]]],
        day: date,
        extract_date: date | None = None,
        edition: str = "ilacs-2019",
        **options: Any,
    ) -> "Run":
        """The run of an extract given as rows of text."""
        return cls(prepare(sources, day, extract_date), day, min(day, extract_date or day), edition, options)

    def rows(self, table: str) -> list[Row]:
        """The rows of a table that take part in the rules."""
        return live(self.tables, table)

    def has(self, table: str) -> bool:
        """Whether the table is supplied."""
        return table in self.tables

    @functools.cache  # noqa: B019 - a run lives as long as its test
    def of_person(self, table: str) -> dict[str, list[Row]]:
        """The rows of a table by person id."""
        return by_person(self.rows(table))

    def __hash__(self) -> int:
        return id(self)

    def window(self, number: int) -> date:
        """First day of W of a list."""
        return months_before(self.day, edition_of(self.edition).months[number])

    def back(self, months: int) -> date:
        """D so many months earlier."""
        return months_before(self.day, months)

    def open(self, row: Row, start: str, end: str) -> bool:
        """K5: whether a row is open at D, a death on or before A having ended it (K14)."""
        return is_open(row[start], self.ended(row, end), self.as_at)

    def ended(self, row: Row, end: str) -> date | None:
        """The end of a row: the recorded one, else the person's death (K14)."""
        return row[end] or self.died(row["person_id"])

    def person(self, person_id: str | None) -> Row | None:
        """The person row of an id."""
        found = self.of_person("ssd_person").get(person_id or "", [])
        return found[0] if found else None

    def died(self, person_id: str | None) -> date | None:
        """The date of death, where it is not later than A."""
        person = self.person(person_id)
        return person["death_date"] if person else None

    def unborn(self, person_id: str | None) -> bool:
        """K12."""
        person = self.person(person_id)
        if person is None:
            return False
        if person["birth_date"] is not None:
            return person["birth_date"] > self.day
        expected = person["expected_birth_date"]
        return expected is not None and expected >= self.day - timedelta(days=28)

    def birth(self, person_id: str | None) -> date | None:
        """The date of birth, or an estimated one, of somebody who was born."""
        person = self.person(person_id)
        if person is None or self.unborn(person_id):
            return None
        return person["birth_date"] or person["expected_birth_date"]

    def adult_on(self, person_id: str | None, day: date | None) -> bool:
        """Whether somebody was 18 or over on a day."""
        birth = self.birth(person_id)
        return birth is not None and day is not None and day >= birthday(birth, 18)

    def dropped_adult(self, person_id: str | None, day: date | None) -> bool:
        """K13: 18 or over at the event or start, where the option leaves such people off."""
        return bool(self.options["drop_adults"]) and self.adult_on(person_id, day)

    def label(self, code_set: str, code: str | None, *, not_recorded: bool = False) -> str | None:
        """What a list writes for a code; a blank is the "not recorded" code where asked (K20)."""
        the_set = edition_of(self.edition).code_set(code_set)
        if code is None and not_recorded:
            code = the_set.not_recorded
        entries = {entry.code: entry for entry in the_set.entries}
        entry = entries.get(code or "")
        if entry is None:
            return code if the_set.free_text and code != UNREADABLE else None
        if entry.written_as:
            entry = entries[entry.written_as]
        return None if entry.read_only else entry.label

    def person_columns(self, person_id: str, *, disability: bool = False) -> dict[str, Any]:
        """Child Unique ID, Gender, Ethnicity, Date of Birth, Age, and on Lists 4 to 10 the disability."""
        person = self.person(person_id)
        gender = ethnicity = birth = age = None
        if person is not None:
            sex = person["gender"] if person["gender"] is not None else person["sex"]
            gender = self.label("gender", "U" if self.unborn(person_id) else sex, not_recorded=True)
            ethnicity = self.label("ethnicity", person["ethnicity"], not_recorded=True)
            birth = person["birth_date"] or person["expected_birth_date"]
            age = self.age(person_id)
        columns = {
            "Child Unique ID": person_id,
            "Gender": gender,
            "Ethnicity": ethnicity,
            "Date of Birth": birth,
            "Age of Child (Years)": age,
        }
        if disability:
            columns["Does the Child have a Disability"] = self.disability(person_id)
        return columns

    def age(self, person_id: str) -> int | None:
        """2.1: completed years at the earlier of D and death; -1 unborn."""
        if self.unborn(person_id):
            return -1
        birth = self.birth(person_id)
        return None if birth is None else completed_years(birth, min(self.day, self.died(person_id) or self.day))

    def disability(self, person_id: str) -> str | None:
        """2.13: any code but NONE is Yes; NONE alone No; nothing recorded Unknown; what no map knows is blank.

        Blank where the table is not supplied (K21).
        """
        if not self.has("ssd_disability"):
            return None
        codes = {row["disability"] for row in self.of_person("ssd_disability").get(person_id, [])} - {None}
        if codes - {"NONE", UNREADABLE}:
            return self.label("yes_no_unknown", "Y")
        if UNREADABLE in codes:
            return None
        return self.label("yes_no_unknown", "N" if codes else "U")

    def team_name(self, team: str | None) -> str | None:
        """The name of a team by its id, else the text as it is."""
        return self._names("ssd_department", "team_id").get(team) or team

    def worker_name(self, worker: str | None) -> str | None:
        """The name of a worker by professional id, then by staff id, else the text as it is."""
        by_id, by_staff_id = (self._names("ssd_professionals", key) for key in ("professional_id", "staff_id"))
        return by_id.get(worker) or by_staff_id.get(worker) or worker

    @functools.cache  # noqa: B019
    def _names(self, table: str, key: str) -> dict[str | None, str]:
        found: dict[str | None, str] = {}
        for row in self.rows(table):
            if row[key] and row["name"]:  # of several names the greater
                found[row[key]] = max(row["name"], found.get(row[key], ""))
        return found

    def team_and_worker(self, row: Row) -> dict[str, Any]:
        """Lists 3 to 5: those recorded with the referral, assessment or enquiry."""
        return {"Allocated Team": self.team_name(row["team"]), "Allocated Worker": self.worker_name(row["worker"])}

    @functools.cached_property
    def any_case_worker(self) -> bool:
        """Whether any involvement of the whole run has a role of case_worker_roles."""
        return any(self._case_worker(row) for row in self.rows("ssd_involvements"))

    def _case_worker(self, row: Row) -> bool:
        roles = {role.strip().casefold() for role in self.options["case_worker_roles"]}
        return (row["role"] or "").casefold() in roles

    def allocated(self, person_id: str, ceased: date | None) -> dict[str, Any] | None:
        """Lists 6 to 8: the case worker at D, or at the ceased date of a ceased row (2.13, K5); None without one.

        Where no involvement of the whole run has such a role, the latest open one of any role.
        """
        rows = self.of_person("ssd_involvements").get(person_id, [])
        if self.any_case_worker:
            rows = [row for row in rows if self._case_worker(row)]
        chosen = at_date(rows, self.as_at, ceased)
        if chosen is None:
            return None
        return {
            "Allocated Team": self.team_name(chosen["team"]),
            "Allocated Worker": self.worker_name(chosen["professional_id"]),
        }


def at_date(rows: list[Row], as_at: date, ceased: date | None) -> Row | None:
    """K5: the row open at D; of a ceased row one in force at the ceased date, failing that the last ended before."""

    def order(row: Row) -> tuple[Any, ...]:
        return (row["start_date"] or date.min, row["end_date"] or date.max, id_key(row["involvement_id"]))

    if ceased is None:
        return max((r for r in rows if is_open(r["start_date"], r["end_date"], as_at)), key=order, default=None)
    begun = [r for r in rows if r["start_date"] is None or r["start_date"] <= ceased]
    held = [r for r in begun if r["end_date"] is None or r["end_date"] >= ceased]
    if held:
        return max(held, key=order)
    return max((r for r in begun if r["end_date"]), key=lambda r: (r["end_date"], *order(r)), default=None)
