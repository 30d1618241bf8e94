"""Reports for wider sharing: small counts are hidden, so that none can be worked out (specification: reports).

The counts of all reports of a run are one system: each has an identity (its name, or its place where it has none), and
the tables say which of them add up to which. A hidden count is shown as "c".

1. A count from 1 to 4 is hidden, wherever it is printed; 0 stays.
2. Where a sum would give a hidden count away, the smallest other part that is neither 0 nor hidden is hidden too (of
   equals the first in printed order), and where there is none, the total. Repeated until nothing changes.
3. A rate or statistic is hidden with any count that it is worked out from, and where its base is under 6.
4. There are no rows of children or workers, and no notes that quote counts.
5. A line that has a text of the source for its label, and no count above 4, shows no label either: such a text may say
   anything of the few children whom it is about.

Beyond the rule, the sums are then attacked as a reader could do it, all together and not one by one: by the bounds that
each sets to its hidden counts, by what counts some of those that another counts (a share's part of its whole), and by
eliminating one unknown after the other. What that would give away is hidden too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, NamedTuple

from annexa.reports.elimination import Equation, in_whole_numbers, narrowed, reduced
from annexa.reports.model import (
    SMALL_BASE,
    Cell,
    Count,
    Figure,
    Grid,
    HiddenShare,
    Mark,
    NumberTable,
    Report,
    Share,
    Stat,
)

SMALLEST: Final = 1  # of a count that is hidden for itself
LARGEST: Final = 4


class Sum(NamedTuple):
    """Counts, by identity, that add up: the parts in printed order."""

    total: str
    parts: tuple[str, ...]


class Within(NamedTuple):
    """Two counts, by identity: the first is never greater than the second."""

    part: str
    whole: str


@dataclass(frozen=True)
class System:
    """All counts of a run by identity, in printed order, what adds up to what, and what lies within what."""

    counts: Mapping[str, int]
    sums: tuple[Sum, ...]
    within: tuple[Within, ...] = ()


def suppressed(reports: Sequence[Report]) -> list[Report]:
    """Return the reports of one run as they may be shared more widely."""
    found = hidden(system_of(reports))
    return [_hide(report, found) for report in reports]


def hidden(system: System) -> frozenset[str]:
    """Return the identities of the counts that are to be hidden."""
    gone = {name for name, value in system.counts.items() if SMALLEST <= value <= LARGEST}
    while True:
        before = len(gone)
        for each in system.sums:
            if _gives_away(system, each, gone):
                _hide_one_more(system, each, gone)
        if len(gone) == before:
            weak = next(iter(_pinned(system, gone)), None)
            if weak is None or not _protect(system, weak, gone):
                return frozenset(gone)


def _gives_away(system: System, line: Sum, gone: set[str]) -> bool:
    """True where the sum gives a hidden count away, taken alone."""
    parts = [name for name in line.parts if name in gone]
    if line.total in gone:
        return not parts
    if len(parts) == 1:
        return True
    left = system.counts[line.total] - sum(system.counts[name] for name in line.parts if name not in gone)
    return bool(parts) and left in (SMALLEST * len(parts), LARGEST * len(parts))


def _hide_one_more(system: System, line: Sum, gone: set[str]) -> bool:
    shown = [name for name in line.parts if name not in gone and system.counts[name]]
    if shown:
        gone.add(min(shown, key=lambda name: system.counts[name]))
        return True
    if line.total not in gone:
        gone.add(line.total)
        return True
    return False


def _protect(system: System, weak: str, gone: set[str]) -> bool:
    """Hide one more count of the sums that a weak count stands in; say whether there was one."""
    for pair in system.within:
        if weak in pair:
            other = pair.whole if weak == pair.part else pair.part
            if other not in gone and system.counts[other]:
                gone.add(other)
                return True
    lines = [line for line in system.sums if weak in (line.total, *line.parts)]
    return any(_hide_one_more(system, line, gone) for line in lines) or any(
        _hide_one_more(system, line, gone) for line in system.sums if not gone.isdisjoint((line.total, *line.parts))
    )


def _pinned(system: System, gone: set[str]) -> list[str]:
    """Return the hidden counts that all sums together leave only one value, in printed order.

    Bounds are drawn from each sum, and from what follows from several: the reduced form of the system, once with the
    unknowns in printed order and once from the end.
    """
    if not gone:
        return []
    equations = [each for each in (_equation(system, line, gone) for line in system.sums) if each.terms]
    backwards = [Equation(dict(reversed(list(each.terms.items()))), each.value) for each in reversed(equations)]
    every = [in_whole_numbers(each) for each in (*equations, *reduced(equations), *reduced(backwards))]
    low, high = dict.fromkeys(gone, SMALLEST), dict.fromkeys(gone, max(system.counts.values()) + 1)
    while narrowed(every, low, high) | _narrowed_within(system, low, high):
        pass
    return [name for name in system.counts if name in gone and low[name] >= high[name]]


def _equation(system: System, line: Sum, gone: set[str]) -> Equation:
    """Return the hidden counts of a sum with their signs, and what they come to."""
    terms: dict[str, Fraction] = {}
    value = Fraction(0)
    for name, sign in [(line.total, -1), *((part, 1) for part in line.parts)]:
        if name in gone:
            terms[name] = terms.get(name, Fraction(0)) + sign
        else:
            value -= sign * system.counts[name]
    return Equation({name: each for name, each in terms.items() if each}, value)


def _narrowed_within(system: System, low: dict[str, int], high: dict[str, int]) -> bool:
    """Narrow the bounds once by what lies within what; say whether anything changed."""
    changed = False
    for part, whole in system.within:
        least = low.get(part, system.counts[part])
        most = high.get(whole, system.counts[whole])
        if whole in low and low[whole] < least:
            low[whole] = least
            changed = True
        if part in high and high[part] > most:
            high[part] = most
            changed = True
    return changed


# --- what is a count of which report ---


def system_of(reports: Iterable[Report]) -> System:
    """Return all counts of the reports with their sums."""
    counts: dict[str, int] = {}
    sums: list[Sum] = []
    within: list[Within] = []
    for report in reports:
        keys: dict[str, str] = {}
        wholes: dict[str, str] = {}
        for figure in report.figures:
            for place, count in _counts(figure.cell, _at(report, figure.key)):
                _add(counts, place, count)
                wholes[figure.key] = place
                keys.setdefault(figure.key, place)
            if isinstance(figure.cell, Share):
                within.append(Within(keys[figure.key], wholes[figure.key]))
        for total, parts in report.sums:
            if all(part in keys for part in parts) and (total in keys or total in counts):
                sums.append(Sum(keys.get(total, total), tuple(keys[part] for part in parts)))
        for number, (_, cell) in enumerate(report.excluded):
            for place, count in _counts(cell, _at(report, "excluded", number)):
                _add(counts, place, count)
        for table in report.tables:
            places = _grid_places(report, table.grid, counts)
            sums += _grid_sums(table.grid, places)
            within += _grid_within(table.grid, places)
        for pair in report.within:
            for names in (keys, wholes):
                part, whole = (names.get(name, name) for name in pair)
                if part in counts and whole in counts:
                    within.append(Within(part, whole))
    return System(counts, tuple(sums), tuple(dict.fromkeys(within)))


def _add(counts: dict[str, int], place: str, count: Count) -> None:
    if counts.setdefault(place, count.value) != count.value:
        raise AssertionError(f"two counts of different size are named {place}")


def _at(report: Report, *place: object) -> str:
    return " | ".join(map(str, (report.item, *place)))


def _counts(cell: Cell, place: str) -> Iterator[tuple[str, Count]]:
    """Yield the counts of a cell with their identities; the first is the cell's own, or its numerator."""
    match cell:
        case Count():
            yield cell.name or place, cell
        case Share():
            yield cell.part.name or f"{place} | part", cell.part
            yield cell.whole.name or f"{place} | whole", cell.whole
        case Stat():
            # What a statistic is worked out from is printed nowhere by it: only a count with a name stands elsewhere.
            yield from ((count.name, count) for count in (cell.base, *cell.of) if count.name)


