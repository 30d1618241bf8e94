"""Children of whom a pseudonymised copy shows other cells than its source; and the columns that the page says differ.

All are drawn for one inspection date: in the copy a birthday later in a month has come on the first day of that month.
Those of whom an event falls on a birthday are in tests.support.birthdays.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from annexa.editions import edition_names, load_edition
from annexa.filled.kinds import Cells, cells_of
from tests.support.birthdays import Row, birthdays, row

DRAWN_FOR = "2025-06-02"
LOOKUP = pl.DataFrame({"postcode": ["EX43AB"], "la_code": ["E06"], "la_name": ["Exshire"]})
_PAGE = Path(__file__).resolve().parents[2] / "docs" / "pseudonymise.md"
_EVERY_DATE = "Every other column with a date"


def told() -> tuple[set[str], set[str]]:
    """The headings that docs/pseudonymise.md says differ in every copy, and those that it says can."""
    _, first, second = _PAGE.read_text(encoding="utf-8").split("| Column | Why |\n| --- | --- |\n")
    always, sometimes = _headings(first), _headings(second)
    if _EVERY_DATE in sometimes:
        sometimes = (sometimes - {_EVERY_DATE}) | (_dates() - always)
    return always, sometimes


def _headings(table: str) -> set[str]:
    cells = [line.strip("| ").split(" | ")[0] for line in table.split("\n\n")[0].splitlines()]
    return {heading for cell in cells for heading in cell.split("; ")}


def _dates() -> set[str]:
    lists = [spec for name in edition_names() for spec in load_edition(name).lists.values()]
    columns = [column for spec in lists for column in spec.columns]
    return {column.heading.strip() for column in columns if cells_of(column) is Cells.DATE}


def drawn() -> dict[str, list[Row]]:
    """The extract of these children, by table."""
    tables: dict[str, list[Row]] = {}
    for table, cells in (*_unborn(), *_of_age(), *_in_need(), *_placed(), *_nameless(), *birthdays()):
        tables.setdefault(table, []).append(cells)
    return tables


def _unborn() -> Iterator[tuple[str, Row]]:
    """Children who are born, in the copy, on a day on which they were not yet."""
    for child, birth in (("expected", {"expected_dob": "2025-05-20"}), ("to be born", {"dob": "2025-06-20"})):
        yield row("ssd_person", "pers", person_id=child, gender="F", **birth)
        yield row("ssd_contacts", "cont", contact_id=child, person_id=child, contact_date="2025-05-01")


def _in_care(
    child: str, born: str, *, leaver: bool = True, start: str = "2024-01-01", **more: str
) -> Iterator[tuple[str, Row]]:
    """A child whose period of care has no end: with a care-leaver record it ends on the 18th birthday."""
    death = {"death_date": more.pop("death_date")} if "death_date" in more else {}
    yield row("ssd_person", "pers", person_id=child, gender="F", dob=born, **death)
    yield row(
        "ssd_cla_episodes", "clae", cla_episode_id=child, person_id=child, cla_id=child, cla_episode_start_date=start,
        cla_primary_need_code="N1", cla_episode_ceased_reason=more.pop("reason", ""), **more,
    )  # fmt: skip
    yield row(
        "ssd_legal_status", "lega",
        legal_status_id=f"{child} 1", person_id=child, legal_status="C1", legal_status_start_date=start,
        legal_status_end_date="2025-05-09",
    )  # fmt: skip
    if leaver:
        yield row(
            "ssd_care_leavers", "clea",
            table_id=child, person_id=child, care_leaver_eligibility="Former relevant",
        )  # fmt: skip


def _of_age() -> Iterator[tuple[str, Row]]:
    """Children who turn 18 in the month of D or in the one before, on its 20th; and one for whom a year has passed."""
    child, day = "of age", "2025-05-10"
    yield from _in_care(child, "2007-05-20", cla_last_iro_contact_date=day)
    yield row(
        "ssd_legal_status", "lega",
        legal_status_id="2", person_id=child, legal_status="C2", legal_status_start_date=day,
    )  # fmt: skip
    for at, (start, kind, provider, la) in enumerate(
        (("2024-01-01", "U6", "PR1", "Exshire"), (day, "K2", "PR4", "Wyeshire"))
    ):
        yield row(
            "ssd_cla_placement", "clap",
            cla_placement_id=f"{child} {at}", person_id=child, cla_id=child, cla_placement_start_date=start,
            cla_placement_type=kind, cla_placement_provider=provider, cla_placement_end_date="" if at else day,
        )  # fmt: skip
        yield "annexa_placement_locations", {"placement_id": f"{child} {at}", "la_name": la}
    yield row("ssd_cla_reviews", "clar", cla_review_id="1", cla_person_id=child, cla_id=child, cla_review_date=day)
    yield row("ssd_cla_visits", "clav", cla_visit_id="1", person_id=child, cla_visit_date=day, cla_visit_seen="Y")
    yield row(
        "ssd_cla_care_plan", "lacp",
        table_id="1", person_id=child, cla_care_plan_start_date=day, cla_care_plan_json='{"ADOPTION": "Y"}',
    )  # fmt: skip
    for kind in ("M", "A"):
        yield row(
            "ssd_missing", "miss",
            table_id=kind, person_id=child, missing_episode_type=kind, missing_episode_start_date=f"{day} 10:00:00",
            missing_episode_end_date=f"{day} 20:00:00", missing_rhi_offered="Y", missing_rhi_accepted="Y",
        )  # fmt: skip
    yield from _in_care("died", "2007-05-20", death_date=day, reason="E2")
    yield from _in_care("asylum", "2006-06-20", leaver=False)
    yield row(
        "ssd_immigration_status", "immi",
        immigration_status_id="1", person_id="asylum", immigration_status="UASC",
    )  # fmt: skip


def _in_need() -> Iterator[tuple[str, Row]]:
    """Looked after at D at 17, and with a referral that was closed before care began."""
    child = "in need"
    yield from _in_care(child, "2007-06-20", start="2025-01-10")
    yield row(
        "ssd_cin_episodes", "cine",
        referral_id="1", person_id=child, referral_date="2023-01-01", cin_primary_need_code="N4",
        close_date="2025-01-10", close_reason="RC1",
    )  # fmt: skip
    for day in ("2025-01-05", "2025-03-01"):
        yield row("ssd_cin_visits", "cinv", cin_visit_id=day, person_id=child, cin_visit_date=day, cin_visit_seen="Y")


def _placed() -> Iterator[tuple[str, Row]]:
    """A child who moved within one postcode sector, after a stay elsewhere; only the postcode tells the authority."""
    child = "placed"
    yield from _in_care(child, "2015-01-01", leaver=False)
    for kind, start, end, postcode in (
        ("U6", "2024-08-01", "2025-02-01", "EX4 3CD"),
        ("T0", "2025-02-01", "2025-02-08", "EX1 1AA"),
        ("U6", "2025-02-08", "", "EX4 3AB"),
    ):
        yield row(
            "ssd_cla_placement", "clap",
            cla_placement_id=start, person_id=child, cla_id=child, cla_placement_start_date=start,
            cla_placement_end_date=end, cla_placement_type=kind, cla_placement_postcode=postcode,
        )  # fmt: skip


def _nameless() -> Iterator[tuple[str, Row]]:
    """Events without an identifier that only what is left out tells apart."""
    child = "nameless"
    yield row("ssd_person", "pers", person_id=child, gender="F", dob="2012-05-05")
    for text in ("moved away", "worked well"):
        yield row(
            "ssd_early_help_episodes", "earl", person_id=child, episode_start_date="2025-05-01", episode_end_reason=text
        )
        yield row(
            "ssd_contacts", "cont", person_id=child, contact_date="2025-05-01", contact_outcome_json=f'{{"{text}": 1}}'
        )
