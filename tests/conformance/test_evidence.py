"""configs/evidence.toml has every item of Annex A and no other, and its own products where they are built."""

import re

import pytest

from annexa.evidence.audits import FILE as AUDITS_FILE
from annexa.evidence.items import load_items
from annexa.evidence.rows import COLUMNS, HERS

ITEMS = [
    *(f"1.{number:02d}" for number in range(1, 14)),
    *(f"2.{number:02d}" for number in range(1, 6)),
    "3.01", "3.02", "3.03", "3.04a", "3.04b", *(f"3.{number:02d}" for number in range(5, 12)),
]  # fmt: skip
REPORTS = {
    "1.07": "workforce", "2.01": "early-help", "2.02": "missing-and-exploited", "2.03": "private-fostering",
    "2.04": "elective-home-education", "2.05": "not-in-full-time-education", "3.07": "virtual-school", "3.08": "health",
    "3.09": "secure-accommodation", "3.10": "care-leavers", "3.11": "public-law-outline",
}  # fmt: skip
# What the framework asks for in so many words, and the document that answers it.
ASKED = {
    "1.02": ["scheme-of-delegation", "case-transfer-policy", "workflow"],
    "1.03": ["latest-report", "annual-overview"],
    "1.04": ["feedback", "complaints", "serious-case-reviews", "response"],
    "1.05": ["self-evaluation", "peer-review"],
    "1.06": ["audited-cases", "authority-audits", "multi-agency-audits", "action-plans"],
    "1.08": ["strategy", "training", "evaluation"],
    "2.01": ["report", "strategy", "action-plan"],
    "2.02": ["report", "strategies", "action-plans", "workflow", "performance"],
    "3.01": ["strategic-plan", "corporate-parenting", "minutes"],
    "3.02": ["strategy", "plans"],
    "3.03": ["arrangements", "strategy", "action-plan", "management-information"],
    "3.04a": ["adoption-panel", "fostering-panel"],
    "3.04b": ["strategy", "action-plan", "management-information", "waiting-time", "length-of-help", "outcomes"],
    "3.08": ["report", "evidence"],
    "3.10": ["report", "strategy", "action-plan"],
    "3.11": ["report", "tracking"],
}
RULES = {  # look_back, at_least, at_most, gap
    "1.03-latest-report": (3, 1, None, None),
    "1.05-self-evaluation": (None, 1, None, None),
    "1.05-peer-review": (12, 1, None, None),
    "1.06-authority-audits": (6, 1, None, None),
    "1.06-multi-agency-audits": (6, 1, None, None),
    "1.08-evaluation": (12, 1, None, None),
    "1.13-minutes": (12, 1, None, 4),
    "3.01-minutes": (None, 3, 3, None),
}
EVIDENCE = load_items()
DOCUMENTS = {each.id: each for _, each in EVIDENCE.documents}


def test_every_item_of_annex_a_is_there_and_no_other():
    assert [item.number for item in EVIDENCE.items] == ITEMS


@pytest.mark.parametrize("item", EVIDENCE.items, ids=lambda item: item.number)
def test_an_item_has_each_document_that_is_asked_for(item):
    slugs = [each.id.removeprefix(f"{item.number}-") for each in item.documents]
    assert slugs == ASKED.get(item.number, slugs[:1])


def test_the_tools_own_products_fill_their_rows():
    made = {each.made_by: item.number for item, each in EVIDENCE.documents if each.made_by}
    wanted = {f"reports/{item}-{name}.xlsx": item for item, name in REPORTS.items()}
    assert made == {"annex-a.xlsx": "1.01", AUDITS_FILE: "1.06", **wanted}


@pytest.mark.parametrize("name", RULES)
def test_look_backs_numbers_of_files_and_gaps(name):
    each = DOCUMENTS[name]
    assert (each.look_back, each.at_least, each.at_most, each.gap) == RULES[name]


def test_everything_is_due_on_the_last_day_of_notice():
    assert {each.due_day for each in DOCUMENTS.values()} == {5}


def test_the_four_kinds_of_audited_work():
    assert [area.name for area in EVIDENCE.areas] == [
        "children in need", "children at risk of significant harm", "children looked after", "care leavers",
    ]  # fmt: skip
    words = [word for area in EVIDENCE.areas for word in area.words]
    assert len(set(words)) == len(words)
    assert all(re.fullmatch("[a-z0-9 ]+", word) for word in words)


def test_the_columns_of_the_tracker():
    assert list(COLUMNS) == [
        "item", "document", "title", "kind", "look_back", "owner", "due_day", "status", "file", "file_date",
        "period_from", "period_to", "note", "due", "due_in", "rag", "checks",
    ]  # fmt: skip
    assert list(HERS) == list(COLUMNS)[5:13]
