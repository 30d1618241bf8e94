"""docs/evidence.md: the evidence tracker, how an officer uses it, and the documents that Annex A asks for."""

from collections.abc import Iterator

from annexa.evidence.deadlines import SOON
from annexa.evidence.items import Document, load_items
from annexa.evidence.rows import HERS, STATUSES, TOLD
from tests.support.markdown import code, codes, fenced, listed, page, table

_HERS = {
    "owner": "Who provides the document.",
    "due_day": "The day of notice by which it is wanted, 1 to 5; 5 at first.",
    "status": f"{listed([f'*{status}*' for status in STATUSES], 'or')}. *Not applicable* needs its reason in Note.",
    "file": "The file's name, as seen from the folder of the tracker. Several: one a line, or with semicolons between.",
    "file_date": "The date of the document; of minutes the dates of the meetings. Several: one a line.",
    "period_from": "First day of what the document is about.",
    "period_to": "Last day of what it is about.",
    "note": "A remark. For a number, the figure, unless annexa's own stands in Checks. For *not applicable*, the "
    "reason.",
}
_TOLD = {
    "due": "The working day that the day of notice is.",
    "due_in": "How many working days that is away.",
    "rag": f"*Red: overdue*; *Amber: due soon* ({SOON} working days or fewer are left); *Green: on time*; "
    "*Green: done* where the status is ready or submitted and the checks found nothing; *Not needed*.",
    "checks": "What the checks say, in sentences, and the figures of annexa's own files.",
}


