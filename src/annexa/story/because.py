"""Why a child's row stands on a list: one function for each cohort, over the row that the cohort made."""

from collections.abc import Callable
from typing import Final

import polars as pl

from annexa.lists.people import people
from annexa.story import care
from annexa.story.facts import calling_services, care_of, service_name
from annexa.story.scene import Row, Scene
from annexa.story.words import NOUNS, dated, day, named, series


def _event(row: Row, scene: Scene) -> str:
    date = row[(scene.spec.window or {})["date"]]
    return f"{scene.name(row)} is dated {day(date)}, inside {scene.inside}"


def _with_death(row: Row) -> str:
    return " with the child's death" if row.get("ended_by_death") else ""


def _span(row: Row, scene: Scene, name: str = "") -> str:
    name = name or scene.name(row)
    if not row["ceased"]:
        return f"{name} was open on {scene.as_at}"
    return f"{name} ended on {day(row['at'])}{_with_death(row)}, inside {scene.inside}"


def _early_help(row: Row, scene: Scene) -> str:
    names = [
        named(NOUNS[f"early_help_{kind}s"], row[f"{kind}_id"])
        for kind in ("assessment", "episode")
        if row[f"{kind}_row"] is not None
    ]
    blank = ""
    if row["ceased"] and row["end_date"] is None:  # the row shows recorded ends alone
        whose = "no end is recorded" if len(names) == 1 else "one of them at least has no recorded end"
        blank = f": {whose}, and the completion date stays blank"
    if len(names) == 1:
        return f"{_span(row, scene, names[0])}{blank}"
    both = f"{series(names)} began on the same day and make one row"
    if not row["ceased"]:
        return f"{both}, and one of them at least was open on {scene.as_at}"
    return f"{both}, and the last of them ended on {day(row['at'])}{_with_death(row)}, inside {scene.inside}{blank}"


def _enquiry(row: Row, scene: Scene) -> str:
    name = scene.name(row)
    if not row["ceased"]:
        return f"{name} was open on {scene.as_at}: no end and no conference held is recorded"
    if scene.contains(row["start_date"]):
        return f"the strategy discussion of {name} was on {day(row['start_date'])}, inside {scene.inside}"
    what = "ended" if row["conference_date"] is None else "ended or had its conference"
    return f"{name} {what} on {day(row['at'])}{_with_death(row)}, inside {scene.inside}"


def _in_need(row: Row, scene: Scene) -> str:
    if row["source"] is not None:
        return _added(row, scene)
    name = f"the episode of need of {named('referral', row['referral_id'])}{dated(' of', row['start_date'])}"
    if not row["ceased"]:
        return f"{name} was open on {scene.as_at}, and more than a referral belongs to it"
    what = "ended" if row["ended_by_death"] else "was closed"
    return f"{name} {what} on {day(row['close_date'])}{_with_death(row)}, inside {scene.inside}"


def _added(row: Row, scene: Scene) -> str:
    """Name the services that call for a row; each has its own dates, of which the row shows the outermost."""
    called = calling_services(scene, row["person_id"])
    if row["start_date"] is not None:
        # After a closed episode it is those that began since; a row without a start has none that is dated.
        called = called.filter(pl.col("start_date") >= row["start_date"])
    since, what = " since", f"{'were' if called.height > 1 else 'was'} open on {scene.as_at}"
    if row["ceased"]:
        since, what = " from", f"ended inside {scene.inside}"
    names = [
        f"{service_name(each)}{dated(since, each['start_date'])}{dated(' to', each['end_date'])}{_read(scene, each)}"
        for each in called.iter_rows(named=True)
    ]
    return (
        f"{series(names)} {what}, and no episode of need that the list could show tells of "
        f"{'it' if called.height == 1 else 'them'}: the row was added"
    )


def _read(scene: Scene, service: Row) -> str:
    period = care_of(scene, service)
    if period is None or not care.is_read(period):
        return ""
    return f" (read as {care.read_as(period)}: {care.why(scene.context, scene.found, period)})"


