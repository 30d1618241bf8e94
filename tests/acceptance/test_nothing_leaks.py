"""No value of a child or a worker reaches what is to hold none: every command, in good runs, refused ones and crashes.

After every step of a story the terminal and every file that was written, but for those that the story names, are
searched for what is planted in the extract: the log, manifest, index and history are among them, and what a hook was
given. A file that may hold values must hold some, so that the search is seen to find them.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from annexa.history.database import FILE_NAME
from annexa.history.lock import locked
from annexa.history.secret import SECRET_NAME
from annexa.history.store import open_history
from annexa.outputs import findings_files
from annexa.pipeline import building
from annexa.sample import generate
from tests.support.cli import annexa
from tests.support.filled import book, listed
from tests.support.histories import KEYS, NIGHT, codes, manifest, rows
from tests.support.planted import MARK, NUMBERS, OFTEN, POSTCODE, SENTENCE, Search, births, planted
from tests.support.sealed import quick
from tests.support.stories import Place, Run, Story, at_home, commands, place_of
from tests.support.tracker import edit, pdf

DAY = date(2018, 6, 4)
CHILD = f"{MARK}-200086"
SMALL = ("ssd_person", "ssd_contacts", "ssd_cla_episodes", "ssd_cla_placement", "ssd_involvements", "annexa_audits")
ON = f"--inspection-date {DAY}"
FROM = f"{ON} --extracts {{given}}/small"
LISTS = "--lists 1,8"
SEALED = "--password-env ANNEXA_PW"
NAMED = f"{MARK}-Holly {MARK}-Testshaw.pdf"

FINDINGS = ("findings.csv", "findings.json")
BUILT = ("annex-a.xlsx", "exclusions.csv", "findings.xlsx", *FINDINGS)
DEBUG = ("debug.txt",)

# --- what happens between the commands ---


def copy(name: str) -> Callable[[Place], object]:
    """Give the story its own copy of something."""
    return lambda place: shutil.copytree(place.given / name, place.mine / name)


def change(table: str, changed: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[Place], object]:
    """Change a table of the story's own extract."""

    def doing(place: Place) -> None:
        path = place.mine / "small" / f"{table}.csv"
        changed(pl.read_csv(path, infer_schema=False)).write_csv(path)

    return doing


def write(name: str, text: str) -> Callable[[Place], object]:
    """Write a file that the story reads."""
    return lambda place: (place.mine / name).write_text(text.replace("{place}", str(place.mine.parent)), "utf-8")


def fails(target: str) -> Callable[[Place], object]:
    """From now on a function of annexa has a bug, and an exception that quotes a value."""

    def bug(*_: Any, **__: Any) -> None:
        try:
            {}[SENTENCE]
        except KeyError:
            pl.Series([f"{CHILD} {POSTCODE}"]).cast(pl.Int64)

    return lambda place: place.patch.setattr(target, bug)


BUG = fails("annexa.pipeline.building.build_lists")


def light(place: Place) -> None:
    """Workbooks are not laid out, and the tracker is not written, which is what takes the time of a small build."""
    place.patch.setattr(building, "write_workbook", lambda path, *_: Path(path).touch())
    place.patch.setattr(building, "deliver", lambda *_: building.Delivered())
    few_findings(place)


def few_findings(place: Place) -> None:
    """Of the files of findings the workbook, which says what the others say, is left blank."""
    place.patch.setattr(findings_files, "_write_xlsx", lambda path, *_, **__: Path(path).touch())


def busy(place: Place) -> None:
    """Another run is at work with the history."""
    place.held.enter_context(locked(place.out / "history"))