_Places = Mapping[tuple[int, int], str]


def _grid_places(report: Report, grid: Grid, counts: dict[str, int]) -> _Places:
    """Add the counts of a grid; return by row (the total last) and column the identity of each cell that is a count."""
    lines = [*grid.rows, *([("", grid.total)] if grid.total else [])]
    own: dict[tuple[int, int], str] = {}
    for row, (_, cells) in enumerate(lines):
        for column, cell in enumerate(cells):
            for place, count in _counts(cell, _at(report, grid.key, row, column)):
                _add(counts, place, count)
                if isinstance(cell, Count):
                    own[row, column] = place
    return own


def _grid_within(grid: Grid, own: _Places) -> list[Within]:
    columns = [(grid.columns.index(part), grid.columns.index(whole)) for part, whole in grid.within]
    rows = range(len(grid.rows) + 1)
    return [
        Within(own[row, part], own[row, whole])
        for part, whole in columns
        for row in rows
        if (row, part) in own and (row, whole) in own
    ]


def _grid_sums(grid: Grid, own: _Places) -> list[Sum]:
    """Return what adds up in a grid; a sum without parts, of which none was supplied, is none."""
    sums = []
    if grid.total:
        last = len(grid.rows)
        for column, heading in enumerate(grid.columns):
            if heading in grid.adds and (last, column) in own:
                parts = tuple(own[row, column] for row in range(last) if (row, column) in own)
                if parts:
                    sums.append(Sum(own[last, column], parts))
    if grid.across:
        last = len(grid.columns) - 1
        sums += [
            Sum(own[row, last], parts)
            for row in range(len(grid.rows) + 1)
            if (row, last) in own
            and (parts := tuple(own[row, column] for column in range(last) if (row, column) in own))
        ]
    return sums


