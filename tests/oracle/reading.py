"""The reading rules of the oracle, in plain Python: what a cell says, and which rows count (K1 to K23).

Nothing here is shared with annexa's own reading but the records (which column is which field) and the editions' files
(which spelling is which code, and its label). Rows are dicts from the records' field names to values, with `_row` (the
record's number, headings = 1) and `_drop` (why the row takes no part in any rule, or None).
"""

import functools
import json
import re
import tomllib
from datetime import date, datetime
from typing import Any

from annexa.editions import Edition, load_edition
from annexa.records import RECORDS
from annexa.records.types import Kind
from annexa.resources import resource

Row = dict[str, Any]
Tables = dict[str, list[Row]]

EDITIONS = ("ilacs-2018", "ilacs-2019", "ilacs-2022")
UNREADABLE = "!"
BY_TABLE = {record.meta.table: record for record in RECORDS.values()}
# A build never reads what only a command asks for.
FIELDS = {
    table: {name: field for name, field in record.fields().items() if not field.on_request}
    for table, record in BY_TABLE.items()
}
_TIME = r"(?:(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)"
_ISO = re.compile(rf"(\d{{4}})-(\d\d)-(\d\d)(?:[ T]{_TIME})?", re.ASCII)
_BRITISH = re.compile(rf"(\d\d)/(\d\d)/(\d{{4}})(?: {_TIME})?", re.ASCII)
_SENTINEL_DAYS = {date(1900, 1, 1), date(9999, 12, 31)}
_SENTINEL_TEXTS = {"ssd_ph", "placeholder_data", "null"}
_STAFF = ("worker", "team", "professional_id", "personal_adviser")  # texts that are identifiers, or names
_NO_PERSON = {"0", "-1", "unknown", "n/a", "none"}
_DATES = (Kind.DATE, Kind.BIRTH, Kind.PLANNED, Kind.MOMENT)


# --- cells ---


@functools.cache
def edition_of(name: str) -> Edition:
    """An edition, loaded once."""
    return load_edition(name)


def read_moment(text: str) -> datetime | None:
    """A date text with or without a time; None where it has no accepted shape or is no day of the calendar."""
    match = _ISO.fullmatch(text) or _BRITISH.fullmatch(text)
    if match is None:
        return None
    first, month, last, hour, minute, second = (int(part or 0) for part in match.groups())
    year, day = (first, last) if match.re is _ISO else (last, first)
    try:
        moment = datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    return None if moment.date() in _SENTINEL_DAYS or moment.year < 1900 else moment


def fold(text: str) -> str:
    """The form in which spellings are compared: trimmed, blanks squeezed, case folded, plain quotes and dashes."""
    for mark, plain in (("‘", "'"), ("’", "'"), ("“", '"'), ("”", '"'), ("–", "-"), ("—", "-")):
        text = text.replace(mark, plain)
    return " ".join(text.split()).casefold()


@functools.cache
def spellings(code_set: str) -> dict[str, str]:
    """Folded spelling -> standard code, over all editions.

    Codes, labels and listed spellings as they are; then labels without their letter, and what follows the code in
    labels and descriptions, unless one could mean two codes.
    """
    declared: dict[str, str] = {}
    derived: dict[str, set[str]] = {}
    for name in EDITIONS:
        for entry in edition_of(name).code_set(code_set).entries:
            for text in (entry.code, *entry.spellings, entry.label or ""):  # of one label the first code
                declared.setdefault(fold(text), entry.code)
            for text in (entry.label or "", entry.description or ""):
                bare = re.sub(r"^[a-z]{1,2}\d?\) ", "", fold(text))
                after = re.sub(rf"^{re.escape(entry.code.casefold())}\s*[:-]\s*", "", bare)
                for form in (
                    bare,
                    after,
                    after.replace("'", ""),
                    after.rstrip("."),
                    after.replace("'", "").rstrip("."),
                ):
                    derived.setdefault(form, set()).add(entry.code)
    sure = {form: min(codes) for form, codes in derived.items() if len(codes) == 1}
    return {form: code for form, code in {**sure, **declared}.items() if form}


def read_code(code_set: str, text: str) -> str:
    """The standard code of a text, or UNREADABLE."""
    form = fold(text)
    known = spellings(code_set)
    if form in known:
        return known[form]
    if code_set == "abuse_category" and (form.startswith("multiple:") or "," in form):
        return "MUL"
    return text if edition_of(EDITIONS[-1]).code_set(code_set).free_text else UNREADABLE


