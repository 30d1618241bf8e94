"""List 10 against plain Python: whose decision, of which care, when it ended, which one is shown, and who is added."""

from collections import Counter
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from annexa.lists.build import build_list
from tests.support.context import context_of

D, FROM = date(2025, 6, 2), date(2024, 6, 2)
SOME = max(10, settings.default.max_examples // 2)  # an example holds several children
EARLY, SECOND = date(2022, 1, 10), date(2023, 3, 1)  # the first days of a child's periods of care
DAYS = st.sampled_from(
    [
        *(date(2021, 12, 1), date(2022, 2, 1), date(2022, 11, 1), date(2023, 4, 3), date(2024, 6, 1), FROM),
        *(date(2024, 6, 3), date(2025, 6, 1), D, date(2025, 6, 3)),
    ]
)
RARELY = st.none() | st.none() | DAYS
CHILDREN = ["C1", "C2"]
REASONS = st.sampled_from([None, "E4A", "E11", "E12"])

PEOPLE = st.fixed_dictionaries(
    {
        "birth_date": st.sampled_from(
            [None, date(2020, 1, 6), date(2006, 6, 1), date(2006, 6, 2), date(2007, 6, 2), date(2007, 6, 3)]
        ),
        "death_date": st.sampled_from([None, None, None, date(2024, 6, 1), FROM, D, date(2025, 6, 3)]),
    }
)
# Up to two periods of care of one episode each, with a gap between them; `one_name` gives both one identifier.
CARE = st.fixed_dictionaries(
    {
        "first_end": st.sampled_from([None, date(2022, 11, 1)]),
        "first_reason": REASONS,
        "second": st.booleans(),
        "second_end": st.none() | st.sampled_from([date(2024, 6, 1), FROM, D, date(2025, 6, 3)]),
        "second_reason": REASONS,
        "one_name": st.booleans(),
    }
)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "person_id": st.sampled_from([None, "77", *CHILDREN]),
            "period_id": st.sampled_from([None, "9", *(f"{child}-{n}" for child in CHILDREN for n in "12")]),
            "decision_date": st.none() | DAYS | DAYS,
            "placement_order_date": RARELY,
            "placed_date": RARELY,
            "matched_date": RARELY,
            "adopted_by_carer": st.sampled_from([None, "N", "Y"]),
            "ffa_date": RARELY,
            "reversed_date": RARELY,
            "order_date": RARELY,
            "order_type": st.sampled_from([None, "!", "ADOPTION", "SGO", "CAO"]),
        }
    ),
    max_size=4,
).map(lambda rows: [{**row, "permanence_id": str(number)} for number, row in enumerate(rows, start=8)])
SPANS = st.lists(
    st.fixed_dictionaries(
        {
            "person_id": st.sampled_from(CHILDREN),
            "status": st.sampled_from(["E1", "D1", "C2"]),
            "placement_type": st.sampled_from(["A3", "A6", "U1"]),
            "start_date": st.none() | DAYS,
            "end_date": RARELY,
        }
    ),
    max_size=3,
)


def done(day):
    return day if day and day <= D else None


def inside(day):
    return day is not None and FROM <= day <= D


def care_of(child, care, person):
    """The periods of care of a child."""
    first_end = care["first_end"] or (date(2022, 11, 1) if care["second"] else None)
    rows = [(EARLY, first_end, care["first_reason"], "1")]
    if care["second"]:
        name = "1" if care["one_name"] else "2"
        rows.append((SECOND, care["second_end"], care["second_reason"], name))
    periods = []
    for number, (start, end, reason, name) in enumerate(rows, start=1):
        adopted = done(end) and reason in ("E11", "E12")
        ended = done(end) or done(person["death_date"])
        periods.append(
            {
                "key": f"{child}/{number}", "child": child, "name": f"{child}-{name}", "start": start, "end": ended,
                "adopted": end if adopted else None, "care_end": None if adopted else ended, "recorded": (end, reason),
            }
        )  # fmt: skip
    return periods


