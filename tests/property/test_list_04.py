"""List 4 against plain Python: who is on it, and whether support is required."""

import json
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from annexa.lists.assessments import open_assessments
from annexa.lists.build import build_list
from tests.property.test_links import belongs, newest
from tests.support.context import context_of

D = date(2025, 6, 2)
FROM = date(2024, 12, 2)
DAYS = st.sampled_from([date(2024, 3, 1), date(2024, 12, 1), FROM, date(2025, 1, 31), date(2025, 6, 1), D])
CHILDREN = st.sampled_from(["C1", "C2"])
IDS = ["2", "10", "1a"]
FLAGS = ["NFA_FLAG", "PROV_OF_SERVICES_FLAG", "CLA_REQUEST_FLAG", "LEGAL_ACTION_FLAG"]

EPISODES = st.lists(
    st.fixed_dictionaries(
        {
            "referral_id": st.sampled_from(IDS),
            "person_id": CHILDREN,
            "referral_date": st.none() | DAYS,
            "close_date": st.none() | DAYS,
            "close_reason": st.sampled_from([None, "RC1", "RC8", "RC9"]),
        }
    ),
    max_size=4,
    unique_by=lambda episode: (episode["referral_id"], episode["person_id"]),
)
ASSESSMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "assessment_id": st.sampled_from(["5", "40", "4a"]),
            "person_id": CHILDREN,
            "referral_id": st.sampled_from([None, "9", *IDS]),
            "start_date": st.none() | DAYS,
            "authorised_date": st.none() | DAYS,
            "outcome_nfa": st.sampled_from([None, None, "Y", "N"]),
            "outcome_json": st.none() | st.dictionaries(st.sampled_from(FLAGS), st.sampled_from("YN")).map(json.dumps),
        }
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda each: (each["assessment_id"], each["person_id"]),
)


def support(assessment, episode, is_last):
    flags = json.loads(assessment["outcome_json"] or "{}")
    nfa = assessment["outcome_nfa"] or flags.get("NFA_FLAG")
    if assessment["authorised_date"] is None:
        return None
    if nfa:
        return {"Y": "b) No", "N": "a) Yes"}[nfa]
    if "Y" in (flags.get("PROV_OF_SERVICES_FLAG"), flags.get("CLA_REQUEST_FLAG")):
        return "a) Yes"
    closed_after = is_last and episode["close_date"] and episode["close_reason"] in ("RC8", "RC9")
    return "b) No" if closed_after else None


@given(ASSESSMENTS, EPISODES, st.sets(st.sampled_from(["5", "40", "4a"])), st.randoms(use_true_random=False))
def test_list_4(assessments, episodes, cancelled, random):
    kept = [each for each in assessments if each["assessment_id"] not in cancelled]
    own = []
    for each in kept:
        service = {**each, "start": each["start_date"], "end": each["authorised_date"]}
        own.append((each, belongs(service, episodes)))
    expected, still_open = {}, set()
    for each, episode in own:
        end = each["authorised_date"]
        shut = end is None and episode is not None and episode["close_date"] and episode["close_date"] < FROM
        key = (each["person_id"], each["assessment_id"])
        if end is None and not shut:
            still_open.add(key)
        if shut or (end is not None and end < FROM):
            continue
        rivals = [other for other, its_own in own if its_own is episode and episode is not None]
        asked = [
            {"referral_id": r["assessment_id"], "referral_date": r["start_date"], "close_date": r["authorised_date"]}
            for r in rivals
        ]
        is_last = bool(rivals) and newest(asked)["referral_id"] == each["assessment_id"]
        expected[key] = support(each, episode, is_last)
    for order in (list, lambda rows: random.sample(rows, len(rows))):
        context = context_of(
            {
                "assessments": order(assessments),
                "cin_episodes": order(episodes),
                "assessment_statuses": [{"assessment_id": key, "status": "cancelled"} for key in sorted(cancelled)],
            },
            D,
        )
        built = build_list(context, context.edition.lists[4])
        keys = built.rows.select("person_id", "assessment_id").rows()
        assert dict(zip(keys, built.frame[:, 9], strict=True)) == expected
        assert set(open_assessments(context).select("person_id", "assessment_id").rows()) == still_open