# --- the reports without them ---


def _hide(report: Report, gone: frozenset[str]) -> Report:
    went: list[str] = []
    figures = []
    for figure in report.figures:
        cell = _shown(figure.cell, _at(report, figure.key), gone)
        if cell is not figure.cell:
            went.append(figure.label)
        figures.append(Figure(figure.key, figure.label, figure.definition, cell))
    tables = []
    for table in report.tables:
        grid, places = _hide_grid(report, table.grid, gone)
        went += [f"{table.title}: {place}" for place in places]
        tables.append(NumberTable(table.title, table.heading, grid, table.wide))
    excluded = tuple(
        (reason, _shown(cell, _at(report, "excluded", number), gone))
        for number, (reason, cell) in enumerate(report.excluded)
    )
    told = ["This version is for wider sharing. Small counts, and what would give them away, are shown as c."]
    if went:
        told.append(f"Not shown, in whole or in part: {'; '.join(went)}.")
    return replace(
        report,
        figures=tuple(figures),
        tables=tuple(tables),
        sheets=(),
        excluded=excluded,
        counted=tuple(told),
        suppressed=True,
    )


def _hide_grid(report: Report, grid: Grid, gone: frozenset[str]) -> tuple[Grid, list[str]]:
    places: list[str] = []

    def line(row: int, label: str, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        shown = tuple(_shown(cell, _at(report, grid.key, row, column), gone) for column, cell in enumerate(cells))
        places.extend(
            f"{label}, {heading}"
            for heading, old, new in zip(grid.columns, cells, shown, strict=True)
            if new is not old
        )
        return shown

    labels = [grid.label(row, texts=_many(cells)) for row, (_, cells) in enumerate(grid.rows)]
    rows = tuple((label, line(row, label, grid.rows[row][1])) for row, label in enumerate(labels))
    total = line(len(grid.rows), "Total", grid.total) if grid.total else None
    return replace(grid, rows=rows, total=total, recorded=grid.recorded.intersection(labels)), places


def _many(cells: Iterable[Cell]) -> bool:
    return any(isinstance(cell, Count) and cell.value > LARGEST for cell in cells)


def _shown(cell: Cell, place: str, gone: frozenset[str]) -> Cell:
    """Return a cell as it may be shared: itself, "c", or a share without what is hidden."""
    match cell:
        case Count():
            return Mark.SUPPRESSED if (cell.name or place) in gone else cell
        case Share():
            part = (cell.part.name or f"{place} | part") in gone
            whole = (cell.whole.name or f"{place} | whole") in gone
            if part or whole or 0 < cell.whole.value < SMALL_BASE:
                return HiddenShare(None if part else cell.part.value, None if whole else cell.whole.value)
            return cell
        case Stat():
            small = 0 < cell.base.value < SMALL_BASE and not cell.added
            if cell.value is not None and (small or any(each.name in gone for each in (cell.base, *cell.of))):
                return Mark.SUPPRESSED
            return cell
        case _:
            return cell
