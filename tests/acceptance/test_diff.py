"""`annexa diff` on two dry runs of the sample authority a month apart, beside a brute-force reading with openpyxl."""

import json
import re
import shutil
import stat
from datetime import date, datetime
from functools import cache

import openpyxl
import polars as pl
import pytest

from annexa.differences.rules import headings_of, rules
from annexa.editions import load_edition
from annexa.filled.open import open_container
from annexa.sample import generate
from tests.acceptance.conftest import OF_REPORTS, written
from tests.support.cli import annexa
from tests.support.filled import CHILD, book, listed

MAY, JUNE = date(2018, 5, 4), date(2018, 6, 4)
EDITION = load_edition("ilacs-2018")
PASSWORD = {"SHARED": "four plain words here"}


def once(tables, start):
    """The identifier of a child with one contact, which lies between 4 March and 3 May 2018: inside both windows."""
    contacts = tables["ssd_contacts"].sort("cont_contact_id")
    day = pl.col("cont_contact_date").cast(pl.String).str.slice(0, 10)
    alone = contacts.filter(
        pl.len().over("cont_person_id") == 1, day.is_between(pl.lit("2018-03-05"), pl.lit("2018-05-03"))
    )
    return alone["cont_person_id"][start]


def without(tables, child):
    contacts = tables["ssd_contacts"]
    return {**tables, "ssd_contacts": contacts.filter(pl.col("cont_person_id") != child)}


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """Folder of two dry runs; a contact is only in the second extract though it is old, another only in the first."""
    root = tmp_path_factory.mktemp("diff")
    both = {day: generate(120, JUNE, 3, day) for day in (MAY, JUNE)}
    late, deleted = once(both[JUNE], 0), once(both[JUNE], 1)
    changed = {MAY: without(both[MAY], late), JUNE: without(both[JUNE], deleted)}
    config = root / "annexa.toml"
    config.write_text('[history]\nfolder = "history"\n', encoding="utf-8")
    for day, tables in changed.items():
        kept = {name: frame for name, frame in tables.items() if name not in OF_REPORTS}
        extract = written(kept, root / f"extract-{day}")
        done = annexa(
            "dry-run", "--inspection-date", day.isoformat(), "--extract-date", day.isoformat(), "--extracts", extract,
            "--config", config, "--output", root / f"out-{day}", "--reports", "none",
            env={"ANNEXA_TODAY": day.isoformat()},
        )  # fmt: skip
        assert done.code in (0, 1), done.err
    return root, late, deleted


@pytest.fixture(scope="module")
def compared(nights):
    """The folder that the comparison wrote, and its JSON."""
    root, _, _ = nights
    done = annexa("diff", root / f"out-{MAY}", root / f"out-{JUNE}", "--output", root / "differences")
    # The first night has no earlier one to compare with: a check that needs one did not run.
    assert (done.code, done.err.count("\n")) == (0, 1), done.err
    assert done.err.startswith("Warning: Findings of 1 check are not compared")
    text = (root / "differences" / "differences.json").read_text(encoding="utf-8")
    return root / "differences", json.loads(text), done.out


@cache
def opened(path):
    return openpyxl.load_workbook(path / "annex-a.xlsx")


def sheet(path, number):
    """The rows of a list as dictionaries by heading, as openpyxl reads them."""
    _, headings, *rows = opened(path)[f"List_{number}"].iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows if any(cell is not None for cell in row)]


def children(rows, number):
    return {row[EDITION.lists[number].columns[0].heading] for row in rows}


def dates(rows, names, number, child):
    """For each row of a child the dates that stand in these columns."""
    headings = headings_of(EDITION.lists[number], names)
    mine = [row for row in rows if row[EDITION.lists[number].columns[0].heading] == child]
    cells = [[row[heading] for heading in headings] for row in mine]
    return [[cell.date() if isinstance(cell, datetime) else cell for cell in row if cell is not None] for row in cells]


