"""Why a child joined or left a list, from two builds: what the reasons mean is what the lists' rules make of them.

A1 is 4 May 2025, A2 4 June 2025. The windows of six months begin on 4 November and 4 December 2024, those of Lists 10
and 11 on 4 May and 4 June 2024. Each story is one child: what the extract of May says, and what that of June says.
"""

from collections import defaultdict
from functools import cache

import pytest

from annexa.differences.why import moves
from tests.spec.adapter import source_rows
from tests.support.build import build
from tests.support.differences import side_of

MAY, JUNE = "2025-05-04", "2025-06-04"
OLD, GONE_BY, LATE = "2024-02-05", "2024-11-20", "2025-05-20"  # long ago; in the window of May alone; since A1
EARLY = "2025-04-01"  # before A1: in June alone it was entered late

# A referral of 20 April with nothing but itself, and the same closed since without further action.
REFERRAL = {"start": "2025-04-20"}
NO_ACTION = {"start": "2025-04-20", "end": LATE, "nfa": "Y", "reason": "RC8"}
BEGUN = {"start": "2025-04-20", "activity": "open assessment"}
# Another episode, of 1 April.
NEED = {"start": EARLY, "activity": "CIN plan"}
ASSESSED = {"start": EARLY, "activity": "open assessment"}
LEAVER = {"cat": "FORMER", "dob": "2004-01-12"}
YOUNG = {"cat": "RELEVANT", "dob": "2008-01-12"}
SHORT_BREAK = {"start": OLD, "end": GONE_BY, "legal": "V4"}
DECIDED = {"decision": "2024-03-04"}


def need(*episodes):
    return {"episodes": list(episodes)}


def care(*periods, **more):
    return {"periods": list(periods), **more}


def twice(facts):
    """The same facts, and each of their rows stands in the extract twice."""
    return {**facts, "twice": True}


