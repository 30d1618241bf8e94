"""What the columns of the lists are made from, and so which will be blank where a source lacks something."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from annexa.editions import Edition, ListSpec
from annexa.records import RECORDS
from annexa.resources import resource

Alternatives: TypeAlias = tuple[tuple[str, ...], ...]  # of which one is enough; each is "record.field" and so on


@dataclass(frozen=True)
class Shortfall:
    """What one list lacks.

    Args:
        number: of the list.
        title: of the list.
        lacking: the records that it starts from and that are not there; where all are missing it is not supplied.
        supplied: whether the list can be built.
        blank: heading -> what would fill the column, an alternative each ("record.field", or several joined by "and").
        columns: how many columns the list has.
    """

    number: int
    title: str
    supplied: bool
    lacking: tuple[str, ...]
    blank: Mapping[str, tuple[str, ...]]
    columns: int


def shortfalls(edition: Edition, has: Callable[[str, str], bool]) -> list[Shortfall]:
    """Return for each list of an edition what it lacks.

    Args:
        edition: whose lists and columns.
        has: tells of a record and a field whether a source has them; of a record and "" whether it has the table.
    """
    return [_shortfall(spec, has) for _, spec in sorted(edition.lists.items())]


def _shortfall(spec: ListSpec, has: Callable[[str, str], bool]) -> Shortfall:
    lacking = tuple(record for record in spec.records if not has(record, ""))
    supplied = len(lacking) < len(spec.records)
    blank = {}
    for column in spec.columns if supplied else ():
        alternatives = inputs_of(spec, column.derive or column.field or "")
        if not any(all(_has(path, has) for path in each) for each in alternatives):
            blank[column.heading.strip()] = tuple(
                " and ".join(path for path in each if not _has(path, has)) for each in alternatives
            )
    return Shortfall(spec.number, spec.title.partition(": ")[2], supplied, lacking, blank, len(spec.columns))


def _has(path: str, has: Callable[[str, str], bool]) -> bool:
    record, _, field = path.partition(".")
    return has(record, "") and has(record, field)


def inputs_of(spec: ListSpec, name: str) -> Alternatives:
    """Return what a column of a list is made from.

    Args:
        spec: the list.
        name: of the field or the derivation that the column shows.
    """
    own, derived = _declared()
    if (spec.number, name) in own:
        return own[spec.number, name]
    if name in derived and not any(name in RECORDS[record].fields() for record in spec.records):
        return derived[name]
    if any(column.derive == name for column in spec.columns):
        return derived[name]
    return tuple((f"{record}.{name}",) for record in spec.records if name in RECORDS[record].fields())


@cache
def declared() -> Mapping[str, Any]:
    """Return configs/list-inputs.toml as it stands."""
    return tomllib.loads(resource("configs", "list-inputs.toml").read_text("utf-8-sig"))


@cache
def _declared() -> tuple[dict[tuple[int, str], Alternatives], dict[str, Alternatives]]:
    file = declared()

    def frozen(entry: list[list[str]]) -> Alternatives:
        return tuple(tuple(each) for each in entry)

    own = {(int(number), name): frozen(entry) for number, part in file["lists"].items() for name, entry in part.items()}
    return own, {name: frozen(entry) for name, entry in file["derive"].items()}
