"""Systems of sums with unknowns: what follows from several together (Gauss-Jordan elimination), and from bounds."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm
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


class Whole(NamedTuple):
    """An equation multiplied until it has whole numbers alone."""

    terms: tuple[tuple[str, int], ...]
    value: int


def in_whole_numbers(equation: Equation) -> Whole:
    """Return the equation as it is worked with: whole numbers are many times faster than fractions."""
    times = lcm(equation.value.denominator, *(each.denominator for each in equation.terms.values()))
    return Whole(tuple((name, int(each * times)) for name, each in equation.terms.items()), int(equation.value * times))


def narrowed(equations: Sequence[Whole], low: dict[str, int], high: dict[str, int]) -> bool:
    """Narrow the bounds of the hidden counts once by every equation; say whether anything changed."""
    changed = False
    for terms, value in equations:
        spans = {name: _span(times, low[name], high[name]) for name, times in terms}
        least, most = (sum(each) for each in zip(*spans.values(), strict=True)) if spans else (0, 0)
        for name, times in terms:
            own = spans[name]
            # What is left for this one when the others are at their greatest, and at their least.
            left = value - (most - own[1]), value - (least - own[0])
            first, last = left if times > 0 else left[::-1]
            new = max(low[name], -(-first // times)), min(high[name], last // times)
            if new != (low[name], high[name]):
                low[name], high[name] = new
                spans[name] = _span(times, *new)
                least, most = least + spans[name][0] - own[0], most + spans[name][1] - own[1]
                changed = True
    return changed


def _span(times: int, low: int, high: int) -> tuple[int, int]:
    """The least and the greatest that a term can be."""
    return (times * low, times * high) if times > 0 else (times * high, times * low)
