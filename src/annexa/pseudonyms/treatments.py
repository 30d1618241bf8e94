"""What becomes of each field and column in a copy: a closed table, so that nothing is copied by oversight.

A field is treated by its kind. Texts and JSON have no treatment by kind: each is named here, and one that is not is
left out. Conformance tests demand a decision for every field of every record and for every heading of every edition.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from annexa.editions import ColumnSpec, code_sets
from annexa.filled.kinds import Cells, cells_of
from annexa.records import Kind, RecordField
from annexa.records.flags import FACTORS, FLAGS
from annexa.reports.not_full_time import NO_PROVISION


class Treatment(IntEnum):
    """What is done with a value. Of several readings of one column the lowest number holds: it lets least through."""

    PSEUDONYM = 1  # by the keyed hash: the same text has the same pseudonym everywhere
    LEFT_OUT = 2  # the column is not copied
    MONTH = 3  # the first day of the month
    SECTOR = 4  # a postcode without its last two letters
    FLAGS = 5  # JSON: the yes/no flags that a rule reads
    FACTORS = 6  # JSON: the factors that a rule reads
    WORD = 7  # a word that a rule looks for stays; any other text gets a pseudonym
    CODE = 8  # a value that the code set or the source profile knows stays; any other becomes NOT_KNOWN
    HOUR = 9  # as DATE, with the hour of its time; stands before DATE, which would take the hour off
    DATE = 10  # a date that can be read stays; on a birthday of whom the row is about it is the first of the month
    NUMBER = 11  # a number that can be read stays


# In the place of a code that no map knows: it may be a name, and a blank would be taken for "not recorded" (K20).
NOT_KNOWN: Final = "(left out)"

KINDS: Final[Mapping[Kind, Treatment | None]] = {
    Kind.IDENTIFIER: Treatment.PSEUDONYM,
    Kind.PERSON: Treatment.PSEUDONYM,
    Kind.TEXT: None,
    Kind.DATE: Treatment.DATE,
    Kind.BIRTH: Treatment.MONTH,
    Kind.PLANNED: Treatment.DATE,
    Kind.MOMENT: Treatment.HOUR,
    Kind.CODE: Treatment.CODE,
    Kind.POSTCODE: Treatment.SECTOR,
    Kind.WHOLE: Treatment.NUMBER,
    Kind.DECIMAL: Treatment.NUMBER,
    Kind.SIGNED: Treatment.NUMBER,
    Kind.SCHOOL_YEAR: Treatment.NUMBER,
    Kind.JSON: None,
}

# Workers, teams and places, and the words by which reports only group.
_PSEUDONYMS: Final = (
    "involvements.professional_id", "involvements.team",
    "professionals.name", "professionals.registration_number",
    "teams.name", "teams.parent_name",
    "cin_episodes.team", "cin_episodes.worker",
    "assessments.team", "assessments.worker",
    "section_47_enquiries.team", "section_47_enquiries.worker",
    "cin_plans.team", "cin_plans.worker",
    "care_leavers.personal_adviser", "care_leavers.team", "care_leavers.worker",
    "private_fostering.team", "private_fostering.worker",
    "workers.name", "workers.team", "workers.registration_number", "workers.locality",
    "posts.team", "posts.locality",
    "placements.urn",
    "early_help_episodes.organisation", "early_help_assessments.organisation",
    "early_help_assessments.quality_grade", "early_help_details.quality_grade",
    "education_statuses.school_name", "education_statuses.school_urn",
    "virtual_school.school_name", "virtual_school.pep_quality",
    "attainment.subject",
    "exploitation.risk_level",
    "audits.service_area", "audits.grade",
)  # fmt: skip

# Names, numbers of other systems, and free text.
_LEFT_OUT: Final = (
    "persons.forename", "persons.surname", "persons.nhs_number", "persons.upn",
    "early_help_episodes.end_reason",
    "pre_proceedings.court_reference", "pre_proceedings.initial_plan", "pre_proceedings.final_plan",
    "plo.final_order_type",
    "secure_orders.region",
    "education_statuses.reason",
    "health_details.outcome",
    "sdq_scores.reason",
    "exploitation.services",
    "private_fostering.arrangement_type", "private_fostering.relationship", "private_fostering.decision",
    "workers.leave_reason",
)  # fmt: skip

_ROLES: Final = "roles"
_AUTHORITIES: Final = "authorities"
_YEAR_GROUPS: Final = r"(?:year|yr|y)?\.? ?0?[1-9][0-9]?|r|yr|year r|rec|reception|n|n1|n2|nursery"
_KEY_STAGES: Final = r"(?:ks|key ?stage)? ?[0-9]"

# Texts that rules compare with words: the words, or what kind of words they are.
WORDS: Final[Mapping[str, str]] = {
    "involvements.role": _ROLES,
    "professionals.job_title": _ROLES,
    "workers.role": _ROLES,
    "posts.role": _ROLES,
    "placement_locations.la_code": _AUTHORITIES,
    "placement_locations.la_name": _AUTHORITIES,
    "education_statuses.placed_by_la": _AUTHORITIES,
    "education_statuses.provision_type": re.escape(NO_PROVISION),
    "education_statuses.year_group": _YEAR_GROUPS,
    "virtual_school.year_group": _YEAR_GROUPS,
    "attainment.key_stage": _KEY_STAGES,
}

FIELDS: Final[Mapping[str, Treatment]] = {
    **dict.fromkeys(_PSEUDONYMS, Treatment.PSEUDONYM),
    **dict.fromkeys(_LEFT_OUT, Treatment.LEFT_OUT),
    **dict.fromkeys(WORDS, Treatment.WORD),
    **dict.fromkeys(FLAGS, Treatment.FLAGS),
    **dict.fromkeys(FACTORS, Treatment.FACTORS),
}

# Columns of lists that hold text, by the field or derivation that fills them.
COLUMNS: Final[Mapping[str, Treatment]] = {
    "organisation": Treatment.PSEUDONYM,
    "recorded_team": Treatment.PSEUDONYM,
    "recorded_worker": Treatment.PSEUDONYM,
    "allocated_team": Treatment.PSEUDONYM,
    "allocated_worker": Treatment.PSEUDONYM,
    "personal_adviser": Treatment.PSEUDONYM,
    "placement_postcode": Treatment.SECTOR,
}
_CELLS: Final[Mapping[Cells, Treatment | None]] = {
    Cells.CODE: Treatment.CODE,
    Cells.DATE: Treatment.DATE,
    Cells.COUNT: Treatment.NUMBER,
    Cells.IDENTIFIER: Treatment.PSEUDONYM,
    Cells.TEXT: None,
}


def decision(record: str, field: RecordField) -> Treatment | None:
    """Return what becomes of a field, or None where nobody has decided."""
    return FIELDS.get(f"{record}.{field.name}", KINDS[field.kind])


def treatment(record: str, field: RecordField) -> Treatment:
    """Return what becomes of a field: it is left out where nobody has decided."""
    return decision(record, field) or Treatment.LEFT_OUT


def column_decision(column: ColumnSpec) -> Treatment | None:
    """Return what becomes of a list's column, or None where nobody has decided."""
    name = column.field or column.derive or ""
    kind = cells_of(column)
    if kind is Cells.DATE and "birth" in name:
        return Treatment.MONTH
    return COLUMNS.get(name, _CELLS[kind])


@dataclass(frozen=True)
class Words:
    """The words of the authority's own settings that rules look for.

    Args:
        roles: of case workers and of social workers.
        authorities: names and codes of the authority itself.
    """

    roles: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()

    def pattern(self, path: str) -> str:
        """Return the pattern that the words of a field ("involvements.role") match, without regard to case."""
        words = WORDS[path]
        if words == _ROLES:
            words = _listed(self.roles)
        elif words == _AUTHORITIES:
            words = self.authority_pattern
        return f"(?i)^(?:{words})$"

    @property
    def authority_pattern(self) -> str:
        """The names of the authority itself, and the words for places outside England and confidential ones."""
        return _listed((*self.authorities, *code_sets()["la_of_placement"].lookup))


def _listed(words: Iterable[str]) -> str:
    texts = [re.escape(word.strip()) for word in words if word.strip()]
    return "|".join(texts) or "[^\\s\\S]"