def filled_by_hand(place: Place) -> None:
    """A workbook with everything that officers write into the wrong place."""
    row = {
        "Child Unique ID": CHILD, "Date of Birth": "14/12/2014", "Gender": f"{MARK} boy", "Notes": SENTENCE,
        "Placement postcode": POSTCODE, "Date Started to be Looked After": f"{MARK} in May",
        "Placement Type": SENTENCE, "Number of Placements in the Last 12 months": f"2, {MARK}",
    }  # fmt: skip
    later = {**row, "Date Started to be Looked After": "01/02/2018"}
    contact = {"Child Unique ID": CHILD, "Date of Contact": "01/05/2018", "Contact Source": MARK}
    sheets = {
        "List 8": listed(8, row, later, later, edition="ilacs-2018", extra=["Notes"]),
        "List 1": listed(1, contact, contact, edition="ilacs-2018"),
        "List 7": [list(row.values()), list(later.values())],  # without headings
        "Notes": [[SENTENCE]],
    }
    book(place.mine / "filled.xlsx", sheets)


def tracker_filled_in(place: Place) -> None:
    """An officer writes about children in every column of hers."""
    docs = place.mine / "docs"
    docs.mkdir()
    pdf(docs / NAMED)
    (docs / "cases.csv").write_text(f"name\n{MARK}-Holly {MARK}-Testshaw\n", "utf-8")
    note = {"note": SENTENCE, "owner": MARK}
    edit(
        place.mine / "tracker.xlsx",
        d1_02_scheme_of_delegation={"status": "ready", "file": f"docs/{NAMED}", **note},
        d1_03_latest_report={"status": "ready", "file": "docs/cases.csv", "file_date": f"{MARK} May", **note},
        d1_05_self_evaluation={"status": "ready", "file": f"docs/{MARK} is not there.pdf", **note},
        d1_10_thresholds={"status": f"{MARK} knows", "file": f"../{MARK}.pdf", **note},
        d1_11_annual_report={"title": f"About {MARK}", "document": f"{MARK}", "status": "ready"},
    )


def tracker_put_right(place: Place) -> None:
    """All that is ready can be collected; without an extract nobody can tell that a file's name is a person's."""
    edit(
        place.mine / "tracker.xlsx",
        d1_02_scheme_of_delegation={"status": "not started", "file": None},
        d1_05_self_evaluation={"status": "draft", "file": None},
        d1_10_thresholds={"file": None},
    )


def another_build(place: Place) -> None:
    """An output folder beside which children joined and left, and cells changed."""
    copy("built")(place)
    path = place.mine / "built" / "annex-a.xlsx"
    changed = openpyxl.load_workbook(path)
    changed["List_1"].delete_rows(3)
    changed["List_8"]["C3"].value = f"{MARK} changed"
    changed["List_8"]["A4"].value = f"{MARK}-new"
    changed.save(path)


def the_hook_was_told(place: Place) -> None:
    """Of every night that went wrong, in the order of the story."""
    told = [json.loads(line)["state"] for line in (place.out / "told").read_text("utf-8").splitlines()]
    assert told == ["flagged", "flagged", "failed", "failed", "failed", "busy"]


KILLED = """
import os, signal
from annexa.outputs.stage import Stage
from annexa.pipeline import building
building.deliver = lambda *_: building.Delivered()
Stage.commit = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from annexa.cli.main import run
run()
"""


def killed(place: Place) -> None:
    """A dry run is killed when all its files are written, and none is in its place yet."""
    words = ["dry-run", "--config", place.mine / "annexa.toml", "--password-env", "ANNEXA_PW", "--reports", "none"]
    env = {**os.environ, **place.env()}
    done = subprocess.run([sys.executable, "-c", KILLED, *words], env=env, capture_output=True, check=False)
    assert done.returncode < 0, done.stderr
    assert place.search(done.stdout + done.stderr) == set()
    assert list(place.out.rglob("new/annex-a.xlsx")), "the files of the run that was killed"


# --- the stories ---

