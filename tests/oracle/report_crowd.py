"""Many records about few children, drawn near the edges of the reports' windows and ages, put into a sample."""

import random
from collections.abc import Callable
from datetime import date, timedelta

from tests.oracle.mutate import Sources
from tests.oracle.reading import months_before
from tests.support.build import COLUMNS

Text = dict[str, str | None]
MONTHS = (0, 3, 6, 12, 12, 12, 15, 18, 24)
AGES = (5, 16, 16, 18)
STATUSES = ("EHE", "CME", "AP", "reduced", "excluded", "full-time", "full-time", "other", None)
HOURS = ("25", "24.9", "25.0", "0", "25+", "full time", "12.5", None)


class Crowd:
    """Draws records of some children around D."""

    def __init__(self, sources: Sources, rng: random.Random, day: date) -> None:
        self.sources, self.rng, self.day = sources, rng, day
        everyone = sorted({str(row["pers_person_id"]) for row in sources["ssd_person"]})
        self.children = [*rng.sample(everyone, min(20, len(everyone))), "EDU1", "EDU2"]  # two without a person record

    def edge(self) -> date:
        """A day near an edge of a window, or any day of two years."""
        if self.rng.random() < 0.3:
            return self.day - timedelta(days=self.rng.randrange(730))
        return months_before(self.day, self.rng.choice(MONTHS)) + timedelta(days=self.rng.choice([-1, 0, 0, 1]))

    def after(self, start: date, *days: int) -> str | None:
        """Some days later."""
        return str(start + timedelta(days=self.rng.choice(days)))

    def end(self, start: date) -> str | None:
        """An end: none, a day of an edge, or soon."""
        return self.rng.choice([None, None, str(max(start, self.edge())), self.after(start, 0, 1, 3, 84, 85)])

    def one(self, *choices: str | None) -> str | None:
        """One of some texts."""
        return self.rng.choice(choices)

    def child(self) -> str:
        """One of the children."""
        return self.rng.choice(self.children)

    def add(self, table: str, number: int, row: Callable[[int], Text]) -> list[Text]:
        """Add rows to a table that is supplied."""
        rows = [{**dict.fromkeys(COLUMNS[table]), **row(each)} for each in range(number)]
        if table in self.sources:
            self.sources[table] = [*self.sources[table], *rows]
        return rows


def crowded(sources: Sources, rng: random.Random, day: date) -> Sources:
    """A copy of an extract in which some twenty children have many records of the reports' tables."""
    crowd = Crowd({name: [dict(row) for row in rows] for name, rows in sources.items()}, rng, day)
    _ages(crowd)
    _missing(crowd)
    _fostered(crowd)
    _educated(crowd)
    _helped(crowd)
    return crowd.sources


def _ages(crowd: Crowd) -> None:
    for row in crowd.sources["ssd_person"]:
        if row["pers_person_id"] in crowd.children and crowd.rng.random() < 0.8:
            turns = months_before(crowd.day, 12 * crowd.rng.choice(AGES)) + timedelta(days=crowd.rng.choice([-1, 0, 1]))
            older = crowd.day - timedelta(days=crowd.rng.randrange(1000, 6600))
            row["pers_dob"] = crowd.one(str(turns), str(turns), str(older), None)
    crowd.add(
        "ssd_disability",
        8,
        lambda n: {"disa_person_id": crowd.child(), "disa_disability_code": crowd.one("AUT", "LD", "NONE")},
    )


def _missing(crowd: Crowd) -> None:
    def episode(number: int) -> Text:
        start = crowd.edge()
        return {
            "miss_table_id": f"X{number}",
            "miss_person_id": crowd.child(),
            "miss_missing_episode_start_date": str(start),
            "miss_missing_episode_type": crowd.one("M", "M", "M", "A", "Missing", None),
            "miss_missing_episode_end_date": crowd.end(start),
            "miss_missing_rhi_offered": crowd.one("Y", "Y", "N", None),
            "miss_missing_rhi_accepted": crowd.one("Y", "N", None),
        }

    def detail(row: Text) -> Text:
        end = row["miss_missing_episode_end_date"]
        held = crowd.after(date.fromisoformat(end), 0, 2, 3, 3, 4, 4, 9) if end else None
        return {
            "missing_id": row["miss_table_id"],
            "missing_from": crowd.one("home", "care"),
            "interview_date": crowd.one(held, held, None),
            "interview_refused": crowd.one("Y", "N", None),
            "other_la": crowd.one("N", None, None, "Y"),
        }

    def flag(_: int) -> Text:
        start = crowd.edge()
        return {
            "person_id": crowd.child(),
            "kind": crowd.one("CSE", "CSE", "CCE", "other", None),
            "start_date": str(start),
            "end_date": crowd.end(start),
            "other_la": crowd.one("N", None, None, "Y"),
        }

    rows = crowd.add("ssd_missing", 50, episode)
    crowd.add("annexa_missing", 40, lambda n: detail(rows[n]))
    crowd.add("annexa_exploitation", 20, flag)


