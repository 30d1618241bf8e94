"""Loading configs/evidence.toml: a fault names file and key."""

import pytest

from annexa.errors import UsageError
from annexa.evidence.items import load_items

GOOD = """
[[items]]
number = "1.02"
title = "T"
asked = "A"
[[items.documents]]
id = "1.02-one"
title = "One"
kind = "document"
[[areas]]
name = "n"
words = ["w"]
"""


def load(tmp_path, text):
    path = tmp_path / "evidence.toml"
    path.write_text(text, encoding="utf-8")
    return load_items(path)


def test_what_is_not_said_has_a_default(tmp_path):
    (item,) = load(tmp_path, GOOD).items
    (each,) = item.documents
    assert (each.look_back, each.due_day, each.at_least, each.at_most, each.gap) == (None, 5, 1, None, None)
    assert (each.made_by, each.figure, each.if_any, each.advice) == ("", None, False, "")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kind = "document"', 'kind = "paper"', "items.0.documents.0.kind: Input should be"),
        ('kind = "document"', 'kind = "document"\ncolour = "red"', "items.0.documents.0.colour: Extra inputs"),
        ('title = "One"', 'title = ""', "items.0.documents.0.title"),
        ('kind = "document"', 'kind = "document"\ndue_day = 6', "items.0.documents.0.due_day"),
        ('kind = "document"', 'kind = "document"\ndue_day = 0', "items.0.documents.0.due_day"),
        ('kind = "document"', 'kind = "document"\ngap = 4', "gap needs look_back"),
        ('kind = "document"', 'kind = "document"\nat_least = 3\nat_most = 2', "at_most is less than at_least"),
        ('id = "1.02-one"', 'id = "1.03-one"', "begins with the number of its item"),
        ('id = "1.02-one"', 'id = "one"', "items.0.documents.0.id"),
        ('number = "1.02"', 'number = "2"', "items.0.number"),
        ("[[areas]]", "[[items", "is not a TOML file"),
        ("[[areas]]", '[[items]]\nnumber = "1.02"\ntitle = "T"\nasked = "A"\ndocuments = []\n[[areas]]', "items.1.doc"),
    ],
)
def test_a_fault_names_file_and_key(tmp_path, old, new, message):
    with pytest.raises(UsageError) as error:
        load(tmp_path, GOOD.replace(old, new))
    assert error.value.message.startswith("evidence.toml")
    assert message in error.value.message


def test_an_item_or_a_document_twice(tmp_path):
    again = GOOD.partition("[[areas]]")[0]
    with pytest.raises(UsageError, match=r"1\.02 stands there twice"):
        load(tmp_path, again + GOOD)
    more = '[[items.documents]]\nid = "1.02-one"\ntitle = "T"\nkind = "list"\n[[areas]]'
    with pytest.raises(UsageError, match=r"1\.02-one stands there twice"):
        load(tmp_path, GOOD.replace("[[areas]]", more))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match=r"evidence\.toml cannot be read"):
        load_items(tmp_path / "evidence.toml")


def test_a_byte_order_mark_does_no_harm(tmp_path):
    assert load(tmp_path, "\ufeff" + GOOD).items


def test_a_pack_asks_for_some_items():
    evidence = load_items()
    assert [item.number for item in evidence.only(["3.11", "2.02"]).items] == ["2.02", "3.11"]
    with pytest.raises(UsageError) as error:
        evidence.only(["2.2"])
    assert error.value.message == "Annex A has no item 2.2."
    assert error.value.hint == "Did you mean 2.02?"
    with pytest.raises(UsageError, match="has no item zzz") as error:
        evidence.only(["zzz"])
    assert error.value.hint.startswith("Its items are 1.01,")
