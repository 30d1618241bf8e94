"""Of which edition a filled workbook is: what the front sheet of annexa's own says, and what a command makes of it."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from annexa.differences.compare import compare
from annexa.editions import edition_names, load_edition
from annexa.errors import UsageError
from annexa.extract.files import Limits
from annexa.filled.front import read_front
from annexa.filled.read import open_workbook
from annexa.outputs.copies import write_lists
from annexa.outputs.manifest import read_manifest
from annexa.period import InspectionPeriod
from annexa.pipeline.cleaning import CleanRequest, clean
from annexa.pipeline.examining import CheckRequest, check
from annexa.pipeline.filling import edition_of, open_filled
from annexa.pipeline.sides import Wanted, read_sides
from annexa.settings import Settings
from tests.support.filled import CHILD, Sheet, book, headings, listed

DAY = date(2025, 6, 2)
CONTACT = "Latest Date of Contact"  # a column of List 9 that came with ilacs-2022


def front(edition="ilacs-2022: ILACS Annex A, 2022", day=DAY, extract="not given", version="0.1.0"):
    """The facts of a front sheet, as annexa writes them."""
    return [
        ["Annex A: child-level data, Lists 1 to 11"],
        [],
        ["Authority", "Exampleshire"],
        ["Inspection date", day],
        ["Edition", edition],
        ["Extract date", extract],
        ["annexa version", version],
    ]


def leavers(path: Path, sheet=None, child="C1", contact=date(2025, 5, 1), name="Front_Sheet") -> Path:
    """A workbook with a List 9 of ilacs-2022 of one young person, and a front sheet or none."""
    rows = listed(9, {CHILD: child, CONTACT: contact}, edition="ilacs-2022")
    return book(path, {**({} if sheet is None else {name: sheet}), "List_9": Sheet(rows)})


def opened(*paths: Path):
    return open_filled(paths, Settings())


def test_the_column_that_these_tests_hang_on():
    assert CONTACT in headings(9, "ilacs-2022")
    assert CONTACT not in headings(9, "ilacs-2018")


@pytest.mark.parametrize(
    ("sheet", "edition", "period"),
    [
        (front(), "ilacs-2022", InspectionPeriod(DAY)),
        (front(extract=date(2025, 5, 30)), "ilacs-2022", InspectionPeriod(DAY, date(2025, 5, 30))),
        (front(edition="ilacs-2022"), "ilacs-2022", InspectionPeriod(DAY)),
        (front(edition="ours-2030: Ours"), "ours-2030", InspectionPeriod(DAY)),
        (front(day="in June"), "ilacs-2022", None),
        (front(day=None), "ilacs-2022", None),
        # Not annexa's own.
        (front(edition=None), None, None),
        (front(version=None), None, None),
        (front()[:5], None, None),
        ([["Edition"], ["annexa version"]], None, None),
        ([], None, None),
        (None, None, None),
    ],
)
def test_what_a_front_sheet_says(tmp_path, sheet, edition, period):
    (one,) = opened(leavers(tmp_path / "a.xlsx", sheet))
    found = (one.front.edition, one.front.period) if one.front else (None, None)
    assert found == (edition, period)


def test_a_sheet_of_another_name_is_no_front_sheet_of_annexas(tmp_path):
    (one,) = opened(leavers(tmp_path / "a.xlsx", front(), name="Front Sheet"))
    assert one.front is None
    assert read_front(()) is None


@pytest.mark.parametrize("name", edition_names())
def test_a_copy_that_annexa_writes_says_its_edition(tmp_path, name):
    """What a build and a cleaning write is read back in the acceptance tests."""
    write_lists(tmp_path / "a.xlsx", {}, load_edition(name), DAY, "1")
    told = open_workbook(tmp_path / "a.xlsx", Limits()).front
    assert told is not None
    assert (told.edition, told.period) == (name, InspectionPeriod(DAY))


READ = "{}: read in edition ilacs-2022, which the front sheet names."
OTHER = "{}: the front sheet names edition {}, and it is read in edition {}."
UNKNOWN = "{}: the front sheet names an edition that annexa does not know, and it is read in edition {}."


@pytest.mark.parametrize(
    ("named", "given", "otherwise", "edition", "notes"),
    [
        # Editions of the front sheets; the edition that was given; that of the other side.
        ([None], "", "ilacs-2018", "ilacs-2018", []),
        ([None], "", "ilacs-2019", "ilacs-2019", []),
        ([None], "ilacs-2022", "ilacs-2018", "ilacs-2022", []),
        (["ilacs-2022"], "", "ilacs-2018", "ilacs-2022", [READ.format("0.xlsx")]),
        (["ilacs-2022"], "", "ilacs-2022", "ilacs-2022", [READ.format("0.xlsx")]),
        (["ilacs-2018"], "", "ilacs-2018", "ilacs-2018", []),  # as without a front sheet
        (["ilacs-2018"], "", "ilacs-2022", "ilacs-2018", []),
        (["ilacs-2022"], "ilacs-2022", "ilacs-2018", "ilacs-2022", []),
        (["ilacs-2022"], "ilacs-2018", "ilacs-2018", "ilacs-2018", [
            OTHER.format("0.xlsx", "ilacs-2022", "ilacs-2018"),
        ]),
        (["Smith"], "", "ilacs-2018", "ilacs-2018", [UNKNOWN.format("0.xlsx", "ilacs-2018")]),
        (["Smith"], "ilacs-2019", "ilacs-2018", "ilacs-2019", [UNKNOWN.format("0.xlsx", "ilacs-2019")]),
        # Several workbooks of one authority.
        (["ilacs-2022", None, "ilacs-2022"], "", "ilacs-2018", "ilacs-2022", [READ.format("0.xlsx and 2.xlsx")]),
        (["ilacs-2022", "ilacs-2019"], "", "ilacs-2018", "ilacs-2019", [
            "1.xlsx: read in edition ilacs-2019, which the front sheet names.",
            OTHER.format("0.xlsx", "ilacs-2022", "ilacs-2019"),
        ]),
        ([], "", "ilacs-2018", "ilacs-2018", []),
    ],
)  # fmt: skip
def test_the_edition_in_which_workbooks_are_read(tmp_path, named, given, otherwise, edition, notes):
    paths = [
        leavers(tmp_path / f"{at}.xlsx", None if name is None else front(edition=name)) for at, name in enumerate(named)
    ]
    found, told = edition_of(opened(*paths), given, otherwise)
    assert (found.name, list(told)) == (edition, notes)


def test_an_edition_that_was_given_and_does_not_exist():
    with pytest.raises(UsageError, match="Smith"):
        edition_of((), "Smith")


def test_check_and_clean_read_a_workbook_in_its_own_edition(tmp_path):
    path = leavers(tmp_path / "a.xlsx", front())
    created = datetime(2025, 6, 2, tzinfo=UTC)
    for given, edition, notes, missing in (
        ("", "ilacs-2022", (READ.format("a.xlsx"),), 0),
        ("ilacs-2022", "ilacs-2022", (), 0),
        ("ilacs-2019", "ilacs-2019", (OTHER.format("a.xlsx", "ilacs-2022", "ilacs-2019"),), 1),
    ):
        settings = Settings(edition=given)
        checked = check(CheckRequest(DAY, settings, created, workbooks=(path,), output=tmp_path / f"check{given}"))
        cleaned = clean(CleanRequest(DAY, (path,), tmp_path / f"clean{given}", settings, created))
        for found in (checked, cleaned):
            assert found.edition.name == edition
            assert tuple(note for note in found.notes if "in force" not in note) == notes
            aside = found.assessed.findings.filter(check="AA-R28", column=CONTACT)
            assert aside.height == missing
        for command in ("check", "clean"):
            assert read_manifest(tmp_path / f"{command}{given}").edition.name == edition
            assert set(notes) <= set(read_manifest(tmp_path / f"{command}{given}").notes)


def differences(one: Path, two: Path, edition=None, settings=""):
    """Editions, columns that differ, and notes about the reading of both sides."""
    reads = read_sides((one, two), Wanted(Settings(edition=settings), DAY, edition))
    found = compare(*(each.side for each in reads))
    editions = [each.side.edition.name for each in reads]
    return editions, found.columns()["column"].to_list(), [note for each in reads for note in each.notes]


def test_differences_of_two_workbooks_of_annexas_own(tmp_path):
    one = leavers(tmp_path / "a.xlsx", front())
    two = leavers(tmp_path / "b.xlsx", front(), contact=DAY)
    own = [READ.format("a.xlsx"), READ.format("b.xlsx")]
    assert differences(one, two) == (["ilacs-2022"] * 2, [CONTACT], own)
    for given in ({"edition": "ilacs-2018"}, {"settings": "ilacs-2018"}):
        editions, columns, notes = differences(one, two, **given)
        assert (editions, columns) == (["ilacs-2018"] * 2, [])
        assert [note.partition(":")[0] for note in notes] == ["a.xlsx", "a.xlsx", "b.xlsx", "b.xlsx"]
        assert notes[0] == OTHER.format("a.xlsx", "ilacs-2022", "ilacs-2018")
        assert CONTACT in notes[1]


def test_differences_of_a_workbook_that_says_nothing_beside_one_that_does(tmp_path):
    one = leavers(tmp_path / "a.xlsx", front())
    two = leavers(tmp_path / "b.xlsx", contact=DAY)
    for pair in ((one, two), (two, one)):
        assert differences(*pair) == (["ilacs-2022"] * 2, [CONTACT], [READ.format("a.xlsx")])


def test_columns_that_the_edition_does_not_have_are_told(tmp_path):
    one, two = (leavers(tmp_path / f"{name}.xlsx", contact=day) for name, day in (("a", None), ("b", DAY)))
    editions, columns, notes = differences(one, two)
    assert (editions, columns) == (["ilacs-2018"] * 2, [])
    new = [heading for heading in headings(9, "ilacs-2022") if heading not in headings(9, "ilacs-2018")]
    told = f"{len(new)} columns are not of edition ilacs-2018, and not compared. List 9: {', '.join(new)}."
    assert notes == [f"a.xlsx: {told}", f"b.xlsx: {told}"]


def test_the_dates_of_a_front_sheet_tell_why_where_the_dates_of_rows_decide(tmp_path):
    """A contact of A1 itself is a new event, one of the day before may have been left out then; one left by time."""
    day = "Date of Contact"

    def contacts(name, sheet, **days):
        rows = [{CHILD: child, day: when} for child, when in days.items()]
        return book(tmp_path / name, {"Front_Sheet": sheet, "List_1": listed(1, *rows, edition="ilacs-2019")})

    june, july = date(2025, 6, 2), date(2025, 7, 2)
    one = contacts(
        "a.xlsx", front("ilacs-2019: 2019", day=june, extract=date(2025, 6, 1)),
        OLD=date(2025, 1, 1), GONE=date(2025, 1, 2),
    )  # fmt: skip
    two = contacts("b.xlsx", front("ilacs-2019: 2019", day=july), NEW=date(2025, 6, 1), LATE=date(2025, 5, 31))
    reads = read_sides((one, two), Wanted(Settings(), DAY))
    found = compare(*(each.side for each in reads))
    assert dict(found.moves.select("child", "why").iter_rows()) == {
        "OLD": "window moved on",
        "GONE": "not known",
        "NEW": "new event",
        "LATE": "not known",
    }
    assert [note for note in found.notes if "exclusions.csv" in note] == [
        f"The {which} side has no exclusions.csv: why children joined and left is known where dates decide it."
        for which in ("first", "second")
    ]
