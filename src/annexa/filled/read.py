"""Reading a filled workbook as it comes: each list that it holds, as text by official heading, and what was odd."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from annexa.editions import Edition
from annexa.environment import Secret
from annexa.errors import SourceError
from annexa.extract.files import InputFile, Limits, input_file
from annexa.filled.front import Front, read_front
from annexa.filled.headings import Vocabulary, vocabularies
from annexa.filled.lists import Place, raw_list
from annexa.filled.model import RawList
from annexa.filled.ods import read_ods_structure
from annexa.filled.open import Container, Kind, fastexcel_errors, open_container
from annexa.filled.sheet_xml import SheetStructure
from annexa.filled.sheets import Doubtful, Recognised, Sheet, recognise
from annexa.filled.structure import Structure, read_structure
from annexa.filled.xls import read_xls_structure
from annexa.findings import Findings

_NO_SHEET: Final = "it has no sheet"
_ODS_MOMENT: Final = r"^(\d{4}-\d{2}-\d{2})T"


@dataclass(frozen=True)
class Opened:
    """One filled workbook that was opened, with every sheet as text; it is of no edition yet.

    Args:
        file: its name, as messages show it.
        input: name, hash and size of the file, as it is on the disk.
        kind: what it is.
        structure: what lies behind the cells.
        sheets: those that have cells.
        front: what its front sheet says, where annexa wrote it.
    """

    file: str
    input: InputFile
    kind: Kind
    structure: Structure
    sheets: tuple[Sheet, ...]
    front: Front | None


@dataclass(frozen=True)
class RawWorkbook:
    """One filled workbook, with its lists as text.

    Args:
        file: its name, as messages show it.
        input: name, hash and size of the file, as it is on the disk.
        lists: by number, those that were found.
        missing: number of a list that is not there -> why, in words.
        not_looked_for: what could not be looked for in this kind of file, in words; blank where all was.
    """

    file: str
    input: InputFile
    lists: Mapping[int, RawList] = field(default_factory=dict)
    missing: Mapping[int, str] = field(default_factory=dict)
    not_looked_for: str = ""

    @property
    def unread(self) -> tuple[str, ...]:
        """The lists that have a sheet and could not be read: which, and why."""
        reasons = ((number, why) for number, why in self.missing.items() if why != _NO_SHEET)
        return tuple(f"{self.file}: List {number} could not be read: {why}." for number, why in reasons)


def open_workbook(path: Path, limits: Limits, password: Secret | None = None) -> Opened:
    """Open a filled workbook; the file is never changed, and nothing in it is run or followed.

    Args:
        path: an XLSX, XLSM, XLS or ODS file, whatever its name ends in.
        limits: how far a package may expand.
        password: of the workbook, or None.

    Raises:
        SourceError: the file cannot be opened, is no workbook, damaged, larger than the limits allow or protected.
    """
    name = path.name.encode("utf-8", "replace").decode()
    with input_file(path, name) as entry:
        container = open_container(path, name, password)
        structure = _structure_of(container, limits)
        sheets = tuple(_sheets(container, structure))
    return Opened(name, entry, container.kind, structure, sheets, read_front(sheets))


def read_workbook(opened: Opened, edition: Edition, findings: Findings) -> RawWorkbook:
    """Read the lists of a filled workbook.

    Args:
        opened: the workbook.
        edition: whose lists and headings are looked for.
        findings: gets AA-G18, AA-R13 and AA-R23 to AA-R30.

    Raises:
        SourceError: it has no sheet that is one of the edition's lists.
    """
    name = opened.file
    words = vocabularies(edition)
    judged = [recognise(sheet, edition, words) for sheet in opened.sheets]
    recognised = [each for each in judged if isinstance(each, Recognised)]
    doubtful = [each for each in judged if isinstance(each, Doubtful)]
    if not recognised:
        raise _no_list(name, doubtful)
    _report_workbook(opened, findings)
    place = Place(name, edition, opened.structure, findings)
    lists, missing = _lists(recognised, doubtful, words, place)
    return RawWorkbook(name, opened.input, lists, missing, _NOT_LOOKED_FOR.get(opened.kind, ""))


_NOT_LOOKED_FOR: Final = {
    Kind.XLS: "hidden rows and columns, formulas without a value, and merged cells",
    Kind.ODS: "hidden rows and columns, formulas without a value, and merged cells",
}


def _structure_of(container: Container, limits: Limits) -> Structure:
    if container.kind is Kind.XLSX:
        return read_structure(container, limits)
    return read_ods_structure(container, limits) if container.kind is Kind.ODS else read_xls_structure(container)


def _sheets(container: Container, structure: Structure) -> list[Sheet]:
    """Load every sheet as text."""
    reader = container.reader()
    sheets = []
    for name in reader.sheet_names:
        if name in structure.without_cells:
            continue
        with fastexcel_errors(f"{container.name}, sheet {name}"):
            loaded = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            cells = loaded.to_polars()
        if container.kind is Kind.ODS:
            cells = cells.with_columns(pl.all().str.replace(_ODS_MOMENT, "${1} "))
        known = structure.sheets.get(name, SheetStructure())
        first = _first_column(cells, known)
        cells = _with_errors(cells, known, first)
        sheets.append(Sheet(name, loaded.visible == "visible", cells, first))
    return sheets


def _first_column(cells: pl.DataFrame, known: SheetStructure) -> int:
    """Return the number of the column that fastexcel's first one is: it leaves blank columns before that out."""
    found = Counter(
        column - next((at for at, text in enumerate(cells.row(row - 1)) if text is not None), column - 1)
        for row, column in known.first_cells.items()
        if row <= cells.height
    )
    # One row alone could deceive: a cell can hold a text without a character.
    return max(1, found.most_common(1)[0][0]) if found else 1


