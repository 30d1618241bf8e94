"""Why a child joined or left a list: new event, window moved on, closed, corrected, or not known.

A (as-at date) and W (window) belong to the first side as A1 and W1, to the second as A2 and W2. The first that holds
is the reason. "Entry" and "over" are dates that the list shows (configs/differences.toml). What is dated A1 itself is
new to the second side: a nightly extract holds what was entered up to the evening before, and one drawn in the course
of A1 not yet all of that day. A record counts as left out where exclusions.csv of that side has it and that of the
other side does not, whatever the reason: a record that is left out on both sides, first for one reason and then for
another, moved nobody.

Joined:
    new event        a row of the child has an entry date on or after A1; or the reason for which the first side had
                     left its record out is one that an event lifts (REFERRAL_ONLY, FUTURE and the like)
    window moved on  every row of the child was over before W1 begins, or its record was outside W1 and is inside W2
    closed           what kept the child off has ended (LOOKED_AFTER)
    corrected        the first side would have listed the record as it now is: it was entered later, or changed
Left:
    window moved on  every row of the child was over before W2 begins, or begins on or after A2 (where the second side
                     is the earlier one), or a birthday passed (AGE_25)
    closed           the second side leaves the record out because it ended on or after A1, or for a reason that ends it
    new event        something began that keeps the child off (LOOKED_AFTER)
    corrected        anything else: the record is gone, was cancelled, or its dates before A1 are others than they were
Not known: one of the sides has no manifest or no exclusions.csv; the list shows no dates; the two sides define the list
in different ways; or the row may have come from a table whose records exclusions.csv does not name, or from the record
of a family, of which it does not name the children.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from annexa.differences.model import (
    CLOSED,
    CORRECTED,
    EXCLUSIONS,
    JOINED,
    LEFT,
    MOVES,
    NEW_EVENT,
    NOT_KNOWN,
    WINDOW_MOVED,
    ListTable,
    Side,
)
from annexa.differences.rules import BY_DATE, headings_of, rules
from annexa.filled.kinds import person_heading
from annexa.lists.reasons import REASONS

# Those that decide who is on a list.
MEMBERSHIP_OPTIONS: Final = ("drop_adults", "list6_additions", "include_short_breaks")
# Another row of the record tells, or nobody knows whose it is.
_SILENT: Final = ("DUPLICATE", "CONFLICT", "NO_CHILD_ID")
_CHILD: Final = "child"


@dataclass(frozen=True)
class _Case:
    """One list of both sides: number, tables and the two runs."""

    number: int
    before: Side
    after: Side

    def begins(self, side: Side) -> date | None:
        """Return the first day of the list's window on a side, where that is known."""
        window = side.known.windows.get(self.number) if side.known else None
        return window.start if window else None

    @property
    def alike(self) -> bool:
        """Whether both sides define the list in the same way, windows apart."""
        one, two = self.before.edition.lists[self.number], self.after.edition.lists[self.number]
        options = [
            [each.known.options.get(name) for name in MEMBERSHIP_OPTIONS] if each.known else []
            for each in (self.before, self.after)
        ]
        return (one.cohort, one.records) == (two.cohort, two.records) and options[0] == options[1]


def moves(number: int, before: Side, after: Side) -> pl.DataFrame:
    """Return who joined and who left a list that both sides have, and why (columns of MOVES)."""
    case = _Case(number, before, after)
    one, two = (_children(side.lists[number]) for side in (before, after))
    returned, dropped = _left_out(case, before, after), _left_out(case, after, before)
    joined = two.join(one, on=_CHILD, how="anti").join(returned, on=_CHILD, how="left")
    left = one.join(two, on=_CHILD, how="anti").join(dropped, on=_CHILD, how="left")
    told = _left(case, left, of_families=dropped[_CHILD].has_nulls())
    return pl.concat([_told(number, JOINED, _joined(case, joined)), _told(number, LEFT, told)])


