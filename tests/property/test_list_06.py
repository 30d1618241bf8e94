"""List 6 against a plain-Python oracle, child by child; and the order of source rows never matters."""

import random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.spec.list_06.journeys import (
    CLOSED,
    START,
    STATUS,
    assessment,
    born,
    by_child,
    care,
    care_leaver,
    cin_plan,
    cp_plan,
    enquiry,
    episode,
    list_6,
    reasons,
    short_breaks,
    visit,
)

D, SINCE = "2025-06-02", "2024-12-02"
DAYS = ["2019-03-04", "2024-12-01", SINCE, "2025-02-10", D, "2025-06-03"]
FIRST, LAST = "0000", "9999"
ADDING = ("cp", "care", "breaks", "cin", "assessment")
LABELS = {"care": "a)", "cp": "b)", "cin": "c)", "assessment": "d)", "breaks": "c)"}


class Episode(NamedTuple):
    id: str
    start: str
    end: str
    open: bool
    reason: str
    nfa: str
    closed: str


class Service(NamedTuple):
    kind: str
    start: str
    end: str
    open: bool
    referral: str


class Child(NamedTuple):
    born: str
    died: str
    leaver: bool
    episodes: list
    services: list


WRITERS = {
    "cp": cp_plan,
    "other cp": lambda start, end, named, key: cp_plan(start, end, named, key, other_la="Y"),
    "care": lambda start, end, named, key: care(start, end, named),
    "breaks": lambda start, end, named, key: short_breaks(start, end, named),
    "cin": cin_plan,
    "assessment": assessment,
    "enquiry": enquiry,
    "visit": lambda start, end, named, key: visit(start or D),
}

blank_or_day = st.sampled_from(["", "", *DAYS])
span = st.tuples(blank_or_day, blank_or_day).map(lambda pair: tuple(sorted(pair)) if all(pair) else pair)
referral = st.sampled_from(["R1", "R2", "", "none"])


def simple_care(child):
    """At most one period of care, and none of an adult: how periods are built and end is List 8's own rule."""
    periods = [each for each in child.services if each[0] in ("care", "breaks")]
    others = [each for each in child.services if each not in periods]
    return child._replace(services=others + (periods[:1] if child.born > "2007" else []))


children = st.builds(
    Child,
    born=st.sampled_from(["2012-05-05", "2012-05-05", "2000-01-03"]),
    died=st.sampled_from(["", "", "", "2024-12-01", "2025-02-10"]),
    leaver=st.booleans(),
    episodes=st.lists(
        st.tuples(span, st.sampled_from(["", "RC2", "RC7", "RC8", "RC9"]), st.sampled_from(["Y", "N", ""])), max_size=2
    ),
    services=st.lists(
        st.tuples(st.sampled_from([*ADDING, "other cp", "enquiry", "visit"]), span, referral), max_size=3
    ),
).map(simple_care)


def source_rows(child):
    """Write a child down as source rows."""
    rows = [born(child.born, child.died), *([care_leaver()] if child.leaver else [])]
    for number, ((start, end), reason, nfa) in enumerate(child.episodes, start=1):
        rows.append(episode(start, end, reason if end else "", f"R{number}", nfa))
    for number, (kind, (start, end), named) in enumerate(child.services):
        rows.append(WRITERS[kind](start, end, named, f"K{number}"))
    return rows


def in_window(end):
    return bool(end) and end >= SINCE


def known(child):
    """What has happened by D: later starts are gone, later ends blank, and a death ends what is open."""
    until = lambda end: (end if end <= D else "") or child.died  # noqa: E731
    episodes = [
        Episode(
            f"R{number}",
            start,
            until(end),
            not until(end),
            reason if end and end <= D else "",
            nfa,
            end if end <= D else "",
        )
        for number, ((start, end), reason, nfa) in enumerate(child.episodes, start=1)
        if start <= D
    ]
    services = []
    for kind, (start, end), named in child.services:
        if kind == "visit":
            services.append(Service("visit", start or D, start or D, False, ""))
        else:
            services.append(Service(kind, start, until(end), not until(end), named))
    return episodes, [each for each in services if each.start <= D]


def home(service, episodes):
    """The episode that a service belongs to (K19)."""
    best = lambda pool: max(pool, key=lambda e: (e.start or FIRST, e.end or LAST, e.id), default=None)  # noqa: E731
    named = next((e for e in episodes if e.id == service.referral), None)
    if named and (named.open or not service.open):
        return named
    covering = [e for e in episodes if service.start and e.start <= service.start <= (e.end or LAST)]
    if not service.open:
        return best(covering)
    return best([e for e in covering if e.open]) or best([e for e in episodes if e.open]) or named


