"""The names of collected files: the number of the item in front, short enough, and none twice."""

import pytest

from annexa.outputs.stage import Stage
from annexa.pipeline.collecting import _Copied, collected_name

LONG = "é" * 200


@pytest.mark.parametrize(
    ("item", "name", "found"),
    [
        ("1.02", "a.pdf", "1.02_a.pdf"),
        ("1.02", "a", "1.02_a"),
        ("1.02", " a: b?.pdf. ", "1.02_a_ b_.pdf"),
        ("", "a.pdf", "other_a.pdf"),
        ("a/b", "a.pdf", "a_b_a.pdf"),
        ("1.02", ".pdf", "1.02_.pdf"),
        ("1.02", "report.of the third quarter, as it was sent", "1.02_report.of the third quarter, as it was sent"),
    ],
)
def test_item_and_name(item, name, found):
    assert collected_name(item, name) == found


@pytest.mark.parametrize("item", ["1.02", "x" * 300, LONG])
@pytest.mark.parametrize("name", ["a.pdf", f"{LONG}.pdf", f"a.{LONG}", LONG, "a" * 400])
@pytest.mark.parametrize("number", [1, 2, 1000])
def test_a_name_is_one_that_every_system_takes(item, name, number):
    found = collected_name(item, name, number)
    assert len(found.encode()) <= 221  # 40 of the item, a stroke, and 180
    assert found.endswith(".pdf") == name.endswith(".pdf")
    assert (f"-{number}" in found) == (number > 1)


def test_long_names_that_begin_alike_are_told_apart(tmp_path):
    with Stage(tmp_path / "out") as stage:
        copied = _Copied(stage)
        names = []
        for number in range(3):
            path = tmp_path / f"{number}.pdf"
            path.write_bytes(b"x")
            with path.open("rb") as file:
                names.append(copied.add("1.02", f"{'a' * 190}{number}.pdf", path, file))
    assert names == [f"1.02_{'a' * 176}.pdf", f"1.02_{'a' * 174}-2.pdf", f"1.02_{'a' * 174}-3.pdf"]
