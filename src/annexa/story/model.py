"""What a story holds, ready to be printed: texts, dates and codes, no frames."""

from dataclasses import dataclass
from datetime import date
from typing import Final

ON: Final = "on"
OFF: Final = "off"
NOT_SUPPLIED: Final = "not supplied"


@dataclass(frozen=True)
class RecordStory:
    """One source record about the child.

    Args:
        record: the record's name, such as "cp_plans".
        table: its table in the source.
        file: the input file; empty for a database.
        row: the record's number in its file, headings = 1.
        title: what it is called in the story.
        facts: the dates and codes it gives, each as (meaning, value).
        reason: the reason code, or None: it counts (of a list) or takes part (of no list).
        fate: what was made of it, in a sentence; empty where there is nothing to say.
        decided: the date that decided, as exclusions.csv has it.
        finding: the id of a finding about it, where the account names one.
    """

    record: str
    table: str
    file: str
    row: int
    title: str
    facts: tuple[tuple[str, str], ...]
    reason: str | None = None
    fate: str = ""
    decided: date | None = None
    finding: str | None = None


@dataclass(frozen=True)
class RowStory:
    """One row of a list: why it is there, and its cells as (heading, value)."""

    because: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ListStory:
    """What one list made of the child.

    Args:
        number: of the list.
        title: its title in the edition, "List 8: Children in care".
        state: ON, OFF or NOT_SUPPLIED.
        answer: the answer in one sentence, with the reason.
        window: the first and last day of the list's window, or None where it has none.
        rows: the child's rows.
        records: every record of the list's account that is the child's.
        facts: what else the list's rule looked at, in sentences.
    """

    number: int
    title: str
    state: str
    answer: str
    window: tuple[date, date] | None = None
    rows: tuple[RowStory, ...] = ()
    records: tuple[RecordStory, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class FindingStory:
    """One finding about the child; see findings.SCHEMA for the fields."""

    check: str
    severity: str
    list: int | None
    table: str | None
    row: int | None
    column: str | None
    value: str | None
    message: str
    due_date: date | None
    days_overdue: int | None
    accepted: str | None


@dataclass(frozen=True)
class Story:
    """The whole story.

    Args:
        child: the identifier under which the lists have the child or adopter.
        merged: identifiers that were merged into it, as far as the extract says.
        inspection_date: D.
        as_at: A.
        edition: name of the edition.
        person: who it is, in a sentence.
        lists: those asked for.
        others: records of tables from which none of these lists starts.
        findings: those about the child; of some lists alone those about them, about no list or about a record told of.
    """

    child: str
    merged: tuple[str, ...]
    inspection_date: date
    as_at: date
    edition: str
    person: str
    lists: tuple[ListStory, ...]
    others: tuple[RecordStory, ...]
    findings: tuple[FindingStory, ...]
