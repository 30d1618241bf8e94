"""What each kind of visit is given (configs/packs.toml), and packs of an authority's own."""

import difflib
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from annexa.errors import UsageError
from annexa.evidence.items import load_items
from annexa.resources import resource


class Pack(BaseModel):
    """One pack: whole lists, and items of Annex A; of one with `topics`, those of the packs that are named with it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[-:][a-z0-9]+)*$")]
    title: Annotated[str, Field(min_length=1)]
    when: str = ""
    lists: tuple[Annotated[int, Field(ge=1, le=11)], ...] = ()
    items: Literal["all"] | tuple[str, ...] = ()
    topics: bool = False

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.topics == bool(self.lists or self.items):
            raise PydanticCustomError("pack", "a pack has lists or items, or else topics")
        return self

    @property
    def everything(self) -> bool:
        """Whether it asks for all items."""
        return self.items == "all"

    def item_numbers(self) -> tuple[str, ...]:
        """Return the numbers of its items, in the order of Annex A."""
        known = [item.number for item in load_items().items]
        return tuple(number for number in known if self.everything or number in self.items)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    pack: tuple[Pack, ...]


def load_packs(own: Path | None = None) -> dict[str, Pack]:
    """Return the packs by name: those that come with annexa, then those of a file of the user's own.

    Raises:
        UsageError: a file that cannot be used, an item that Annex A does not have, a name that stands there twice.
    """
    packs: dict[str, Pack] = {}
    for path in [resource("configs", "packs.toml"), *([own] if own else [])]:
        for pack in _read(path):
            if pack.name in packs:
                raise UsageError(f"{path.name}: there are two packs named {pack.name}.", "Give one another name.")
            if not pack.everything:
                load_items().only(pack.items)
            packs[pack.name] = pack
    return packs


def _read(path: Path) -> tuple[Pack, ...]:
    try:
        return _File.model_validate(tomllib.loads(path.read_text("utf-8-sig"))).pack
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror}.", "Check packs in annexa.toml.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name} is not a TOML file: {error}.", "Correct the file at the place named.") from None
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(str(part) for part in fault["loc"])
        raise UsageError(f"{path.name}: {key}: {fault['msg']}.", "docs/packs.md explains the keys.") from None


def choose(packs: dict[str, Pack], visit: str, topics: Sequence[str] = ()) -> Pack:
    """Return the pack of a visit; of a monitoring visit, the topics' packs put together.

    Args:
        packs: all packs by name.
        visit: name of a pack.
        topics: names of packs, with or without "focused:" before them.

    Raises:
        UsageError: a name that is none, topics where none are asked for, or none where they are.
    """
    pack = _known(packs, visit, "--visit")
    if not pack.topics:
        if topics:
            raise UsageError(f"--topic: {visit} has its own lists and items.", "Leave --topic out.")
        return pack
    if not topics:
        raise UsageError(f"{visit} needs its topics.", "Give each with --topic, such as --topic front-door.")
    chosen = []
    for topic in topics:
        name = topic if topic in packs else f"focused:{topic}"
        part = _known(packs, name if name in packs else topic, "--topic")
        if part.topics:
            raise UsageError(f"--topic: {topic} is no topic.", f"Choose from {_names(packs)}.")
        chosen.append(part)
    items = {number for part in chosen for number in part.item_numbers()}
    order = [item.number for item in load_items().items]
    return Pack(
        name=pack.name,
        title=f"{pack.title}: {'; '.join(part.title.removeprefix('Focused visit: ') for part in chosen)}",
        when=pack.when,
        lists=tuple(sorted({number for part in chosen for number in part.lists})),
        items=tuple(number for number in order if number in items),
    )


def _known(packs: dict[str, Pack], name: str, option: str) -> Pack:
    if name in packs:
        return packs[name]
    near = difflib.get_close_matches(name, [*packs, *(each.partition(":")[2] for each in packs)], n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Known: {_names(packs)}."
    raise UsageError(f"{option}: there is no pack named {name}.", hint)


def _names(packs: dict[str, Pack]) -> str:
    return ", ".join(packs)
