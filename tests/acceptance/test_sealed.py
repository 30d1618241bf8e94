"""With --password-env whatever is written about children is an encrypted workbook, or is not written."""

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from annexa.environment import Secret
from annexa.outputs.files import read_csv
from annexa.outputs.manifest import read_manifest
from annexa.outputs.sealing import seal
from tests.acceptance.conftest import DAY, LITTLE
from tests.support.cli import Ran, annexa, contents
from tests.support.compound import Compound
from tests.support.planted import MARK, Search, births, planted
from tests.support.sealed import ENV, OPTION, PASSWORD, book, opened, quick, save
from tests.support.tracker import edit, pdf

PLAIN = {"findings.junit.xml", "index.html", "manifest.json"}
SEALED = {
    "annex-a.xlsx", "exclusions.xlsx", "findings.xlsx", "tracker.xlsx", "reports/3.08-health.xlsx",
    "evidence/1.06-audited-cases.xlsx",
}  # fmt: skip
FORMATS = ("--format", "csv", "--format", "json", "--format", "junit")
NOTE = "Planted Notely, born 1 May, moved to Planted Road"
OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    with quick():
        yield


def run(*arguments: Any) -> Ran:
    return annexa(*arguments, env=ENV | {"ANNEXA_TODAY": "2018-05-30"})


def build(extract: Path, out: Path, *more: Any) -> Ran:
    given = ("--inspection-date", DAY.isoformat(), "--extracts", extract, "--output", out, "--reports", "3.08")
    return run("build", *given, *more)


@pytest.fixture(scope="module")
def built(little: Path, tmp_path_factory: Any) -> tuple[Path, Ran]:
    """A build of the same extract as little_built, under a password."""
    out = tmp_path_factory.mktemp("sealed") / "out"
    log = out.parent / "log.txt"
    ran = build(little, out, *OPTION, *FORMATS, "--verbose", "--log-file", log)
    assert ran.code == 0, ran.err
    return out, ran


