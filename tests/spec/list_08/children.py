"""Source rows of looked-after children. Each case of a table is one child, and a table is one run."""

from collections.abc import Mapping, Sequence

from tests.support.build import Result, build

D = "2025-06-02"


def span(text: str) -> tuple[str, str]:
    """Split "2024-01-02 to 2024-03-04"; a missing half is blank."""
    start, _, end = text.partition("to")
    return start.strip(), end.strip()


def person(child: str, born: str = "2012-05-05", died: str = "") -> dict[str, str]:
    """A row of ssd_person."""
    return {"pers_person_id": child, "pers_dob": born, "pers_death_date": died, "pers_gender": "F"}


def episode(child: str, when: str, number: int = 1, begun: str = "S", **cells: str) -> dict[str, str]:
    """A row of ssd_cla_episodes; a date of end has reason E4A unless another is given."""
    start, end = span(when)
    return {
        "clae_cla_episode_id": f"{child}-E{number}",
        "clae_person_id": child,
        "clae_cla_episode_start_date": start,
        "clae_cla_episode_start_reason": begun,
        "clae_cla_episode_ceased_date": end,
        "clae_cla_episode_ceased_reason": "E4A" if end else "",
        "clae_cla_id": f"{child}-P",
        **cells,
    }


def legal(child: str, status: str, when: str, number: int = 1) -> dict[str, str]:
    """A row of ssd_legal_status."""
    start, end = span(when)
    return {
        "lega_legal_status_id": f"{child}-L{number}",
        "lega_person_id": child,
        "lega_legal_status": status,
        "lega_legal_status_start_date": start,
        "lega_legal_status_end_date": end,
    }


def placement(child: str, when: str, number: int = 1, kind: str = "U6", **cells: str) -> dict[str, str]:
    """A row of ssd_cla_placement."""
    start, end = span(when)
    return {
        "clap_cla_placement_id": f"{child}-A{number}",
        "clap_person_id": child,
        "clap_cla_placement_start_date": start,
        "clap_cla_placement_end_date": end,
        "clap_cla_placement_type": kind,
        **cells,
    }


def missing(child: str, when: str, number: int = 1, kind: str = "M", offered: str = "", accepted: str = "") -> dict:
    """A row of ssd_missing."""
    start, end = span(when)
    return {
        "miss_table_id": f"{child}-M{number}",
        "miss_person_id": child,
        "miss_missing_episode_start_date": start,
        "miss_missing_episode_end_date": end,
        "miss_missing_episode_type": kind,
        "miss_missing_rhi_offered": offered,
        "miss_missing_rhi_accepted": accepted,
    }


def list_8(tables: Mapping[str, Sequence[Mapping[str, str]]], **settings: object) -> Result:
    """Build List 8; every child of the tables is a person, unless the persons are given."""
    keys = {"ssd_cla_episodes": "clae_person_id"}
    children = sorted({row[key] for table, key in keys.items() for row in tables.get(table, ())})
    persons = {"ssd_person": [person(child) for child in children]}
    return build({**persons, **tables}, lists=[8], **{"inspection_date": D, **settings})


def cells(result: Result, *headings: str) -> dict[str, object]:
    """Return the cells under the headings, by child; one heading gives plain cells, several give tuples."""
    frame = result.lists[8].frame
    rows = frame.select("Child Unique ID", *headings).rows()
    return {child: values[0] if len(headings) == 1 else tuple(values) for child, *values in rows}
