"""The documentation is current and complete, and it holds: commands parse, links lead somewhere, examples load."""

import re
import shlex
import tomllib
from datetime import date
from pathlib import Path

import pytest

from annexa.editions import load_edition
from annexa.errors import AnnexaError
from annexa.evidence.packs import load_packs
from annexa.extract.load import extract_from
from annexa.extract.read import read_extract
from annexa.findings import Findings
from annexa.lists.build import check_vocabulary
from annexa.outputs.annex_a import EXCLUSION_COLUMNS
from annexa.outputs.findings_files import COLUMNS
from annexa.period import InspectionPeriod
from annexa.records import RECORDS
from annexa.settings import Settings, load_settings
from annexa.sources import load_source
from tests.support import docs
from tests.support.pages.options import commands, exit_codes

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
TEXTS = {page: page.read_text(encoding="utf-8") for page in PAGES}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"(?:\.venv(?:/bin/|\\Scripts\\))?annexa (.*)")


def fenced(language: str | None = None) -> list[tuple[str, str]]:
    """Every fenced block as (page, text), of one language where it is given."""
    return [
        (page.name, text)
        for page, whole in TEXTS.items()
        for kind, text in FENCE.findall(whole)
        if language is None or kind == language
    ]


COMMANDS = [(page, line) for page, text in fenced() for line in text.splitlines() if COMMAND.fullmatch(line.strip())]


@pytest.mark.parametrize("name", docs.PAGES)
def test_generated_pages_are_current(name):
    page = docs.PAGES[name]()
    assert TEXTS[docs.DOCS / name] == page, "run `make docs`"
    assert "python -m tests.support.docs" in page.splitlines()[2]


