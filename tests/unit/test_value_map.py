"""value-map.toml: proposed, edited by an officer, read back, applied."""

import re
from pathlib import Path

import pytest

from annexa.errors import UsageError
from annexa.filled.value_map import load_value_map, propose
from tests.support.raw_lists import EDITION, filled, raw_list

CHILD = "Child Unique ID"
GENDER = "Gender"
ODD = 'Fe"mal\\e\n\t\x01é'


def proposed(*genders: str) -> str:
    columns = {CHILD: [str(number) for number, _ in enumerate(genders)], GENDER: list(genders)}
    return propose(filled(raw_list(1, columns))[0].unknown_values, EDITION)


def test_every_unknown_value_is_proposed_with_its_count_and_the_closest_codes() -> None:
    lines = proposed("Femail", "Mal", "Femail", "xyzzy").splitlines()
    assert "[gender] # Gender" in lines
    assert lines[-3:] == [
        '# "Femail" = "F"  # 2 cells: List 1, Gender. Close: F (b) Female)',
        '# "Mal" = "M"  # 1 cell: List 1, Gender. Close: M (a) Male); F (b) Female)',
        '# "xyzzy" = ""  # 1 cell: List 1, Gender. Close: none',
    ]


def test_a_value_of_two_lists_is_proposed_once() -> None:
    columns = {CHILD: ["1"], GENDER: ["Femail"]}
    result, _ = filled([raw_list(1, columns), raw_list(8, columns)])
    text = propose(result.unknown_values, EDITION)
    assert text.count("Femail") == 1
    assert "2 cells: List 1, Gender; List 8, Gender." in text


def test_nothing_of_a_proposal_applies_until_it_is_edited(tmp_path: Path) -> None:
    path = tmp_path / "value-map.toml"
    path.write_text(proposed("Femail", ODD), encoding="utf-8")
    assert load_value_map(path) == {"gender": {}}


def test_an_edited_proposal_is_applied_as_a_change_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "value-map.toml"
    edited = re.sub(r'^# (".*") = ".*?"  #', r'\1 = "b) female" #', proposed("Femail", ODD), flags=re.MULTILINE)
    path.write_text(edited, encoding="utf-8")
    value_map = load_value_map(path)
    assert value_map == {"gender": {"Femail": "F", ODD: "F"}}
    columns = {CHILD: ["1", "2", "3"], GENDER: ["FEMAIL ", ODD, "Mal"]}
    result, findings = filled(raw_list(1, columns), value_map=value_map)
    assert result.lists[1].frame[GENDER].to_list() == ["b) Female", "b) Female", None]
    assert result.changes.select("before", "after", "what").rows() == [
        ("FEMAIL ", "b) Female", "value map"),
        (ODD, "b) Female", "value map"),
    ]
    assert sorted(findings["check"]) == ["AA-G06", "AA-R03", "AA-R03"]


def test_no_unknown_value_makes_an_empty_proposal(tmp_path: Path) -> None:
    path = tmp_path / "value-map.toml"
    path.write_text(propose(filled(raw_list(1, {CHILD: ["1"]}))[0].unknown_values, EDITION), encoding="utf-8")
    assert load_value_map(path) == {}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('[gendr]\n"Secret" = "F"', "no code set [gendr]", "Did you mean [gender]?"),
        ('"Secret Name" = "F"', "outside the code sets", "Known: "),
        ('gender = "Secret"', "gender is a code set", ""),
        ('[gender]\n"Male!" = "M"\n"Secret" = "Q"', "[gender], line 2 that applies", "Allowed: F, I, M, U."),
        ('[gender]\n"Secret" = ""', "line 1 that applies", "Allowed"),
        ('[gender]\n"Secret" = 1', "line 1 that applies", "Allowed"),
        ('[gender]\n"Secret" = ', "not a TOML file", ""),
        ('[gender]\n"Secret" = "F"\n"Secret" = "M"', "not a TOML file", "once a value"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_without_quoting_it(
    text: str, message: str, hint: str, tmp_path: Path
) -> None:
    path = tmp_path / "value-map.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        load_value_map(path)
    assert message in refused.value.message
    assert hint in refused.value.hint
    assert "Secret" not in refused.value.message + refused.value.hint


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"value-map.toml cannot be read"):
        load_value_map(tmp_path / "value-map.toml")