def read_cell(kind: Kind, code_set: str, text: str | None) -> Any:
    """The value of a cell: None for blank, sentinel or failed, UNREADABLE for a code that no map knows."""
    text = (text or "").strip()
    if not text or text.casefold() in _SENTINEL_TEXTS:
        return None
    if kind in _DATES:
        moment = read_moment(text)
        return moment if moment is None or kind is Kind.MOMENT else moment.date()
    if kind is Kind.CODE:
        return read_code(code_set, text)
    if kind is Kind.PERSON:
        return None if text.casefold() in _NO_PERSON else text
    if kind is Kind.IDENTIFIER:
        return None if text == "-1" else text
    if kind is Kind.POSTCODE:
        return None if text.upper().startswith("ZZ") else text
    if kind is Kind.WHOLE:
        return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else None
    if kind in (Kind.DECIMAL, Kind.SIGNED):
        sign = "[+-]?" if kind is Kind.SIGNED else ""
        return float(text) if re.fullmatch(rf"{sign}\d{{1,9}}(?:\.\d{{1,6}})?", text, re.ASCII) else None
    if kind is Kind.SCHOOL_YEAR:
        years = re.fullmatch(r"((?:19|20)\d\d) ?[/-]? ?((?:19|20)?\d\d)", text, re.ASCII)
        return int(years[1]) if years and (int(years[1]) + 1) % 10 ** len(years[2]) == int(years[2]) else None
    if kind is Kind.JSON:
        try:
            value = json.loads(text)
        except ValueError:
            return None
        return value if isinstance(value, dict | list) else None
    return text


def _read_row(record: Any, source: dict[str, str | None], number: int) -> Row:
    row: Row = {"_row": number, "_drop": None}
    for field in FIELDS[record.meta.table].values():
        value = None
        for column in field.columns:  # a further column is read where the first is blank or cannot be read
            found = read_cell(field.kind, field.code_set, source.get(column))
            if field.name in _STAFF and found == "-1":
                found = None
            if value is None or (value == UNREADABLE and found is not None):
                value = found
        row[field.name] = value
    row["_text"] = tuple(_as_text(row[name]) for name in FIELDS[record.meta.table])
    return row


def _as_text(value: Any) -> str:
    """How a cell that was read is compared with another (K10): dates as ISO texts, codes as standard codes."""
    if isinstance(value, dict | list):
        return json.dumps(value)
    return "" if value is None else str(value)


# --- rows ---


def prepare(tables: dict[str, list[dict[str, str | None]]], inspection_date: date, extract_date: date | None) -> Tables:
    """Read, merge identifiers (K9), mask what is later than A (K6) and drop duplicates (K10), in this order.

    `_drop` is DUPLICATE, CONFLICT, NO_CHILD_ID or FUTURE, or IGNORED for a legal status that makes no child looked
    after. A table that is not supplied has no entry.
    """
    as_at = min(inspection_date, extract_date or inspection_date)
    merge = merge_map(tables.get("annexa_merged_ids", []))
    prepared = {}
    for table, sources in tables.items():
        record = BY_TABLE[table]
        meta = record.meta
        rows = [_read_row(record, source, number) for number, source in enumerate(sources, 2)]
        for row in rows:
            if (
                FIELDS[record.meta.table].get(meta.person)
                and FIELDS[record.meta.table][meta.person].kind is Kind.PERSON
            ):
                _merge_row(record, row, merge)
        if table == "ssd_legal_status":  # first: what no list reads does not stand in the place of what one reads
            _ignore(rows, sources)
        if table == "ssd_person":
            _drop_copies(record, rows, as_at)
            _one_row_a_person(rows)
        for row in rows:
            _mask(record, row, as_at)
        if table != "ssd_person":
            _drop_copies(record, rows, as_at)
        _drop_others(record, rows)
        prepared[table] = rows
    return prepared


def live(tables: Tables, table: str) -> list[Row]:
    """The rows of a table that take part in the rules; none where it is not supplied."""
    return [row for row in tables.get(table, []) if row["_drop"] is None]