def test_the_generator_writes_checks_and_says_which_page_is_old(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(docs, "PAGES", {f"{name}.md": lambda name=name: f"# {name}\n" for name in ("lists", "options")})
    monkeypatch.setattr(docs, "SCHEMAS", {})
    folder = tmp_path / "docs"
    assert docs.main([], folder) == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(docs.PAGES)
    assert docs.main(["--check"], folder) == 0
    (folder / "options.md").write_text("old", encoding="utf-8")
    (folder / "lists.md").unlink()
    assert docs.main(["--check"], folder) == 1
    assert "docs/lists.md, docs/options.md" in capsys.readouterr().err
    assert docs.main(["--nonsense"], folder) == 2


@pytest.mark.parametrize("path", commands())
def test_every_command_and_option_is_documented(path):
    section = TEXTS[docs.DOCS / "options.md"].split(f"\n### {path}\n")[1].split("\n### ")[0]
    command = commands()[path]
    for parameter in command.params:
        names = [parameter.name.upper()] if parameter.param_type_name == "argument" else parameter.opts
        for name in names:
            assert f"`{name}`" in section
        assert parameter.help
    assert command.help


def test_every_command_has_an_example():
    leaves = {path: each for path, each in commands().items() if not hasattr(each, "commands")}
    assert [path for path, each in leaves.items() if f"Example: {path} " not in f"{each.help} "] == []


def test_every_setting_and_exit_code_is_documented():
    page = TEXTS[docs.DOCS / "options.md"]
    for name in _keys(Settings):
        assert f"| `{name}` |" in page
    codes = {each.exit_code for each in AnnexaError.__subclasses__()} | {0, 1, 70, 130}
    assert set(exit_codes()) == codes
    for code in codes:
        assert f"\n| {code} | " in page
        assert f"\n| {code} | " in TEXTS[ROOT / "README.md"]


def _keys(model) -> list[str]:
    keys = []
    for name, field in model.model_fields.items():
        inner = hasattr(field.annotation, "model_fields")
        keys += _keys(field.annotation) if inner else [name]
    return keys


def test_every_record_check_and_list_has_its_place():
    layout, found, lists = (TEXTS[docs.DOCS / name] for name in ("extract-layout.md", "checks.md", "lists.md"))
    for record in RECORDS.values():
        assert f"\n### {record.meta.table}\n" in layout
        for field in record.fields().values():
            assert all(f"`{column}`" in layout for column in field.columns)
    for check in tomllib.loads((ROOT / "configs" / "checks.toml").read_text("utf-8-sig")):
        assert f"\n### {check}\n" in found
    for spec in load_edition("ilacs-2022").lists.values():
        assert f"\n## {spec.title}\n" in lists
        for column in spec.columns:
            assert column.heading in lists


def test_the_columns_of_both_csv_files_are_explained():
    started = TEXTS[docs.DOCS / "getting-started.md"]
    assert [name for name in EXCLUSION_COLUMNS if f"`{name}`" not in started] == []
    assert [name for name in COLUMNS if f"| `{name}` |" not in TEXTS[docs.DOCS / "findings.md"]] == []


def test_there_are_commands_to_try():
    assert len(COMMANDS) > 20


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_commands_parse(page, line):
    """Every command of the pages exists, and so do its options; their values are of the right kind."""
    words = shlex.split(COMMAND.fullmatch(line.strip())[1], posix=False)
    known = commands()
    path = "annexa"
    while words and f"{path} {words[0]}" in known:
        path += f" {words.pop(0)}"
    command = known[path]
    if hasattr(command, "commands") and not command.invoke_without_command:
        # A group: only options of its own may follow.
        assert words
        assert set(words) <= {option for each in command.params for option in each.opts} | {"--help"}
    else:
        command.make_context(path, words)


def test_commands_and_options_in_the_text_exist():
    known = commands()
    options = {option for command in known.values() for each in command.params for option in each.opts} | {"--help"}
    for page, text in TEXTS.items():
        for words in (inline.split() for inline in re.findall(r"`([^`\n]+)`", re.sub(FENCE, "", text))):
            if words[0] in options:
                continue
            assert not words[0].startswith("--"), f"{page.name}: {words[0]}"
            if words[0] == "annexa" and len(words) > 1:
                assert words[1] in options or f"annexa {words[1]}" in known, f"{page.name}: {words}"
                assert {word for word in words if word.startswith("--")} <= options, f"{page.name}: {words}"


def test_a_wrong_option_would_be_seen():
    with pytest.raises(Exception, match="--inspection-day"):
        commands()["annexa build"].make_context("build", ["--inspection-day", "2018-06-04"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in LINK.findall(re.sub(FENCE, "", TEXTS[page])):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        aim = (page.parent / name).resolve() if name else page
        assert aim.is_file(), target
        assert aim.is_relative_to(ROOT)
        if anchor:
            assert anchor in _anchors(aim), target


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", re.sub(FENCE, "", page.read_text(encoding="utf-8")), re.MULTILINE)
    slugs = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    assert len(slugs) == len(set(slugs)), f"{page.name} has a heading twice: links to it are not sure"
    return set(slugs)


def test_pages_that_messages_name_exist():
    for path in sorted((ROOT / "src").rglob("*.py")):
        for name in re.findall(r"docs/[\w.-]+\.\w+", path.read_text(encoding="utf-8")):
            assert (ROOT / name).is_file(), f"{path.name} names {name}"


def test_tests_that_the_page_on_safety_names_exist():
    named = set(re.findall(r"`(tests/[a-z_/.]+|test_[a-z_]+\.py)`", TEXTS[ROOT / "docs" / "security.md"]))
    assert len(named) > 10
    here = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*")}
    assert named - here - {Path(path).name for path in here} == set()


def test_pages_that_nobody_links_to():
    linked = {(page.parent / target).resolve() for page in PAGES for target in LINK.findall(TEXTS[page])}
    assert [page.name for page in PAGES[1:] if page not in linked] == []


@pytest.mark.parametrize("text", [text for _, text in fenced("toml")], ids=lambda text: text.splitlines()[0])
def test_toml_blocks_name_their_file_and_load(text, tmp_path):
    """The settings load, a source loads; an edition's files are loaded together by the next test."""
    first = text.splitlines()[0]
    name = first.removeprefix("# ")
    path = tmp_path / Path(name).name
    path.write_text(text, encoding="utf-8")
    if name == "annexa.toml":
        assert load_settings(path).extracts
    elif name == "our-system.toml":
        assert load_source(str(path)).file.title
    elif name == "our-packs.toml":
        assert len(load_packs(path)) == len(load_packs()) + 1
    else:
        assert name.startswith("configs/editions/")
        assert tomllib.loads(text)


def test_the_edition_of_the_page_loads_and_differs_where_it_says(tmp_path):
    for page, text in fenced("toml"):
        name = text.splitlines()[0].removeprefix("# configs/editions/")
        if page == "adding-an-edition.md":
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
    edition = load_edition("our-2030", tmp_path)
    check_vocabulary(edition)
    base = load_edition("ilacs-2022")
    assert edition.months == {**base.months, 1: 12}
    assert [column.heading for column in edition.lists[1].columns][1] == "Age in Years"
    assert edition.lists.keys() == base.lists.keys()
    assert edition.code_set("suitability").label("1") == "a) Suitable accommodation"
    assert edition.code_set("gender") == base.code_set("gender")


def test_the_source_of_the_page_reads_what_it_describes(tmp_path):
    text = next(text for page, text in fenced("toml") if page == "adding-a-source.md")
    profile = tmp_path / "our-system.toml"
    profile.write_text(text, encoding="utf-8")
    folder = tmp_path / "extract"
    folder.mkdir()
    for name, content in {
        "Clients": "ClientNo,Sex,EthnicGroup,BornOn\n007,Girl,WBRI,05.05.2012\n",
        "FrontDoor": "ContactNo,ClientNo,ReceivedOn,SourceCode,SourceName\n1,007,01/06/2018,Not known,Our schools\n",
        "LegalStatus": "StatusNo,ClientNo,Status,From,Until\n1,007,Special guardianship allowance,01/05/2018,\n",
    }.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    source, findings = load_source(str(profile)), Findings()
    raw = read_extract(folder, source.wanted())
    tables = extract_from(raw, source, InspectionPeriod(date(2018, 6, 4)), findings, {}).tables
    assert tables["persons"].frame.select("person_id", "gender", "birth_date").row(0) == (
        "007",
        "F",
        date(2012, 5, 5),
    )
    assert tables["contacts"].frame.select("contact_date", "contact_source").row(0) == (
        date(2018, 6, 1),
        "2A",
    )
    assert tables["legal_statuses"].live.height == 0
    assert set(findings.frame()["check"]) == {"AA-G18", "AA-R04"}
