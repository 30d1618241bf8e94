"""A synthetic authority with typed dates, and what tests ask of it."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from annexa.period import birthday
from annexa.sample import generate
from annexa.sample.layout import TABLES

# Tables whose rows are about a person of the person table, and in which column.
PERSON_COLUMNS = {
    "annexa_adoption_links": "person_id",
    "annexa_emergency_protection": "person_id",
    "annexa_care_leaver_services": "person_id",
    "annexa_early_help_assessments": "person_id",
    "annexa_early_help_families": "person_id",
    "annexa_merged_ids": "person_id",
    "ssd_permanence": "perm_person_id",
    "ssd_disability": "disa_person_id",
    "ssd_immigration_status": "immi_person_id",
    "ssd_contacts": "cont_person_id",
    "ssd_early_help_episodes": "earl_person_id",
    "ssd_cin_episodes": "cine_person_id",
    "ssd_cin_assessments": "cina_person_id",
    "ssd_cin_plans": "cinp_person_id",
    "ssd_cin_visits": "cinv_person_id",
    "ssd_s47_enquiry": "s47e_person_id",
    "ssd_initial_cp_conference": "icpc_person_id",
    "ssd_cp_plans": "cppl_person_id",
    "ssd_cp_visits": "cppv_person_id",
    "ssd_cp_reviews": "cppr_person_id",
    "ssd_cla_episodes": "clae_person_id",
    "ssd_legal_status": "lega_person_id",
    "ssd_cla_placement": "clap_person_id",
    "ssd_cla_reviews": "clar_cla_person_id",
    "ssd_cla_visits": "clav_person_id",
    "ssd_cla_care_plan": "lacp_person_id",
    "ssd_cla_health": "clah_person_id",
    "ssd_missing": "miss_person_id",
    "ssd_care_leavers": "clea_person_id",
    "ssd_involvements": "invo_person_id",
    "annexa_early_help_episodes": "person_id",
    "annexa_private_fostering": "person_id",
    "annexa_virtual_school": "person_id",
    "annexa_attendance": "person_id",
    "annexa_attainment": "person_id",
    "annexa_secure_orders": "person_id",
    "annexa_exploitation": "person_id",
    "annexa_pathway_plans": "person_id",
    "annexa_camhs": "person_id",
    "annexa_plo": "person_id",
    "annexa_audits": "person_id",
    "ssd_pre_proceedings": "prep_person_id",
    "ssd_send": "send_person_id",
    "ssd_cla_immunisations": "clai_person_id",
    "ssd_cla_substance_misuse": "clas_person_id",
    "ssd_sdq_scores": "csdq_person_id",
    "ssd_family": "fami_person_id",
}
SPANS = {
    "ssd_early_help_episodes": ("earl_episode_start_date", "earl_episode_end_date"),
    "ssd_cin_episodes": ("cine_referral_date", "cine_close_date"),
    "ssd_cin_assessments": ("cina_assessment_start_date", "cina_assessment_auth_date"),
    "ssd_cin_plans": ("cinp_cin_plan_start_date", "cinp_cin_plan_end_date"),
    "ssd_s47_enquiry": ("s47e_s47_start_date", "s47e_s47_end_date"),
    "ssd_cp_plans": ("cppl_cp_plan_start_date", "cppl_cp_plan_end_date"),
    "ssd_cla_episodes": ("clae_cla_episode_start_date", "clae_cla_episode_ceased_date"),
    "ssd_legal_status": ("lega_legal_status_start_date", "lega_legal_status_end_date"),
    "ssd_cla_placement": ("clap_cla_placement_start_date", "clap_cla_placement_end_date"),
    "ssd_cla_care_plan": ("lacp_cla_care_plan_start_date", "lacp_cla_care_plan_end_date"),
    "ssd_immigration_status": ("immi_immigration_status_start_date", "immi_immigration_status_end_date"),
    "ssd_involvements": ("invo_involvement_start_date", "invo_involvement_end_date"),
    "annexa_adoption_links": ("linked_date", "unlinked_date"),
    "annexa_care_leaver_services": ("start_date", "end_date"),
    "annexa_early_help_assessments": ("start_date", "completed_date"),
    "annexa_emergency_protection": ("start_date", "end_date"),
    "annexa_private_fostering": ("start_date", "end_date"),
    "annexa_secure_orders": ("order_start_date", "order_end_date"),
    "annexa_exploitation": ("start_date", "end_date"),
    "annexa_camhs": ("referral_date", "end_date"),
}  # fmt: skip


@dataclass
class Sample:
    tables: dict[str, pl.DataFrame]
    day: date

    def __getitem__(self, table: str) -> pl.DataFrame:
        return self.tables[table]

    def span(self, table: str) -> pl.DataFrame:
        """Person, start and end, with the person's birth, 18th birthday and death."""
        start, end = SPANS[table]
        rows = self[table].with_columns(person=PERSON_COLUMNS[table], start=start, end=end)
        return rows.join(self.people, on="person", how="left")

    @property
    def people(self) -> pl.DataFrame:
        born = pl.coalesce("pers_dob", "pers_expected_dob")
        return self["ssd_person"].select(
            born.alias("born"), birthday(born, 18).alias("eighteen"), person="pers_person_id", died="pers_death_date"
        )


def load(children: int, inspection: date, seed: int, as_at: date | None) -> Sample:
    """Return a sample whose dates are dates and whose times are times."""
    tables = generate(children, inspection, seed, as_at)
    for table, frame in tables.items():
        dated = [c.name for c in TABLES[table] if c.kind in {"d", "p"} and not c.name.startswith("_")]
        timed = [c.name for c in TABLES[table] if c.kind == "m"]
        tables[table] = frame.with_columns(
            *(pl.col(name).str.slice(0, 10).str.to_date() for name in dated),
            *(pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S") for name in timed),
        )
    return Sample(tables, as_at or inspection)


def none(frame: pl.DataFrame) -> bool:
    return frame.is_empty()


def overlapping(rows: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Rows that begin before the row before them has ended."""
    ordered = rows.sort(*by, "start", "end", nulls_last=True)
    before = pl.col("end").shift(1).over(*by)
    first = pl.int_range(pl.len()).over(*by) == 0
    return ordered.filter(~first, before.is_null() | (before > pl.col("start")))


def periods(sample: Sample) -> pl.DataFrame:
    rows = sample.span("ssd_cla_episodes")
    return rows.group_by("person", "clae_cla_id", "born", "eighteen", "died").agg(
        pl.col("start").min(),
        pl.when(pl.col("end").is_null().any()).then(None).otherwise(pl.col("end").max()).alias("end"),
        pl.col("clae_cla_episode_ceased_reason").sort_by("start").last().alias("reason"),
        pl.col("clae_entered_care_date").unique(),
    )
