"""What differs between two editions, for those who must know before they change from one to the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from annexa.editions.model import ColumnSpec, Edition, EditionCodeSet, ListSpec

Area = Literal["list", "window", "column", "code"]


@dataclass(frozen=True)
class Difference:
    """One thing that differs.

    Args:
        area: what kind of thing it is.
        subject: the thing: "List 9", "List 9: Activity Status", "activity: F4".
        before: how the first edition has it; None where it does not have it.
        after: the same for the second edition.
    """

    area: Area
    subject: str
    before: str | None
    after: str | None


def compare(first: Edition, second: Edition) -> list[Difference]:
    """Return what differs from the first edition to the second, lists first, then code sets.

    A list or code set that only one of them has is one difference. Wording that explains a list (its requirement and
    reference) is compared too; spellings are not, since every edition reads all of them.
    """
    found: list[Difference] = []
    for number in sorted(first.lists.keys() | second.lists.keys()):
        found += _lists(number, first, second)
    for name in sorted(first.codes.keys() | second.codes.keys()):
        found += _code_sets(name, first.codes.get(name), second.codes.get(name))
    return found


def _lists(number: int, first: Edition, second: Edition) -> Iterator[Difference]:
    before, after = first.lists.get(number), second.lists.get(number)
    subject = f"List {number}"
    if before is None or after is None:
        yield Difference("list", subject, _title(before), _title(after))
        return
    for key in ("title", "requirement", "reference", "records", "cohort", "window", "one_row_per", "sort"):
        old, new = getattr(before, key), getattr(after, key)
        if old != new:
            yield Difference("list", f"{subject}: {key}", _text(old), _text(new))
    months = first.months.get(number), second.months.get(number)
    if months[0] != months[1]:
        yield Difference("window", subject, *(f"{m} months" if m else "no look-back" for m in months))
    yield from _columns(subject, before, after)


def _columns(subject: str, before: ListSpec, after: ListSpec) -> Iterator[Difference]:
    old = {column.heading: column for column in before.columns}
    new = {column.heading: column for column in after.columns}
    for heading in [*old, *(heading for heading in new if heading not in old)]:
        if old.get(heading) != new.get(heading):
            yield Difference("column", f"{subject}: {heading}", _column(old.get(heading)), _column(new.get(heading)))
    shared = [heading for heading in old if heading in new]
    moved = [heading for heading in new if heading in old]
    if shared != moved:
        yield Difference("column", f"{subject}: order", ", ".join(shared), ", ".join(moved))


def _code_sets(name: str, before: EditionCodeSet | None, after: EditionCodeSet | None) -> Iterator[Difference]:
    if before is None or after is None:
        yield Difference("code", name, _title(before), _title(after))
        return
    old, new = before.written, after.written
    for code in [*old, *(code for code in new if code not in old)]:
        if old.get(code) != new.get(code):
            yield Difference("code", f"{name}: {code}", old.get(code), new.get(code))


def _title(part: ListSpec | EditionCodeSet | None) -> str | None:
    return part.title if part else None


def _column(column: ColumnSpec | None) -> str | None:
    if column is None:
        return None
    source = column.field or f"derived: {column.derive}"
    codes = f", codes {column.codes}" if column.codes else ""
    return source + codes + (", a blank as not recorded" if column.not_recorded else "")


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} = {part}" for key, part in value.items())
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