def _children(table: ListTable) -> pl.DataFrame:
    """Return each child of a list once.

    Returns:
        child, entry (the latest of its rows), first (the earliest), over (the latest; blank while a row is open).
    """
    rule = rules().lists[table.spec.number]
    entry, end = (_latest(table, headings_of(table.spec, names)) for names in (rule.entry, rule.end))
    rows = table.dates.select(
        table.values[person_heading(table.spec)].alias(_CHILD), entry.alias("entry"), end.alias("over")
    )
    over = pl.when(pl.col("over").is_not_null().all()).then(pl.col("over").max())
    return (
        rows.drop_nulls(_CHILD)
        .group_by(_CHILD)
        .agg(pl.col("entry").max(), pl.col("entry").min().alias("first"), over.alias("over"))
    )


def _latest(table: ListTable, headings: Sequence[str]) -> pl.Expr:
    """Return the latest of these dates; blank where the sheet lacks one of the columns, since it cannot be told."""
    if not headings or not set(headings) <= set(table.dates.columns):
        return pl.lit(None, dtype=pl.Date)
    return pl.max_horizontal(headings)


def _left_out(case: _Case, side: Side, other: Side) -> pl.DataFrame:
    """Return the record for which a side had left each child out, and the other has not: child, reason, decided.

    Records without an identifier cannot be told apart: of them those for the same reason are taken for the same. Of
    several the one with the latest date tells, then the reason that counts first. Those of families name no child.
    """
    nameless = pl.when(pl.col("event_id").is_null()).then("reason").alias("_nameless")
    mine, others = (_exclusions(case, each).with_columns(nameless) for each in (side, other))
    key = ["source_table", "event_id", "person_id", "_nameless"]
    rank = pl.col("reason").replace_strict({code: at for at, code in enumerate(REASONS)}, default=None)
    return (
        mine.join(others, on=key, how="anti", nulls_equal=True)
        .sort(pl.col("date").is_null(), pl.col("date").to_physical().neg(), rank, "event_id", nulls_last=True)
        .unique("person_id", keep="first", maintain_order=True)
        .select(pl.col("person_id").alias(_CHILD), "reason", pl.col("date").alias("decided"))
    )


def _exclusions(case: _Case, side: Side) -> pl.DataFrame:
    """Return the records that a side leaves out, without those that tell nothing of a child.

    None where the other side has no exclusions: which of them it left out as well cannot be told.
    """
    one, two = (each.known.exclusions if each.known else None for each in (case.before, case.after))
    if one is None or two is None:
        return pl.DataFrame(schema=EXCLUSIONS)
    found = one if side is case.before else two
    return found.filter((pl.col("list") == case.number) & ~pl.col("reason").is_in(_SILENT))


class _Choice:
    """Reasons in the order in which they count; the first that holds tells."""

    def __init__(self) -> None:
        self._arms: list[tuple[pl.Expr, str, pl.Expr, str]] = []

    def add(self, holds: pl.Expr, why: str, day: pl.Expr, detail: str) -> None:
        """Add a reason: when it holds, its name, the date that tells it, and the rule in words."""
        self._arms.append((holds.fill_null(False), why, day, detail))

    def of(self, children: pl.DataFrame) -> pl.DataFrame:
        """Return child, why, reason, date and detail; the last arm must hold for all."""
        why, day, detail = (
            pl.coalesce(pl.when(arm[0]).then(arm[at]) for arm in self._with_literals()) for at in (1, 2, 3)
        )
        return children.select(_CHILD, why.alias("why"), "reason", day.alias("date"), detail.alias("detail"))

    def _with_literals(self) -> list[tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr]]:
        return [(holds, pl.lit(why), day, pl.lit(detail)) for holds, why, day, detail in self._arms]


_NONE: Final = pl.lit(None, dtype=pl.Date)
_ALL: Final = pl.lit(value=True)


def _before(column: str, day: date | None) -> pl.Expr:
    return pl.lit(value=False) if day is None else pl.col(column) < day


def _since(column: str, day: date | None) -> pl.Expr:
    return pl.lit(value=False) if day is None else pl.col(column) >= day


def _as_at(side: Side) -> date | None:
    return side.known.period.as_at if side.known else None