HOOK = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read())"
NIGHTLY = f"""
extracts = "small"
edition = "ilacs-2022"
extract_date = {DAY}
[history]
folder = "{{place}}/out/history"
hook = ['{sys.executable}', '-I', '-S', '-c', "{HOOK}", '{{place}}/out/told']
"""
NIGHT_RUN = f"dry-run {ON} --config {{mine}}/annexa.toml {LISTS}"
HISTORY = "--config {mine}/annexa.toml"
ACCEPTED = (
    f'[[accepted]]\ncheck = "{CHILD}"\nchild = "AA-X20"\nreason = "{SENTENCE}"\nwho = "{MARK}"\nuntil = 2019-01-01\n'
)
VALUE_MAP = f'[gender]\n"{MARK} boy" = "M"\n'


def renamed(frame: pl.DataFrame) -> pl.DataFrame:
    """Codes that nobody knows, which are names."""
    return frame.with_columns(pl.lit(f"{MARK} ").add(pl.col(OFTEN[1])).alias(OFTEN[1]))


STORIES = {
    "build everything": Story(
        (
            Run(
                f"build {ON} --extracts {{given}}/whole --output {{out}}/built --reports all --worker-names --by-team "
                "--format junit"
            ),
            Run("verify {out}/built"),
            lambda place: (place.out / "built" / "findings.csv").write_text(SENTENCE),
            Run("verify {out}/built --json", 1),
        ),
        (*BUILT, "reports/*", "evidence/1.06-audited-cases.xlsx", "missing-evidence/*.xlsx"),
    ),
    "build under a password": Story(
        (
            lambda place: (place.mine / "keys").mkdir(),
            Run(f"build {FROM} --output {{out}}/built {LISTS} --by-team --format junit --format csv {SEALED}"),
            Run(f"check {{out}}/built/annex-a.xlsx {ON} --output {{out}}/checked {SEALED} --fail-on never"),
            Run(f"clean {{out}}/built/annex-a.xlsx {ON} --output {{out}}/cleaned {SEALED}"),
            Run(f"pseudonymise {{out}}/built/annex-a.xlsx --key {{mine}}/keys/key --output {{out}}/shared {SEALED}"),
            Run(f"diff {{out}}/built {{given}}/built --output {{out}}/differences {SEALED}"),
            Run(f"check {{out}}/built/annex-a.xlsx {ON}", 3),
        ),
    ),
    "a build that is refused": Story(
        (
            light,
            copy("small"),
            write("accepted.toml", ACCEPTED),
            write("value-map.toml", VALUE_MAP),
            Run(f"build {FROM} --output {{given}}/small/ssd_person.csv/out {LISTS}", 4),
            Run(f"build {FROM} --accepted {{mine}}/accepted.toml", 2),
            Run(f"build {FROM} --config {{mine}}/value-map.toml", 2),
            Run(f"build {FROM} --previous {{given}}/built/findings.json", 2),
            Run(f"build {FROM} --previous {{given}}/built/findings.csv", 2),
            Run("build --inspection-date {child} --extracts {given}/small", 2),
            Run(f"build {ON} --extracts {{mine}}/accepted.toml", 3),
            change("ssd_contacts", lambda frame: frame.drop("cont_person_id")),
            Run(f"build {ON} --extracts {{mine}}/small", 3),
            write("small/ssd_contacts.csv", f"{CHILD},{SENTENCE},{CHILD}\n" * 2),
            Run(f"build {ON} --extracts {{mine}}/small", 3),
            write("small/ssd_contacts.csv", f"cont_contact_id,cont_person_id\n1,{CHILD},{SENTENCE}\n"),
            Run(f"build {ON} --extracts {{mine}}/small", 3),
            write("small/ssd_contacts.csv", f'cont_contact_id,cont_person_id\n1,"{CHILD} {SENTENCE}\n'),
            Run(f"build {ON} --extracts {{mine}}/small", 3),
            write("small/ssd_contacts.csv", f"cont_contact_id,cont_person_id\n1,{CHILD}\0{SENTENCE}\n"),
            Run(f"build {ON} --extracts {{mine}}/small", 3),
            Run(f"build {FROM} --output {{out}}/built {LISTS} --fail-on error --json", 1),
            BUG,
            Run(f"build {FROM} --output {{out}}/crashed {LISTS}", 70),
            Run(f"build {FROM} --output {{out}}/crashed {LISTS} --debug-file {{out}}/debug.txt", 70),
        ),
        ("exclusions.csv", *FINDINGS, *DEBUG),
    ),
    "reports": Story(
        (
            few_findings,
            Run(f"report 2.04 3.07 {ON} --extracts {{given}}/reported --output {{out}}/full --json"),
            Run(f"report 2.01 {ON} --extracts {{given}}/reported --output {{out}}/short"),
            Run(f"report 9.99 {FROM}", 2),
            BUG,
            Run(f"report 2.04 {FROM}", 70),
        ),
        ("full/reports/*", "short/reports/*", *FINDINGS),
    ),
    "reports for wider sharing": Story(
        (
            few_findings,
            Run(f"report 2.04 3.07 {ON} --extracts {{given}}/reported --output {{out}}/shared --suppress"),
        ),
        FINDINGS,
    ),
    "a pack": Story(
        (
            light,
            Run("pack --list"),
            Run(f"pack --visit focused:care-leavers {FROM} --output {{out}}/pack"),
            Run(f"pack --visit monitoring {FROM}", 2),
            Run("pack", 2),
        ),
        ("exclusions.csv", *FINDINGS),
    ),
    "nights": Story(
        (
            light,
            copy("small"),
            write("annexa.toml", NIGHTLY),
            Run(f"history {HISTORY}", 2),
            Run(NIGHT_RUN),
            change("ssd_contacts", lambda frame: renamed(frame.head(frame.height // 2))),
            Run(f"{NIGHT_RUN} --json", 1),
            Run(f"{NIGHT_RUN} --fail-on error --quiet", 1),
            lambda place: (place.out / "history" / "dry-runs").rename(place.out / "moved"),
            Run(f"diff previous last {HISTORY}"),
            Run(f"diff 1 last {HISTORY} --json"),
            Run(f"{NIGHT_RUN} --output {{given}}/small/ssd_person.csv/out", 4),
            BUG,
            Run(f"{NIGHT_RUN} --debug-file {{out}}/debug.txt", 70),
            at_home,
            change("ssd_contacts", lambda frame: frame.drop("cont_person_id")),
            Run(NIGHT_RUN, 3),
            Run(f"history {HISTORY}"),
            Run(f"history --format json {HISTORY}"),
            Run(f"history --format csv {HISTORY}"),
            Run(f"history accept last {HISTORY}"),
            Run(f"history accept 1 {HISTORY}", 2),
            Run(f"history accept {{child}} {HISTORY}", 2),
            Run(f"history reject last {HISTORY}"),
            Run(f"history reject {{child}} {HISTORY}", 2),
            Run(f"history {{child}} {HISTORY}", 2),
            Run(f"history forget {{child}} {HISTORY}"),
            Run(f"history forget {{child}} {HISTORY}"),
            lambda place: (place.out / "history" / SECRET_NAME).unlink(),
            Run(f"history forget {{child}} {HISTORY}", 3),
            Run(f"history forget --all {HISTORY}"),
            Run(f"history forget --all {{child}} {HISTORY}", 2),
            busy,
            Run(NIGHT_RUN, 5),
            Run(f"history forget {{child}} {HISTORY}", 5),
            the_hook_was_told,
        ),
        ("exclusions.csv", *FINDINGS, *DEBUG),
    ),
    "a night that is killed": Story(
        (
            copy("small"),
            write("annexa.toml", NIGHTLY),
            killed,
            lambda place: place.patch.setattr(building, "deliver", lambda *_: building.Delivered()),
            Run(f"{NIGHT_RUN} {SEALED} --json"),
            Run(f"history {HISTORY}"),
        ),
    ),
    "check an extract": Story(
        (
            few_findings,
            Run(f"check {FROM} --output {{out}}/checked --by-team --format junit", 1),
            Run(f"check {FROM} --json --list 8 --severity error --baseline {{given}}/built/findings.json"),
            Run(f"check {FROM} --baseline {{given}}/small/ssd_person.csv", 2),
            BUG,
            Run(f"check {FROM}", 70),
        ),
        FINDINGS,
    ),
    "check and clean workbooks": Story(
        (
            few_findings,
            filled_by_hand,
            write("value-map.toml", f'[gender]\n"{MARK} boy" = "{SENTENCE}"\n'),
            write("broken.toml", f"[gender]\n{SENTENCE}\n"),
            write("damaged.xlsx", f"PK\3\4 {SENTENCE}"),
            Run(f"check {{mine}}/filled.xlsx {ON} --output {{out}}/checked", 1),
            Run(f"check {{mine}}/filled.xlsx {{given}}/built/annex-a.xlsx {ON} --json", 1),
            Run(f"check {{mine}}/damaged.xlsx {ON}", 3),
            Run(f"clean {{mine}}/filled.xlsx {ON} --output {{out}}/cleaned --json", 1),
            Run(f"clean {{mine}}/filled.xlsx {ON} --value-map {{mine}}/value-map.toml", 2),
            Run(f"clean {{mine}}/filled.xlsx {ON} --value-map {{mine}}/broken.toml", 2),
            Run(f"clean {{mine}}/filled.xlsx {ON} --output {{given}}/small/ssd_person.csv/out", 4),
            fails("annexa.pipeline.filling.fill"),
            Run(f"clean {{mine}}/filled.xlsx {ON}", 70),
            Run(f"check {{mine}}/filled.xlsx {ON}", 70),
        ),
        ("annex-a.xlsx", "value-map.toml", *FINDINGS),
    ),
    "differences": Story(
        (
            another_build,
            filled_by_hand,
            Run("diff {given}/built {mine}/built --output {out}/differences"),
            Run("diff {given}/built {mine}/filled.xlsx --json"),
            Run("diff {given}/built {mine}/filled.xlsx --output {given}/small/ssd_person.csv/out", 4),
            Run("diff {given}/built {given}/small/ssd_person.csv", 3),
            Run("diff {given}/built {mine}/nowhere", 3),
            Run("diff previous last", 2),
            lambda place: shutil.copy(place.given / "built" / "findings.json", place.mine / "built" / "manifest.json"),
            Run("diff {given}/built {mine}/built", 3),
            Run("verify {mine}/built", 3),
            fails("annexa.pipeline.differing.compare"),
            Run("diff {given}/built {given}/built", 70),
        ),
        ("differences/differences.json", "differences/differences.xlsx"),
    ),
    "explain": Story(
        (
            copy("small"),
            Run(f"explain {{child}} {FROM}", record=True),
            Run(f"explain {{child}} {FROM} --list 1 --json", record=True),
            Run(f"explain {{child}}X {FROM}", 3),
            Run(f"explain {{child}} {FROM} --list 99", 2),
            Run(f"explain {{child}} {FROM} --list {{child}}", 2),
            Run(f"explain {{child}} {{child}} {FROM}", 2),
            Run("explain 2018-06-04 --inspection-date {child} --extracts {given}/small", 2),
            change("ssd_contacts", lambda frame: frame.drop("cont_person_id")),
            Run(f"explain {{child}} {ON} --extracts {{mine}}/small", 3),
            BUG,
            Run(f"explain {{child}} {FROM}", 70),
        ),
    ),
    "pseudonyms": Story(
        (
            filled_by_hand,
            lambda place: (place.mine / "keys").mkdir(),
            Run("pseudonymise --extracts {given}/small --key {mine}/keys/key --output {out}/shared"),
            Run(
                f"pseudonymise {{given}}/built/annex-a.xlsx --key {{mine}}/keys/key --output {{out}}/lists {ON} --json"
            ),
            Run(f"pseudonymise {{mine}}/filled.xlsx --key {{mine}}/keys/key --output {{out}}/by-hand {ON}", 1),
            Run("pseudonymise --extracts {given}/small --key {out}/in/key --output {out}/in", 2),
            Run("pseudonymise --extracts {given}/small --key {given}/small/ssd_person.csv --output {out}/in", 2),
            Run("pseudonymise --extracts {given}/built --key {mine}/keys/key --output {out}/in", 3),
            fails("annexa.pipeline.sharing.write_table"),
            Run("pseudonymise --extracts {given}/small --key {mine}/keys/key --output {out}/in", 70),
        ),
    ),
    "evidence": Story(
        (
            Run(f"evidence init {ON} --output {{mine}}/tracker.xlsx --products {{given}}/built"),
            tracker_filled_in,
            Run(f"evidence init {ON} --output {{mine}}/tracker.xlsx --products {{given}}/built --json"),
            Run("evidence status --tracker {mine}/tracker.xlsx"),
            Run("evidence status --tracker {mine}/tracker.xlsx --json"),
            Run("evidence collect --tracker {mine}/tracker.xlsx --output {out}/collected --extracts {given}/small", 1),
            tracker_put_right,
            Run("evidence collect --tracker {mine}/tracker.xlsx --output {out}/tidy --json"),
            Run("evidence init --inspection-date {child} --output {out}/tracker.xlsx", 2),
            Run("evidence status --tracker {given}/small/ssd_person.csv", 3),
            Run("evidence collect --tracker {given}/built/annex-a.xlsx --output {out}/other", 3),
            fails("annexa.pipeline.evidence.check_rows"),
            Run("evidence status --tracker {mine}/tracker.xlsx", 70),
        ),
        ("index.*", "1.03_cases.csv", "1.06_audited-cases.xlsx"),
    ),
    "sources": Story(
        (
            copy("small"),
            Run("sources list"),
            Run("sources show ssd --json"),
            Run("sources show nosuch", 2),
            Run("sources check ssd --extracts {given}/small --show-values"),
            Run("sources check ssd --extracts {given}/small --json"),
            Run("sources init --name ours --extracts {given}/small --output {out}"),
            Run("sources init --name ours --extracts {given}/small --output {out}", 2),
            lambda place: [(place.mine / "small" / f"{table}.csv").unlink() for table in SMALL[2:]],
            change("ssd_person", lambda frame: frame.drop("pers_person_id")),
            write("small/ssd_involvements.csv", f"{CHILD},{POSTCODE},2001-02-03,{SENTENCE}\n" * 9),
            write("small/diary.csv", f"day,entry\n2018-05-05,{SENTENCE}\n"),
            Run("sources check ssd --extracts {mine}/small", 3),
            Run("sources init --name theirs --extracts {mine}/small --output {out} --json"),
            fails("annexa.pipeline.mapping.match"),
            Run("sources init --name more --extracts {mine}/small --output {out}", 70),
        ),
    ),
    "what needs no extract": Story(
        (
            write("value-map.toml", VALUE_MAP),
            Run("sample --inspection-date 2018-06-04 --children 5 --defects 0.1 --output {mine}/sample"),
            Run("sample --inspection-date 2018-06-04 --children 5 --output {mine}", 4),
            Run("editions list"),
            Run("editions show ilacs-2018 --list 8"),
            Run("editions show nosuch", 2),
            Run("editions diff ilacs-2018 ilacs-2019"),
            Run("editions diff ilacs-2018 nosuch", 2),
            Run("checks list --all --json"),
            Run("checks list --config {mine}/value-map.toml", 2),
            Run("checks explain AA-X02"),
            Run("checks explain AA-X99", 2),
            Run("config show"),
            Run("config show --config {mine}/value-map.toml", 2),
        ),
    ),
}
CANNOT_FAIL = {"editions list", "sources list"}


# --- the tests ---


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Search]]:
    """The extracts and an output folder, all full of values; and the search for them."""
    folder = tmp_path_factory.mktemp("given")
    tables = planted(generate(40, DAY, 5))
    of_reports = [name for name in tables if name.startswith(("annexa_e", "annexa_v", "annexa_at", "ssd_early"))]
    chosen = {"whole": tuple(tables), "small": SMALL, "reported": ("ssd_person", "ssd_cla_episodes", *of_reports)}
    for name, names in chosen.items():
        (folder / name).mkdir()
        for table in names:
            tables[table].write_csv(folder / name / f"{table}.csv")
    done = annexa("build", *f"{ON} --extracts {folder}/small --output {folder}/built {LISTS}".split())
    assert done.code == 0, done.err
    with quick():
        yield folder, Search(births(tables))


@pytest.mark.parametrize("name", STORIES)
def test_no_value_is_told(
    name: str, given: tuple[Path, Search], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, search = given
    if STORIES[name].steps.count(killed) and os.name != "posix":
        pytest.skip("a process is killed otherwise there")
    STORIES[name].happens(place_of(folder, tmp_path, CHILD, search, monkeypatch))


def test_every_command_is_told_of_with_a_run_that_is_good_and_one_that_is_not() -> None:
    ended: dict[str, set[int]] = {name: set() for name in commands()}
    for run in (run for story in STORIES.values() for run in story.runs):
        ended[run.command].add(run.code)
    assert [name for name, codes_ in ended.items() if 0 not in codes_] == []
    assert {name for name, codes_ in ended.items() if codes_ == {0}} == CANNOT_FAIL
    assert {code for each in ended.values() for code in each} == {0, 1, 2, 3, 4, 5, 70}


# --- the search itself ---


def in_text(path: Path, value: str) -> None:
    path.write_text(f"a;{value.upper()};b", "utf-8")


def in_utf_16(path: Path, value: str) -> None:
    path.write_text(f"a;{value};b", "utf-16")


def in_a_workbook(path: Path, value: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/sheet.xml", f"<c>{value}</c>")


def in_a_database(path: Path, value: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE t (a, b)")
        database.execute("INSERT INTO t VALUES (1, ?)", (zlib.compress(value.encode() * 9),))
        database.commit()


def in_the_history(path: Path, value: str) -> None:
    """In the manifest of a run, which the history holds compressed."""
    folder = path.with_suffix("")
    folder.mkdir()
    with open_history(folder, create=True) as history:
        history.adopt(KEYS.series)
        number = history.begin(NIGHT, Path("out"), own_output=True)
        record = manifest().model_copy(update={"notes": (value,)})
        history.finish(number, record, {}, rows("1 TOM a"), codes(), flagged=False)
    (folder / FILE_NAME).replace(path)


@pytest.mark.parametrize("hide", [in_text, in_utf_16, in_a_workbook, in_a_database, in_the_history])
@pytest.mark.parametrize(
    ("value", "found"),
    [
        *((value, True) for value in (CHILD, SENTENCE, POSTCODE, POSTCODE.replace(" ", ""), *NUMBERS.values())),
        *((value, True) for value in ("2011-03-17", "17/03/2011", "20110317", "17 March 2011")),
        *((value, False) for value in (POSTCODE[:-2], "2011-03-18", "Planted", "ssd_contacts")),
    ],
)
def test_the_search_finds_what_is_planted(
    hide: Callable[[Path, str], None], value: str, found: bool, tmp_path: Path
) -> None:
    hide(tmp_path / "file.x", value)
    assert bool(Search({date(2011, 3, 17)})(tmp_path / "file.x")) is found
