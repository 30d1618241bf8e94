"""The tables and columns of the sample: the Standard Safeguarding Dataset (SSD) v1.4.5 and the extension tables.

A table is written as its columns in order, each `name`, `name:kind` or `name:kind<date`:

| kind | holds | what an extract taken on a day A shows |
|---|---|---|
| (none) | text | the text |
| n | a whole number | the number |
| d | a day on which something happened, begins or ends | blank where it is later than A |
| p | a planned day | the day, later than A or not |
| m | a day and time, in minutes | blank where the day is later than A |

`<date` names a date column of the same table on which the column hangs: it is blank where that date is later than A.
Names that begin with an underscore are never written: `_from` is the day the system first holds the row, `_until` the
day from which it no longer does, and the others are read by annexa.sample.cut.
"""

from typing import Final, NamedTuple


class Column(NamedTuple):
    """One column of a table of the sample."""

    name: str
    kind: str
    hangs_on: str | None


_TEXT: Final = {
    "ssd_person": """
        _born:n pers_person_id pers_forename pers_surname pers_sex pers_gender pers_ethnicity pers_dob:d
        pers_common_child_id pers_legacy_id pers_upn_unknown pers_send_flag pers_expected_dob:p pers_death_date:d
        pers_is_mother pers_nationality pers_upn""",
    "ssd_disability": "disa_person_id disa_table_id:n disa_disability_code",
    "ssd_immigration_status": """
        immi_person_id immi_immigration_status_id:n immi_immigration_status immi_immigration_status_start_date:d
        immi_immigration_status_end_date:d""",
    "ssd_contacts": """
        cont_contact_id:n cont_person_id cont_contact_date:d cont_contact_source_code cont_contact_source_desc
        cont_contact_outcome_json""",
    "ssd_early_help_episodes": """
        earl_episode_id:n earl_person_id earl_episode_start_date:d earl_episode_end_date:d earl_episode_reason
        earl_episode_end_reason<earl_episode_end_date earl_episode_organisation earl_episode_worker_id:n""",
    "ssd_cin_episodes": """
        cine_referral_id:n cine_person_id cine_referral_date:d cine_cin_primary_need_code cine_referral_source_code
        cine_referral_source_desc cine_referral_outcome_json cine_referral_nfa cine_close_reason<cine_close_date
        cine_close_date:d cine_referral_team cine_referral_worker_id:n""",
    "ssd_cin_assessments": """
        cina_assessment_id:n cina_person_id cina_referral_id:n cina_assessment_start_date:d
        cina_assessment_child_seen<_seen _seen:d cina_assessment_auth_date:d
        cina_assessment_outcome_json<cina_assessment_auth_date cina_assessment_outcome_nfa<cina_assessment_auth_date
        cina_assessment_team cina_assessment_worker_id:n""",
    "ssd_cin_plans": """
        cinp_cin_plan_id:n cinp_referral_id:n cinp_person_id cinp_cin_plan_start_date:d cinp_cin_plan_end_date:d
        cinp_cin_plan_team cinp_cin_plan_worker_id:n""",
    "ssd_cin_visits": """
        cinv_cin_visit_id:n cinv_person_id cinv_cin_visit_date:d cinv_cin_visit_seen cinv_cin_visit_seen_alone
        cinv_cin_visit_bedroom""",
    "ssd_s47_enquiry": """
        s47e_s47_enquiry_id:n s47e_referral_id:n s47e_person_id s47e_s47_start_date:d s47e_s47_end_date:d
        s47e_s47_nfa<s47e_s47_end_date s47e_s47_outcome_json<s47e_s47_end_date s47e_s47_completed_by_worker_id:n
        s47e_s47_completed_by_team""",
    "ssd_initial_cp_conference": """
        icpc_icpc_id:n icpc_icpc_meeting_id:n icpc_s47_enquiry_id:n icpc_person_id icpc_cp_plan_id:n<icpc_icpc_date
        icpc_referral_id:n icpc_icpc_transfer_in icpc_icpc_target_date:p icpc_icpc_date:p
        icpc_icpc_outcome_cp_flag<icpc_icpc_date icpc_icpc_outcome_json<icpc_icpc_date icpc_icpc_team
        icpc_icpc_worker_id:n""",
    "ssd_cp_plans": """
        cppl_cp_plan_id:n cppl_referral_id:n cppl_icpc_id:n cppl_person_id cppl_cp_plan_start_date:d
        cppl_cp_plan_end_date:d cppl_cp_plan_initial_category cppl_cp_plan_ola cppl_cp_plan_latest_category""",
    "ssd_cp_visits": """
        cppv_cp_visit_id:n cppv_person_id cppv_cp_plan_id:n cppv_cp_visit_date:d cppv_cp_visit_seen
        cppv_cp_visit_seen_alone cppv_cp_visit_bedroom""",
    "ssd_cp_reviews": """
        cppr_cp_review_id:n cppr_person_id cppr_cp_plan_id:n cppr_cp_review_due:p cppr_cp_review_date:d
        cppr_cp_review_meeting_id:n cppr_cp_review_outcome_continue_cp<cppr_cp_review_date
        cppr_cp_review_quorate<cppr_cp_review_date cppr_cp_review_participation<cppr_cp_review_date""",
    "ssd_cla_episodes": """
        _iro_first:n _iro_step:n _iro_last:n clae_cla_episode_id:n clae_person_id clae_cla_episode_start_date:d
        clae_cla_episode_start_reason clae_cla_primary_need_code clae_cla_episode_ceased_date:d
        clae_cla_episode_ceased_reason<clae_cla_episode_ceased_date clae_cla_id:n clae_referral_id:n
        clae_cla_placement_id:n clae_entered_care_date:d clae_cla_last_iro_contact_date:d""",
    "ssd_legal_status": """
        lega_legal_status_id:n lega_person_id lega_legal_status lega_legal_status_start_date:d
        lega_legal_status_end_date:d""",
    "ssd_cla_placement": """
        clap_cla_placement_id:n clap_cla_placement_start_date:d clap_cla_placement_type clap_cla_placement_urn
        clap_cla_placement_distance clap_cla_id:n clap_cla_placement_provider clap_cla_placement_postcode
        clap_cla_placement_end_date:d clap_cla_placement_change_reason<clap_cla_placement_end_date clap_person_id""",
    "ssd_cla_reviews": """
        clar_cla_review_id:n clar_cla_id:n clar_cla_person_id clar_cla_review_due_date:p clar_cla_review_date:p
        clar_cla_review_cancelled<clar_cla_review_date clar_cla_review_participation<clar_cla_review_date""",
    "ssd_cla_visits": """
        clav_cla_visit_id:n clav_cla_id:n clav_person_id clav_cla_visit_date:d clav_cla_visit_seen
        clav_cla_visit_seen_alone""",
    "ssd_cla_care_plan": """
        lacp_table_id:n lacp_person_id lacp_cla_care_plan_start_date:d lacp_cla_care_plan_end_date:d
        lacp_cla_care_plan_json""",
    "ssd_cla_health": """
        clah_health_check_id:n clah_person_id clah_health_check_type clah_health_check_date:p
        clah_health_check_status""",
    "ssd_missing": """
        miss_table_id:n miss_person_id miss_missing_episode_start_date:m miss_missing_episode_type
        miss_missing_episode_end_date:m miss_missing_rhi_offered<miss_missing_episode_end_date
        miss_missing_rhi_accepted<miss_missing_episode_end_date""",
    "ssd_care_leavers": """
        _contact_first:n _contact_step:n _review_first:n _review_step:n clea_table_id:n clea_person_id
        clea_care_leaver_eligibility clea_care_leaver_in_touch clea_care_leaver_latest_contact:d
        clea_care_leaver_accommodation clea_care_leaver_accom_suitable clea_care_leaver_activity
        clea_pathway_plan_review_date:d clea_care_leaver_personal_advisor:n clea_care_leaver_allocated_team
        clea_care_leaver_worker_id:n""",
    "ssd_permanence": """
        perm_table_id:n perm_person_id perm_cla_id:n perm_adm_decision_date:d perm_ffa_cp_decision_date:d
        perm_placement_order_date:d perm_placed_for_adoption_date:d perm_matched_date:d perm_adopted_by_carer_flag
        perm_placed_ffa_cp_date:d perm_decision_reversed_date:d perm_placed_foster_carer_date:d
        perm_part_of_sibling_group perm_siblings_placed_together:n<perm_placed_for_adoption_date
        perm_siblings_placed_apart:n<perm_placed_for_adoption_date
        perm_placement_provider_urn<perm_placed_for_adoption_date
        perm_decision_reversed_reason<perm_decision_reversed_date perm_permanence_order_date:d
        perm_permanence_order_type<perm_permanence_order_date perm_adoption_worker_id:n
        perm_adopter_sex<perm_matched_date perm_adopter_legal_status<perm_matched_date
        perm_number_of_adopters:n<perm_matched_date""",
    "ssd_involvements": """
        invo_involvements_id:n invo_professional_id:n invo_professional_role_id invo_professional_team
        invo_involvement_start_date:d invo_involvement_end_date:d invo_worker_change_reason<invo_involvement_end_date
        invo_person_id invo_referral_id:n""",
    "ssd_professionals": """
        prof_professional_id:n prof_staff_id prof_professional_name prof_social_worker_registration_no
        prof_professional_job_title prof_professional_caseload:n prof_professional_department
        prof_full_time_equivalency prof_agency_worker_flag""",
    "ssd_department": "dept_team_id dept_team_name dept_team_parent_id dept_team_parent_name",
    "annexa_adopters": """
        _hold_from:n _hold_until:n adopter_id family_id gender ethnicity disability fostering_for_adoption
        enquiry_date:d information_pack_date:d interview_date:d stage1_start_date:d stage1_end_date:d
        stage2_start_date:d stage2_end_date:d application_date:d approval_date:d rejection_date:d matched_date:d
        placed_date:d children_placed:n<placed_date adoption_order_date:d left_date:d left_reason<left_date on_hold""",
    "annexa_adoption_links": "person_id family_id linked_date:d unlinked_date:d inter_agency",
    "annexa_placement_locations": "placement_id:n la_code la_name location temporary_approval before_assessment",
    "annexa_merged_ids": "old_person_id person_id",
    "annexa_emergency_protection": "person_id kind start_date:d end_date:d",
    "annexa_care_leaver_services": "person_id start_date:d end_date:d",
    "annexa_assessments": "assessment_id:n status",
    "annexa_early_help_assessments": """
        assessment_id:n person_id family_id start_date:d completed_date:d organisation status
        quality_grade<completed_date""",
    "annexa_early_help_families": "family_id person_id",
    "annexa_early_help_episodes": "_end:d episode_id:n person_id kind family_id quality_grade<_end",
    "annexa_missing": """
        _end:d missing_id:n missing_from interview_date:d interview_refused<_end other_la""",
    "annexa_private_fostering": """
        _visit_first:n _visit_step:n _visit_last:n arrangement_id:n person_id notification_date:d start_date:d
        end_date:d arrangement_type last_visit_date:d team_id worker_id:n aware_date:d relationship
        decision<decision_date decision_date:d""",
    "annexa_private_fostering_visits": "arrangement_id:n visit_date:d child_seen",
    "annexa_education_status": """
        _contact_first:n _contact_step:n _contact_last:n person_id status start_date:d end_date:d provision_type
        weekly_hours exclusion_type alternative_provision_start_date:d school_name school_urn year_group ehcp
        date_of_birth:d gender sen reason last_contact_date:d alternative_provision_end_date:d placed_by_la
        post16_activity""",
    "annexa_virtual_school": """
        _pep_first:n _pep_step:n _pep_last:n person_id academic_year year_group school_name school_ofsted_grade
        pep_date:d pep_quality""",
    "annexa_attendance": """
        _first:n _authorised:n _unauthorised:n _suspended:n _excluded:n person_id academic_year sessions_possible:n
        sessions_attended:n sessions_authorised_absence:n sessions_unauthorised_absence:n suspension_sessions:n
        permanently_excluded""",
    "annexa_attainment": "person_id academic_year key_stage subject at_expected_level progress_score",
    "annexa_secure_orders": """
        person_id order_type order_start_date:d order_end_date:d placement_id:n expiry_date:p region""",
    "annexa_exploitation": "person_id kind risk_level start_date:d end_date:d services other_la",
    "annexa_pathway_plans": """
        _review_first:n _review_step:n _review_last:n person_id start_date:d completed_date:d review_date:d""",
    "annexa_health": "_held:d health_check_id:n kind due_date:p<_held outcome<_held",
    "annexa_camhs": "person_id referral_date:d first_appointment_date:d end_date:d",
    "annexa_plo": """
        _hearing_first:n _hearing_step:n _hearing_last:n plo_family_id person_id issue_date:d step_down_date:d
        next_hearing_date:p final_order_date:d final_order_type<final_order_date""",
    "annexa_plo_reviews": "plo_family_id review_date:d next_due_date:p",
    "annexa_workers": """
        worker_id:n name team_id role registration_number qualified_date:d start_date:d leave_date:d
        leave_reason<leave_date fte agency locality""",
    "annexa_posts": "team_id role established_fte vacant_fte locality",
    "annexa_absence": "worker_id:n start_date:d end_date:d working_days_lost:n",
    "annexa_audits": """
        audit_id:n person_id audit_date:d service_area grade multi_agency action_due_date:p
        action_completed_date:d""",
    "ssd_pre_proceedings": """
        _meeting_first:n _meeting_last:n _hearing_first:n _hearing_step:n _hearing_last:n _issued:d _final:d
        prep_table_id:n prep_person_id prep_plo_family_id prep_pre_pro_decision_date:d
        prep_initial_pre_pro_meeting_date:d prep_pre_pro_outcome<prep_agree_stepdown_issue_date
        prep_agree_stepdown_issue_date:d prep_cp_plans_referral_period:n prep_legal_gateway_outcome
        prep_prev_pre_proc_child:n prep_prev_care_proc_child:n prep_pre_pro_letter_date:d
        prep_care_pro_letter_date:d prep_pre_pro_meetings_num:n
        prep_pre_pro_parents_legal_rep<prep_initial_pre_pro_meeting_date
        prep_parents_legal_rep_point_of_issue<_issued prep_court_reference<_issued prep_care_proc_court_hearings:n
        prep_care_proc_short_notice<_issued prep_proc_short_notice_reason<_issued
        prep_la_inital_plan_approved<_issued prep_la_initial_care_plan<_issued prep_la_final_plan_approved<_final
        prep_la_final_care_plan<_final""",
    "ssd_send": "send_table_id:n send_upn send_uln send_upn_unknown send_person_id",
    "ssd_ehcp_requests": """
        ehcr_ehcp_request_id:n ehcr_send_table_id:n ehcr_ehcp_req_date:d ehcr_ehcp_req_outcome_date:d
        ehcr_ehcp_req_outcome<ehcr_ehcp_req_outcome_date""",
    "ssd_ehcp_assessment": """
        ehca_ehcp_assessment_id:n ehca_ehcp_request_id:n ehca_ehcp_assessment_outcome_date:d
        ehca_ehcp_assessment_outcome<ehca_ehcp_assessment_outcome_date
        ehca_ehcp_assessment_exceptions<ehca_ehcp_assessment_outcome_date""",
    "ssd_ehcp_named_plan": """
        ehcn_named_plan_id:n ehcn_ehcp_asmt_id:n ehcn_named_plan_start_date:d ehcn_named_plan_ceased_date:d
        ehcn_named_plan_ceased_reason<ehcn_named_plan_ceased_date""",
    "ssd_cla_immunisations": "clai_person_id clai_immunisations_status clai_immunisations_status_date:d",
    "ssd_cla_substance_misuse": """
        clas_substance_misuse_id:n clas_person_id clas_substance_misuse_date:d clas_substance_misused
        clas_intervention_received""",
    "ssd_sdq_scores": """
        csdq_table_id:n csdq_person_id csdq_sdq_completed_date:d csdq_sdq_reason csdq_sdq_score:n""",
    "ssd_assessment_factors": "cinf_table_id:n cinf_assessment_id:n cinf_assessment_factors_json",
    "ssd_family": "fami_table_id:n fami_family_id fami_person_id",
}

# Tables whose dates come as DATETIME text with a time of midnight, as a database often gives them.
DATETIME_TABLES: Final = frozenset(
    {
        "ssd_cin_visits", "ssd_cp_reviews", "ssd_legal_status", "ssd_cla_placement", "ssd_involvements",
        "ssd_pre_proceedings", "ssd_sdq_scores", "ssd_ehcp_named_plan",
    }
)  # fmt: skip


def _columns(text: str) -> tuple[Column, ...]:
    found = [Column("_from", "n", None), Column("_until", "n", None)]
    for word in text.split():
        head, _, hangs_on = word.partition("<")
        name, _, kind = head.partition(":")
        found.append(Column(name, kind, hangs_on or None))
    return tuple(found)


TABLES: Final[dict[str, tuple[Column, ...]]] = {table: _columns(text) for table, text in _TEXT.items()}


def written_columns(table: str) -> list[str]:
    """Return the columns of a table as they are written, in order."""
    return [column.name for column in TABLES[table] if not column.name.startswith("_")]
