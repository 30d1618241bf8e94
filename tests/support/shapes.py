"""The authority of the sample as other systems export it: in codes, in descriptions, with internal identifiers.

The tables of facts stand in shapes.toml; the source profiles that read the shapes are not looked at.
"""

import tomllib
from pathlib import Path
from typing import Final

import polars as pl

from annexa.extract.read import RawExtract, RawTable
from annexa.records import RECORDS, Kind

FACTS: Final[dict[str, dict[str, dict[str, str]]]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
SHAPES: Final = {"ssd-codes": "codes", "ssd-descriptions": "descriptions", "ssd-internal-ids": "ids"}  # profile: facts
SYSTEMS_OWN_ROLES: Final = {"ssd-codes": "ALLOC", "ssd-descriptions": "Allocated case worker", "ssd-internal-ids": "CW"}

_DATES: Final = (Kind.DATE, Kind.BIRTH, Kind.PLANNED)
_MIDNIGHT: Final = " 00:00:00.000"
_NO_DATE: Final = "1900-01-01" + _MIDNIGHT


def shaped(tables: dict[str, pl.DataFrame], profile: str) -> dict[str, pl.DataFrame]:
    """Return the tables of a sample as a system of that shape exports them.

    Only tables of the Standard Safeguarding Dataset change: those of annexa are annexa's own.

    Args:
        tables: as annexa.sample.generate gives them.
        profile: the source profile that has to read the shape, a key of SHAPES.
    """
    facts = FACTS[SHAPES[profile]]
    changed = {name: frame for name, frame in tables.items() if name.startswith("ssd_")}
    for record in RECORDS.values():
        if record.meta.table not in changed:
            continue
        frame = changed[record.meta.table]
        for field in record.fields().values():
            for column in field.columns:
                if column not in frame.columns:
                    continue
                if field.kind is Kind.CODE and field.code_set in facts:
                    frame = frame.with_columns(_told(frame[column], field.code_set, facts[field.code_set]))
                elif field.kind in _DATES and profile != "ssd-codes":
                    frame = frame.with_columns(pl.col(column).str.replace(r"^([0-9-]{10})$", f"${{1}}{_MIDNIGHT}"))
        changed[record.meta.table] = frame
    return {**tables, **_QUIRKS[profile](changed)}


def raw(tables: dict[str, pl.DataFrame]) -> RawExtract:
    """Return what the reader would give for these tables."""
    number = pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias("_row")
    read = {
        name: RawTable(name, f"{name}.csv", frame.with_columns(number), tuple(frame.columns))
        for name, frame in tables.items()
    }
    return RawExtract(tables=read, unknown=(), inputs=())


def _told(cells: pl.Series, code_set: str, facts: dict[str, str]) -> pl.Series:
    if cells.name.endswith("_source_desc"):
        return cells  # told with the code, by the shape
    codes = cells.replace(FACTS["sample"].get(code_set, {}))
    return codes.replace_strict(facts, return_dtype=pl.String)  # a value that the facts do not have is an error


def _in_codes(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return _roles(tables, "ssd-codes")


def _in_descriptions(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Sources in their own column, no value written as a placeholder, workers by name or by staff number."""
    staff = tables["ssd_professionals"]
    names = dict(staff.select("prof_professional_id", "prof_professional_name").iter_rows())
    numbers = dict(staff.select("prof_professional_id", "prof_staff_id").iter_rows())
    changes = {
        "ssd_contacts": _source_as_text("cont_contact_source"),
        "ssd_cin_episodes": [
            *_source_as_text("cine_referral_source"),
            pl.col("cine_referral_worker_id").replace(names),
        ],
        "ssd_cin_assessments": [pl.col("cina_assessment_auth_date").fill_null(_NO_DATE)],
        "ssd_care_leavers": [pl.col("clea_pathway_plan_review_date").fill_null(_NO_DATE)],
        "ssd_early_help_episodes": [pl.lit("SSD_PH").alias("earl_episode_worker_id")],
        "ssd_s47_enquiry": [pl.col("s47e_s47_completed_by_worker_id").replace(numbers)],
        "ssd_initial_cp_conference": [pl.col("icpc_icpc_worker_id").replace(numbers)],
    }
    return _roles(_with(tables, changes), "ssd-descriptions")


def _with_ids(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The description of a source is left out: the number alone has to be understood."""
    empty = {
        "ssd_contacts": [pl.lit(None, pl.String).alias("cont_contact_source_desc")],
        "ssd_cin_episodes": [pl.lit(None, pl.String).alias("cine_referral_source_desc")],
    }
    return _with(tables, empty)


def _source_as_text(column: str) -> list[pl.Expr]:
    return [pl.col(f"{column}_code").alias(f"{column}_desc"), pl.lit(None, pl.String).alias(f"{column}_code")]


def _roles(tables: dict[str, pl.DataFrame], profile: str) -> dict[str, pl.DataFrame]:
    role = pl.col("invo_professional_role_id").replace({"CW": SYSTEMS_OWN_ROLES[profile]})
    return _with(tables, {"ssd_involvements": [role]})


def _with(tables: dict[str, pl.DataFrame], changes: dict[str, list[pl.Expr]]) -> dict[str, pl.DataFrame]:
    return {**tables, **{name: tables[name].with_columns(each) for name, each in changes.items()}}


_QUIRKS: Final = {"ssd-codes": _in_codes, "ssd-descriptions": _in_descriptions, "ssd-internal-ids": _with_ids}
