"""The items of Annex A and the documents that answer them, from configs/evidence.toml."""

import difflib
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from annexa.errors import UsageError
from annexa.resources import resource

DUE_DAYS = (1, 2, 3, 4, 5)  # the days of notice

Kind: TypeAlias = Literal["list", "report", "document", "minutes", "number"]
_Months = Annotated[int, Field(gt=0)]
_Name = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(_Part):
    """A figure of one of annexa's own files: the file, and the name under which a build gives it."""

    of: _Name
    name: _Name


class Document(_Part):
    """One document, a row of the tracker; the fields are explained at the head of configs/evidence.toml."""

    id: Annotated[str, Field(pattern=r"^[0-9]\.[0-9]{2}[a-z]?-[a-z0-9-]+$")]
    title: _Name
    kind: Kind
    look_back: _Months | None = None
    due_day: Annotated[int, Field(ge=1, le=5)] = 5
    at_least: Annotated[int, Field(ge=1)] = 1
    at_most: _Months | None = None
    gap: _Months | None = None
    made_by: str = ""
    figure: Figure | None = None
    if_any: bool = False
    advice: str = ""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.at_most is not None and self.at_most < self.at_least:
            raise PydanticCustomError("files", "at_most is less than at_least")
        if self.gap is not None and self.look_back is None:
            raise PydanticCustomError("gap", "gap needs look_back")
        return self


class Item(_Part):
    """One item of Annex A, such as 1.03."""

    number: Annotated[str, Field(pattern=r"^[0-9]\.[0-9]{2}[a-z]?$")]
    title: _Name
    asked: _Name
    documents: Annotated[tuple[Document, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if any(not each.id.startswith(f"{self.number}-") for each in self.documents):
            raise PydanticCustomError("id", "the id of a document begins with the number of its item")
        return self


class Area(_Part):
    """One kind of work of which audits are wanted (1.06), and the words by which it is known."""

    name: _Name
    words: Annotated[tuple[_Name, ...], Field(min_length=1)]


class _File(_Part):
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    areas: Annotated[tuple[Area, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        for names in (
            [item.number for item in self.items],
            [each.id for item in self.items for each in item.documents],
            [each.made_by for item in self.items for each in item.documents if each.made_by],
        ):
            twice = [name for name, times in Counter(names).items() if times > 1]
            if twice:
                raise PydanticCustomError("twice", "{name} stands there twice", {"name": twice[0]})
        return self


@dataclass(frozen=True)
class Evidence:
    """What configs/evidence.toml says.

    Args:
        items: in the order of Annex A.
        areas: the kinds of work of which audits are wanted (1.06).
    """

    items: tuple[Item, ...]
    areas: tuple[Area, ...]

    def only(self, numbers: Collection[str]) -> "Evidence":
        """Return these items alone, in the order of Annex A: what a pack asks for.

        Raises:
            UsageError: a number that is none of an item.
        """
        known = [item.number for item in self.items]
        for number in numbers:
            if number not in known:
                near = difflib.get_close_matches(number, known, n=1)
                raise UsageError(
                    f"Annex A has no item {number}.",
                    f"Did you mean {near[0]}?" if near else f"Its items are {', '.join(known)}.",
                )
        return Evidence(tuple(item for item in self.items if item.number in numbers), self.areas)

    @property
    def documents(self) -> Iterable[tuple[Item, Document]]:
        """Every document with its item, in order."""
        return ((item, each) for item in self.items for each in item.documents)


def load_items(path: Path | None = None) -> Evidence:
    """Return the items of Annex A.

    Args:
        path: a file in place of configs/evidence.toml.

    Raises:
        UsageError: the file cannot be read or is not TOML; an unknown key, a value of the wrong kind, an item or a
            document that stands there twice: the message names file and key.
    """
    return _shipped() if path is None else _read(path)


@cache
def _shipped() -> Evidence:
    return _read(resource("configs", "evidence.toml"))


def _read(path: Path) -> Evidence:
    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror}.", "Check where it is.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name} is not a TOML file: {error}.", "Correct the file at the place named.") from None
    try:
        held = _File.model_validate(content)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise UsageError(f"{path.name}: {key}: {fault['msg']}.", "The head of the file explains its keys.") from None
    return Evidence(held.items, held.areas)
