"""The worked examples of membership: every fact and every expectation stands in list_NN/membership.jsonl."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.spec.adapter import outcome

EXAMPLES = [
    json.loads(line)
    for path in sorted(Path(__file__).parent.glob("list_*/membership.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]


def test_every_example_is_here():
    assert len(EXAMPLES) == 193
    assert len({example["id"] for example in EXAMPLES}) == 193


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["id"])
def test_membership(example):
    got = outcome(example)
    expected = example["expected"]
    if isinstance(expected, str):
        assert got.starts == [date.fromisoformat(expected)]
    else:
        assert got.listed is expected
        if not expected:
            assert got.reason is not None or example["list"] == 6
