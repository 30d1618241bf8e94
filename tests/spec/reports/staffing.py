"""Source rows of workers, posts, absences and of who holds which child. No rule is here."""

DAY = "2018-06-04"
POSTS = ("team_id", "role", "established_fte", "vacant_fte", "locality")


def worker(number, **changes):
    """One permanent social worker, full time, of team T1; a change of None leaves the cell blank."""
    return {
        "worker_id": f"W{number}",
        "name": f"Worker {number}",
        "team_id": "T1",
        "role": "Social worker",
        "registration_number": f"SW{number}",
        "qualified_date": "2012-01-01",
        "start_date": "2015-01-01",
        "leave_date": "",
        "fte": "1.0",
        "agency": "N",
        **changes,
    }


def workers(first, last, **changes):
    """Such workers with the numbers from `first` to `last`."""
    return [worker(number, **changes) for number in range(first, last + 1)]


def posts(*rows):
    """Rows of posts: team, established, vacant, and it may be locality."""
    return [
        dict(zip(("team_id", "established_fte", "vacant_fte", "locality"), row, strict=False), role="Social worker")
        for row in rows
    ]


def teams(*rows):
    """Rows of teams: identifier, name, and it may be what it belongs to."""
    return [dict(zip(("dept_team_id", "dept_team_name", "dept_team_parent_name"), row, strict=False)) for row in rows]


def absence(worker_id, start, end, days):
    return {"worker_id": worker_id, "start_date": start, "end_date": end, "working_days_lost": days}


def in_care(**held):
    """Tables of children in care: worker -> how many children he or she holds."""
    children = [(f"{name}-{n}", name) for name, number in held.items() for n in range(number)]
    return {
        "ssd_cla_episodes": [
            {"clae_cla_episode_id": child, "clae_person_id": child, "clae_cla_episode_start_date": "2017-01-01"}
            for child, _ in children
        ],
        "ssd_involvements": [
            {
                "invo_involvements_id": child,
                "invo_person_id": child,
                "invo_professional_id": name,
                "invo_professional_role_id": "CW",
                "invo_involvement_start_date": "2017-01-01",
            }
            for child, name in children
        ],
    }


def staffed(people, **tables):
    """Tables with these workers, and further ones without their prefix "annexa_"; those of the SSD are named whole."""
    names = {"posts": "annexa_posts", "absence": "annexa_absence", "teams": "ssd_department"}
    return {"annexa_workers": people, **{names.get(name, name): rows for name, rows in tables.items()}}
