"""Systems of sums with unknowns: what follows from several of them together, by Gauss-Jordan elimination."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple


class Equation(NamedTuple):
    """Unknowns with their coefficients, and what they come to."""

    terms: Mapping[str, Fraction]
    value: Fraction


def reduced(equations: Iterable[Equation]) -> list[Equation]:
    """Return the reduced form of a system: each equation with an unknown of its own, and without those of the others.

    An unknown that is left alone in its equation has that value and no other.
    """
    rows: dict[str, tuple[dict[str, Fraction], Fraction]] = {}  # pivot -> the rest of its row, and the right side
    for terms, right in equations:
        row, value = dict(terms), right
        for pivot in [name for name in row if name in rows]:
            value = _subtract(row, value, rows[pivot], row.pop(pivot))
        if not row:
            continue
        pivot = next(iter(row))
        first = row.pop(pivot)
        row, value = {name: each / first for name, each in row.items()}, value / first
        for other, (rest, its) in rows.items():
            if pivot in rest:
                rows[other] = (rest, _subtract(rest, its, (row, value), rest.pop(pivot)))
        rows[pivot] = (row, value)
    return [Equation({pivot: Fraction(1), **rest}, value) for pivot, (rest, value) in rows.items()]


def _subtract(
    row: dict[str, Fraction], value: Fraction, other: tuple[Mapping[str, Fraction], Fraction], times: Fraction
) -> Fraction:
    """Take `times` another row from `row`; return the right side that is left."""
    for name, each in other[0].items():
        new = row.get(name, Fraction(0)) - times * each
        if new:
            row[name] = new
        else:
            row.pop(name, None)
    return value - times * other[1]