def period_of(row, child, periods):
    steps = [row[name] for name in ("decision_date", "placement_order_date", "matched_date", "placed_date")]
    day = next((day for day in [*steps, row["ffa_date"], row["order_date"]] if day), None)
    mine = [each for each in periods if each["child"] == child]
    named = [each for each in mine if each["name"] == row["period_id"]]
    choice = named or mine
    covering = [p for p in choice if day is None or (p["start"] <= day and (p["end"] is None or day <= p["end"]))]
    later = [each for each in choice if day and each["start"] > day]
    if covering:
        return max(covering, key=lambda each: each["start"])
    if later:
        return min(later, key=lambda each: each["start"])
    return max(named, key=lambda each: each["start"], default=None)


def during(period, spans, field, codes):
    """The first days of the spans with one of the codes that overlap a period."""
    return [
        each["start_date"]
        for each in spans
        if period and each["person_id"] == period["child"] and each[field] in codes
        and (each["start_date"] or date.min) <= (period["end"] or D)
        and (done(each["end_date"]) or date.max) >= period["start"]
    ]  # fmt: skip


def judged(row, person, period, spans):
    """The dates and the reason of a decision; `row` is masked already."""
    ordered = during(period, spans, "status", ("E1", "D1"))
    placed = during(period, spans, "placement_type", ("A3", "A6"))
    by_care = period["adopted"] if period else None
    recorded = row["order_date"] if row["order_type"] == "ADOPTION" else None
    order = recorded or by_care
    other = row["order_date"] if row["order_type"] in ("SGO", "CAO") else None
    born = person.get("birth_date")
    of_age = done(born.replace(year=born.year + 18)) if born else None
    died = done(person.get("death_date"))
    ends = [order, row["reversed_date"], other, period["care_end"] if period else None, died, of_age]
    ended = min((day for day in ends if day), default=None)
    in_scope = ended is None or any(inside(day) for day in (order, row["reversed_date"], ended))
    steps = [row[name] for name in ("decision_date", "placement_order_date", "placed_date", "reversed_date")]
    adoption = any([*steps, by_care, ordered, placed])
    reason = None
    if row["decision_date"] is None and adoption and not in_scope:
        reason = "NO_DATE"
    elif not adoption:
        reason = "NOT_ADOPTION"
    elif not in_scope:
        reason = "DIED" if ended == died else "AGE_18" if ended == of_age else "WINDOW"
    by_carer = row["adopted_by_carer"] == "Y" and row["ffa_date"] is None
    first_placed = min((day for day in placed if day), default=None)
    shown = {
        "permanence_id": row["permanence_id"],
        "entered_care_date": period["start"] if period else None,
        "decision_date": row["decision_date"],
        "placement_order_date": row["placement_order_date"] or min((day for day in ordered if day), default=None),
        "matched_date": (row["decision_date"] if by_carer else None) or row["matched_date"],
        "placed_date": row["placed_date"] or (first_placed if by_carer or row["permanence_id"] is None else None),
        "order_date": order,
        "reversed_date": row["reversed_date"],
        "ended": ended,
    }
    return reason, shown, bool(ordered), bool(placed)


BLANK = dict.fromkeys(
    [
        "permanence_id", "decision_date", "placement_order_date", "placed_date", "matched_date", "adopted_by_carer",
        "ffa_date", "reversed_date", "order_date", "order_type",
    ]
)  # fmt: skip


