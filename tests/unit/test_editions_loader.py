"""The loader of editions, on throw-away editions: what it accepts, and each refusal with its message."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from annexa.editions import (
    Difference,
    code_sets,
    compare,
    edition_names,
    load_edition,
    normalise,
    normalise_expr,
)
from annexa.editions.codes import CodeSet, union
from annexa.editions.model import Code, EditionCodeSet
from annexa.errors import UsageError

EDITION = """
title = "Trial"
in_force_from = 2030-01-01
reference = "A trial"
[months]
1 = 4
"""
LIST = """
number = 1
title = "List 1: Colours"
requirement = "Every colour of the window."
reference = "Trial, List 1"
records = "colours"
cohort = "colours_in_window"
window = { date = "seen_date" }
one_row_per = "colour"
sort = ["seen_date desc", "colour_id"]
columns = [
  { heading = "Colour", field = "colour", codes = "colour", not_recorded = true },
  { heading = "Age", derive = "age_in_years" },
]
"""
CODES = """
title = "Colour"
not_recorded = "U"

[[code]]
code = "R"
label = "a) Red"
spellings = ["Crimson"]

[[code]]
code = "B"
label = "b) Blue"
description = "B - The colour of the sky."
group = "cold"

[[code]]
code = "T"
written_as = "B"

