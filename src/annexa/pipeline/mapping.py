"""Proposing a source profile for a system that annexa has never seen."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from annexa.editions import DEFAULT_EDITION, load_edition
from annexa.errors import OutputError, UsageError
from annexa.extract.address import Place
from annexa.extract.catalogue import as_extract, catalogue, looked_at
from annexa.extract.files import Limits
from annexa.lists.effects import effect_of, hangs
from annexa.lists.inputs import Shortfall
from annexa.pipeline.sourcing import list_states, states_of
from annexa.records import RECORDS
from annexa.sources.chain import parsed
from annexa.sources.load import checked
from annexa.sources.match import match
from annexa.sources.matches import Proposal
from annexa.sources.private import is_data
from annexa.sources.profile_of import Found, TableProfile, profile_tables
from annexa.sources.propose import dates_of, lacks_text, proposal_text, quoted, shown


@dataclass(frozen=True)
class Mapped:
    """What `annexa sources init` did.

    Args:
        path: of the proposal that was written.
        tables: of the extract.
        proposal: what they are taken for.
        lists: what each list would lack.
        unreadable_dates: form of dates that cannot be read -> the columns ("table.column") that have it.
        words: a message for each column with outcomes in words that something of a list hangs on.
        refused: a message for each table that could not be read.
    """

    path: Path
    tables: tuple[TableProfile, ...]
    proposal: Proposal
    lists: tuple[Shortfall, ...]
    unreadable_dates: dict[str, tuple[str, ...]]
    words: tuple[str, ...]
    refused: tuple[str, ...]


def init_source(
    place: Place, name: str, folder: Path, limits: Limits, tell: Callable[[str], None] = lambda _: None
) -> Mapped:
    """Look over an unknown extract, and write a proposed source profile.

    Args:
        place: the extract.
        name: of the system: the file is called so.
        folder: to write it into.
        limits: how far a compressed workbook may expand.
        tell: is told of each stage.

    Raises:
        UsageError: the name is none for a file, or there is such a file already.
        SourceError: the extract cannot be read, or holds no table.
        OutputError: the file cannot be written.
    """
    path = folder / f"{checked_name(name)}.toml"
    if path.exists():
        raise _there_already(path)
    tell("reading")
    found, refused = catalogue(place, limits)
    found, headless = _with_headings(found)
    refused += headless
    tell("looking at columns")
    tables = tuple(profile_tables(found))
    tell("matching")
    proposal = match(tables)
    columns = {(table.name, each.name): each for table in tables for each in table.columns}
    text = proposal_text(name, looked_at(place, found), tables, proposal)
    # What the lists lack is asked of the proposal as it is written, as `annexa sources check` asks it.
    states = states_of(checked([parsed(path, text.encode())]), as_extract(found))
    lists = tuple(list_states(states))
    text += lacks_text([line for each in lists for line in told(each)])
    tell("writing")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise _there_already(path) from None
    except OSError as error:
        raise OutputError(
            f"{path.name} could not be written: {error.strerror}.", "Name another folder with --output."
        ) from None
    dates = dict(dates_of(proposal, columns).unreadable)
    return Mapped(path, tables, proposal, lists, dates, tuple(_words(proposal)), tuple(refused))


def _words(proposal: Proposal) -> Iterator[str]:
    """Say of each column with outcomes in words what of the lists waits for them to be mapped."""
    edition = load_edition(DEFAULT_EDITION)
    for record, found in proposal.matches.items():
        for column in (each for each in found.columns if not each.readable):
            if effect := effect_of(edition, record, column.field):
                yield (
                    f"{shown(found.table)}: {shown(column.column)} says in words what {effect.path} needs as JSON, and "
                    f"is switched off. Map the words under [values.{quoted(effect.path)}], and switch it on. What "
                    f"hangs on it: {hangs(effect)}."
                )


def _with_headings(found: Sequence[Found]) -> tuple[list[Found], list[str]]:
    """Leave out tables whose first row looks like data: their headings must not be shown."""
    headless = [table.name for table in found if any(map(is_data, table.frame.columns))]
    messages = [f"{name} was left out: its first row looks like data, and not like headings." for name in headless]
    return [table for table in found if table.name not in headless], messages


def checked_name(name: str) -> str:
    """Return the name of a system.

    Raises:
        UsageError: it is no plain name: letters, digits, hyphens and underscores.
    """
    if not name or not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        raise UsageError(
            f"--name: {name!r} is no name for a profile.", "Use letters, digits, hyphens and underscores: ourtown."
        )
    return name


def _there_already(path: Path) -> UsageError:
    return UsageError(
        f"There is a file {path.name} already, and it is left as it is.", "Give another --name, or move the file."
    )


def told(shortfall: Shortfall) -> list[str]:
    """Return in words what a list lacks: a line for the list, and one for each column that would be blank."""
    name = f"List {shortfall.number} {shortfall.title}"
    if not shortfall.supplied:
        return [f"{name}: not supplied, for want of {', '.join(shortfall.lacking)}."]
    if not shortfall.blank:
        return [f"{name}: every column has a source."]
    head = f"{name}: {len(shortfall.blank)} of {shortfall.columns} columns would be blank, for want of:"
    return [head, *(f"  {', or '.join(fields)}: {heading}" for heading, fields in shortfall.blank.items())]


def record_lines(mapped: Mapped) -> list[tuple[str, str, str, str, str]]:
    """Return for each record its table, score, number of columns, and the fields that it needs and lacks."""
    rows = []
    for record, each in mapped.proposal.matches.items():
        fields = f"{len(each.columns)} of {len(RECORDS[record].fields())}"
        rows.append((record, each.table, f"{each.score:.2f}", fields, ", ".join(each.needs()) or "-"))
    return rows
