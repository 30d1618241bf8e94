"""What each kind of visit is given, and packs of an authority's own."""

from pathlib import Path

import pytest

from annexa.errors import UsageError
from annexa.evidence.items import load_items
from annexa.evidence.packs import choose, load_packs
from tests.support.cli import annexa

EVERYTHING = tuple(item.number for item in load_items().items)
ALL_LISTS = tuple(range(1, 12))
EXPECTED = {
    "standard": (ALL_LISTS, EVERYTHING),
    "short": (ALL_LISTS, EVERYTHING),
    "focused:front-door": ((1, 2, 3, 4, 5), ("1.10", "2.01", "2.02")),
    "focused:children-in-need-and-child-protection": ((3, 4, 5, 6, 7), ("1.06", "2.02", "3.11")),
    "focused:vulnerable-adolescents": ((5, 6, 7, 8, 9), ("2.02", "2.05")),
    "focused:children-in-care": ((6, 8), ("3.07", "3.08", "3.09")),
    "focused:permanence": ((8, 10, 11), ("3.03", "3.04a", "3.11")),
    "focused:care-leavers": ((8, 9), ("3.10",)),
    "jtai": ((1, 3, 4, 5, 6, 7, 8), ("2.02", "2.05")),
}
REPORTS = {"1.07", "2.01", "2.02", "2.03", "2.04", "2.05", "3.07", "3.08", "3.09", "3.10", "3.11"}


def test_there_is_a_pack_for_each_kind_of_visit():
    assert set(load_packs()) == {*EXPECTED, "monitoring"}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_each_pack_holds(name):
    pack = choose(load_packs(), name)
    assert (pack.lists, pack.item_numbers()) == EXPECTED[name]


def test_a_monitoring_visit_is_its_topics_together():
    pack = choose(load_packs(), "monitoring", ["care-leavers", "focused:permanence"])
    assert pack.lists == (8, 9, 10, 11)
    assert pack.item_numbers() == ("3.03", "3.04a", "3.10", "3.11")
    assert pack.title == "Monitoring visit: care leavers; planning for permanence"


@pytest.mark.parametrize(
    ("visit", "topics", "message"),
    [
        ("focused:care-leaver", (), "Did you mean focused:care-leavers"),
        ("care-leavers", (), "Did you mean"),
        ("monitoring", (), "--topic"),
        ("monitoring", ("monitoring",), "no topic"),
        ("monitoring", ("front-dor",), "Did you mean front-door"),
        ("jtai", ("front-door",), "Leave --topic out"),
    ],
)
def test_names_that_are_none(visit, topics, message):
    with pytest.raises(UsageError) as refused:
        choose(load_packs(), visit, topics)
    assert message in f"{refused.value.message} {refused.value.hint}"


@pytest.mark.parametrize("name", [*EXPECTED])
def test_a_run_is_asked_for_exactly_that(name, tmp_path, monkeypatch):
    """The lists and reports that `annexa pack` builds, and the items of its tracker and index."""
    asked = []

    def build(request, _):
        asked.append(request)
        raise UsageError("Far enough.")

    monkeypatch.setattr("annexa.pipeline.building.build", build)
    done = annexa("pack", "--visit", name, "--inspection-date", "2018-06-04", "--extracts", tmp_path, "--quiet")
    assert "Far enough." in done.err
    (request,) = asked
    lists, items = EXPECTED[name]
    assert (request.lists, request.items, request.command) == (lists, items, "pack")
    assert set(request.reports) == set(items) & REPORTS
    assert request.output.name == f"annexa-{name.replace(':', '-')}-2018-06-04"


OWN = """
[[pack]]
name = "peer-review"
title = "Peer review"
lists = [7]
items = ["1.03", "2.02"]
"""


def own(folder: Path, text: str = OWN) -> Path:
    path = folder / "ours.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_pack_of_ones_own(tmp_path):
    pack = choose(load_packs(own(tmp_path)), "peer-review")
    assert (pack.lists, pack.item_numbers()) == ((7,), ("1.03", "2.02"))


def test_it_stands_in_annexa_toml(tmp_path):
    own(tmp_path)
    (tmp_path / "annexa.toml").write_text('packs = "ours.toml"\n', encoding="utf-8")
    done = annexa("pack", "--list", "--config", tmp_path / "annexa.toml")
    assert done.code == 0
    assert "peer-review" in done.out
    assert "focused:care-leavers" in done.out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (OWN.replace("peer-review", "jtai"), "two packs named jtai"),
        (OWN.replace("1.03", "1.99"), "no item 1.99"),
        (OWN.replace("[7]", "[12]"), "ours.toml: pack.0.lists"),
        (OWN.replace("lists = [7]\nitems", "wanted = 1\nitems"), "ours.toml: pack.0.wanted"),
        ('[[pack]]\nname = "empty"\ntitle = "Empty"\n', "ours.toml: pack.0"),
        ("[[pack", "ours.toml is not a TOML file"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path, text, message):
    with pytest.raises(UsageError, match=message):
        load_packs(own(tmp_path, text))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "--visit"),
        (("--visit", "jtai"), "--inspection-date"),
    ],
)
def test_what_is_not_said_is_asked_for(arguments, message, tmp_path):
    done = annexa("pack", *arguments, "--extracts", tmp_path)
    assert done.code == 2
    assert message in done.err
