"""2.02: return interviews after the missing episodes that ended in the twelve months up to 2 June 2025."""

from tests.support.reports import see

D = "2025-06-02"
EPISODE = "miss_missing_episode_"
MISSING = (
    f"miss_table_id | miss_person_id | {EPISODE}type | {EPISODE}start_date | {EPISODE}end_date | "
    "miss_missing_rhi_offered | miss_missing_rhi_accepted"
)
DETAILS = "missing_id | interview_date | interview_refused"
INTERVIEW = ("Return interview offered", "Return interview accepted", "Return interview within 72 hours")


def drawn_with(episodes, details):
    """Draw missing episodes with what is known beyond them."""
    return "\n".join(["ssd_missing", MISSING, *episodes, "", "annexa_missing", DETAILS, *details])


def answers(seen):
    """Child -> offered, accepted, within 72 hours."""
    return {row["Child Unique ID"]: tuple(row[name] for name in INTERVIEW) for row in seen.rows("children")}


# End of the episode, day of the interview, refused, and what the report says.
STATES = [
    ("2025-04-10 23:50", "2025-04-10", "N", "Y"),
    ("2025-04-10 00:10", "2025-04-13", "N", "Y"),  # the third day, whatever the times
    ("2025-04-10", "2025-04-14", "N", "N"),
    ("2025-04-10", "", "Y", "refused"),
    ("2025-04-10", "2025-04-12", "Y", "Y"),  # refused at first, and then held
    ("2025-04-10", "2025-04-20", "Y", "N"),
    ("2025-04-10", "", "N", "none recorded"),
    ("2025-04-10", "", "", "none recorded"),
    ("2025-05-29", "", "", "none recorded"),  # the third day was the day before the inspection date
    ("2025-05-30", "", "", None),  # the third day is the inspection date
    ("2025-05-30", "", "Y", "refused"),
    ("2025-06-02", "2025-06-02", "", "Y"),
    ("2025-06-02", "2025-06-03", "", None),  # an interview after the inspection date has not been held
    ("", "", "", None),
    ("2025-06-03", "2025-06-02", "", None),  # not ended by the inspection date
    ("2024-06-02", "2024-06-05", "", "Y"),
    ("2024-02-28", "", "", None),
]


def test_within_72_hours():
    names = [f"C{number:02}" for number, _ in enumerate(STATES)]
    episodes = [
        f"{name} | {name} | M | 2023-01-10 | {end} | Y | Y" for name, (end, *_) in zip(names, STATES, strict=True)
    ]
    details = [f"{name} | {held} | {refused}" for name, (_, held, refused, _) in zip(names, STATES, strict=True)]
    seen = see("2.02", drawn_with(episodes, details), day=D)
    said = answers(seen)
    assert {name: said[name][2] if name in said else None for name in names} == {
        name: answer for name, (*_, answer) in zip(names, STATES, strict=True)
    }
    # Two have not ended by the inspection date, and one ended before the twelve months.
    assert seen.figure("ended") == 14
    assert seen.figure("in_time") == (5, 14, 35.7)
    assert seen.figure("refused") == (2, 14, 14.3)


EPISODES = [
    "1  | C1 | M | 2024-06-01 | 2024-06-01 | Y  | Y",  # over before the twelve months
    "2  | C1 | M | 2024-06-01 | 2024-06-02 | Y  | Y",
    "3  | C1 | M | 2025-03-01 | 2025-03-02 | Y  | N",
    "4  | C2 | M | 2025-03-01 | 2025-03-02 | N  | Y",  # accepted what was not offered
    "5  | C2 | M | 2025-02-01 | 2025-02-02 | Y  | Y",
    "6  | C2 | A | 2025-04-01 | 2025-04-02 | Y  | Y",
    "7  | C3 | M | 2025-03-01 | 2025-03-02 |    | Y",
    "8  | C4 | M | 2025-03-01 | 2025-03-02 | NA | NA",
    "9  | C5 | M | 2025-03-01 | 2025-06-02 | Y  |",
    "10 | C6 | M | 2025-03-01 |            | Y  | Y",  # still missing: it asks for none
    "11 | C7 | M | 2025-03-01 | 2025-06-03 | Y  | Y",
]
BEYOND = ["2 | 2024-06-05 | N", "3 | | Y", "4 | 2025-03-06 | N", "5 | 2025-02-02 | N", "6 | 2025-04-02 | N"]


def test_the_numbers_ask_each_episode_that_ended():
    seen = see("2.02", drawn_with(EPISODES, BEYOND), day=D)
    assert seen.figure("episodes") == 9
    assert seen.figure("ended") == 7
    assert seen.figure("offered") == (4, 7, 57.1)
    assert seen.figure("accepted") == (2, 7, 28.6)
    assert seen.figure("refused") == (1, 7, 14.3)
    assert seen.figure("in_time") == (2, 7, 28.6)


def test_a_row_says_what_followed_the_last_episode_that_ended():
    seen = see("2.02", drawn_with(EPISODES, BEYOND), day=D)
    assert answers(seen) == {
        "C1": ("Y", "N", "refused"),
        "C2": ("N", None, "N"),
        "C3": (None, None, "none recorded"),
        "C4": (None, None, "none recorded"),
        "C5": ("Y", None, None),
        "C6": (None, None, None),
        "C7": (None, None, None),
    }


def test_an_episode_entered_twice_asks_once():
    episodes = [
        "1 | C1 | M | 2025-03-01 | 2025-03-03 | N | ",
        "2 | C1 | M | 2025-03-02 | 2025-03-05 | Y | N",
        "3 | C1 | M | 2025-03-01 | 2025-03-05 | Y | Y",
        "4 | C2 | M | 2025-03-01 | 2025-03-03 | Y | Y",
        "5 | C2 | M | 2025-03-02 |            | Y | Y",
    ]
    seen = see("2.02", drawn_with(episodes, ["1 | 2025-03-09 | ", "2 | 2025-03-08 | "]), day=D)
    # Of the child C2 a row goes on, and so does the episode.
    assert (seen.figure("episodes"), seen.figure("ended"), seen.figure("missing_now")) == (2, 1, 1)
    assert answers(seen) == {"C1": ("Y", "Y", "Y"), "C2": (None, None, None)}


def test_without_the_interviews():
    tables = drawn_with(EPISODES, BEYOND)
    seen = see("2.02", tables, day=D, without=["annexa_missing.interview_date", "annexa_missing.interview_refused"])
    assert (seen.figure("in_time"), seen.figure("refused")) == ("not supplied", "not supplied")
    assert seen.figure("offered") == (4, 7, 57.1)
    assert set(seen.column("children", "Return interview within 72 hours (not supplied)")) == {None}
    columns = ["ssd_missing.miss_missing_rhi_offered", "ssd_missing.miss_missing_rhi_accepted"]
    seen = see("2.02", tables, day=D, without=columns)
    assert (seen.figure("offered"), seen.figure("accepted")) == ("not supplied", "not supplied")
    assert seen.figure("in_time") == (2, 7, 28.6)


def test_no_episode_that_ended_has_no_rate():
    seen = see("2.02", drawn_with(["1 | C1 | M | 2025-03-01 | | |"], []), day=D)
    assert seen.figure("offered") == seen.figure("in_time") == (0, 0, None)
