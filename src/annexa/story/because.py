"""Why a child's row stands on a list: one function for each cohort, over the row that the cohort made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from annexa.editions import ListSpec
from annexa.period import InspectionPeriod, Window
from annexa.records import RECORDS
from annexa.story.words import NOUNS, between, day, named, series

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Scene:
    """What a sentence about a list may need beside the row: the list's definition, its window, and D and A."""

    spec: ListSpec
    window: Window | None
    period: InspectionPeriod

    @property
    def as_at(self) -> str:
        """A, in words."""
        return day(self.period.as_at)

    @property
    def inside(self) -> str:
        """The window with its dates, in words; D where the list has none."""
        return between(self.window) if self.window else day(self.period.inspection_date)

    def contains(self, value: Any) -> bool:
        """Whether a date lies in the window."""
        return self.window is not None and value is not None and self.window.start <= value <= self.window.end

    def name(self, row: Row) -> str:
        """Return the record behind a row by its noun and identifier."""
        record = self.spec.records[0]
        return named(NOUNS[record], row[RECORDS[record].meta.key])


def _event(row: Row, scene: Scene) -> str:
    date = row[(scene.spec.window or {})["date"]]
    return f"{scene.name(row)} is dated {day(date)}, inside {scene.inside}"


def _lasting(row: Row, scene: Scene, name: str) -> str:
    if not row["ceased"]:
        return f"{name} was open on {scene.as_at}"
    how = " with the child's death" if row.get("ended_by_death") else ""
    return f"{name} ended on {day(row['at'])}{how}, inside {scene.inside}"


def _span(row: Row, scene: Scene) -> str:
    return _lasting(row, scene, scene.name(row))


def _early_help(row: Row, scene: Scene) -> str:
    parts = {"early_help_assessments": row["assessment_id"], "early_help_episodes": row["episode_id"]}
    names = [named(NOUNS[record], each) for record, each in parts.items() if each is not None]
    return _lasting(row, scene, " with ".join(names) or "early help")


def _enquiry(row: Row, scene: Scene) -> str:
    name = scene.name(row)
    if not row["ceased"]:
        return f"{name} was open on {scene.as_at}: no end and no conference held is recorded"
    if scene.contains(row["start_date"]):
        return f"the strategy discussion of {name} was on {day(row['start_date'])}, inside {scene.inside}"
    what = "ended" if row["conference_date"] is None else "ended or had its conference"
    return f"{name} {what} on {day(row['at'])}, inside {scene.inside}"


def _in_need(row: Row, scene: Scene) -> str:
    began = day(row["start_date"])
    if row["source"] is not None:
        when = f"that ended on {day(row['close_date'])}, inside {scene.inside}"
        if not row["ceased"]:
            when = f"that was open on {scene.as_at}"
        return (
            f"no episode of need tells of it, but {row['source']} has a service since {began} {when}: the row was added"
        )
    name = f"the episode of need of the referral {row['referral_id'] or ''}".rstrip()
    if not row["ceased"]:
        return f"{name} of {began} was open on {scene.as_at}, and more than a referral belongs to it"
    return f"{name} of {began} was closed on {day(row['close_date'])}, inside {scene.inside}"


_CARE_ENDED: Final = {
    "record": "as recorded",
    "birthday": "which was the 18th birthday",
    "death": "with the child's death",
    "status": "with a change to or from short breaks",
}


def _in_care(row: Row, scene: Scene) -> str:
    if row["is_open"]:
        return (
            f"the child was looked after on {scene.as_at}, in a period of care that began on {day(row['start_date'])}"
        )
    how = _CARE_ENDED[row["ended_by"]]
    return (
        f"the period of care that began on {day(row['start_date'])} ended on {day(row['end_date'])}, {how}, inside "
        f"{scene.inside}"
    )


def _care_leaver(row: Row, scene: Scene) -> str:
    if row["still_eligible"]:
        return f"the young person was looked after on {scene.as_at} and is 16 or over: an eligible child"
    if row["service_open"] is None:
        return "there is a care leaver record, and it counts as current: no leaving care service is recorded"
    return f"there is a care leaver record, and a leaving care service was open on {scene.as_at}"


def _adoption(row: Row, scene: Scene) -> str:
    if row["source"] is not None:
        return f"no record of a decision tells of it, but {row['source']} shows an adoption: the row was added"
    name = f"the decision of {scene.name(row)}, of {day(row['decision_date'])},"
    if not row["ceased"]:
        return f"{name} still stood on {scene.as_at}"
    if scene.contains(row["order_date"]):
        return f"the adoption order was made on {day(row['order_date'])}, inside {scene.inside}"
    if scene.contains(row["reversed_date"]):
        return f"{name} was reversed on {day(row['reversed_date'])}, inside {scene.inside}"
    return f"{name} ended on {day(row['at'])}, inside {scene.inside}"


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
        return f"the row that was added from {row['source']}"
    began = next((row[name] for name in ("start_date", "decision_date") if name in row), None)
    if "period" in row:
        return f"the period of care that began on {day(began)}"
    return f"{scene.name(row)} of {day(began)}"