# List, facts in May, facts in June (None: no record), change, why, reason code.
STORIES = [
    # Contacts
    (1, None, {"date": LATE}, "joined", "new event", None),
    (1, {"date": LATE}, {"date": LATE}, "joined", "new event", "FUTURE"),
    (1, None, {"date": MAY}, "joined", "new event", None),  # the day on which the first extract was drawn
    (1, None, {"date": EARLY}, "joined", "corrected", None),
    (1, {"date": EARLY}, None, "left", "corrected", None),
    (1, {"date": GONE_BY}, {"date": GONE_BY}, "left", "window moved on", "WINDOW"),
    (1, {"date": ""}, {"date": EARLY}, "joined", "corrected", "NO_DATE"),
    # Early help
    (2, {"start": OLD}, {"start": OLD, "end": GONE_BY}, "left", "corrected", "WINDOW"),
    (2, {"start": OLD, "end": GONE_BY}, {"start": OLD, "end": GONE_BY}, "left", "window moved on", "WINDOW"),
    (2, {"start": OLD, "died": GONE_BY}, {"start": OLD, "died": GONE_BY}, "left", "window moved on", "DIED"),
    # Assessments
    (4, {"start": OLD}, {"start": OLD, "cancelled": True}, "left", "corrected", "CANCELLED"),
    (4, {"start": OLD, "episode_start": OLD, "episode_end": GONE_BY},
     {"start": OLD, "episode_start": OLD, "episode_end": GONE_BY}, "left", "window moved on", "CLOSED_WITH_EPISODE"),
    # Section 47 enquiries
    (5, {"start": OLD, "end": GONE_BY}, {"start": OLD, "end": GONE_BY}, "left", "window moved on", "WINDOW"),
    # Children in need
    (6, need(REFERRAL), need(BEGUN), "joined", "new event", "REFERRAL_ONLY"),
    (6, need(REFERRAL), need(NO_ACTION, NEED), "joined", "corrected", None),
    (6, need(REFERRAL), need(REFERRAL, NEED), "joined", "corrected", None),
    (6, need(NO_ACTION, NEED), need(NO_ACTION), "left", "corrected", None),
    (6, need(REFERRAL, NEED), need(NO_ACTION), "left", "corrected", None),
    (6, need(ASSESSED), need({"start": EARLY, "end": LATE, "reason": "RC8", "activity": "closed assessment"}),
     "left", "closed", "RC8"),
    (6, need(ASSESSED), need({"start": EARLY, "end": MAY, "reason": "RC8", "activity": "closed assessment"}),
     "left", "closed", "RC8"),
    (6, need(ASSESSED), need({"start": EARLY, "end": LATE, "nfa": "Y", "activity": "closed assessment"}),
     "left", "closed", "NFA"),
    # Another record of the child is the one shown, and tells: it was entered late.
    (6, need(REFERRAL), need(BEGUN, {**NEED, "start": "2025-04-25"}), "joined", "corrected", None),
    (6, twice(need(REFERRAL)), twice(need(BEGUN)), "joined", "new event", "REFERRAL_ONLY"),
    (6, twice(need(ASSESSED)),
     twice(need({"start": EARLY, "end": LATE, "nfa": "Y", "activity": "closed assessment"})), "left", "closed", "NFA"),
    (6, need({**NEED, "start": OLD, "end": GONE_BY}), need({**NEED, "start": OLD, "end": GONE_BY}),
     "left", "window moved on", "WINDOW"),
    # Child protection plans
    (7, {"plans": [{"start": OLD}]}, {"plans": [{"start": OLD, "other_la_temp": True}]},
     "left", "corrected", "OTHER_LA_PLAN"),
    (7, {"plans": [{"start": "2020-01-06", "end": OLD}]},
     {"plans": [{"start": "2020-01-06", "end": OLD}, {"start": LATE}]}, "joined", "new event", None),
    # Children in care
    (8, care(SHORT_BREAK), care(SHORT_BREAK, {"start": EARLY}), "joined", "corrected", None),
    (8, care({"start": OLD}), care({"start": OLD, "legal": "V4"}), "left", "corrected", "SHORT_BREAK"),
    (8, care({"start": OLD}, dob="2006-11-20", care_leaver="RELEVANT"),
     care({"start": OLD}, dob="2006-11-20", care_leaver="RELEVANT"),
     "left", "window moved on", "AGE_18"),
    (8, care({"start": OLD}), care({"start": OLD}, merged=True), "left", "corrected", None),
    # Care leavers
    (9, {**YOUNG, "cla": True}, YOUNG, "joined", "closed", "LOOKED_AFTER"),
    (9, YOUNG, {**YOUNG, "cla": True}, "left", "new event", "LOOKED_AFTER"),
    (9, LEAVER, {**LEAVER, "service_end": LATE}, "left", "closed", "SERVICE_ENDED"),
    (9, {**LEAVER, "service_end": EARLY}, {**LEAVER, "service_end": ""}, "joined", "new event", "SERVICE_ENDED"),
    (9, LEAVER, {**LEAVER, "died": LATE}, "left", "closed", "DIED"),
    (9, {**LEAVER, "dob": "2000-05-20"}, {**LEAVER, "dob": "2000-05-20"}, "left", "window moved on", "AGE_25"),
    (9, LEAVER, {**LEAVER, "cat": "NONE"}, "left", "closed", "NO_ELIGIBILITY"),
    (9, None, LEAVER, "joined", "not known", None),
    # Adoption
    (10, None, {"decisions": [{"decision": LATE}]}, "joined", "new event", None),
    (10, {"decisions": [{**DECIDED, "reversed": "2024-05-20"}]}, {"decisions": [{**DECIDED, "reversed": "2024-05-20"}]},
     "left", "window moved on", "WINDOW"),
    # Adopters
    (11, {"enquiry": OLD}, {"enquiry": OLD, "applied": LATE}, "joined", "new event", "ENQUIRY_ONLY"),
    (11, {"enquiry": OLD, "applied": OLD}, {"enquiry": OLD, "applied": OLD, "on_hold": True},
     "left", "closed", "ON_HOLD"),
]  # fmt: skip


@cache
def moved(number):
    """Child -> change, why and reason code, of all stories at once."""
    return {
        child: told for child, *told in moves(number, *_sides()).select("child", "change", "why", "reason").iter_rows()
    }


@cache
def _sides():
    sides = []
    for at, day in ((1, MAY), (2, JUNE)):
        tables = defaultdict(list)
        for position, story in enumerate(STORIES):
            number, facts, child = story[0], story[at], f"C{position:02}"
            written, _ = source_rows(number, child, {**facts, "couple": child}) if facts else source_rows(8, child, {})
            if (facts or {}).get("merged"):
                written.add("annexa_merged_ids", old_person_id=child, person_id="new")
            for table, rows in written.tables.items():
                own = [{name: _own(name, cell, child) for name, cell in row.items()} for row in rows]
                tables[table] += own * (2 if (facts or {}).get("twice") else 1)
        sides.append(side_of(build(tables, inspection_date=day, edition="ilacs-2019", list6_additions=False)))
    return sides


def _own(name, cell, child):
    """An identifier of this child's alone: one that several share would join their stories."""
    return f"{child}-{cell}" if name.endswith("_id") and cell != child else cell


@pytest.mark.parametrize("position", range(len(STORIES)))
def test_a_story(position):
    number, _, _, *expected = STORIES[position]
    assert moved(number).get(f"C{position:02}") == expected


def test_a_child_whose_identifier_was_merged_joins_under_the_new_one():
    (merged,) = [f"C{position:02}" for position, story in enumerate(STORIES) if (story[2] or {}).get("merged")]
    assert moved(8)[f"{merged}-new"] == ["joined", "corrected", None]
