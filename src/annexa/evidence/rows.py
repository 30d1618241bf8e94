"""A row of the tracker: what annexa says of a document, and what the officer says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

NOT_STARTED: Final = "not started"
REQUESTED: Final = "requested"
DRAFT: Final = "draft"
READY: Final = "ready"
SUBMITTED: Final = "submitted"
NOT_APPLICABLE: Final = "not applicable"
STATUSES: Final = (NOT_STARTED, REQUESTED, DRAFT, READY, SUBMITTED, NOT_APPLICABLE)
HANDED_IN: Final = (READY, SUBMITTED)
_NUMBER: Final = re.compile(r"[0-9]\.[0-9]{2}[a-z]?")

# Field -> heading, in the order of the sheet. The officer's columns are those between the two groups of annexa's.
IDENTITY: Final = {
    "item": "Item",
    "document": "Document",
    "title": "Title",
    "kind": "Kind",
    "look_back": "Look-back (months)",
}
HERS: Final = {
    "owner": "Owner",
    "due_day": "Due on day",
    "status": "Status",
    "file": "File",
    "file_date": "File date",
    "period_from": "Period from",
    "period_to": "Period to",
    "note": "Note",
}
TOLD: Final = {"due": "Due", "due_in": "Due in", "rag": "State", "checks": "Checks"}
COLUMNS: Final = {**IDENTITY, **HERS, **TOLD}


@dataclass(frozen=True)
class Row:
    """One row of the tracker.

    Args:
        item: number of the item; blank where the officer's own row names none.
        document: stable id of the document; blank in a row that the officer added.
        title: what it is.
        kind: list, report, document, minutes or number.
        look_back: months before D in which its date must lie, or None.
        owner: who provides it.
        due_day: day of notice, 1 to 5.
        status: one of STATUSES.
        files: the files that are named, as they were typed.
        dates: of the files, or of the meetings.
        period_from: first day of what it is about.
        period_to: last day of what it is about.
        note: the officer's remark; the reason where it is not applicable.
        typed: column of HERS -> what stands there and cannot be read, kept as it was typed.
        further: heading of a column that the officer added -> what stands in it.
        due: working day by which it is wanted.
        due_in: how long that is, in words.
        rag: red, amber or green, in words.
        checks: what the checks say.
        passed: false where a check found something wrong.
        own: true for a row that the officer added.
    """

    item: str
    document: str
    title: str
    kind: str
    look_back: int | None = None
    owner: str = ""
    due_day: int = 5
    status: str = NOT_STARTED
    files: tuple[str, ...] = ()
    dates: tuple[date, ...] = ()
    period_from: date | None = None
    period_to: date | None = None
    note: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    further: Mapping[str, str | date] = field(default_factory=dict)
    due: date | None = None
    due_in: str = ""
    rag: str = ""
    checks: str = ""
    passed: bool = True
    own: bool = False

    @property
    def number(self) -> str:
        """Its item where that is a number; whatever else an officer types into the cell may be a name, and is blank."""
        return self.item if _NUMBER.fullmatch(self.item) else ""

    @property
    def name(self) -> str:
        """What a message calls it: the id of its document, else the item of a row that the officer added."""
        if self.document and not self.own:
            return self.document
        return f"a row added to {self.number}" if self.number else "a row without the number of an item"

    @property
    def handed_in(self) -> bool:
        """Whether its owner says that it is ready, or was handed over."""
        return self.status in HANDED_IN