def expected(persons, periods, records, spans):
    """Reasons by record, rows by child, number of added rows by table, children with AA-1008 and with AA-R40."""
    owners = {each["name"]: each["child"] for each in periods}
    reasons, scope, told, differing = {}, {}, set(), set()
    for row in records:
        child = owners.get(row["period_id"]) or row["person_id"]
        key, dates = row["permanence_id"], [name for name in row if name.endswith("_date")]
        later = row["decision_date"] is not None and row["decision_date"] > D
        masked = {**row, **{name: done(row[name]) for name in dates}}
        if row["order_date"] != masked["order_date"]:
            masked["order_type"] = None
        if child is None:
            reasons[key] = "NO_CHILD_ID"
            continue
        if row["person_id"] not in (None, child) and not later:
            differing.add(child)
        if later:
            reasons[key] = "FUTURE"
            continue
        period = period_of(masked, child, periods)
        reasons[key], shown, *_ = judged(masked, persons.get(child, {}), period, spans)
        if reasons[key] != "NOT_ADOPTION" and period:
            told.add(period["key"])
        if reasons[key] is None:
            scope.setdefault(child, []).append(shown)
    rows, noted = {}, set()
    for child, decisions in scope.items():
        rows[child] = max(
            decisions,
            key=lambda each: (
                each["decision_date"] or date.min, each["ended"] or date.max, int(each["permanence_id"])
            ),
        )  # fmt: skip
        for each in decisions:
            if each is not rows[child]:
                reasons[each["permanence_id"]] = "SUPERSEDED"
                noted |= {child} if inside(each["reversed_date"]) else set()
    added, extra = {}, {}
    for period in periods:
        if period["key"] in told or period["child"] in rows:
            continue
        _, shown, ordered, placed = judged(BLANK, persons[period["child"]], period, spans)
        still, gone = period["end"] is None, shown["ended"]
        source = "ssd_cla_placement" if still and placed else "ssd_legal_status" if still and ordered else None
        source = source or ("ssd_cla_episodes" if period["adopted"] else None)
        if source and (gone is None or inside(gone) or inside(shown["order_date"])):
            extra[period["child"]] = shown
            added[period["child"]] = source
    return reasons, rows | extra, dict(Counter(added.values())), noted, differing


@settings(max_examples=SOME)
@given(
    st.fixed_dictionaries(dict.fromkeys(CHILDREN, PEOPLE)),
    st.fixed_dictionaries(dict.fromkeys(CHILDREN, CARE)),
    RECORDS,
    SPANS,
    st.randoms(use_true_random=False),
)
def test_list_10(persons, care, records, spans, random):
    periods = [each for child in CHILDREN for each in care_of(child, care[child], persons[child])]
    given_rows = {
        "persons": [{"person_id": child, **each} for child, each in persons.items()],
        "care_episodes": [
            {
                "episode_id": each["key"], "person_id": each["child"], "period_id": each["name"],
                "start_date": each["start"], "end_date": each["recorded"][0], "end_reason": each["recorded"][1],
            }
            for each in periods
        ],
        "permanence": records,
        "legal_statuses": [
            {name: each[name] for name in ("person_id", "status", "start_date", "end_date")} for each in spans
        ],
        "placements": [
            {
                "placement_id": str(number),
                **{name: each[name] for name in ("person_id", "placement_type", "start_date", "end_date")},
            }
            for number, each in enumerate(spans)
        ],
    }  # fmt: skip
    frames = []
    for rows in (given_rows, {name: random.sample(rows, len(rows)) for name, rows in given_rows.items()}):
        context = context_of(rows, D)
        built = build_list(context, context.edition.lists[10])
        frames.append(built.frame)
    assert frames[0].equals(frames[1])

    reasons, shown, added, noted, differing = expected(persons, periods, records, spans)
    assert dict(built.accounts["permanence"].select("event_id", "reason").iter_rows()) == reasons
    columns = [name for name in next(iter(shown.values()), {}) if name != "ended"]
    got = {row["person_id"]: {name: row[name] for name in columns} for row in built.rows.iter_rows(named=True)}
    assert got == {child: {name: row[name] for name in columns} for child, row in shown.items()}
    assert built.added == added
    findings = context.findings.frame()
    for check, children in (("AA-1008", noted), ("AA-R40", differing)):
        assert set(findings.filter(findings["check"] == check)["child"]) == children
