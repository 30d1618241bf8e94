"""The contract: one pydantic record for every table that the lists and reports use. Nothing else defines a column."""

from annexa.records import (
    adoption,
    care,
    court,
    education,
    front_door,
    health,
    person,
    protection,
    safeguarding,
    workforce,
)
from annexa.records.base import RECORDS, Meta, Record, RecordField
from annexa.records.types import UNREADABLE, Kind

__all__ = [
    "RECORDS",
    "UNREADABLE",
    "Kind",
    "Meta",
    "Record",
    "RecordField",
    "adoption",
    "care",
    "court",
    "education",
    "front_door",
    "health",
    "person",
    "protection",
    "safeguarding",
    "workforce",
]