def by_person(rows: list[Row]) -> dict[str, list[Row]]:
    """Rows by person id; those without one are left out."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if row.get("person_id") is not None:
            groups.setdefault(row["person_id"], []).append(row)
    return groups


def merge_map(sources: list[dict[str, str | None]]) -> dict[str, str]:
    """Old identifier -> current one, followed to its end; an identifier that leads into a circle stays as it is."""
    step: dict[str, str] = {}
    for source in sources:
        old, new = (read_cell(Kind.IDENTIFIER, "", source.get(c)) for c in ("old_person_id", "person_id"))
        if old and new and old != new:
            step[old] = max(new, step.get(old, new))
    merged = {}
    for old in step:
        seen, at = {old}, step[old]
        while at in step and at not in seen:
            seen.add(at)
            at = step[at]
        if at not in step:
            merged[old] = at
    return merged


def _merge_row(record: Any, row: Row, merge: dict[str, str]) -> None:
    person = record.meta.person
    row["_old_person_id"] = row[person]
    row[person] = merge.get(row[person], row[person])
    row["_text"] = tuple(_as_text(row[name]) for name in FIELDS[record.meta.table])


def _mask(record: Any, row: Row, as_at: date) -> None:
    """K6: a start later than A makes the row FUTURE; any other date later than A is blank, and what follows from it."""
    for field in FIELDS[record.meta.table].values():
        value = row[field.name]
        if field.kind in (Kind.DATE, Kind.MOMENT) and value is not None and day_of(value) > as_at:
            if field.name == record.meta.start:
                row["_drop"] = "FUTURE"
            else:
                row[field.name] = None
                row["_masked"] = True
                for follower in record.meta.masks.get(field.name, ()):
                    row[follower] = None


def _drop_copies(record: Any, rows: list[Row], as_at: date) -> None:
    """K10: of identical rows the first stands; of rows with one key the one that K10 prefers."""
    meta = record.meta
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        if row["_drop"] == "IGNORED":
            continue
        key = row[meta.key] if meta.key else None
        if record.meta.table == "ssd_person":
            key = row["_old_person_id"] != row["person_id"]
        person = row.get(meta.person) if meta.person else None
        groups.setdefault(row["_text"] if key is None else (key, person), []).append(row)
    for group in groups.values():
        texts: set[tuple[str, ...]] = set()
        distinct = []
        for row in group:
            if row["_text"] in texts:
                row["_drop"] = "DUPLICATE"
            else:
                texts.add(row["_text"])
                distinct.append(row)
        usable = not meta.person or FIELDS[meta.table][meta.person].kind is not Kind.PERSON
        rivals = [row for row in distinct if row["_drop"] is None and (usable or row[meta.person] is not None)]
        for row in sorted(rivals, key=lambda row: _preference(meta, row, as_at))[:-1]:
            row["_drop"] = "CONFLICT"


def _preference(meta: Any, row: Row, as_at: date) -> tuple[Any, ...]:
    start = day_of(row[meta.start]) if meta.start and row[meta.start] else None
    end = day_of(row[meta.end]) if meta.end and row[meta.end] else None
    blanks = sum(text == "" for text in row["_text"])
    return (is_open(start, end, as_at), start or date.min, -blanks, row["_text"])


def _drop_others(record: Any, rows: list[Row]) -> None:
    person = record.meta.person
    if person and not FIELDS[record.meta.table][person].optional:
        for row in rows:
            if row[person] is None and row["_drop"] in (None, "FUTURE"):
                row["_drop"] = "NO_CHILD_ID"


def _one_row_a_person(rows: list[Row]) -> None:
    """After a merge the row of the current identifier wins, its blanks filled from the old one (K9)."""
    for group in by_person([row for row in rows if row["_drop"] is None]).values():
        group.sort(key=lambda row: row["_old_person_id"] != row["person_id"])
        first, *others = group
        for other in others:
            other["_drop"] = "MERGED"
            for name, value in other.items():
                if not name.startswith("_") and first[name] is None:
                    first[name] = value


def _ignore(rows: list[Row], sources: list[dict[str, str | None]]) -> None:
    profile = tomllib.loads(resource("configs", "sources", "ssd.toml").read_text("utf-8-sig"))
    ignored = {fold(text) for text in profile["ignored"]["legal_statuses.status"]}
    for row, source in zip(rows, sources, strict=True):
        if row["_drop"] is None and fold(source.get("lega_legal_status") or "") in ignored:
            row["_drop"] = "IGNORED"


# --- dates, identifiers, openness ---


def day_of(value: date) -> date:
    """The day of a date or of a moment."""
    return value.date() if isinstance(value, datetime) else value


def months_before(day: date, months: int) -> date:
    """K3: the same day so many calendar months earlier, or the last day of that month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError


def birthday(birth: date, years: int) -> date:
    """The day on which somebody becomes so many years old: 1 March for a 29 February child in a common year."""
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return date(birth.year + years, 3, 1)


def completed_years(birth: date, day: date) -> int:
    """Age on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def id_key(identifier: str | None) -> tuple[Any, ...]:
    """K15: digits compare as integers, everything else as text."""
    if identifier is None:
        return (-1, 0, "")
    return (0, int(identifier), identifier) if re.fullmatch("[0-9]+", identifier) else (1, 0, identifier)


def is_open(start: date | None, end: date | None, as_at: date) -> bool:
    """K5: open at D; a blank start is not later than A."""
    return (start is None or start <= as_at) and (end is None or end > as_at)


def recency(start: date | None, end: date | None, identifier: str | None) -> tuple[Any, ...]:
    """K15: a key whose greatest value is the most recent."""
    return (start or date.min, end or date.max, id_key(identifier))


def sorted_rows(rows: list[Row], main_date: str | None, event_id: str) -> list[Row]:
    """K22: main date descending with blanks last, then person id, then event id with blanks last."""
    rows = sorted(rows, key=lambda row: (id_key(row["person_id"]), row[event_id] is None, id_key(row[event_id])))
    if main_date is None:
        return rows
    return sorted(rows, key=lambda row: row[main_date] or date.min, reverse=True)