def _with_errors(cells: pl.DataFrame, known: SheetStructure, first: int) -> pl.DataFrame:
    """Put the texts of error cells in, which fastexcel reads as blank."""
    by_column: dict[int, list[tuple[int, str]]] = {}
    for row, column, text in known.errors:
        if row <= cells.height and 0 <= column - first < cells.width:
            by_column.setdefault(column - first, []).append((row - 1, text))
    changed = []
    for at, found in by_column.items():
        rows, texts = zip(*found, strict=True)
        changed.append(cells.to_series(at).clone().scatter(list(rows), pl.Series(texts, dtype=pl.String)))
    return cells.with_columns(changed)


def _no_list(name: str, doubtful: Sequence[Doubtful]) -> SourceError:
    looked = f" The headings of {_named(doubtful)} were not recognised." if doubtful else ""
    return SourceError(
        f"{name} holds none of the lists of Annex A.{looked}",
        "Sheets are known by a name such as List_1 or Contacts, and by the headings of Ofsted's template in one row.",
    )


def _named(sheets: Sequence[Doubtful | Recognised]) -> str:
    return " and ".join(f"“{each.sheet.name}”" for each in sheets)


def _report_workbook(opened: Opened, findings: Findings) -> None:
    name = opened.file
    if opened.kind in _NOT_LOOKED_FOR:
        what = _NOT_LOOKED_FOR[opened.kind]
        kind = opened.kind.value.upper()
        findings.add("AA-R30", f"{what[0].upper()}{what[1:]} were not looked for in {name}: it is {kind}.", file=name)
    if opened.structure.linked:
        findings.add(
            "AA-R30",
            f"{name} has links to other workbooks. They were not followed: the values that it holds were read.",
            file=name,
        )


def _lists(
    recognised: Sequence[Recognised], doubtful: Sequence[Doubtful], words: Mapping[int, Vocabulary], place: Place
) -> tuple[dict[int, RawList], dict[int, str]]:
    lists: dict[int, RawList] = {}
    missing: dict[int, str] = {}
    for each in doubtful:
        like = f"list {each.number}" if each.number else "a list"
        place.findings.add(
            "AA-R28",
            f"The sheet “{each.sheet.name}” looks like {like}, but its headings were not recognised: it was not read.",
            list=each.number,
            table=each.sheet.name,
            file=place.file,
        )
    for number in sorted(place.edition.lists):
        of_list = [each for each in recognised if each.number == number]
        if not of_list:
            alike = [each for each in doubtful if each.number == number]
            missing[number] = f"the headings of {_named(alike)} were not recognised" if alike else _NO_SHEET
            if not alike:
                place.findings.add("AA-R29", f"List {number} is not in the workbook.", list=number, file=place.file)
            continue
        chosen = _preferred(of_list)
        if chosen is None:
            missing[number] = f"it is there twice: {_named(_best(of_list))}"
            place.findings.add(
                "AA-R27",
                f"List {number} is there twice, and was not read: {_named(_best(of_list))}. Leave one of them in the "
                "workbook, or put their rows together.",
                list=number,
                file=place.file,
            )
            continue
        _report_choice(chosen, of_list, place)
        lists[number] = raw_list(chosen, words[number], place)
    return lists, missing


def _rank(each: Recognised) -> tuple[bool, bool, bool]:
    rows = each.sheet.cells.height > each.headed.row + each.headed.height
    return each.sheet.visible, rows, each.named


def _best(of_list: Sequence[Recognised]) -> list[Recognised]:
    best = max(map(_rank, of_list))
    return [each for each in of_list if _rank(each) == best]


def _preferred(of_list: Sequence[Recognised]) -> Recognised | None:
    """Return the sheet to read: visible, then with rows, then with the list's name; None where two are alike."""
    best = _best(of_list)
    return best[0] if len(best) == 1 else None


def _report_choice(chosen: Recognised, of_list: Sequence[Recognised], place: Place) -> None:
    number, sheet = chosen.number, chosen.sheet
    where: dict[str, Any] = {"list": number, "table": sheet.name, "file": place.file}
    if not sheet.visible:
        place.findings.add("AA-R25", f"List {number}: the sheet “{sheet.name}” is hidden, and was read.", **where)
    if chosen.says is not None:
        place.findings.add(
            "AA-R28",
            f"The sheet “{sheet.name}” has the name of list {chosen.says} and the headings of list {number}: it was "
            f"read as list {number}.",
            **where,
        )
    for each in of_list:
        if each is not chosen:
            state = "" if each.sheet.visible else "hidden "
            place.findings.add(
                "AA-R28",
                f"List {number} was read from the sheet “{sheet.name}”. The {state}sheet “{each.sheet.name}” looks "
                "like the same list, and was not read.",
                list=number,
                table=each.sheet.name,
                file=place.file,
            )