def _fostered(crowd: Crowd) -> None:
    def arrangement(number: int) -> Text:
        start = crowd.edge()
        return {
            "arrangement_id": f"X{number}",
            "person_id": crowd.child(),
            "start_date": str(start),
            "end_date": crowd.one(None, crowd.end(start)),
            "notification_date": crowd.one(crowd.after(start, -30, 0, 5, 20), None),
            "aware_date": crowd.one(crowd.after(start, -30, 0, 5), None),
            "last_visit_date": crowd.one(str(crowd.edge()), None),
        }

    rows = crowd.add("annexa_private_fostering", 20, arrangement)

    def visit(_: int) -> Text:
        row = crowd.rng.choice(rows)
        told = row["notification_date"] or row["start_date"] or ""
        first = crowd.after(date.fromisoformat(told), 1, 8, 9, 10, 11, 12)
        late = str(crowd.day - timedelta(weeks=crowd.rng.choice([6, 12]), days=crowd.rng.choice([-1, 0, 1])))
        return {
            "arrangement_id": row["arrangement_id"],
            "visit_date": crowd.one(first, late),
            "child_seen": crowd.one("Y", None, "N"),
        }

    crowd.add("annexa_private_fostering_visits", 30, visit)


def _educated(crowd: Crowd) -> None:
    def record(_: int) -> Text:
        start = crowd.edge()
        weeks = str(crowd.day - timedelta(weeks=12, days=crowd.rng.choice([-1, 0, 1])))
        return {
            "person_id": crowd.child(),
            "status": crowd.one(*STATUSES),
            "start_date": str(start),
            "end_date": crowd.end(start),
            "weekly_hours": crowd.one(*HOURS),
            "provision_type": crowd.one("Home tuition", "None", None),
            "exclusion_type": crowd.one("permanent", "fixed term", "none", None),
            "alternative_provision_start_date": crowd.one(weeks, str(start), None),
            "alternative_provision_end_date": crowd.one(None, None, str(crowd.edge())),
            "ehcp": crowd.one("Y", "N", None),
            "date_of_birth": crowd.one(str(months_before(crowd.day, 120)), None),
            "gender": crowd.one("F", "M", None),
            "last_contact_date": crowd.one(str(crowd.edge()), None),
            "placed_by_la": crowd.one(None, None, None, "Wyeshire"),
        }

    crowd.add("annexa_education_status", 40, record)


def _helped(crowd: Crowd) -> None:
    def episode(number: int) -> Text:
        start = crowd.edge()
        return {
            "earl_episode_id": f"X{number}",
            "earl_person_id": crowd.child(),
            "earl_episode_start_date": str(start),
            "earl_episode_end_date": crowd.end(start),
            "earl_episode_end_reason": crowd.one("Needs met", "Moved away", None),
        }

    rows = crowd.add("ssd_early_help_episodes", 40, episode)
    crowd.add(
        "annexa_early_help_episodes",
        36,
        lambda n: {
            "episode_id": rows[n]["earl_episode_id"],
            "person_id": rows[n]["earl_person_id"],
            "kind": crowd.one("TAF", "targeted", "other", None),
            "family_id": crowd.one("XF1", "XF2", None),
        },
    )
    crowd.add(
        "annexa_early_help_assessments",
        30,
        lambda n: {
            "assessment_id": f"X{n}",
            "person_id": crowd.one(crowd.child(), None),
            "family_id": crowd.one("XF1", "XF2", None),
            "start_date": str(crowd.edge()),
            "completed_date": crowd.one(str(crowd.edge()), None),
            "organisation": crowd.one("School", None),
        },
    )
    crowd.add(
        "annexa_early_help_families",
        8,
        lambda n: {"family_id": crowd.one("XF1", "XF2", "XF3"), "person_id": crowd.child()},
    )

    def need(number: int) -> Text:
        row = crowd.rng.choice(rows)
        helped = date.fromisoformat(
            crowd.one(row["earl_episode_end_date"], row["earl_episode_start_date"]) or "2018-01-01"
        )
        months = crowd.rng.choice([0, -6, -12, 3])  # referred so many months after, or closed before
        near = months_before(helped, months) + timedelta(days=crowd.rng.choice([-1, 0, 1]))
        before = near - timedelta(days=crowd.rng.randrange(10, 400))
        return {
            "cine_referral_id": f"X{number}",
            "cine_person_id": row["earl_person_id"],
            "cine_referral_date": str(before if months == 3 else near),
            "cine_close_date": str(near) if months == 3 else None,
            "cine_close_reason": "RC7" if months == 3 else None,
        }

    crowd.add("ssd_cin_episodes", 25, need)