@pytest.mark.parametrize("number", sorted(EDITION.lists))
def test_who_joined_and_left_agrees_with_the_workbooks_and_why_with_the_manifests(nights, compared, number):
    root, late, deleted = nights
    _, document, _ = compared
    one, two = (sheet(root / f"out-{day}", number) for day in (MAY, JUNE))
    before, after = children(one, number), children(two, number)
    moved = [each for each in document["joined_and_left"] if each["list"] == number]
    assert {each["child"] for each in moved if each["change"] == "joined"} == after - before
    assert {each["child"] for each in moved if each["change"] == "left"} == before - after
    counts = next(each for each in document["lists"] if each["number"] == number)
    assert counts["rows"] == [len(one), len(two)]
    assert (counts["joined"], counts["left"]) == (len(after - before), len(before - after))

    records = [json.loads((root / f"out-{day}" / "manifest.json").read_text()) for day in (MAY, JUNE)]
    as_at = date.fromisoformat(records[0]["as_at"])
    begins = next(each["window_from"] for each in records[1]["lists"] if each["number"] == number)
    rule = rules().lists[number]
    for each in moved:
        child = each["child"]
        if child in (late, deleted) and number == 1:
            assert each["why"] == "corrected"
        elif each["change"] == "joined":
            assert each["why"] == "new event"
            assert any(day >= as_at for row in dates(two, rule.entry, number, child) for day in row)
        else:  # the authority closes nothing early, and nothing else of it was corrected
            assert each["why"] == "window moved on"
            over = [max(row, default=as_at) for row in dates(one, rule.end, number, child)]
            seen = all(day < date.fromisoformat(begins) for day in over)
            assert seen or (rule.unseen and left_since(root, number, child) == [("WINDOW", True)])


def left_since(root, number, child):
    """Of each record of a child that June alone leaves out: the reason, and whether it was over on 4 May."""
    may, june = (
        pl.read_csv(root / f"out-{day}" / "exclusions.csv", infer_schema=False).filter(
            pl.col("list") == str(number), pl.col("person_id") == child
        )
        for day in (MAY, JUNE)
    )
    records = june.filter(~pl.col("event_id").is_in(may["event_id"].implode()))
    return [(reason, day <= MAY.isoformat()) for reason, day in records.select("reason", "date").unique().iter_rows()]


def test_what_was_entered_late_and_what_was_deleted(nights, compared):
    _, late, deleted = nights
    told = {(each["list"], each["child"]): each for each in compared[1]["joined_and_left"]}
    assert told[1, late]["change"] == "joined"
    assert told[1, deleted]["change"] == "left"


def test_cells_agree_with_the_workbooks(nights, compared):
    """List 8 has one row a child: the cells of those on both sides are compared one by one."""
    root, _, _ = nights
    person = EDITION.lists[8].columns[0].heading
    one, two = ({row[person]: row for row in sheet(root / f"out-{day}", 8)} for day in (MAY, JUNE))
    expected = {
        (child, heading)
        for child in one.keys() & two.keys()
        for heading in one[child]
        if one[child][heading] != two[child][heading]
    }
    cells = [each for each in compared[1]["changed_cells"] if each["list"] == 8]
    assert expected
    assert {(each["child"], each["column"]) for each in cells} == expected
    assert len(cells) == len(expected)


IN_JSON = re.compile(r"\d{4}-\d\d-\d\d")


def as_in_json(text):
    """A day as the JSON has it; another text as it is."""
    return re.sub(r"^(\d\d)/(\d\d)/(\d{4})$", r"\3-\2-\1", text) if text else text


def test_files_sheets_and_modes(compared):
    folder, document, _ = compared
    names = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert names == dict.fromkeys(["differences.json", "differences.xlsx", "manifest.json"], 0o600)
    book = openpyxl.load_workbook(folder / "differences.xlsx")
    assert book.sheetnames == ["Summary", "Joined_and_left", "Changed_cells", "Rows", "Findings"]
    for name, key in (("Joined_and_left", "joined_and_left"), ("Changed_cells", "changed_cells"), ("Rows", "rows"),
                      ("Findings", "findings")):  # fmt: skip
        assert book[name].max_row == 2 + len(document[key])
    assert annexa("verify", folder).code == 0
    # Days are dates, or stand as the lists show them; in the JSON they are as programs like them.
    for name in ("Joined_and_left", "Changed_cells", "Rows"):
        _, names, *rows = book[name].iter_rows()
        day = next(at for at, cell in enumerate(names) if cell.value.startswith("Date"))
        cells = [row[day] for row in rows if row[day].value is not None]
        assert cells
        assert {(type(cell.value), cell.number_format) for cell in cells} == {(datetime, "dd/mm/yyyy")}
    shown = [[as_in_json(text) for text in row[4:6]] for row in book["Changed_cells"].iter_rows(3, values_only=True)]
    assert shown == [[each["before"], each["after"]] for each in document["changed_cells"]]
    assert [each for row in shown for each in row if each and IN_JSON.fullmatch(each)]


