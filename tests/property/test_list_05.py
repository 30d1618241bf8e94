"""List 5 against plain Python: who is on it, which conference, why none, and the counts of 12 months."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from annexa.lists.build import build_list
from tests.support.context import context_of

D = date(2025, 6, 2)
FROM = date(2024, 12, 2)
# Days on and around each bound: the window, 12 and 60 days before other dates, and the months before them.
DAYS = st.sampled_from(
    [
        *(date(2024, 3, 1), date(2024, 4, 1), date(2024, 4, 2), date(2024, 10, 2), date(2024, 12, 1), FROM),
        *(date(2025, 1, 31), date(2025, 2, 1), date(2025, 4, 1), date(2025, 4, 2), date(2025, 6, 1), D),
    ]
)
CHILDREN = st.sampled_from(["C1", "C2"])
ENQUIRY_IDS = ["2", "10", "1a", "3"]
FLAGS = ["NFA_FLAG", "MONITOR_FLAG", "CP_CONFERENCE_FLAG"]

ENQUIRIES = st.lists(
    st.fixed_dictionaries(
        {
            "enquiry_id": st.sampled_from(ENQUIRY_IDS),
            "person_id": CHILDREN,
            "start_date": st.none() | DAYS,
            "end_date": st.none() | DAYS,
            "nfa": st.sampled_from([None, "Y", "N"]),
            "outcome_json": st.none() | st.sampled_from(FLAGS).map(lambda flag: f'{{"{flag}": "Y"}}'),
        }
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda each: (each["enquiry_id"], each["person_id"]),
)
CONFERENCES = st.lists(
    st.fixed_dictionaries(
        {
            "person_id": CHILDREN,
            "enquiry_id": st.sampled_from([None, "9", *ENQUIRY_IDS]),
            "conference_date": st.none() | DAYS | st.just(D + timedelta(days=8)),
            "resulted_in_plan": st.sampled_from(["Y", "N", None]),
            "transfer_in": st.sampled_from([None, "N", "Y"]),
        }
    ),
    max_size=5,
).map(lambda rows: [{**row, "conference_id": str(number)} for number, row in enumerate(rows, start=8)])
PLANS = st.lists(
    st.fixed_dictionaries(
        {
            "cp_plan_id": st.sampled_from(["P1", "P2"]),
            "person_id": CHILDREN,
            "start_date": st.none() | DAYS,
            "end_date": st.none() | DAYS,
            "other_la": st.sampled_from([None, "N", "Y"]),
        }
    ),
    max_size=3,
    unique_by=lambda each: (each["cp_plan_id"], each["person_id"]),
)


def order(key):
    return (0, int(key), "") if key.isdigit() else (1, 0, key)


def linked(enquiry, enquiries, conferences):
    """The conferences of one enquiry."""
    mine = [c for c in conferences if c["person_id"] == enquiry["person_id"] and c["transfer_in"] != "Y"]
    siblings = [e for e in enquiries if e["person_id"] == enquiry["person_id"]]
    by_id = [c for c in mine if c["enquiry_id"] == enquiry["enquiry_id"]]
    start = enquiry["start_date"]
    if by_id or start is None:
        return by_id
    position = (start, order(enquiry["enquiry_id"]))
    later = [(e["start_date"], order(e["enquiry_id"])) for e in siblings if e["start_date"]]
    following = min((each for each in later if each > position), default=(date.max,))[0]
    last = min(start + timedelta(days=60), following - timedelta(days=1))
    known = {e["enquiry_id"] for e in siblings}
    free = [c for c in mine if c["enquiry_id"] not in known and held(c) and start <= c["conference_date"] <= last]
    return sorted(free, key=lambda c: (c["conference_date"], order(c["conference_id"])))[:1]


def held(conference):
    return conference["conference_date"] is not None and conference["conference_date"] <= D


def expected(enquiries, conferences, plans):
    """The rows of List 5: (child, enquiry) -> conference date, result, unnecessary, enquiries, conferences."""
    rows = {}
    for enquiry in enquiries:
        child, start, end = enquiry["person_id"], enquiry["start_date"], enquiry["end_date"]
        conferences_of_it = linked(enquiry, enquiries, conferences)
        met = [c for c in conferences_of_it if held(c)]
        dates = [start, end, *(c["conference_date"] for c in met)]
        if not (any(day and FROM <= day <= D for day in dates) or (end is None and not met)):
            continue
        last = max(met, key=lambda c: (c["conference_date"], order(c["conference_id"])), default=None)
        on_plan = any(
            p["person_id"] == child and p["other_la"] != "Y" and start
            and (p["start_date"] or date.min) <= start < (p["end_date"] or date.max)
            for p in plans
        )  # fmt: skip
        outcome = enquiry["outcome_json"] or ""
        unnecessary = "N" if conferences_of_it or "CP_CONFERENCE" in outcome or on_plan else None
        unnecessary = unnecessary or ("Y" if outcome or enquiry["nfa"] == "Y" else None)
        dated = [e for e in enquiries if e["person_id"] == child and e["start_date"]]
        numbers = (0, 0)
        if dated:
            latest = max(dated, key=lambda e: (e["start_date"], order(e["enquiry_id"])))
            since = latest["start_date"] - relativedelta(months=12)
            counted = [
                c for c in conferences
                if c["person_id"] == child and c["transfer_in"] != "Y" and held(c)
                and since <= c["conference_date"] < latest["start_date"] and c["enquiry_id"] != latest["enquiry_id"]
            ]  # fmt: skip
            numbers = (sum(since <= e["start_date"] for e in dated) - 1, len(counted))
        rows[child, enquiry["enquiry_id"]] = (
            last and last["conference_date"], last and last["resulted_in_plan"], unnecessary, *numbers
        )  # fmt: skip
    return rows


LABELS = {"a) Yes": "Y", "b) No": "N", None: None}


@given(ENQUIRIES, CONFERENCES, PLANS, st.randoms(use_true_random=False))
def test_list_5(enquiries, conferences, plans, random):
    frames = []
    names = ("section_47_enquiries", "conferences", "cp_plans")
    given_rows = dict(zip(names, (enquiries, conferences, plans), strict=True))
    shuffled = {name: random.sample(rows, len(rows)) for name, rows in given_rows.items()}
    for records in (given_rows, shuffled):
        context = context_of(records, D)
        built = build_list(context, context.edition.lists[5])
        frames.append(built.frame)
    assert frames[0].equals(frames[1])
    got = {
        (child, enquiry): (day, LABELS[result], LABELS[unnecessary], *numbers)
        for child, enquiry, (unnecessary, day, result, *numbers) in zip(
            built.rows["person_id"], built.rows["enquiry_id"], built.frame[:, 7:12].iter_rows(), strict=True
        )
    }
    assert got == expected(enquiries, conferences, plans)