[[code]]
code = "U"
label = "c) Unknown"
"""


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    return write(
        tmp_path,
        {
            "trial/edition.toml": EDITION,
            "trial/lists/01-colours.toml": LIST,
            "trial/codes/colour.toml": CODES,
        },
    )


def refused(folder: Path, name: str = "trial") -> tuple[str, str]:
    with pytest.raises(UsageError) as caught:
        load_edition(name, folder)
    return caught.value.message, caught.value.hint


def test_a_new_edition_is_files_alone(trial: Path):
    edition = load_edition("trial", trial)
    assert (edition.name, edition.title, edition.in_force_from) == ("trial", "Trial", date(2030, 1, 1))
    assert edition.months == {1: 4}
    spec = edition.lists[1]
    assert (spec.sheet, spec.cohort, spec.window) == ("List_1", "colours_in_window", {"date": "seen_date"})
    assert spec.sort == ("seen_date desc", "colour_id")
    assert [(c.heading, c.field, c.derive, c.codes) for c in spec.columns] == [
        ("Colour", "colour", None, "colour"),
        ("Age", None, "age_in_years", None),
    ]
    assert edition.files == ("trial/codes/colour.toml", "trial/edition.toml", "trial/lists/01-colours.toml")


def test_code_set_of_an_edition(trial: Path):
    colour = load_edition("trial", trial).code_set("colour")
    assert colour.name == "colour"
    assert colour.labels == ("a) Red", "b) Blue", "c) Unknown")
    assert colour.written == {"R": "a) Red", "B": "b) Blue", "T": "b) Blue", "U": "c) Unknown"}
    assert colour.replaced == {"T": "B"}
    assert (colour.label("T"), colour.label("X")) == ("b) Blue", None)
    assert [(entry.code, entry.group) for entry in colour.entries][1] == ("B", "cold")
    written = pl.DataFrame({"c": ["R", "T", None, "X"]}).select(colour.write(pl.col("c")))["c"].to_list()
    assert written == ["a) Red", "b) Blue", None, None]


def test_an_edition_cannot_be_changed_once_it_is_read(trial: Path):
    with pytest.raises(ValidationError):
        load_edition("trial", trial).lists[1].title = "Another"


def test_shipped_editions_stay_visible_beside_the_users(trial: Path):
    assert edition_names(trial) == ["ilacs-2018", "ilacs-2019", "ilacs-2022", "trial"]
    assert load_edition("ilacs-2018", trial) == load_edition("ilacs-2018")
    assert code_sets(trial)["colour"].codes == {"R", "B", "T", "U"}
    assert "colour" not in code_sets()


def based_on(base: str, year: int = 2031) -> str:
    return EDITION.replace("2030", str(year)).replace("[months]", f'based_on = "{base}"\n[months]')


def test_an_edition_based_on_another_holds_only_what_differs(trial: Path):
    write(
        trial,
        {
            "later/edition.toml": based_on("trial"),
            "later/codes/colour.toml": CODES.replace('written_as = "B"', 'label = "b1) Turquoise"'),
        },
    )
    later, trial_edition = load_edition("later", trial), load_edition("trial", trial)
    assert later.lists == trial_edition.lists
    assert later.code_set("colour").label("T") == "b1) Turquoise"
    assert later.files == ("later/codes/colour.toml", "later/edition.toml", "trial/lists/01-colours.toml")
    assert later.sha256 != trial_edition.sha256


def test_a_file_replaces_the_older_one_whole(trial: Path):
    write(
        trial,
        {
            "later/edition.toml": based_on("trial"),
            "later/codes/colour.toml": 'title = "Colour"\nnot_recorded = "U"\n[[code]]\ncode = "U"\nlabel = "?"\n',
        },
    )
    assert load_edition("later", trial).code_set("colour").labels == ("?",)
    assert code_sets(trial)["colour"].codes == {"R", "B", "T", "U"}  # records still hold them all


def test_an_edition_may_be_based_on_a_shipped_one(tmp_path: Path):
    write(tmp_path, {"mine/edition.toml": based_on("ilacs-2019").replace("1 = 4", "9 = 3")})
    mine = load_edition("mine", tmp_path)
    assert mine.lists == load_edition("ilacs-2019").lists
    assert mine.months == {9: 3}


def test_the_sum_does_not_see_line_ends_or_a_byte_order_mark(tmp_path: Path):
    unix, windows = tmp_path / "unix", tmp_path / "windows"
    for folder, form in ((unix, str), (windows, lambda text: "\ufeff" + text.replace("\n", "\r\n"))):
        write(
            folder,
            {
                "trial/edition.toml": form(EDITION),
                "trial/lists/01-colours.toml": form(LIST),
                "trial/codes/colour.toml": form(CODES),
            },
        )
    write(windows, {"trial/codes/.colour.toml": "left by an editor", "trial/lists/notes.txt": "mine"})
    assert load_edition("trial", windows) == load_edition("trial", unix)
    write(unix, {"trial/codes/colour.toml": CODES + "# another byte\n"})
    assert load_edition("trial", unix).sha256 != load_edition("trial", windows).sha256


@pytest.mark.parametrize(
    ("file", "old", "new", "message", "hint"),
    [
        (
            "edition.toml",
            "[months]",
            'month = "1"\n[months]',
            "trial/edition.toml: month is not a known key.",
            "Known there: title, in_force_from, reference, based_on, months.",
        ),
        ("edition.toml", 'title = "Trial"', "", "trial/edition.toml: title is missing.", "Known there: title"),
        (
            "edition.toml",
            "2030-01-01",
            '"2030-01-01"',
            "trial/edition.toml: in_force_from: Input should be a valid date.",
            "Correct the file.",
        ),
        (
            "edition.toml",
            "2030-01-01",
            "2030-01-01T10:00:00",
            "trial/edition.toml: in_force_from: Input should be a valid date.",
            "Correct the file.",
        ),
        ("edition.toml", "1 = 4", '1 = "4"', "trial/edition.toml: months.1: Input should be a valid integer.", ""),
        ("edition.toml", "1 = 4", "1 = true", "trial/edition.toml: months.1: Input should be a valid integer.", ""),
        ("edition.toml", "1 = 4", "one = 4", "trial/edition.toml: months.one: Input should be a valid integer", ""),
        (
            "edition.toml",
            "1 = 4",
            "1 = 4\n7 = 2",
            "trial/edition.toml: months.7 is about a list that the edition does not have.",
            "Its lists: 1.",
        ),
        ("edition.toml", "[months]", "[months", "trial/edition.toml is not readable TOML: ", "Correct the file"),
        (
            "edition.toml",
            "[months]",
            'based_on = "ilacs-2017"\n[months]',
            "trial/edition.toml: based_on names ilacs-2017, which is no edition.",
            "Did you mean ilacs-20",
        ),
        (
            "edition.toml",
            "[months]",
            'based_on = "trial"\n[months]',
            "trial/edition.toml: based_on goes in a circle: trial -> trial.",
            "",
        ),
        (
            "lists/01-colours.toml",
            "cohort",
            "cohorts",
            "trial/lists/01-colours.toml: cohort is missing.",
            "Known there: number, title, requirement",
        ),
        (
            "lists/01-colours.toml",
            'derive = "age_in_years"',
            'derived = "age_in_years", field = "age"',
            "trial/lists/01-colours.toml: columns[2].derived is not a known key.",
            "Known there: heading, field, derive, codes, not_recorded.",
        ),
        (
            "lists/01-colours.toml",
            'derive = "age_in_years"',
            'derive = "age_in_years", field = "age"',
            "trial/lists/01-colours.toml: columns[2]: the column 'Age' needs field or derive, and not both.",
            "Correct the file.",
        ),
        (
            "lists/01-colours.toml",
            ', derive = "age_in_years"',
            "",
            "trial/lists/01-colours.toml: columns[2]: the column 'Age' needs field or derive, and not both.",
            "",
        ),
        (
            "lists/01-colours.toml",
            'derive = "age_in_years"',
            'derive = "age_in_years", not_recorded = true',
            "trial/lists/01-colours.toml: columns[2]: the column 'Age' has not_recorded and no codes.",
            "",
        ),
        (
            "lists/01-colours.toml",
            '"Age"',
            '"Colour"',
            "trial/lists/01-colours.toml: the heading 'Colour' stands twice.",
            "",
        ),
        (
            "lists/01-colours.toml",
            'codes = "colour"',
            'codes = "color"',
            "trial/lists/01-colours.toml: columns[1].codes: there is no code set color.",
            "Did you mean colour?",
        ),
        (
            "lists/01-colours.toml",
            'codes = "colour"',
            'codes = "zzz"',
            "trial/lists/01-colours.toml: columns[1].codes: there is no code set zzz.",
            "Add codes/zzz.toml.",
        ),
        (
            "lists/01-colours.toml",
            '"seen_date desc"',
            '"seen_date downwards"',
            "trial/lists/01-colours.toml: sort[1]: String should match pattern",
            "",
        ),
        (
            "lists/01-colours.toml",
            "number = 1",
            "number = 0",
            "trial/lists/01-colours.toml: number: Input should be",
            "",
        ),
        (
            "codes/colour.toml",
            'not_recorded = "U"',
            "",
            "trial/lists/01-colours.toml: columns[1].codes: colour has no code for a blank",
            "Say not_recorded in codes/colour.toml",
        ),
        (
            "codes/colour.toml",
            'not_recorded = "U"',
            'not_recorded = "X"',
            "trial/codes/colour.toml: not_recorded names X, which is no code of the set.",
            "",
        ),
        (
            "codes/colour.toml",
            'not_recorded = "U"',
            'not_recorded = "U"\nseveral = "X"',
            "trial/codes/colour.toml: several names X, which is no code of the set.",
            "",
        ),
        (
            "codes/colour.toml",
            'not_recorded = "U"',
            'not_recorded = "U"\nfree_text = "yes"',
            "trial/codes/colour.toml: free_text: Input should be a valid boolean.",
            "",
        ),
        ("codes/colour.toml", 'code = "B"', 'code = "R"', "trial/codes/colour.toml: code R stands twice.", ""),
        (
            "codes/colour.toml",
            'label = "b) Blue"',
            'labels = "b) Blue"',
            "trial/codes/colour.toml: code[2].labels is not a known key.",
            "Known there: code, label, description, group, wider_group, spellings, written_as, read_only.",
        ),
        (
            "codes/colour.toml",
            'written_as = "B"',
            'written_as = "B"\nlabel = "t) T"',
            "trial/codes/colour.toml: code[3]: a code has a label or written_as, never both.",
            "",
        ),
        (
            "codes/colour.toml",
            'written_as = "B"',
            "read_only = true",
            "trial/codes/colour.toml: code[3]: read_only is for a code with a label.",
            "",
        ),
        (
            "codes/colour.toml",
            'written_as = "B"',
            'written_as = "X"',
            "trial/codes/colour.toml: code T: written_as names X, which has no label to show.",
            "",
        ),
        (
            "codes/colour.toml",
            'label = "b) Blue"',
            'label = "b) Blue"\nread_only = true',
            "trial/codes/colour.toml: code T: written_as names B, which has no label to show.",
            "",
        ),
        (
            "codes/colour.toml",
            '"Crimson"',
            '"B"',
            "trial/codes/colour.toml: code B: the spelling 'b' already means R.",
            "Let each spelling of a code set mean one code",
        ),
        (
            "codes/colour.toml",
            '"Crimson"',
            '"\u00a0"',
            "trial/codes/colour.toml: code R: a spelling is blank.",
            "",
        ),
    ],
)
def test_refusals_name_file_and_key(trial: Path, file: str, old: str, new: str, message: str, hint: str):
    path = trial / "trial" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    said, advice = refused(trial)
    assert said.startswith(message)
    assert advice.startswith(hint)


def test_unknown_edition():
    with pytest.raises(UsageError) as caught:
        load_edition("ilacs2019")
    assert caught.value.message == "There is no edition ilacs2019."
    assert caught.value.hint == "Did you mean ilacs-2019? Editions: ilacs-2018, ilacs-2019, ilacs-2022."
    with pytest.raises(UsageError) as caught:
        load_edition("zzz")
    assert caught.value.hint == "Editions: ilacs-2018, ilacs-2019, ilacs-2022."


def test_a_number_of_a_list_given_twice(trial: Path):
    write(trial, {"trial/lists/02-more.toml": LIST})
    said, hint = refused(trial)
    assert said == "trial/lists/02-more.toml: number: list 1 is defined by trial/lists/01-colours.toml too."
    assert hint.startswith("A file replaces the older one of the same name")


def test_circle_of_editions(trial: Path):
    for name, base in (("trial", "one"), ("one", "two"), ("two", "one")):
        write(trial, {f"{name}/edition.toml": based_on(base)})
    assert refused(trial)[0] == "two/edition.toml: based_on goes in a circle: one -> two -> one."


def test_a_code_set_without_labels_cannot_be_shown(trial: Path):
    write(trial, {"trial/codes/colour.toml": 'title = "Colour"\n[[code]]\ncode = "R"\n'})
    assert refused(trial)[0] == "trial/lists/01-colours.toml: columns[1].codes: colour has no label to show."


def test_an_edition_without_lists(tmp_path: Path):
    write(tmp_path, {"trial/edition.toml": EDITION})
    assert refused(tmp_path) == (
        "trial/edition.toml: months.1 is about a list that the edition does not have.",
        "Its lists: none.",
    )


def test_a_spelling_that_two_editions_read_differently(trial: Path):
    swapped = CODES.replace('"a) Red"', '"x"').replace('"b) Blue"', '"a) Red"')
    write(
        trial,
        {
            "later/edition.toml": based_on("trial"),
            "later/codes/colour.toml": swapped,
        },
    )
    for name in ("later", "trial"):
        assert refused(trial, name)[0] == "later/codes/colour.toml: code B: the spelling 'a) red' already means R."


def test_a_folder_may_not_take_a_shipped_name(tmp_path: Path):
    write(tmp_path, {"ilacs-2019/edition.toml": EDITION})
    said, hint = refused(tmp_path, "ilacs-2019")
    assert said.endswith("has the name of an edition that comes with annexa.")
    assert "based_on" in hint


def test_a_folder_that_does_not_exist(tmp_path: Path):
    said, _ = refused(tmp_path / "nowhere")
    assert said.endswith("nowhere does not exist.")


def test_files_that_cannot_be_read(trial: Path):
    (trial / "trial/codes/colour.toml").write_bytes(b'title = "Colour \xff"')
    assert refused(trial)[0].startswith("trial/codes/colour.toml is not readable TOML: ")
    (trial / "trial/codes/colour.toml").unlink()
    (trial / "trial/codes/colour.toml").mkdir()
    assert refused(trial)[0].startswith("trial/codes/colour.toml cannot be read: ")


# --- matching


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("  Care\u00a0Order\t Sec. 31(a) ", "care order sec. 31(a)"),
        ("RC1 \u2013 Adopted", "rc1 - adopted"),
        ("Child\u2019s, child\u02bcs, child`s", "child's, child's, child's"),
        ("\u201chost\u201d", '"host"'),
        ("\ufeffWBRI\u200b", "wbri"),
        ("YNYS M\u00d4N", "ynys m\u00f4n"),
        ("a\u2011b\u2212c\u2010d\u2014e", "a-b-c-d-e"),
        ("a\r\n\n b", "a b"),
        (" ", ""),
    ],
)
def test_one_form_for_texts_that_mean_the_same(text: str, form: str):
    assert normalise(text) == form


PARTS = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        ["\u2013", "\u2019", "\u00a0", "\u200b", "\ufeff", "\u0130", "\u00df", "\u03a3", "\u0178", "  ", "\x1c"]
    ),
)


@settings(max_examples=200, deadline=None)
@given(texts=st.lists(st.none() | st.lists(PARTS, max_size=6).map("".join), min_size=1, max_size=20))
def test_python_and_polars_normalise_alike(texts: list[str | None]):
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    expected = [None if text is None else normalise(text) for text in texts]
    assert frame.select(normalise_expr(pl.col("text")))["text"].to_list() == expected


@given(text=st.lists(PARTS, max_size=8).map("".join))
def test_normalising_twice_changes_nothing(text: str):
    assert normalise(normalise(text)) == normalise(text)


def code_set(entries: list[dict[str, Any]], **keys: Any) -> CodeSet:
    codes = tuple(Code(**entry) for entry in entries)
    return union({"f": EditionCodeSet(name="trial", title="Trial", entries=codes, **keys)})


def read(codes: CodeSet, *texts: str | None, extra: dict[str, str] | None = None) -> list[str | None]:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    eager = frame.select(codes.read(pl.col("text"), extra))["text"].to_list()
    assert frame.lazy().select(codes.read(pl.col("text"), extra)).collect()["text"].to_list() == eager
    return eager


def test_forms_that_follow_from_a_label_and_a_description():
    codes = code_set(
        [
            {"code": "1A", "label": "a) 1A: Person", "description": "‘PERSON’ – the child's kin."},
            {"code": "1B", "label": "b) 1B: Person", "spellings": ("Neighbour",)},
        ]
    )
    own = ["1A", "a) 1A", "a)1A", "a) 1A: Person", "a) 1A - Person", "1A: Person", "1A – Person", "1a person"]
    told = ["'Person' - the child's kin", "Person – the childs kin.", "1A - ‘Person’ - the child’s kin."]
    assert read(codes, *own, *told) == ["1A"] * len(own + told)
    assert read(codes, "Neighbour", "1B: Neighbour", "1b - neighbour.") == ["1B"] * 3
    assert read(codes, "Person", "a) Person", "a)", "Neigh", "1A Neighbour", "b) Neighbour") == [None] * 6


def test_a_declared_spelling_goes_before_a_derived_one():
    codes = code_set([{"code": "X", "label": "a) Red"}, {"code": "Y", "label": "b) Dark", "spellings": ("Red",)}])
    assert read(codes, "Red", "a) Red", "Dark") == ["Y", "X", "Y"]


def test_a_label_of_several_codes_reads_as_the_first():
    codes = code_set([{"code": "X", "label": "a) Home"}, {"code": "Y", "label": "a) Home"}])
    assert read(codes, "a) Home", "home", "Y", "Y - home") == ["X", "X", "Y", None]


def test_local_values_of_a_profile_go_first():
    codes = code_set([{"code": "4", "label": "a) 4: Housing"}, {"code": "6", "label": "b) 6: Police"}])
    assert read(codes, "4", "LOC–77", "x", extra={"4": "6", "loc-77": "4"}) == ["6", "4", None]
    assert read(codes, "4") == ["4"]


def test_several_known_spellings_in_one_text():
    codes = code_set(
        [
            {"code": "N", "label": "a) Neglect"},
            {"code": "P", "label": "b) Physical"},
            {"code": "MUL", "label": "e) Many"},
        ],
        several="MUL",
    )
    texts = ["Neglect, Physical", "N,P", "Multiple: neglect ,  b) PHYSICAL", "multiple:N,N", "Many", "Neglect, local"]
    assert read(codes, *texts, extra={"Local": "P"}) == ["MUL"] * 6
    assert (
        read(codes, "Neglect", "Multiple: Neglect", "Neglect,", "Neglect, other", "Multiple:", None)
        == ["N"] + [None] * 5
    )


def test_free_text_passes_unchanged():
    codes = code_set([{"code": "WAL", "label": "WAL - Wales"}], free_text=True)
    assert read(codes, " Wales ", "Sea  Town", "", " ", None) == ["WAL", "Sea  Town", None, None, None]
    shown = EditionCodeSet(name="t", title="T", entries=(Code(code="WAL", label="WAL - Wales"),), free_text=True)
    frame = pl.DataFrame({"c": ["WAL", "Sea  Town", None]})
    assert frame.select(shown.write(pl.col("c")))["c"].to_list() == ["WAL - Wales", "Sea  Town", None]


def test_a_set_without_labels_writes_blanks():
    hidden = EditionCodeSet(name="t", title="T", entries=(Code(code="A"),))
    assert pl.DataFrame({"c": ["A", None]}).with_columns(hidden.write(pl.col("c")).alias("c"))["c"].to_list() == [
        None,
        None,
    ]


def test_an_empty_column_stays_empty():
    frame = pl.DataFrame(schema={"text": pl.String})
    assert frame.select(code_sets()["gender"].read(pl.col("text"))).schema == {"text": pl.String}


def test_the_newest_edition_says_what_stands_for_a_blank():
    older = EditionCodeSet(name="t", title="T", entries=(Code(code="A"), Code(code="B")), not_recorded="A")
    newer = EditionCodeSet(name="t", title="T", entries=(Code(code="A"), Code(code="B")), not_recorded="B", several="A")
    silent = EditionCodeSet(name="t", title="T", entries=(Code(code="C"),), free_text=True)
    joined = union({"1": older, "2": newer, "3": silent})
    assert (joined.name, joined.not_recorded, joined.several, joined.free_text) == ("t", "B", "A", True)
    assert joined.codes == {"A", "B", "C"}


# --- comparing


def test_an_edition_does_not_differ_from_itself():
    edition = load_edition("ilacs-2018")
    assert compare(edition, edition) == []


def test_differences_between_two_editions(trial: Path):
    changed = (
        LIST.replace("Every colour", "Any colour")
        .replace('date = "seen_date"', 'date = "made_date"')
        .replace('"seen_date desc", ', "")
        .replace(', codes = "colour", not_recorded = true', ', codes = "colour"')
        .replace('  { heading = "Age", derive = "age_in_years" },\n', "")
        .replace("columns = [", 'columns = [\n  { heading = "Team", field = "team" },')
    )
    write(
        trial,
        {
            "later/edition.toml": EDITION.replace("2030", "2031").replace("1 = 4", "2 = 5"),
            "later/lists/01-colours.toml": changed,
            "later/lists/02-shapes.toml": changed.replace("number = 1", "number = 2").replace("Colours", "Shapes"),
            "later/codes/colour.toml": CODES.replace('written_as = "B"', 'label = "d) Teal"').replace(
                "a) Red", "r) Red"
            ),
            "later/codes/shape.toml": 'title = "Shape"\n[[code]]\ncode = "S"\n',
        },
    )
    found = compare(load_edition("trial", trial), load_edition("later", trial))
    assert found == [
        Difference("list", "List 1: requirement", "Every colour of the window.", "Any colour of the window."),
        Difference("list", "List 1: window", "date = seen_date", "date = made_date"),
        Difference("list", "List 1: sort", "seen_date desc, colour_id", "colour_id"),
        Difference("window", "List 1", "4 months", "no look-back"),
        Difference("column", "List 1: Colour", "colour, codes colour, a blank as not recorded", "colour, codes colour"),
        Difference("column", "List 1: Age", "derived: age_in_years", None),
        Difference("column", "List 1: Team", None, "team"),
        Difference("list", "List 2", None, "List 1: Shapes"),
        Difference("code", "colour: R", "a) Red", "r) Red"),
        Difference("code", "colour: T", "b) Blue", "d) Teal"),
        Difference("code", "shape", None, "Shape"),
    ]


def test_columns_that_change_places(trial: Path):
    first, second = LIST.index('  { heading = "Colour"'), LIST.index('  { heading = "Age"')
    swapped = LIST[:first] + LIST[second:].replace("]", "") + LIST[first:second] + "]\n"
    write(trial, {"later/edition.toml": EDITION, "later/codes/colour.toml": CODES, "later/lists/01.toml": swapped})
    found = compare(load_edition("trial", trial), load_edition("later", trial))
    assert found == [Difference("column", "List 1: order", "Colour, Age", "Age, Colour")]
