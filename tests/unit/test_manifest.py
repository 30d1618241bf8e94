"""The manifest: adds up, repeats exactly, matches its published schema, and is what verify goes by."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from annexa.errors import SourceError
from annexa.outputs.manifest import (
    Manifest,
    Problem,
    describe,
    extra_files,
    manifest_schema,
    read_manifest,
    schema_text,
    verify,
)

HASH = "0123456789abcdef" * 4
SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "manifest-1.schema.json"


def sample(**changes: Any) -> Manifest:
    """A manifest with every kind of entry."""
    values: dict[str, Any] = {
        "annexa_version": "1.2.3",
        "command": "build",
        "created": datetime(2025, 6, 2, 9, 30, tzinfo=UTC),
        "edition": {"name": "ilacs-2019", "title": "ILACS Annex A (2019)", "sha256": HASH},
        "source": {"name": "ssd", "sha256": HASH},
        "inspection_date": date(2025, 6, 2),
        "extract_date": date(2025, 5, 28),
        "as_at": date(2025, 5, 28),
        "options": {"drop_adults": False, "own_la": ["Wybrook"], "postcode_lookup": ""},
        "inputs": [
            {"name": "ssd_contacts.csv", "sha256": HASH, "size": 10, "table": "ssd_contacts", "rows": 5},
            {"name": "readme.txt", "sha256": HASH, "size": 3, "table": None, "rows": None},
        ],
        "unknown_inputs": ["z.csv", "readme.txt"],
        "lists": [list_entry(number=9, window_from=None, window_to=None), list_entry()],
        "accounts": [account()],
        "tables": [{"table": "ssd_person", "record": "person", "rows": 6, "used": 3, "unused": 2, "exception": 1}],
        "findings": {
            "verdict": "ready",
            "accepted": 0,
            "error": 1,
            "warning": 2,
            "info": 0,
            "by_check": {"AA-G02": 1, "AA-G19": 2},
        },
        "notes": ["No assessment is open on the inspection date, although assessments were supplied."],
    }
    return Manifest(**values | changes)


def list_entry(**changes: Any) -> dict[str, Any]:
    return {
        "number": 1,
        "title": "Contacts",
        "state": "built",
        "window_from": date(2024, 12, 2),
        "window_to": date(2025, 6, 2),
        "rows": 4,
        "children": 3,
        "added": {"ssd_cp_plans": 1},
        "reason": None,
    } | changes


def account(**changes: Any) -> dict[str, Any]:
    return {
        "list": 1,
        "table": "ssd_contacts",
        "rows_read": 10,
        "output": 4,
        "duplicate": 1,
        "out_of_window": 2,
        "out_of_scope": 2,
        "exception": 1,
        "reasons": {"DUPLICATE": 1, "WINDOW": 2, "CANCELLED": 2, "NO_DATE": 1},
    } | changes


def write(folder: Path, manifest: Manifest | dict[str, Any]) -> None:
    text = manifest.to_json() if isinstance(manifest, Manifest) else json.dumps(manifest)
    (folder / "manifest.json").write_bytes(text.encode())


def complete(folder: Path) -> Manifest:
    """An output folder with two outputs and its manifest."""
    (folder / "reports").mkdir()
    (folder / "annex-a.xlsx").write_bytes(b"workbook")
    (folder / "reports" / "2.02.xlsx").write_bytes(b"report")
    names = ["reports/2.02.xlsx", "annex-a.xlsx"]
    manifest = sample(outputs=[describe(folder / name, name) for name in names])
    write(folder, manifest)
    return manifest


def test_the_published_schema_is_current() -> None:
    assert SCHEMA_FILE.read_bytes().decode() == schema_text(), "write annexa.outputs.manifest.schema_text() there"


def test_the_written_manifest_obeys_the_published_schema(tmp_path: Path) -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    raw = json.loads(complete(tmp_path).to_json())
    assert list(validator.iter_errors(raw)) == []
    assert schema["required"] == manifest_schema()["required"] == list(Manifest.model_fields)
    for fault in ({"schema_version": 2}, {"path": "C:\\data"}, {"inputs": [{**raw["inputs"][0], "name": "a/b.csv"}]}):
        assert list(validator.iter_errors(raw | fault)) != []


def test_the_text_is_sorted_stable_and_read_back_equal(tmp_path: Path) -> None:
    manifest = sample(notes=["Zoë’s"])
    text = manifest.to_json()
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert "Zoë’s" in text
    assert '"created": "2025-06-02T09:30:00Z"' in text
    write(tmp_path, manifest)
    assert read_manifest(tmp_path) == manifest


def test_the_order_in_which_things_were_gathered_does_not_show() -> None:
    lists = [list_entry(number=n) for n in (3, 1, 2)]
    accounts = [account(list=n, table=t) for n, t in ((3, "b"), (3, "a"), (1, "c"))]
    manifest = sample(lists=lists, accounts=accounts)
    assert [entry.number for entry in manifest.lists] == [1, 2, 3]
    assert [(entry.list, entry.table) for entry in manifest.accounts] == [(1, "c"), (3, "a"), (3, "b")]
    assert [entry.name for entry in manifest.inputs] == ["readme.txt", "ssd_contacts.csv"]
    assert manifest.unknown_inputs == ("readme.txt", "z.csv")
    assert manifest.to_json() == sample(lists=lists[::-1], accounts=accounts[::-1]).to_json()


def test_the_moment_is_kept_in_utc() -> None:
    summer = datetime(2025, 6, 2, 10, 30, tzinfo=timezone(timedelta(hours=1)))
    assert sample(created=summer).to_json() == sample().to_json()
    with pytest.raises(ValidationError):
        sample(created=datetime(2025, 6, 2, 9, 30))


NOT_SUPPLIED = {
    "state": "not supplied",
    "rows": None,
    "children": None,
    "added": {},
    "reason": "ssd_contacts is missing",
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"accounts": [account(output=5)]}, "List 1, table ssd_contacts: the classes do not add up"),
        ({"accounts": [account(duplicate=2, exception=1)]}, "classes do not add up"),
        ({"accounts": [account(reasons={"WINDOW": 5})]}, "List 1, table ssd_contacts: the reasons do not add up"),
        ({"accounts": [account(), account()]}, "an account of a list and a table stands there twice"),
        ({"lists": [list_entry(), list_entry()]}, "a list stands there twice"),
        ({"lists": [list_entry(children=5)]}, "List 1: it has more children than rows"),
        ({"lists": [list_entry(added={"a": 3, "b": 2})]}, "more rows were added than it has"),
        ({"lists": [list_entry(window_to=None)]}, "one end only"),
        ({"lists": [list_entry(window_to=date(2024, 12, 1))]}, "ends before it starts"),
        ({"lists": [list_entry(reason="none")]}, "needs a reason exactly where"),
        ({"lists": [list_entry(**NOT_SUPPLIED | {"reason": None})]}, "needs a reason exactly where"),
        ({"lists": [list_entry(**NOT_SUPPLIED | {"rows": 0})]}, "needs rows and children exactly where"),
        ({"lists": [list_entry(children=None)]}, "needs rows and children exactly where"),
        (
            {"tables": [{"table": "t", "record": "r", "rows": 6, "used": 3, "unused": 2, "exception": 0}]},
            "Table t: used, unused and exception do not add up",
        ),
        (
            {"tables": [{"table": "t", "record": "r", "rows": 0, "used": 0, "unused": 0, "exception": 0}] * 2},
            "a table's count stands there twice",
        ),
        (
            {"findings": {"verdict": "ready", "accepted": 0, "error": 1, "warning": 0, "info": 0, "by_check": {}}},
            "do not add up to the severities",
        ),
        ({"as_at": date(2025, 6, 2)}, "not the earlier of its two dates"),
        ({"outputs": [{"name": n, "sha256": HASH, "size": 1} for n in ("a.csv", "A.csv")]}, "an output stands there"),
    ],
)
def test_what_does_not_add_up_is_refused_and_found_by_verify(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        sample(**changes)
    raw = json.loads(sample().to_json()) | json.loads(json.dumps(changes, default=str))
    write(tmp_path, raw | {"outputs": []})
    if "outputs" in changes:
        write(tmp_path, raw)
    found = verify(tmp_path)
    assert found[0].file == "manifest.json"
    assert found[0].what == "changed"
    assert message in found[0].message
    with pytest.raises(SourceError, match="damaged"):
        read_manifest(tmp_path)


def test_a_list_that_was_not_supplied_has_its_reason() -> None:
    assert sample(lists=[list_entry(**NOT_SUPPLIED)]).lists[0].reason == "ssd_contacts is missing"


@pytest.mark.parametrize(
    "name", ["/etc/x.csv", "C:/x.csv", "..", "../x.csv", "a/../../x", "a//b", "a\\b.csv", "", "./a"]
)
def test_no_output_lies_outside_the_folder(name: str) -> None:
    with pytest.raises(ValidationError):
        sample(outputs=[{"name": name, "sha256": HASH, "size": 1}])


@pytest.mark.parametrize("name", ["data/x.csv", "C:\\data\\x.csv", ""])
def test_no_path_of_an_input_is_kept(name: str) -> None:
    with pytest.raises(ValidationError):
        sample(unknown_inputs=[name])


def test_a_manifest_cannot_be_changed_or_widened() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        sample().notes = ()  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        sample(child="C1")


def test_verify_finds_nothing_in_a_complete_folder_and_leaves_other_files_alone(tmp_path: Path) -> None:
    complete(tmp_path)
    assert extra_files(tmp_path) == []
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "reports" / "old.xlsx").write_text("mine")
    (tmp_path / ".annexa-work").mkdir()
    (tmp_path / ".annexa-work" / "left").write_text("temporary")
    (tmp_path / ".annexa-lock").touch()
    assert verify(tmp_path) == []
    assert extra_files(tmp_path) == ["notes.txt", "reports/old.xlsx"]


def test_verify_names_what_is_missing_changed_and_unreadable(tmp_path: Path) -> None:
    complete(tmp_path)
    (tmp_path / "annex-a.xlsx").write_bytes(b"WORKBOOK")
    assert verify(tmp_path) == [
        Problem("annex-a.xlsx", "changed", "annex-a.xlsx is not the file that the run wrote."),
    ]
    (tmp_path / "annex-a.xlsx").unlink()
    (tmp_path / "reports" / "2.02.xlsx").unlink()
    (tmp_path / "reports").rmdir()
    (tmp_path / "reports").write_text("a file")
    assert [(p.file, p.what) for p in verify(tmp_path)] == [
        ("annex-a.xlsx", "missing"),
        ("reports/2.02.xlsx", "missing"),
    ]
    (tmp_path / "annex-a.xlsx").mkdir()
    (tmp_path / ".annexa-work").mkdir()
    first, second = verify(tmp_path)
    assert first.what == "unreadable"
    assert first.message.startswith("annex-a.xlsx could not be read (")
    assert second.message.endswith("is missing. A run is in progress, or was cut short: run annexa again.")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "There is no manifest.json"),
        (b"{", "could not be read"),
        (b"\xff", "could not be read"),
        (b"[]", "not one of annexa's"),
        (b'{"name": "a web app"}', "not one of annexa's"),
        (b'{"schema_version": 2}', "of another version than 1"),
        (b'{"schema_version": 1, "child": "C1"}', "damaged"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_an_error_of_the_source(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_bytes(content)
    for use in (verify, read_manifest):
        with pytest.raises(SourceError, match=message) as caught:
            use(tmp_path)
        assert caught.value.exit_code == 3
        assert caught.value.hint
        assert "C1" not in caught.value.message