_CARE_ENDED: Final = {
    "record": "as recorded",
    "death": "with the child's death",
    "status": "with a change to or from short breaks",
}


def _period(row: Row) -> str:
    began = row["start_date"]
    return f"period of care {'whose first day is not recorded' if began is None else f'that began on {day(began)}'}"


def _in_care(row: Row, scene: Scene) -> str:
    if care.is_read(row):
        when = f" on {scene.as_at}" if row["is_open"] else f", inside {scene.inside}"
        why = care.why(scene.context, scene.found, row)
        return f"the {_period(row)} is read as {care.read_as(row)}{when}: {why}"
    if row["is_open"]:
        return f"the child was looked after on {scene.as_at}, in a {_period(row)}"
    how = _CARE_ENDED[row["ended_by"]]
    return f"the {_period(row)} ended on {day(row['end_date'])}, {how}, inside {scene.inside}"


def _care_leaver(row: Row, scene: Scene) -> str:
    if row["still_eligible"]:
        cared = care.looked_after(scene.context, scene.found, row["person_id"])
        return f"the young person {cared} and is 16 or over: an eligible child"
    if row["service_open"] is None:
        return "there is a care leaver record, and it counts as current: no leaving care service is recorded"
    return f"there is a care leaver record, and a leaving care service was open on {scene.as_at}"


def _adoption(row: Row, scene: Scene) -> str:
    if row["source"] is not None:
        return f"no record of a decision tells of it, but {row['source']} shows an adoption: the row was added"
    decided = row["decision_date"]
    name = f"the decision of {scene.name(row)}{'' if decided is None else f', of {day(decided)},'}"
    if not row["ceased"]:
        return f"{name} still stood on {scene.as_at}"
    if scene.contains(row["order_date"]):
        return f"the adoption order was made on {day(row['order_date'])}, inside {scene.inside}"
    if scene.contains(row["reversed_date"]):
        return f"{name} was reversed on {day(row['reversed_date'])}, inside {scene.inside}"
    person = people(scene.context).filter(pl.col("person_id") == row["person_id"])
    how = " with the child's death" if row["at"] in person["death_date"] else ""
    return f"{name} ended on {day(row['at'])}{how}, inside {scene.inside}"


def _adopter_in_contact(row: Row, scene: Scene) -> str:
    grounds = []
    if row["interviewed"]:
        grounds.append(f"came to the follow-up interview on {day(row['interview_date'])}, inside {scene.inside}")
    if row["decided"]:
        grounds.append(f"was in the process when {scene.inside} began, and was approved or refused after that")
    if row["placed"]:
        grounds.append(f"had a child placed on {day(row['placed_date'])}, inside {scene.inside}")
    return f"the adopter {series(grounds)}"


def _adopter_in_process(_row: Row, scene: Scene) -> str:
    return (
        f"the adopter had applied or begun stage 1 by {scene.as_at}, and the process was not over before {scene.inside}"
    )


BECAUSE: Final[dict[str, Callable[[Row, Scene], str]]] = {
    "event_in_window": _event,
    "early_help": _early_help,
    "assessments": _span,
    "section_47_enquiries": _enquiry,
    "children_in_need": _in_need,
    "child_protection_plans": _span,
    "children_in_care": _in_care,
    "care_leavers": _care_leaver,
    "care_leavers_and_eligible": _care_leaver,
    "adoption_decisions": _adoption,
    "adopters_in_contact": _adopter_in_contact,
    "adopters_in_process": _adopter_in_process,
}


def shown_row(row: Row, scene: Scene) -> str:
    """Return the row that a list shows of a child, in words, for the records that it supersedes."""
    if row.get("source") is not None:
        return "the row that was added"
    if "period" in row:
        return f"the {_period(row)}"
    began = next((row[name] for name in ("start_date", "decision_date") if name in row), None)
    return f"{scene.name(row)}{dated(' of', began)}"