def test_findings_agree_with_both_files(nights, compared):
    root, _, _ = nights
    for day, column in ((MAY, "before"), (JUNE, "after")):
        found = pl.read_csv(root / f"out-{day}" / "findings.csv", infer_schema=False)
        counts = {each["check"]: each[column] for each in compared[1]["checks"] if each[column]}
        assert counts == dict(found.group_by("check").len().iter_rows())


@pytest.fixture(scope="module")
def small(nights, tmp_path_factory):
    """Copies of both output folders whose workbooks have Lists 1 and 8 alone: quicker to read."""
    root, _, _ = nights
    folders = []
    for day in (MAY, JUNE):
        folder = tmp_path_factory.mktemp("small") / f"out-{day}"
        shutil.copytree(root / f"out-{day}", folder)
        book = openpyxl.load_workbook(folder / "annex-a.xlsx")
        for name in set(book.sheetnames) - {"Front_Sheet", "List_1", "List_8"}:
            del book[name]
        book.save(folder / "annex-a.xlsx")
        folders.append(folder)
    return folders


def counts(done):
    assert done.code == 0, done.err
    return json.loads(done.out)


def of_small(document):
    return [each for each in document["lists"] if each["number"] in (1, 8)]


def test_a_run_of_the_history_and_a_folder(nights, compared):
    """The same as two folders; and no child is named on the terminal, however much is told there."""
    root, _, _ = nights
    _, document, shown = compared
    done = annexa("diff", "previous", root / f"out-{JUNE}", "--config", root / "annexa.toml", "--json", "--verbose")
    told = counts(done)
    assert told["before"] == {**document["before"], "kind": "run of the history", "name": "1"}
    assert {**told, "before": document["before"]} == {key: document[key] for key in told}
    people = {each["child"] for key in ("joined_and_left", "changed_cells") for each in document[key]}
    assert people
    assert not [child for child in people if child in shown + done.out + done.err]


def test_a_run_whose_output_is_gone_is_compared_in_counts(nights, compared, tmp_path):
    root, _, _ = nights
    config = ("--config", root / "annexa.toml")
    gone = root / f"out-{MAY}" / "exclusions.csv"
    kept = gone.read_bytes()
    gone.unlink()
    try:
        told = counts(annexa("diff", "2", "1", *config, "--json", "--output", tmp_path / "d"))
        refused = annexa("diff", "1", root / f"out-{JUNE}", *config)
        missing = annexa("diff", root / f"out-{MAY}", root / f"out-{JUNE}")
    finally:
        gone.write_bytes(kept)
    names = ("number", "rows", "children", "joined", "left", "added", "removed", "changed")
    assert [[each[name] for name in names] for each in told["lists"]] == [
        [each[name] for name in names] for each in compared[1]["lists"]
    ]
    assert {each["cells"] for each in told["lists"]} == {None}
    for day, side in ((MAY, "before"), (JUNE, "after")):
        record = json.loads((root / f"out-{day}" / "manifest.json").read_text(encoding="utf-8"))
        assert {each["check"]: each[side] for each in told["checks"] if each[side]} == record["findings"]["by_check"]
    assert told["notes"] == ["Counts alone are compared: the output of a run is no longer there as it was written."]
    assert (refused.code, missing.code) == (3, 3)
    assert "only its counts are known" in refused.err
    assert "exclusions.csv" in missing.err


def test_workbooks_alone(small, compared, tmp_path):
    """The same children, and of the reasons those that dates of rows and of the front sheets tell."""
    told = counts(annexa("diff", *(folder / "annex-a.xlsx" for folder in small), "--json", "--output", tmp_path / "d"))
    assert of_small(told) == of_small(compared[1])
    reasons = {
        (each["list"], each["change"], each["child"]): each["why"]
        for each in compared[1]["joined_and_left"]
        if each["list"] in (1, 8)
    }
    document = json.loads((tmp_path / "d" / "differences.json").read_text(encoding="utf-8"))
    assert {(each["list"], each["change"], each["child"]): each["why"] for each in document["joined_and_left"]} == {
        move: why if why in ("new event", "window moved on") else "not known" for move, why in reasons.items()
    }
    assert {"new event", "window moved on", "corrected"} == set(reasons.values())
    assert told["checks"] is None
    assert [told[name]["as_at"] for name in ("before", "after")] == [MAY.isoformat(), JUNE.isoformat()]
    assert len([note for note in told["notes"] if "has no exclusions.csv" in note]) == 2


