"""Periods of care against an oracle that goes through the days one by one, in plain Python."""

from datetime import date, timedelta
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from annexa.lists.care import care_episode_periods, care_periods
from tests.support.context import context_of

D = date(2025, 6, 2)
LAST = 30  # D, counted in days from DAY_0
DAY_0 = D - timedelta(days=LAST)
NEVER = -1000  # stands for a blank start
SHORT = {"V1", "V3", "V4"}

known_day = st.integers(0, LAST)
day = st.one_of(st.none(), known_day)
episode = st.fixed_dictionaries(
    {
        "start": st.one_of(known_day, known_day, known_day, st.none()),
        "length": st.one_of(st.none(), st.integers(0, 12)),
        "reason": st.sampled_from(["X1", "E4A", "E2", None]),
        "entered": st.one_of(st.none(), st.none(), st.integers(-10, LAST)),
    }
)
status = st.fixed_dictionaries(
    {
        "start": st.one_of(known_day, known_day, st.none()),
        "length": st.one_of(st.none(), st.integers(0, 15)),
        "status": st.sampled_from(["V1", "V4", "V4", "V3", "C2", "V2", "!", None]),
    }
)
SOME = max(10, settings.default.max_examples // 2)  # an example holds several children

child = st.fixed_dictionaries(
    {
        "episodes": st.lists(episode, min_size=1, max_size=5),
        "statuses": st.lists(status, max_size=4),
        "birthday": day,
        "death": day,
        "leaver": st.booleans(),
    }
)


def date_of(number):
    return None if number is None else DAY_0 + timedelta(days=number)


def end_of(each):
    """The end of an episode or status: blank where it has none by D, as reading leaves it."""
    if each["length"] is None:
        return None
    end = (each["start"] or 0) + each["length"]
    return end if end <= LAST else None


def oracle(facts):
    """The child's periods: (start, end, how it ended, short breaks, reason), in order of time."""
    episodes = [
        {**each, "id": f"E{number}", "begin": NEVER if each["start"] is None else each["start"], "end": end_of(each)}
        for number, each in enumerate(facts["episodes"])
    ]
    episodes.sort(key=lambda e: (e["begin"], 10**6 if e["end"] is None else e["end"], e["id"]))
    for each in episodes:
        # What ends later than D has no reason either (K6).
        each["reason"] = each["reason"] if each["end"] is not None or each["length"] is None else None
    stretches = []
    for position, each in enumerate(episodes):
        following = episodes[position + 1]["begin"] if each is not episodes[-1] else LAST + 1
        until = following if each["end"] is None else each["end"]
        days = set(range(each["begin"], until + 1))
        # Episodes that share a day are one stretch.
        if stretches and stretches[-1]["days"] & days:
            stretches[-1]["days"] |= days
            stretches[-1]["episodes"].append(each)
        else:
            stretches.append({"days": days, "episodes": [each]})
    periods, before = [], None
    for stretch in stretches:
        periods += parts(stretch, facts, before, last=stretch is stretches[-1])
        before = periods[-1][1]
    return periods


def parts(stretch, facts, before, *, last):
    decides = stretch["episodes"][-1]
    starts = [e["start"] for e in stretch["episodes"] if e["start"] is not None]
    first = min(starts, default=NEVER)
    entered = min(starts + [e["entered"] for e in stretch["episodes"] if e["entered"] is not None], default=None)
    start = entered if entered is None or before is None else max(entered, before)
    end, how = decides["end"], "record"
    if end is None or (decides["reason"] == "X1" and last):
        birthday = facts["birthday"] if facts["leaver"] and (facts["birthday"] or 0) >= first else None
        end = min((d for d in (birthday, facts["death"]) if d is not None), default=None)
        how = None if end is None else "death" if end == facts["death"] else "birthday"
    tells = (how == "record" and decides["reason"] != "X1") or (how == "death" and decides["reason"] == "E2")
    reason = decides["reason"] if tells else None
    until = LAST if end is None else max(end - 1, decides["begin"]) if how == "record" else end - 1
    classes = classes_of(range(first, max(until, first) + 1), facts["statuses"])
    cuts = [(first + number, short) for number, short in enumerate(classes)]
    runs = [(next(days)[0], short) for short, days in groupby(cuts, key=lambda cut: cut[1])]
    result = []
    for position, (cut_from, short) in enumerate(runs):
        begin = start if position == 0 else cut_from
        if position + 1 == len(runs):
            result.append((begin, end, how, short, reason))
        else:
            cut = runs[position + 1][0]
            inside = [e for e in stretch["episodes"] if e["begin"] < cut]
            told = inside[-1]["reason"] if inside[-1]["end"] == cut and inside[-1]["reason"] != "X1" else None
            result.append((begin, cut, "status", short, told))
    return result


def classes_of(days, statuses):
    """For each day whether it is a short break."""
    spans = [
        (NEVER if s["start"] is None else s["start"], 10**6 if end_of(s) is None else end_of(s), s["status"] in SHORT)
        for s in statuses
        if s["status"]
    ]
    found = []
    for today in days:
        covering = [
            short
            for begin, end, short in spans
            if begin <= today <= end
            and not (today == end > begin and any(other == today for other, _, _ in spans))
            and not (end == days[0] > begin)
        ]
        found.append(all(covering) if covering else None)
    known = [(number, short) for number, short in enumerate(found) if short is not None]
    for number, short in enumerate(found):
        if short is None:
            after = [each for place, each in known if place > number]
            earlier = [each for place, each in known if place < number]
            found[number] = after[0] if after else earlier[-1] if earlier else False
    return found


def records_of(children):
    tables = {"care_episodes": [], "legal_statuses": [], "persons": [], "care_leavers": []}
    for number, facts in enumerate(children):
        person = f"C{number}"
        birthday = date_of(facts["birthday"])
        tables["persons"].append(
            {
                "person_id": person,
                "birth_date": birthday and birthday.replace(year=birthday.year - 18),
                "death_date": date_of(facts["death"]),
            }
        )
        if facts["leaver"]:
            tables["care_leavers"].append({"person_id": person, "care_leaver_id": person, "eligibility": "FORMER"})
        for place, each in enumerate(facts["episodes"]):
            length = each["length"]
            tables["care_episodes"].append(
                {
                    "episode_id": f"E{place}",
                    "person_id": person,
                    "start_date": date_of(each["start"]),
                    "end_date": None if length is None else date_of((each["start"] or 0) + length),
                    "end_reason": each["reason"],
                    "entered_care_date": date_of(each["entered"]),
                }
            )
        for place, each in enumerate(facts["statuses"]):
            length = each["length"]
            tables["legal_statuses"].append(
                {
                    "legal_status_id": f"L{place}",
                    "person_id": person,
                    "status": each["status"],
                    "start_date": date_of(each["start"]),
                    "end_date": None if length is None else date_of((each["start"] or 0) + length),
                }
            )
    return tables


@settings(max_examples=SOME)
@given(st.lists(child, min_size=1, max_size=12))
def test_the_periods_are_those_of_the_days(children):
    context = context_of(records_of(children), D)
    got = care_periods(context)
    columns = ["start_date", "end_date", "ended_by", "short_break", "end_reason"]
    for number, facts in enumerate(children):
        mine = got.filter(person_id=f"C{number}")
        expected = [
            (date_of(start), date_of(end), how, short, reason) for start, end, how, short, reason in oracle(facts)
        ]
        assert mine.select(columns).rows() == expected
        assert mine["is_open"].to_list() == [end is None for _, end, _, _, _ in expected]
    assert got["period"].is_sorted()
    assert got["period"].is_unique().all()
    assert got.select("first_day", "last_day", "episode_id", "episode_row").null_count().row(0) == (0, 0, 0, 0)
    pairs = care_episode_periods(context)
    assert set(pairs["_row"]) == set(context.live("care_episodes")["_row"])
    assert set(pairs["period"]) == set(got["period"])
    assert not pairs.select("_row", "period").is_duplicated().any()
    assert got.filter(got["start_date"].is_null() == (got["start_date"] == got["first_day"])).height == 0


@settings(max_examples=SOME // 2)
@given(st.lists(child, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(children, random):
    records = records_of(children)
    shuffled = {name: random.sample(rows, len(rows)) for name, rows in records.items()}
    first, second = (care_periods(context_of(each, D)).drop("episode_row") for each in (records, shuffled))
    assert first.equals(second)