def _joined(case: _Case, children: pl.DataFrame) -> pl.DataFrame:
    choice, entry, decided = _Choice(), pl.col("entry"), pl.col("decided")
    lifted = _kind("joined")
    choice.add(_since("entry", _as_at(case.before)), NEW_EVENT, entry, "dated on or after the first side's as-at date")
    choice.add(lifted == NEW_EVENT, NEW_EVENT, decided, "left out by the first side, and something has happened since")
    choice.add(lifted == CLOSED, CLOSED, decided, "what kept the child off the list has ended")
    choice.add(
        _before("over", case.begins(case.before)), WINDOW_MOVED, pl.col("over"), "over before the first side's window"
    )
    begins = case.begins(case.after)
    outside = (pl.col("reason") == "WINDOW") & (pl.lit(value=False) if begins is None else decided >= begins)
    choice.add(outside, WINDOW_MOVED, decided, "outside the first side's window, inside the second side's")
    if (unknown := _untold(case)) is not None:
        choice.add(_ALL, NOT_KNOWN, _NONE, unknown)
    choice.add(pl.col("reason").is_not_null(), CORRECTED, decided, "left out by the first side, and changed since")
    if not rules().lists[case.number].entry:
        choice.add(_ALL, NOT_KNOWN, _NONE, "the list shows no date, and the first side had no record of the child")
    choice.add(_ALL, CORRECTED, entry, "not with the first side, though dated before its as-at date")
    return choice.of(children)


def _left(case: _Case, children: pl.DataFrame, *, of_families: bool) -> pl.DataFrame:
    choice, over, decided = _Choice(), pl.col("over"), pl.col("decided")
    first, second = _as_at(case.before), _as_at(case.after)
    kind, unseen = _kind("left"), pl.col("reason").is_in(list(rules().lists[case.number].unseen))
    choice.add(_before("over", case.begins(case.after)), WINDOW_MOVED, over, "over before the second side's window")
    if first and second and second < first:
        begun = pl.col("first")
        choice.add(_since("first", second), WINDOW_MOVED, begun, "begins on or after the second side's as-at date")
    choice.add(kind == WINDOW_MOVED, WINDOW_MOVED, decided, "a birthday has passed")
    ended = (kind == BY_DATE) & _since("decided", first)
    choice.add(ended, CLOSED, decided, "ended on or after the first side's as-at date")
    choice.add(kind == CLOSED, CLOSED, decided, "left out by the second side as at an end")
    choice.add(kind == NEW_EVENT, NEW_EVENT, decided, "something has begun that keeps the child off the list")
    passed = (kind == BY_DATE) & unseen & decided.is_not_null()
    choice.add(passed, WINDOW_MOVED, decided, "over before the first side's as-at date: the window has moved on")
    if (unknown := _untold(case)) is not None:
        choice.add(_ALL, NOT_KNOWN, _NONE, unknown)
    choice.add(pl.col("reason").is_not_null(), CORRECTED, decided, "left out by the second side, and was not before")
    if case.before.known and case.number in case.before.known.added:
        choice.add(_ALL, NOT_KNOWN, _NONE, "the row may have come from a table that exclusions.csv does not name")
    if of_families:
        choice.add(
            _ALL, NOT_KNOWN, _NONE, "a family's record was left out, and exclusions.csv does not say whose it is"
        )
    choice.add(_ALL, CORRECTED, _NONE, "the second side has no such record of the child")
    return choice.of(children)


def _kind(way: str) -> pl.Expr:
    """Return what the reason code of a record says, blank without one."""
    kinds = {code: getattr(rule, way) for code, rule in rules().reasons.items()}
    return pl.col("reason").replace_strict(kinds, default=None, return_dtype=pl.String)


def _untold(case: _Case) -> str | None:
    """Return why it cannot be told that a record was corrected, or None where it can."""
    for which, side in (("first", case.before), ("second", case.after)):
        if side.known is None:
            return f"the {which} side has no manifest"
        if side.known.exclusions is None:
            return f"the {which} side has no exclusions.csv"
    return None if case.alike else "the two sides define the list in different ways"


def _told(number: int, change: str, found: pl.DataFrame) -> pl.DataFrame:
    columns = {"list": pl.lit(number, dtype=pl.Int64), "change": pl.lit(change)}
    return found.with_columns(column.alias(name) for name, column in columns.items()).select(
        pl.col(name).cast(dtype) for name, dtype in MOVES.items()
    )