def test_a_workbook_that_was_changed_since_is_compared_and_said(small, compared, tmp_path):
    before, after = small
    done = annexa("diff", before, after, "--output", tmp_path / "differences")
    assert f"{before.name}: annex-a.xlsx is not the file that the run wrote." in done.err
    assert "List 2: not on the first side: it has no sheet; not on the second side: it has no sheet." in done.out
    document = json.loads((tmp_path / "differences" / "differences.json").read_text(encoding="utf-8"))
    assert of_small(document) == of_small(compared[1])
    assert {each["list"] for each in document["joined_and_left"]} == {1, 8}
    assert done.both.index("is not the file that the run wrote") < done.both.index("Rows of each list")
    again = annexa("diff", before, after, "--output", after)
    assert again.code == 4
    assert "would remove" in again.err


def test_under_a_password(nights, small, tmp_path):
    """A sealed build of the same extract differs in nothing, and what is written is one encrypted workbook."""
    root, _, _ = nights
    sealed, out = tmp_path / "sealed", tmp_path / "differences"
    build = ("build", "--inspection-date", JUNE.isoformat(), "--extract-date", JUNE.isoformat(), "--extracts",
             root / f"extract-{JUNE}", "--lists", "1,8", "--output", sealed, "--password-env", "SHARED")  # fmt: skip
    assert annexa(*build, env=PASSWORD).code == 0
    done = annexa("diff", small[1], sealed, "--password-env", "SHARED", "--output", out, "--json", env=PASSWORD)
    told = counts(done)
    assert {each[name] for each in of_small(told) for name in ("joined", "left", "added", "removed", "cells")} == {0}
    # A dry run has checks of its own, which did not run here.
    assert [each["check"] for each in told["checks"] if each["new"] != 0 or each["gone"] != 0] == ["AA-H07"]
    assert {path.name for path in out.iterdir()} == {"differences.xlsx", "manifest.json"}
    with pytest.raises(Exception, match="password-protected"):
        open_container(out / "differences.xlsx", "differences.xlsx", None)
    locked = annexa("diff", sealed, small[1])
    assert locked.code == 3
    assert "password" in locked.err


def test_what_cannot_be_compared(nights, compared, tmp_path):
    root, _, _ = nights
    for other, code, message in (
        (tmp_path / "no such thing", 3, "There is no file or folder"),
        (tmp_path, 3, "There is no manifest.json"),
        (compared[0], 3, "neither lists nor findings"),
        (root / "annexa.toml", 3, "is no workbook"),
        ("99", 2, "The history has no run of that number"),
    ):
        done = annexa("diff", other, root / f"out-{MAY}", "--config", root / "annexa.toml")
        assert done.code == code, done.err
        assert message in done.err


def test_a_foreign_workbook_in_any_order_with_cells_that_cannot_be_read(tmp_path):
    """Dates as text, codes by another spelling, rows sorted otherwise; a list without identifiers is not compared."""
    day, source = "Date of Contact", "Contact Source"
    rows = [{CHILD: "C1", day: "01/05/2018", source: "Individual"}, {CHILD: "C2", day: "soon"}, {CHILD: "C3", day: MAY}]
    changed = [{CHILD: "C3", day: "2018-05-04"}, {CHILD: "C2", day: "later"}, {CHILD: "C4", day: JUNE}]
    books = [
        book(tmp_path / f"{name}.xlsx", {
            "Contacts": listed(1, *these, edition="ilacs-2018"),
            "List 3": listed(3, {"Date of referral": MAY}, edition="ilacs-2018", renamed={CHILD: None}),
        })
        for name, these in (("one", rows), ("two", changed))
    ]  # fmt: skip
    done = annexa("diff", *books, "--output", tmp_path / "out")
    assert done.code == 0, done.err
    document = json.loads((tmp_path / "out" / "differences.json").read_text(encoding="utf-8"))
    assert [(each["change"], each["child"]) for each in document["joined_and_left"]] == [
        ("joined", "C4"), ("left", "C1"),
    ]  # fmt: skip
    # What cannot be read as a date is compared as it stands; the date is what tells one contact from another.
    assert [(each["change"], each["child"], each["date"]) for each in document["rows"]] == [
        ("added", "C2", "later"), ("removed", "C2", "soon"),
    ]  # fmt: skip
    book_of_days = openpyxl.load_workbook(tmp_path / "out" / "differences.xlsx")["Rows"]
    assert [row[3] for row in book_of_days.iter_rows(3, values_only=True)] == ["later", "soon"]
    assert document["changed_cells"] == []
    assert "List 3: not on the first side: it has no column Child Unique ID" in done.out
