"""List 9 against plain Python: who stays, why not, under which category, and from which row the details come."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annexa.lists.build import build_list
from tests.support.context import context_of

D = date(2025, 6, 2)
DAYS = st.none() | st.sampled_from([date(2024, 1, 10), date(2025, 6, 1), D, date(2025, 6, 3)])
SOME = max(10, settings.default.max_examples // 2)  # an example holds several people
PEOPLE = ["C1", "C2"]
BIRTHS = [(2000, 6, 2), (2000, 6, 3), (2007, 6, 2), (2007, 6, 3), (2009, 6, 2), (2009, 6, 3), (2010, 2, 1)]
TEXTS = st.sampled_from([None, "A", "B"])

PERSONS = st.fixed_dictionaries(
    {
        "birth_date": st.none() | st.sampled_from([date(*each) for each in BIRTHS]),
        "death_date": st.sampled_from([None, None, None, None, D, date(2025, 6, 3)]),
        "cared_for": st.booleans(),
    }
)
LEAVERS = st.lists(
    st.fixed_dictionaries(
        {
            "person_id": st.sampled_from(PEOPLE),
            "eligibility": st.sampled_from([None, "!", "NONE", "NONE", "ELIGIBLE", "RELEVANT", "FORMER", "QUALIFYING"]),
            "in_touch": st.sampled_from(["YES", "YES", "YES", "YES", "NO", None, "DIED"]),
            "latest_contact_date": DAYS,
            "accommodation": st.sampled_from([None, "U", "B"]),
            "team": TEXTS,
            "worker": TEXTS,
        }
    ),
    min_size=1,
    max_size=6,
).map(lambda rows: [{**row, "care_leaver_id": str(number)} for number, row in enumerate(rows)])
SERVICES = st.lists(
    st.fixed_dictionaries({"person_id": st.sampled_from(PEOPLE), "start_date": DAYS, "end_date": DAYS}), max_size=4
)


def done(day):
    """The day, where it is not later than A."""
    return day if day and day <= D else None


def expected(person, rows, services, edition):
    """The reason, or the category with the details."""
    recorded = {row["eligibility"] for row in rows}
    born = person["birth_date"]
    age = born and D.year - born.year - ((D.month, D.day) < (born.month, born.day))
    begun = [each for each in services if each["start_date"] is None or done(each["start_date"])]
    is_open = any(each["end_date"] is None or each["end_date"] > D for each in begun)
    looked_after = person["cared_for"] and (age is None or age < 18)
    eligible = looked_after and edition == "ilacs-2022" and age is not None and age >= 16
    if done(person["death_date"]) or any(row["in_touch"] == "DIED" for row in rows):
        return "DIED"
    if recorded == {"NONE"}:
        return "NO_ELIGIBILITY"
    if begun and not is_open:
        return "SERVICE_ENDED"
    if looked_after and not eligible:
        return "LOOKED_AFTER"
    if age is not None and age >= 25 and not is_open:
        return "AGE_25"
    last = max(
        rows,
        key=lambda row: (
            done(row["latest_contact_date"]) or date.min,
            sum(bool(cell) for cell in (*values(row), done(row["latest_contact_date"]))),
            values(row, contact=True),
        ),
    )
    category = "ELIGIBLE" if eligible else category_of(recorded, age)
    home = last["accommodation"] if last["in_touch"] == "YES" else None
    return category, last["in_touch"], done(last["latest_contact_date"]), home, last["team"], last["worker"]


def values(row, contact=False):
    day = [str(done(row["latest_contact_date"]) or "")] if contact else []
    cells = [row["eligibility"], row["in_touch"], *day, row["accommodation"], row["team"], row["worker"]]
    return tuple(cell or "" for cell in cells)


def category_of(recorded, age):
    if age is None or age < 16:
        order = [("FORMER", "FORMER"), ("RELEVANT", "RELEVANT"), ("QUALIFYING", "QUALIFYING")]
    elif age >= 18:
        order = ["FORMER", "QUALIFYING", ("ELIGIBLE", "FORMER"), "RELEVANT"]
    else:
        order = ["RELEVANT", "QUALIFYING", ("ELIGIBLE", "RELEVANT"), "FORMER"]
    pairs = [(each, each) if isinstance(each, str) else each for each in order]
    return next((shown for code, shown in pairs if code in recorded), None)


@pytest.mark.parametrize("edition", ["ilacs-2018", "ilacs-2022"])
@settings(max_examples=SOME)
@given(st.fixed_dictionaries(dict.fromkeys(PEOPLE, PERSONS)), LEAVERS, SERVICES, st.randoms(use_true_random=False))
def test_list_9(edition, persons, leavers, services, random):
    cared_for = [key for key in PEOPLE if persons[key]["cared_for"]]
    given_rows = {
        "persons": [
            {"person_id": key, "birth_date": each["birth_date"], "death_date": each["death_date"]}
            for key, each in persons.items()
        ],
        "care_leavers": leavers,
        "care_leaver_services": services,
        "care_episodes": [
            {"episode_id": key, "person_id": key, "start_date": date(2020, 1, 6)} for key in cared_for
        ],
    }  # fmt: skip
    frames = []
    for rows in (given_rows, {name: random.sample(rows, len(rows)) for name, rows in given_rows.items()}):
        context = context_of(rows, D, edition=edition)
        built = build_list(context, context.edition.lists[9])
        frames.append(built.frame)
    assert frames[0].equals(frames[1])

    columns = ("eligibility", "in_touch", "latest_contact_date", "accommodation", "team", "worker")
    got = {row[0]: row[1:] for row in built.rows.select("person_id", *columns).iter_rows()}
    account = built.accounts["care_leavers"].select("person_id", "reason")
    got |= {person: reason for person, reason in account.iter_rows() if reason}
    assert got == {
        key: expected(
            persons[key],
            [row for row in leavers if row["person_id"] == key],
            [row for row in services if row["person_id"] == key],
            edition,
        )
        for key in {row["person_id"] for row in leavers}
    }
