"""Chance that repeats: one stream a family, and decks that deal rare values evenly.

Everything is built on `random.Random.random()`, whose sequence Python promises not to change, and on arithmetic that
IEEE 754 defines exactly, so the same seed gives the same draws on every Python, system and hash seed.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")

# Fractional parts of the square roots of primes: each steps evenly through [0, 1), and no two of them in phase.
_STEPS = tuple(
    math.sqrt(n) % 1.0 for n in range(2, 1000) if all(n % divisor for divisor in range(2, math.isqrt(n) + 1))
)


class Weighted(Generic[T]):
    """Values with their shares, which need not add up to one."""

    __slots__ = ("_total", "cumulative", "values")

    def __init__(self, shares: Mapping[T, float] | Iterable[tuple[T, float]]) -> None:
        pairs = list(shares.items()) if isinstance(shares, Mapping) else list(shares)
        self.values = tuple(value for value, _ in pairs)
        self.cumulative = tuple(accumulate(share for _, share in pairs))
        self._total = self.cumulative[-1]

    def at(self, share: float) -> T:
        """Return the value that covers this share, 0 <= share < 1."""
        found = bisect_right(self.cumulative, share * self._total)
        return self.values[found] if found < len(self.values) else self.values[-1]


class Scale:
    """A distribution of whole numbers (mostly days), as points (share, number) joined by straight lines."""

    __slots__ = ("points",)

    def __init__(self, *points: tuple[float, int]) -> None:
        self.points = points

    def at(self, share: float) -> int:
        """Return the number that this share of cases does not exceed, 0 <= share < 1."""
        below = self.points[0]
        for point in self.points[1:]:
            if share < point[0]:
                return below[1] + int((point[1] - below[1]) * (share - below[0]) / (point[0] - below[0]))
            below = point
        return below[1]


class Draw:
    """The source of chance: `start` a family's own stream, then draw from it.

    Args:
        seed: 0 or more.
        stream: a small number that keeps apart what shares a seed.
    """

    __slots__ = ("_base", "_decks", "_next", "_random", "_seed")

    def __init__(self, seed: int, stream: int) -> None:
        self._seed = (seed << 8) | stream
        self._base = Random(self._seed)  # noqa: S311
        self._random = Random(0)  # noqa: S311
        self._next = self._random.random
        self._decks: dict[object, list[float]] = {}

    def start(self, key: int) -> None:
        """Begin the stream of one family (or post): what it draws depends on the seed and the key alone."""
        self._random.seed((self._seed << 64) | key)

    def share(self) -> float:
        """Return a number in [0, 1)."""
        return self._next()

    def chance(self, probability: float) -> bool:
        """Return true in this share of cases."""
        return self._next() < probability

    def between(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(self._next() * (high - low + 1))

    def pick(self, values: Weighted[T]) -> T:
        """Return a value by chance."""
        return values.at(self._next())

    def days(self, scale: Scale) -> int:
        """Return a number of days by chance."""
        return scale.at(self._next())

    def spread(self, deck: object) -> float:
        """Return the next share of a deck: together they step through [0, 1) evenly.

        What comes depends on how often the deck was used before, so on earlier families and never on later ones.
        """
        state = self._decks.get(deck)
        if state is None:
            state = self._decks[deck] = [self._base.random(), _STEPS[len(self._decks)], 0.0]
        state[2] += 1.0
        return (state[0] + state[1] * state[2]) % 1.0

    def deal(self, values: Weighted[T]) -> T:
        """Return the next value of a deck: each value once, and from then on in shares that come out nearly exact."""
        share = self.spread(values)
        dealt = int(self._decks[values][2])
        return values.values[dealt - 1] if dealt <= len(values.values) else values.at(share)
