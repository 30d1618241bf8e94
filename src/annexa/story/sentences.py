"""What the story says of a record that is left out: one sentence for each reason code, and nothing computed.

The words in braces are filled in: {it} is the record ("it", or by its name in the list's answer) and {its} what is the
record's ("its", or "the assessment 7's"), {date} the date that decided, {window} the list's window with its dates,
{as_at} the as-at date, {kept} the record that a duplicate gives way to and that it stands in its place, {shown} the row
of the child that the list shows instead, {cared} that the young person was looked after, or is read as such, and
{unended} why care is read as ended on the 18th birthday.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Sentence:
    """A sentence without its full stop: as it reads with the date that decided, and where there is no such date."""

    dated: str
    undated: str = ""

    def text(self, *, dated: bool) -> str:
        """Return the one that fits."""
        return self.dated if dated or not self.undated else self.undated


_PLANNED: Final = "that is planned and has not happened"
_DIED: Final = Sentence("the young person died on {date}", "the record says that the young person has died")
_UNDATED: Final = Sentence("{it} has no date at all")

SENTENCES: Final[dict[str, Sentence]] = {
    "DUPLICATE": Sentence("{it} is the same in every cell as {kept}"),
    "CONFLICT": Sentence(
        "{it} has the same identifier as {kept}: of such records an open one is taken, else the one that began later, "
        "else the one with fewer blanks"
    ),
    "NO_CHILD_ID": Sentence("{it} names nobody who could be listed: no child, and no family with a child in it"),
    "NO_DATE": Sentence(
        "{it} has no date of its own to place it by, and it ended on {date}, before {window}",
        "{it} has no date to place it by",
    ),
    "CANCELLED": Sentence("the source says that {it} was cancelled or recorded in error"),
    "FUTURE": Sentence("{it} is dated {date}, after {as_at}: " + _PLANNED, "all dates of {it} are after {as_at}"),
    "OTHER_LA_PLAN": Sentence("{it} is a temporary plan that is held for another authority"),
    "NOT_ADOPTION": Sentence("neither {it} nor the period of care behind it speaks of an adoption by an agency"),
    "DIED": Sentence("{it} was open when the child died on {date}, which is before {window}"),
    "AGE_18": Sentence(
        "{it} belongs to a period of care that is read as ended on the 18th birthday, {date}, which is before "
        "{window}: {unended}"
    ),
    "WINDOW": Sentence("{it} ended on {date}, which is before {window}"),
    "SHORT_BREAK": Sentence("{it} belongs to a period of care that was short breaks only"),
    "CLOSED_WITH_EPISODE": Sentence(
        "{it} was never authorised, and its episode of need was closed on {date}, which is before {window}"
    ),
    "CARE_LEAVER_ONLY": Sentence(
        "{its} episode of need is open, the person is 18 or over or has a care leaver record, and no assessment, "
        "section 47 enquiry, plan, period of care or short break was open on {as_at} or ended in {window}"
    ),
    "REFERRAL_ONLY": Sentence(
        "nothing but the referral is there: no assessment, section 47 enquiry, plan, period of care, short break or "
        "visit belongs to {it}"
    ),
    "NFA": Sentence("{it} led to no further action, and nothing beyond assessments that have closed belongs to it"),
    "RC8": Sentence(
        "{its} episode of need was closed on {date} after assessment (RC8 or RC9), and nothing beyond closed "
        "assessments belongs to it"
    ),
    "NO_ELIGIBILITY": Sentence("every care leaver record of the person says: not eligible for leaving care services"),
    "SERVICE_ENDED": Sentence("leaving care services ended on {date}", "leaving care services have ended"),
    "LOOKED_AFTER": Sentence("the young person {cared}, and is not a care leaver yet"),
    "AGE_25": Sentence("the person turned 25 on {date}, and no leaving care service was open on {as_at}"),
    "ENQUIRY_ONLY": Sentence("{it} shows an enquiry, and no application and no stage 1"),
    "ON_HOLD": Sentence("{it} says that the process is on hold"),
    "ADULT": Sentence("the person was 18 or over on {date}, when {it} began or happened"),
    "SUPERSEDED": Sentence(
        "{it} could stand there, but the list has one row for each child, and {shown} goes before it"
    ),
}

# Where a list's rule gives the reason, or the date that decided, another sense. By cohort and reason.
VARIANTS: Final[dict[tuple[str, str], Sentence]] = {
    ("event_in_window", "NO_DATE"): Sentence("{it} has no date"),
    ("event_in_window", "WINDOW"): Sentence("{it} is dated {date}, which is before {window}"),
    ("children_in_need", "WINDOW"): Sentence("{its} episode of need was closed on {date}, which is before {window}"),
    ("children_in_need", "DIED"): Sentence(
        "{its} episode of need was open when the child died on {date}, which is before {window}"
    ),
    ("children_in_need", "NO_DATE"): Sentence(
        "{it} has no date, and its episode of need was closed on {date}, which is before {window}",
        "{it} has no date",
    ),
    ("section_47_enquiries", "WINDOW"): Sentence(
        "{it} began before {window}, and had ended or had its conference by {date}, before it too"
    ),
    ("section_47_enquiries", "NO_DATE"): Sentence(
        "{it} has no date of its strategy discussion, and had ended or had its conference by {date}, which is before "
        "{window}"
    ),
    ("children_in_care", "WINDOW"): Sentence(
        "{it} belongs to a period of care that ended on {date}, which is before {window}"
    ),
    ("children_in_care", "NO_DATE"): Sentence(
        "{it} belongs to a period of care without a first day that ended on {date}, which is before {window}",
        "{it} belongs to a period of care without a date",
    ),
    ("children_in_care", "DIED"): Sentence(
        "{it} belongs to a period of care that was open when the child died on {date}, which is before {window}"
    ),
    ("children_in_care", "SUPERSEDED"): Sentence(
        "{it} belongs to an earlier period of care, and the list has one row for each child: {shown}"
    ),
    ("care_leavers", "DIED"): _DIED,
    ("care_leavers_and_eligible", "DIED"): _DIED,
    ("adoption_decisions", "FUTURE"): Sentence("{its} decision is dated after {as_at}: " + _PLANNED),
    ("adoption_decisions", "NO_DATE"): Sentence(
        "{it} has no date of the decision, and what it tells of ended before {window} (latest date of an end: {date})",
        "{it} has no date of the decision",
    ),
    ("adoption_decisions", "DIED"): Sentence(
        "the child's death ended {its} decision before {window} (latest date of an end: {date})"
    ),
    ("adoption_decisions", "AGE_18"): Sentence(
        "the child's 18th birthday ended {its} decision before {window} (latest date of an end: {date})"
    ),
    ("adoption_decisions", "WINDOW"): Sentence("{its} decision ended before {window} (latest date of an end: {date})"),
    ("adopters_in_contact", "NO_DATE"): _UNDATED,
    ("adopters_in_process", "NO_DATE"): _UNDATED,
    ("adopters_in_contact", "WINDOW"): Sentence(
        "{it} shows no interview after an enquiry, no decision on a process that was under way and no child placed in "
        "{window} (its latest order, leaving or refusal, or where it has none its latest date: {date})"
    ),
    ("adopters_in_contact", "ENQUIRY_ONLY"): Sentence(
        "{it} shows an enquiry, no application and no stage 1, and no follow-up interview in {window}"
    ),
    ("adopters_in_process", "WINDOW"): Sentence(
        "{it} shows a process that was over before {window}: an order or a leaving ends it, and a refusal only where "
        "no leaving is recorded (latest of the three: {date})"
    ),
}

# Reasons that stand in _drop alone, of tables from which no list starts; and where a table has a rule of its own.
ASIDE: Final[dict[str, str]] = {
    "DUPLICATE": SENTENCES["DUPLICATE"].dated,
    "CONFLICT": SENTENCES["CONFLICT"].dated,
    "NO_CHILD_ID": SENTENCES["NO_CHILD_ID"].dated,
    "FUTURE": "{it} begins after {as_at}: " + _PLANNED,
    "IGNORED": "the source profile says that no rule looks at a record with this value",
}
ASIDE_OF: Final[dict[tuple[str, str], str]] = {
    ("persons", "CONFLICT"): "{it} is about the same person as {kept}: of such records one under the current "
    "identifier is taken, else the one with fewer blanks; where it is blank, one under an older identifier fills in",
}


def sentence(cohort: str, reason: str, *, dated: bool) -> str:
    """Return the template for a reason that a list gives.

    Args:
        cohort: the list's cohort.
        reason: the code.
        dated: whether the account has a date that decided.
    """
    return VARIANTS.get((cohort, reason), SENTENCES[reason]).text(dated=dated)