def evidence_page() -> str:
    """Return the page."""
    return page(
        "The evidence tracker",
        "`configs/evidence.toml`, `annexa.evidence` and `tests/support/pages/evidence.py`",
        "Annex A asks for more than lists: strategies, minutes, reports, figures. The tracker is a workbook with a row "
        "for each of these documents: who provides it, by when, where the file is, and whether it will do. "
        "`annexa build` writes one into its output folder; you can keep one anywhere else too.",
        "## From the call to the handing over",
        "**1. Write the tracker.**",
        fenced("annexa evidence init --inspection-date 2018-06-04 --output tracker.xlsx"),
        "Put it into a folder of its own, with the documents beside it or in folders below. Only you can read the file "
        "that annexa writes; share the folder as your authority shares such things.",
        "**2. Fill in the yellow columns** in Excel or LibreOffice: owners first, then status, file and date as the "
        "documents come in. Close the workbook before you run annexa.",
        "**3. See where you stand,** as often as you like. Nothing is changed. Where annexa's own files are rows of "
        "the tracker, say with `--products` which build they are of.",
        fenced("annexa evidence status --tracker tracker.xlsx --products out"),
        "**4. Bring the tracker up to date:** run `annexa evidence init` again with the same `--output`. What you "
        "wrote stays, the days left and the checks are worked out anew. With `--products out`, the folder of a build, "
        "annexa's own files fill their rows in; a tracker that lies in that folder finds them by itself. A later "
        "`annexa build` into that folder brings the tracker up to date too, even one without reports.",
        "**5. Collect what is ready.**",
        fenced("annexa evidence collect --tracker tracker.xlsx --output evidence --products out --extracts extract"),
        "Every file of a row that is *ready* or *submitted* is copied into one folder, with the number of its item in "
        "front (`1.03_monthly-report.pdf`). `index.html`, to be read and printed, and `index.xlsx` name every row: "
        "collected, not collected and why, not ready, not applicable and why. `manifest.json` has the hash of each "
        "file; `annexa verify evidence` says later whether anything changed. Nothing is sent to anybody.",
        "With `--password-env` each of these commands reads and writes a tracker [under a password](encryption.md).",
        "## When it is due",
        "An inspection comes with five working days' notice. Day 1 is the day of the call, day 5 the last working day "
        "before the inspection begins. Weekends, the bank holidays of England and the days in `closure_days` of "
        "`annexa.toml` do not count. For an inspection on Monday 4 June 2018 day 5 is Friday 1 June, and day 1 is "
        "Friday 25 May, since Monday 28 May was a bank holiday.",
        "## Your columns",
        "They have yellow headings, and a line above the table says so. annexa never changes what you wrote there, "
        "with one exception: where annexa's own file filled a row in and a later build no longer has it, the row is "
        "*not started* again and a message says so. Blank cells alone, and the status *not started*, are filled in. "
        "Where a row names annexa's own file, its date and its period follow that file, unless you typed another "
        "period.",
        table(("Column", "What it is"), ((heading, _HERS[name]) for name, heading in HERS.items())),
        "Dates may be real dates or text, as 04/06/2018 or 2018-06-04. A cell that cannot be read stays as you typed "
        "it, and the row says what should stand there.",
        "You may sort rows, move columns, add columns, and add rows: write the number of the item and leave *Document* "
        "blank. Such a row stays at the end of its item. A row that you deleted comes back as *not started*, and a "
        "message names it: what is not wanted is marked *not applicable*. If the heading of one of your columns was "
        "changed, it is known by its place and put right; if two were, or one is gone, annexa stops, names the column, "
        "and changes nothing. The same where the workbook is open in another program.",
        "## annexa's columns",
        "Item, Document, Title, Kind and Look-back come from Annex A. The last four are worked out when annexa runs, "
        "not when you change a cell. The tracker of a build leaves out what changes from day to day: "
        "`annexa evidence status` says it. `index.html` of a build shows the same rows to be passed on: of your own "
        "files, notes and rows it says only that they are there, since they may name a child.",
        table(("Column", "What it is"), ((heading, _TOLD[name]) for name, heading in TOLD.items())),
        "## What is checked",
        *_bullets(
            "The file is there. It is not empty. Workbooks, documents, presentations and zip files are whole; a PDF "
            "has its beginning and its end; old Office files are Office files; CSV and text files are text. Of any "
            "other kind nothing more can be said.",
            "It asks for no password. A PDF with restrictions counts as one that does.",
            "No other file of the tracker has the same name, whatever its capitals and its folder.",
            "Its date is not in the future, and lies in the look-back: the months before the inspection, both ends "
            "included. Where nothing is looked back, its age is told, without a verdict.",
            "As many files as are asked for; for minutes of a year, no more than four months without a meeting, "
            "counted from the beginning of the year and to the inspection too.",
            "A number has its figure in Note or in Checks, or a file.",
            "Lists 1 to 11 have no error, or Note explains them.",
        ),
        "A row that fails a check is not *done*, whatever its status says.",
        "## What is not collected",
        "A file that is missing, does not open or asks for a password, and, unless it is allowed:",
        *_bullets(
            "a path that leads out of the tracker's folder (`--allow-outside`),",
            "a link, or a file in a linked folder (`--allow-links`),",
            "a file over 50 MB (`--max-size`).",
        ),
        "The index says of each why, and the exit code is 1. No document is run, and no link in one is followed.",
        "## With an extract",
        "`--extracts` adds two things to `collect`, and reads nothing else of the extract.",
        "**Audited cases (1.06).** `1.06_audited-cases.xlsx` lists the audits of `annexa_audits` in the six months "
        "before the inspection, by identifier, and says what the sample lacks: at least one multi-agency audit, and "
        "work with each of " + listed([area.name for area in load_items().areas]) + ". The words in `service_area` by "
        "which these are known stand at the end of `configs/evidence.toml`.",
        "**Names.** A warning where the name of a document, or a cell of a table in it (XLSX, CSV), holds the forename "
        "and surname of a person of the extract next to each other, either way round, as whole words. It names the row "
        "of the tracker and how many cells, never the name. A document whose own name is that of a person is collected "
        "under the name of its row. Forename and surname in two columns, and the text of documents and PDFs, are not "
        "looked at. Without names in the extract the check says that it could not run.",
        "## The documents",
        "*If any*: Annex A asks for it only if there is one; mark it *not applicable* where there is none.",
        *_items(),
    )


def _bullets(*texts: str) -> Iterator[str]:
    yield "\n".join(f"- {text}" for text in texts)


def _items() -> Iterator[str]:
    rows = []
    for item in load_items().items:
        for at, each in enumerate(item.documents):
            rows.append((item.number if not at else "", each.title, each.kind, _wanted(each), _made(each)))
    yield table(("Item", "Document", "Kind", "What is checked beside the file", "annexa's own file"), rows)


def _wanted(each: Document) -> str:
    parts = ["If any."] if each.if_any else []
    if each.look_back and not each.made_by:
        parts.append(f"Dated in the last {each.look_back} months.")
    if each.gap:
        parts.append(f"No more than {each.gap} months without a meeting.")
    if each.at_least > 1:
        parts.append(f"{'Exactly' if each.at_least == each.at_most else 'At least'} {each.at_least} files.")
    return " ".join([*parts, each.advice]).strip()


def _made(each: Document) -> str:
    if each.figure:
        return f"a figure of {code(each.figure.of)}"
    return codes([each.made_by]) if each.made_by else ""
