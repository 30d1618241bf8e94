"""The catalogue: what each check is called, how grave it is, and the numbers of its condition.

Severities and numbers stand in configs/checks.toml, what a check means in the files of configs/checks/. An authority
changes the former in annexa.toml, under [checks.<id>].
"""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

from annexa.errors import UsageError
from annexa.findings import SEVERITIES
from annexa.resources import resource

HISTORY: Final = "history"
SCOPES: Final = ("extract", "workbook", "both", HISTORY)
Setting = bool | int | float | str | tuple[str, ...] | tuple[int, ...]


@dataclass(frozen=True)
class Definition:
    """One check as it holds in a run.

    Args:
        id: AA-...
        severity: error, warning or info.
        scope: extract, workbook or both; history for what a dry run compares with earlier ones.
        lists: the lists it is about.
        suppressed_by: checks whose finding about the same child, and event, takes this one's place.
        editions: names of the editions it is limited to; all where empty.
        summary: whether it also gives one finding for the whole list, with a rate; that one names no child.
        evidence: whether it is about missing evidence: what an inspector asks first, and a manager can fix today.
        settings: the numbers and words of its condition.
        enabled: false where the authority has switched it off.
        settings_of: the check whose settings it goes by, or empty.
    """

    id: str
    severity: str
    scope: str
    lists: tuple[int, ...]
    suppressed_by: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    summary: bool = False
    evidence: bool = False
    settings: Mapping[str, Setting] = field(default_factory=dict)
    enabled: bool = True
    settings_of: str = ""

    def number(self, name: str) -> int:
        """Return a whole number of the settings."""
        value = self.settings[name]
        if not isinstance(value, int):
            raise TypeError(f"{self.id}: {name} is no whole number")
        return value

    def share(self, name: str) -> float:
        """Return a setting in per cent as a share, 0 to 1."""
        value = self.settings[name]
        if not isinstance(value, (int, float)):
            raise TypeError(f"{self.id}: {name} is no number")
        return value / 100

    def text(self, name: str) -> str:
        """Return a text of the settings."""
        return str(self.settings[name])

    def words(self, name: str) -> tuple[str, ...]:
        """Return a list of texts of the settings."""
        value = self.settings[name]
        return tuple(str(each) for each in value) if isinstance(value, tuple) else (str(value),)

    def flag(self, name: str) -> bool:
        """Return a switch of the settings."""
        return bool(self.settings[name])

    @property
    def made_by_reading(self) -> bool:
        """Whether reading and the list rules make its findings, rather than a check of records."""
        return self.id.startswith("AA-R")


@dataclass(frozen=True)
class Page:
    """What a check means, in sentences: for `annexa checks explain` and the reference."""

    title: str
    what: str
    why: str
    example: str
    reference: str


@cache
def catalogue() -> dict[str, Definition]:
    """Return every check by id, as configs/checks.toml has it."""
    content = tomllib.loads(resource("configs", "checks.toml").read_text("utf-8-sig"))
    return _shared({check: _definition(check, entry) for check, entry in content.items()})


def _shared(definitions: dict[str, Definition]) -> dict[str, Definition]:
    """Give each check that goes by another one's settings those settings."""
    return {
        check: replace(each, settings=definitions[each.settings_of].settings) if each.settings_of else each
        for check, each in definitions.items()
    }


@cache
def pages() -> dict[str, Page]:
    """Return what each check means, by id, from the files of configs/checks/."""
    found: dict[str, Page] = {}
    for path in sorted(resource("configs", "checks").glob("*.toml")):
        for check, entry in tomllib.loads(path.read_text("utf-8-sig")).items():
            found[check] = Page(**entry)
    return {check: found[check] for check in catalogue()}


def with_changes(changes: Mapping[str, Mapping[str, Any]]) -> dict[str, Definition]:
    """Return the catalogue with an authority's changes.

    Args:
        changes: check id -> severity, enabled, or a name of its settings -> the value of annexa.toml.

    Raises:
        UsageError: an id or a key that does not exist, or a value of another kind than the one it replaces.
    """
    definitions = dict(catalogue())
    for check, entries in changes.items():
        if check not in definitions:
            raise UsageError(f"[checks]: there is no check {check}.", _near(check, definitions))
        for key, value in entries.items():
            definitions[check] = _changed(definitions[check], key, value)
    return _shared(definitions)


def known(check: str) -> str:
    """Return the id of a check, however its letters are written.

    Raises:
        UsageError: there is none.
    """
    if check.upper() not in catalogue():
        raise UsageError(f"There is no check {check}.", _near(check.upper(), catalogue()))
    return check.upper()


def _near(check: str, definitions: Mapping[str, Definition]) -> str:
    near = difflib.get_close_matches(check, list(definitions), n=1)
    asked = f"Did you mean {near[0]}? " if near else ""
    return f"{asked}`annexa checks list --all` shows all of them."


def _changed(definition: Definition, key: str, value: Any) -> Definition:
    where = f"[checks.{definition.id}]"
    if key == "severity":
        if value not in SEVERITIES:
            raise UsageError(f"{where}: severity is one of {', '.join(SEVERITIES)}.", "Correct it in annexa.toml.")
        return replace(definition, severity=value)
    if key == "enabled":
        if not isinstance(value, bool):
            raise UsageError(f"{where}: enabled is true or false.", "Correct it in annexa.toml.")
        return replace(definition, enabled=value)
    if key in definition.settings and definition.settings_of:
        raise UsageError(
            f"{where}: {key} is that of {definition.settings_of}.", f"Change it in [checks.{definition.settings_of}]."
        )
    if key not in definition.settings:
        keys = ", ".join(("severity", "enabled", *definition.settings))
        raise UsageError(f"{where}: there is no setting {key}.", f"It has {keys}.")
    old, new = definition.settings[key], _setting(value)
    if _kind(old) != _kind(new):
        raise UsageError(f"{where}: {key} must be {_kind(old)}, such as {_shown(old)}.", "Correct it in annexa.toml.")
    return replace(definition, settings={**definition.settings, key: new})


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number" if value >= 0 else "a number from 0"
    return "a text" if isinstance(value, str) else "a list"


def _shown(value: object) -> str:
    return str(list(value) if isinstance(value, tuple) else value)


def _setting(value: Any) -> Setting:
    if isinstance(value, list):
        return tuple(value)
    return value if isinstance(value, (bool, int, float)) else str(value)


def _definition(check: str, entry: Mapping[str, Any]) -> Definition:
    settings = {name: _setting(value) for name, value in entry.get("settings", {}).items()}
    return Definition(
        id=check,
        severity=entry["severity"],
        scope=entry["scope"],
        lists=tuple(entry["lists"]),
        suppressed_by=tuple(entry.get("suppressed_by", ())),
        editions=tuple(entry.get("editions", ())),
        summary=entry.get("summary", False),
        evidence=entry.get("evidence", False),
        settings=settings,
        settings_of=entry.get("settings_of", ""),
    )
