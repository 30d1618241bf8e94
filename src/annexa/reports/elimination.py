"""Which unknowns a system of sums leaves no choice, by Gauss-Jordan elimination on sparse rows."""

from collections.abc import Mapping, Sequence
from typing import Final

_PRIME: Final = (1 << 61) - 1  # whole numbers modulo a prime need no fractions; coefficients are a few units


def determined(equations: Sequence[tuple[Mapping[str, int], int]]) -> set[str]:
    """Return the unknowns that have one value only in every solution of the equations.

    Args:
        equations: unknown -> its coefficient, and the right side, which does not matter here.
    """
    rows: dict[str, dict[str, int]] = {}  # pivot -> its row without the pivot, whose coefficient is 1
    for signs, _ in equations:
        row = {name: sign % _PRIME for name, sign in signs.items()}
        for pivot in [name for name in row if name in rows]:
            _subtract(row, rows[pivot], row.pop(pivot))
        row = {name: value for name, value in row.items() if value}
        if not row:
            continue
        pivot, *_ = row
        inverse = pow(row.pop(pivot), -1, _PRIME)
        row = {name: value * inverse % _PRIME for name, value in row.items()}
        for other in rows.values():
            if pivot in other:
                _subtract(other, row, other.pop(pivot))
        rows[pivot] = row
    return {pivot for pivot, row in rows.items() if not any(row.values())}


def _subtract(row: dict[str, int], other: Mapping[str, int], times: int) -> None:
    for name, value in other.items():
        new = (row.get(name, 0) - times * value) % _PRIME
        if new:
            row[name] = new
        else:
            row.pop(name, None)