def rows(path: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet inside, as texts; headings stand in its second row."""
    _, headings, *lines = book(path)[name].iter_rows(values_only=True)
    return [
        {heading: f"{cell:%Y-%m-%d}" if isinstance(cell, date) else None if cell is None else str(cell)
         for heading, cell in zip(headings, line, strict=True)}
        for line in lines
    ]  # fmt: skip


def test_what_is_written(built: tuple[Path, Ran]) -> None:
    out, ran = built
    names = set(contents(out))
    assert names == PLAIN | SEALED
    for name in SEALED:
        Compound((out / name).read_bytes())
        assert opened(out / name).startswith(b"PK\x03\x04")
    assert "Warning: --format csv and json: not written, since only workbooks can be encrypted" in ran.err
    assert "exclusions.xlsx" in ran.out
    assert {output.name for output in read_manifest(out).outputs} == names - {"manifest.json"}
    assert run("verify", out).code == 0


def test_inside_is_what_a_build_without_a_password_writes(built: tuple[Path, Ran], little_built: Path) -> None:
    out, _ = built
    for name in SEALED - {"exclusions.xlsx", "findings.xlsx"}:
        assert opened(out / name) == (little_built / name).read_bytes(), name
    exclusions = read_csv(little_built / "exclusions.csv")
    assert exclusions.height
    assert rows(out / "exclusions.xlsx", "Exclusions") == exclusions.to_dicts()
    findings = read_csv(little_built / "findings.csv")
    assert findings.height
    assert rows(out / "findings.xlsx", "All_findings") == findings.to_dicts()


def test_what_stays_in_plain_has_nothing_of_a_child(
    built: tuple[Path, Ran], authority: dict[str, pl.DataFrame]
) -> None:
    out, ran = built
    told = [ran.out.encode(), ran.err.encode(), (out.parent / "log.txt").read_bytes()]
    told += [(out / name).read_bytes() for name in sorted(PLAIN)]
    values = {
        str(value)
        for table in ("ssd_person", "ssd_contacts", "ssd_cla_episodes", "annexa_audits")
        for column in authority[table]
        if column.name.endswith(("_id", "name", "_forename", "_surname", "upn", "postcode", "dob"))
        for value in column.drop_nulls()
    }
    values = {value for value in values if len(value) > 3}
    assert len(values) > 300
    known = str(rows(out / "exclusions.xlsx", "Exclusions"))
    assert any(value in known for value in values), "they are told apart where they stand"
    # Six digits of an identifier stand by chance in a hash.
    text = re.sub(rb"[0-9a-f]{64}", b"", b"\n".join(told))
    assert [value for value in values if value.encode() in text] == []


@pytest.mark.parametrize("command", ["build", "check", "clean", "report", "pack", "evidence"])
def test_a_password_that_is_none_to_encrypt_with(command: str, little: Path, built: Any, tmp_path: Path) -> None:
    day = ("--inspection-date", DAY.isoformat())
    arguments: dict[str, tuple[Any, ...]] = {
        "build": ("build", *day, "--extracts", little),
        "check": ("check", *day, "--extracts", little),
        "clean": ("clean", built[0] / "annex-a.xlsx", *day),
        "report": ("report", "3.08", *day, "--extracts", little),
        "pack": ("pack", "--visit", "focused:care-leavers", *day, "--extracts", little),
        "evidence": ("evidence", "collect", "--tracker", built[0] / "tracker.xlsx"),
    }
    for name, value, why in (
        ("ANNEXA_PW", "hunter2 and so on ", "the password begins or ends with a blank"),
        ("ANNEXA_PW", "hunter2", "the password is too short to encrypt children's data with."),
        ("ANNEXA_PW", " ", "the variable is blank."),
        ("ANNEXA_NO_SUCH", "-", "there is no environment variable of that name."),
    ):
        out = tmp_path / "out"
        ran = annexa(*arguments[command], "--output", out, "--password-env", name, env={"ANNEXA_PW": value})
        assert (ran.code, f"Error: --password-env: {why}" in ran.err) == (2, True), ran.err
        assert "hunter2" not in ran.err + ran.out
        assert not out.exists()


# --- over what an earlier run left, and the officer's tracker ---


def test_over_a_folder_in_plain_nothing_stays_in_plain(little: Path, little_built: Path, tmp_path: Path) -> None:
    out = shutil.copytree(little_built, tmp_path / "out")
    assert {"findings.csv", "findings.json", "exclusions.csv"} <= set(contents(out))
    edit(out / "tracker.xlsx", d1_05_self_evaluation={"note": NOTE})
    assert build(little, out, *OPTION, *FORMATS).code == 0
    assert set(contents(out)) == PLAIN | SEALED
    assert all(contents(out)[name].startswith(OFFICE) for name in SEALED)
    assert NOTE in str(list(book(out / "tracker.xlsx")["Tracker"].values))


def test_a_tracker_under_a_password(built: tuple[Path, Ran], little: Path, tmp_path: Path) -> None:
    """What the officer wrote stays with the password, and without it the run changes nothing."""
    out = shutil.copytree(built[0], tmp_path / "out")
    tracker = book(out / "tracker.xlsx")
    sheet = tracker["Tracker"]
    headings = [cell.value for cell in sheet[5]]
    row = next(cell.row for cell in sheet["B"] if cell.value == "1.05-self-evaluation")
    for heading, text in (("Note", NOTE), ("File", f"docs/{NOTE}.docx"), ("Owner", "Planted Ownerly")):
        sheet.cell(row, headings.index(heading) + 1).value = text
    save(tracker, out / "tracker.xlsx")
    assert run("verify", out).code == 0

    ran = build(little, out, *OPTION)
    assert ran.code == 0, ran.err
    assert NOTE in str(list(book(out / "tracker.xlsx")["Tracker"].values))
    in_plain = ran.out + ran.err + "".join((out / name).read_text("utf-8") for name in ("index.html", "manifest.json"))
    assert "Planted" not in in_plain

    before = contents(out)
    ran = build(little, out)
    assert ran.code == 4
    assert "tracker.xlsx is password-protected. The build would lose what is written in it" in ran.err
    assert contents(out) == before


def test_evidence(built: tuple[Path, Ran], little_built: Path, little: Path, tmp_path: Path) -> None:
    tracker, out = tmp_path / "tracker.xlsx", tmp_path / "collected"
    (tmp_path / "docs").mkdir()
    pdf(tmp_path / "docs" / "scheme.pdf")
    products = ("--products", built[0])
    init = ("evidence", "init", "--inspection-date", DAY.isoformat(), "--output", tracker, *products)
    assert run(*init).code == 0
    edit(tracker, d1_02_scheme_of_delegation={"status": "ready", "file": "docs/scheme.pdf", "note": NOTE})
    assert run(*init, *OPTION).code == 0
    assert NOTE in str(list(book(tracker)["Tracker"].values))
    ran = run("evidence", "status", "--tracker", tracker, *products)
    assert (ran.code, "tracker.xlsx is password-protected." in ran.err) == (3, True)
    ran = run("evidence", "status", "--tracker", tracker, *products, *OPTION)
    assert (ran.code, "asks for a password" in ran.out) == (0, False), ran.err
    named = book(tracker)
    named["Tracker"].append(["1.02", None, "Our lists", *[None] * 4, "ready", "annex-a.xlsx"])
    save(named, tracker)
    collect = ("evidence", "collect", "--tracker", tracker, *OPTION, "--output", out)

    # What opens with the password stays as it is; what Excel has "encrypted" under a word that all know is refused.
    others = shutil.copytree(built[0], tmp_path / "others")
    seal(others / "annex-a.xlsx", opened(others / "annex-a.xlsx"), Secret("VelvetSweatshop"))
    assert run(*collect, "--products", others).code == 1
    assert (out / "3.08_health.xlsx").read_bytes() == (built[0] / "reports" / "3.08-health.xlsx").read_bytes()
    assert "1.02_annex-a.xlsx" not in contents(out)
    assert "protected otherwise than by the password" in str(list(book(out / "index.xlsx")["Index"].values))

    # What a build without a password has made is encrypted, whichever row names it; the officer's documents are not.
    ran = run(*collect, "--products", little_built, "--extracts", little)
    assert ran.code == 0, ran.err
    assert "Documents are copied as they are: annexa encrypts no file but its own workbooks." in ran.err
    files = contents(out)
    assert "index.html" not in files
    assert {name for name, data in files.items() if not data.startswith(OFFICE)} == {
        "manifest.json", "1.02_scheme.pdf",
    }  # fmt: skip
    assert {"index.xlsx", "1.06_audited-cases.xlsx"} <= set(files)
    for name, made in (("1.02_annex-a.xlsx", "annex-a.xlsx"), ("3.08_health.xlsx", "reports/3.08-health.xlsx")):
        assert opened(out / name) == (little_built / made).read_bytes()
    assert NOTE in str(list(book(out / "index.xlsx")["Index"].values))
    assert NOTE not in files["manifest.json"].decode() + ran.out + ran.err


# --- filled workbooks ---


def test_filled_workbooks_under_a_password(built: tuple[Path, Ran], tmp_path: Path) -> None:
    source, day = tmp_path / "filled.xlsx", ("--inspection-date", DAY.isoformat())
    filled = book(built[0] / "annex-a.xlsx")
    filled["List_1"]["B3"].value = "Planted Gender"
    save(filled, source)
    ran = run("clean", source, *day, "--output", tmp_path / "clean", *OPTION)
    assert ran.code == 0, ran.err
    assert "1 value on no code list: value-map.toml would hold them in plain and is not written" in ran.out
    files = contents(tmp_path / "clean")
    assert set(files) == {"annex-a.xlsx", "findings.xlsx", "manifest.json"}
    assert "Planted" not in files["manifest.json"].decode() + ran.out + ran.err
    assert "Planted Gender" in str(rows(tmp_path / "clean" / "findings.xlsx", "All_findings"))
    cleaned = openpyxl.load_workbook(BytesIO(opened(tmp_path / "clean" / "annex-a.xlsx")))
    assert cleaned["List_1"]["B3"].value == "Planted Gender"

    ran = run("check", source, *day, "--output", tmp_path / "check", "--format", "junit", "--by-team", *OPTION)
    assert ran.code in (0, 1), ran.err
    plain = {name for name, data in contents(tmp_path / "check").items() if not data.startswith(OFFICE)}
    assert plain == {"findings.junit.xml", "manifest.json"}


def test_a_short_password_will_do_where_nothing_is_written(tmp_path: Path) -> None:
    """It is the sender's choice; the run comes as far as looking for the workbook."""
    given = ("check", tmp_path / "none.xlsx", "--inspection-date", DAY.isoformat(), "--password-env", "SHORT")
    assert annexa(*given, env={"SHORT": "abc"}).code == 3
    assert annexa(*given, "--output", tmp_path / "out", env={"SHORT": "abc"}).code == 2


def test_a_report_alone_and_a_pack(little: Path, tmp_path: Path) -> None:
    given = ("--inspection-date", DAY.isoformat(), "--extracts", little, *OPTION)
    assert run("report", "3.08", *given, "--output", tmp_path / "report", "--format", "json").code == 0
    assert set(contents(tmp_path / "report")) == {"findings.xlsx", "manifest.json", "reports/3.08-health.xlsx"}
    assert run("pack", "--visit", "focused:care-leavers", *given, "--output", tmp_path / "pack").code == 0
    for out in ("report", "pack"):
        files = contents(tmp_path / out)
        plain = {name for name, data in files.items() if not data.startswith(OFFICE)}
        assert plain <= PLAIN, out


# --- nothing in plain on the way either ---

watching: list[tuple[Path, Search]] = []
opened_to_write: set[Path] = set()
seen_in_plain: set[str] = set()
looked_at: set[int] = set()  # hashes of contents, of which each is searched once
_ZIP = b"PK\x03\x04"


def _is_plain(data: bytes, search: Search) -> bool:
    """Whether a file holds a package that opens without a password, or a planted value in any form of text."""
    known = hash(data) in looked_at
    looked_at.add(hash(data))
    return not known and (_ZIP in data or bool(search(data)))


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Whenever a file is opened, moved or removed: look at every file of the watched folders as it is then."""
    if not watching or event not in ("open", "os.rename", "os.remove", "os.chmod"):
        return
    folders, watching[:] = watching[:], []  # looking opens files too
    try:
        if event == "open" and isinstance(arguments[0], str | Path) and set(arguments[1] or "r") & set("wax+"):
            opened_to_write.add(Path(arguments[0]))
        for folder, search in folders:
            for path in folder.rglob("*"):
                if path.is_file() and _is_plain(path.read_bytes(), search):
                    seen_in_plain.add(path.name)
    finally:
        watching[:] = folders


def test_nothing_is_in_plain_at_any_moment(
    authority: dict[str, pl.DataFrame], tmp_path_factory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in the output folder nor elsewhere: no other file is opened to write, and no temporary one could be."""
    out, extract = tmp_path / "out", tmp_path_factory.mktemp("planted")
    tables = planted({name: authority[name] for name in LITTLE})
    for name, frame in tables.items():
        frame.write_csv(extract / f"{name}.csv")
    monkeypatch.setattr(tempfile, "tempdir", "/dev/null/nowhere")
    with pytest.raises(OSError):  # noqa: PT011
        tempfile.mkstemp()
    sys.addaudithook(_watch)
    watching.append((tmp_path, Search(births(tables))))
    ran = build(extract, out, *OPTION, *FORMATS, "--by-team")
    assert ran.code == 0, ran.err
    assert seen_in_plain == set()
    # The other way round, so that the watch is known to see.
    (tmp_path / "plain.xlsx").write_bytes(opened(out / "annex-a.xlsx"))
    (tmp_path / "plain.csv").write_text(f"child,born\n{MARK}-1,2011-03-17\n", "utf-8")
    (tmp_path / "plain.xlsx").chmod(0o600)
    watching.clear()
    assert seen_in_plain == {"plain.xlsx", "plain.csv"}
    elsewhere = {path for path in opened_to_write if not path.resolve().is_relative_to(tmp_path)}
    assert {path for path in elsewhere if path.suffix != ".pyc" and "__pycache__" not in path.parts} == set()
    assert {path.name for path in opened_to_write} >= {"annex-a.xlsx", "findings.xlsx", "tracker.xlsx", "manifest.json"}


def test_the_password_is_nowhere(built: tuple[Path, Ran]) -> None:
    out, ran = built
    told = ran.out + ran.err + (out.parent / "log.txt").read_text("utf-8")
    assert PASSWORD not in told
    for data in contents(out.parent).values():
        assert PASSWORD.encode() not in data
        assert PASSWORD.encode("utf-16-le") not in data