def outcome(child):
    """Reason of each episode, and the row shown: (start, closure, status) or None."""
    episodes, services = known(child)
    homes = [(service, home(service, episodes)) for service in services]
    shut = [s for s, e in homes if s.kind == "assessment" and s.open and e and e.closed and e.closed < SINCE]
    services = [s._replace(open=False) if s in shut else s for s in services]
    homes = [(s, e) for s, (_, e) in zip(services, homes, strict=True)]
    receives = any(s.open or in_window(s.end) for s in services if s.kind != "visit")

    def why(e):
        own = [s for s, its in homes if its == e]
        beyond = any(s.kind not in ("visit", "assessment") or (s.kind == "assessment" and s.open) for s in own)
        if not e.open and not in_window(e.end):
            return "NO_DATE" if not e.start else "WINDOW" if e.closed else "DIED"
        if e.open and (child.born < "2007" or child.leaver) and not receives:
            return "CARE_LEAVER_ONLY"
        if e.open and not own:
            return "REFERRAL_ONLY"
        if e.nfa == "Y" and not beyond:
            return "NFA"
        if not e.open and e.reason in ("RC8", "RC9") and not beyond:
            return "RC8"
        return "REFERRAL_ONLY" if not e.open and not own and e.reason not in ("RC2", "RC7") else None

    decided = {e.id: why(e) for e in episodes}
    scope = [e for e in episodes if decided[e.id] is None]
    shown = max(scope, key=lambda e: (e.open, e.start or FIRST, e.end or LAST, e.id), default=None)
    running = [s for s in services if s.kind in ADDING and s.open]
    ended = [s for s in services if s.kind in ("cp", "cin", "care") and in_window(s.end)]
    basis = []
    if shown is None:
        basis = running or ended
    elif not shown.open:
        basis = [s for s in running if s.start >= shown.end]
    for e in scope:
        if e != shown or basis:
            decided[e.id] = "SUPERSEDED"
    if not basis and not shown:
        return decided, None
    start = min((s.start for s in basis if s.start), default="") if basis else shown.start
    end = max(s.end for s in basis) if basis else shown.end
    kinds = [s.kind.removeprefix("other ") for s in services if s.open]
    status = (
        "e)" if end else next((LABELS[k] for k in ("care", "cp", "cin", "assessment", "breaks") if k in kinds), "c)")
    )
    return decided, (start, end, status)


@settings(max_examples=max(20, settings.default.max_examples // 2))
@given(st.lists(children, min_size=10, max_size=25))
def test_list_6_agrees_with_the_oracle(drawn):
    cases = {f"C{number}": child for number, child in enumerate(drawn)}
    got = list_6({name: source_rows(child) for name, child in cases.items()})
    text = lambda day: day.isoformat() if day else ""  # noqa: E731
    shown = {
        name: (text(start), text(end), status[:2])
        for name, (start, end, status) in by_child(got, START, CLOSED, STATUS).items()
    }
    expected = {name: outcome(child) for name, child in cases.items()}
    assert shown == {name: row for name, (_, row) in expected.items() if row}
    why = {(name, event): reason for name, (each, _) in expected.items() for event, reason in each.items()}
    assert {key: reason for key, reason in reasons(got).items() if reason != "FUTURE"} == why


@settings(max_examples=max(10, settings.default.max_examples // 5))
@given(st.lists(children, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_source_rows_does_not_matter(drawn, order):
    rows = {f"C{number}": source_rows(child) for number, child in enumerate(drawn)}
    shuffled = {name: order.sample(each, len(each)) for name, each in rows.items()}
    names = order.sample(list(shuffled), len(shuffled))
    first, second = list_6(rows), list_6({name: shuffled[name] for name in names})
    assert_frame_equal(first.lists[6].frame, second.lists[6].frame)
    assert reasons(first) == reasons(second)
    assert first.lists[6].added == second.lists[6].added
    assert_frame_equal(first.findings.drop("row"), second.findings.drop("row"), check_row_order=False)


@pytest.mark.parametrize("edition", ["ilacs-2018", "ilacs-2019", "ilacs-2022"])
def test_a_build_repeats_exactly_and_every_referral_is_accounted_for(edition):
    chosen = random.Random(6)

    def draw():
        return tuple(sorted(chosen.choices(DAYS, k=2))) if chosen.random() < 0.6 else (chosen.choice(DAYS), "")

    rows = {}
    for number in range(60):
        episodes = [(draw(), chosen.choice(["", "RC7", "RC8"]), chosen.choice("YN")) for _ in range(2)]
        services = [(chosen.choice(ADDING), draw(), chosen.choice(["R1", "R2", ""]))]
        rows[f"C{number}"] = source_rows(Child("2012-05-05", "", number % 3 == 0, episodes, services))
    first, second = list_6(rows, edition=edition), list_6(rows, edition=edition)
    assert_frame_equal(first.lists[6].frame, second.lists[6].frame)
    account = first.lists[6].accounts["cin_episodes"]
    assert account.height == 120
    output = account["class_"].to_list().count("output")
    assert output + sum(first.lists[6].added.values()) == first.lists[6].frame.height == first.lists[6].children
