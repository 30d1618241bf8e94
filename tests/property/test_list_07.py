"""List 7 against a plain-Python oracle, child by child; and the order of source rows never matters."""

from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.spec.list_07.test_plans import ALONE, END, PREVIOUS, START, VISIT, by_child, list_7, plan, visit

D, SINCE = "2025-06-02", "2024-12-02"
DAYS = ["2019-03-04", "2024-12-01", SINCE, "2025-02-10", D, "2025-06-03"]
FIRST, LAST = "0000", "9999"
LABELS = {"Y": "a) Yes", "N": "b) No", "": "c) Unknown"}

blank_or_day = st.sampled_from(["", *DAYS])
span = st.tuples(blank_or_day, st.sampled_from(["", "", *DAYS])).map(
    lambda pair: tuple(sorted(pair)) if all(pair) else pair
)
flag = st.sampled_from(["Y", "N", ""])
children = st.tuples(
    st.sampled_from(["", "", "2024-12-01", "2025-02-10"]),  # date of death
    st.lists(st.tuples(span, st.sampled_from(["", "", "N", "Y"])), max_size=4),  # plans: dates, held for another
    st.lists(st.tuples(st.sampled_from(DAYS), flag, flag), max_size=3),  # visits that name no plan
)


def source_rows(cases):
    """Child -> facts as plans, visits and people; the children share identifiers."""
    plans = [
        plan(start, end, f"P{number}", child, cppl_cp_plan_ola=other)
        for child, (_, held, _) in cases.items()
        for number, ((start, end), other) in enumerate(held)
    ]
    visits = [
        visit(day, seen, alone, key=f"V{number}", child=child)
        for child, (_, _, made) in cases.items()
        for number, (day, seen, alone) in enumerate(made)
    ]
    people = [
        {"pers_person_id": child, "pers_dob": "2012-05-05", "pers_death_date": died}
        for child, (died, _, _) in cases.items()
    ]
    return plans, visits, people


def outcome(died, held, made):
    """Reason of each plan, and the row shown: start, end, previous plans, last visit, seen alone."""
    plans = {
        f"P{number}": (start, (end if end <= D else "") or died, bool(end and end <= D), other == "Y")
        for number, ((start, end), other) in enumerate(held)
    }

    def why(start, end, recorded, other):
        if start > D:
            return "FUTURE"
        out = end and end < SINCE
        if out and not start:
            return "NO_DATE"
        return "OTHER_LA_PLAN" if other else ("WINDOW" if recorded else "DIED") if out else None

    decided = {key: why(*each) for key, each in plans.items()}
    scope = [key for key, reason in decided.items() if reason is None]
    if not scope:
        return decided, None
    shown = max(scope, key=lambda key: (not plans[key][1], plans[key][0] or FIRST, plans[key][1] or LAST, key))
    decided.update({key: "SUPERSEDED" for key in scope if key != shown})
    start, end, *_ = plans[shown]
    own = {each[:2] for key, each in plans.items() if decided[key] != "FUTURE" and not each[3]} - {("", "")}
    previous = len(own - {(start, end)})
    inside = [(day, seen, alone) for day, seen, alone in made if start <= day <= (end or D)]
    visits = [(seen != "N", day, number) for number, (day, seen, _) in enumerate(inside)]
    if not visits:
        return decided, (start, end, previous, "", None)
    was_seen, last, number = max(visits)
    return decided, (start, end, previous, last, LABELS[inside[number][2] if was_seen else "N"])


@settings(max_examples=max(20, settings.default.max_examples // 2))
@given(st.lists(children, min_size=5, max_size=15))
def test_list_7_agrees_with_the_oracle(drawn):
    cases = {f"C{number:02}": facts for number, facts in enumerate(drawn)}
    plans, visits, people = source_rows(cases)
    got = list_7(plans, visits, people=people)
    expected = {child: outcome(*facts) for child, facts in cases.items()}

    def text(day):
        return day.isoformat() if day else ""

    shown = {
        child: (text(start), text(end), number, text(seen), alone)
        for child, (start, end, number, seen, alone) in by_child(got, START, END, PREVIOUS, VISIT, ALONE).items()
    }
    assert shown == {child: row for child, (_, row) in expected.items() if row}
    account = got.lists[7].accounts["cp_plans"]
    why = {(child, event): reason for child, event, reason in account.select("person_id", "event_id", "reason").rows()}
    assert why == {(child, key): reason for child, (each, _) in expected.items() for key, reason in each.items()}


@settings(max_examples=max(10, settings.default.max_examples // 5))
@given(st.lists(children, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_source_rows_does_not_matter(drawn, order):
    plans, visits, people = source_rows({f"C{number:02}": facts for number, facts in enumerate(drawn)})
    shuffled = [order.sample(rows, len(rows)) for rows in (plans, visits)]
    first, second = list_7(plans, visits, people=people), list_7(*shuffled, people=people[::-1])
    assert_frame_equal(first.lists[7].frame, second.lists[7].frame)
    assert_frame_equal(first.findings.drop("row"), second.findings.drop("row"), check_row_order=False)
