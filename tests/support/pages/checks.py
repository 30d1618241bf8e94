"""docs/checks.md: every check, what it tests, why, an example, the reference."""

from collections.abc import Iterator

from annexa.checks.catalogue import Definition, Page, catalogue, pages
from annexa.cli.checks import lists_in_words
from annexa.console import as_toml
from tests.support.markdown import codes, fenced, page, table

SCOPES = {
    "extract": "an extract",
    "workbook": "a finished workbook",
    "both": "an extract and a finished workbook",
    "history": "a dry run, beside the last good one",
}
GROUPS = (
    ("General", "AA-G"),
    *((f"List {number}", f"AA-{number}") for number in range(1, 12)),
    ("Between lists", "AA-X"),
    ("Between one night and the next", "AA-H"),
    ("What reading and the rules of the lists report", "AA-R"),
)


def checks_page() -> str:
    """Return the page."""
    known = pages()
    return page(
        "Checks",
        "`configs/checks.toml` and `configs/checks/`",
        "`annexa check` and `annexa build` run these checks. `annexa checks explain` with an id says the same on the "
        "terminal. What to do with the findings is in [What the check report tells you](checks-for-officers.md).",
        "An id is never used for anything else. Where another check reports the same child and record, a finding gives "
        "way to it: one fault gives one finding. A check that lacks its input could not run, which is not a pass.",
        "An authority changes a check in `annexa.toml`, for instance:",
        fenced(
            '# annexa.toml\nextracts = "extract"\n\n[checks.AA-709]\nworking_days = 15\nseverity = "error"\n\n'
            "[checks.AA-X20]\nenabled = false",
            "toml",
        ),
        *(block for title, prefix in GROUPS for block in _group(title, prefix, known)),
    )


def _group(title: str, prefix: str, known: dict[str, Page]) -> Iterator[str]:
    mine = [each for each in catalogue().values() if _of(each.id) == prefix]
    yield f"## {title}"
    yield table(
        ("Check", "Severity", "What it is called"),
        ((f"[{each.id}](#{each.id.lower()})", each.severity, known[each.id].title) for each in mine),
    )
    for each in mine:
        yield from _check(each, known[each.id])


def _of(check: str) -> str:
    rest = check.removeprefix("AA-")
    return f"AA-{rest[0]}" if rest[0].isalpha() else f"AA-{rest[:-2]}"


def _check(each: Definition, known: Page) -> Iterator[str]:
    yield f"### {each.id}"
    yield f"**{known.title}.** {each.severity.capitalize()}. {_where(each)}"
    yield known.what
    yield known.why
    if known.example:
        yield f"Example: {known.example}"
    if each.settings:
        values = (f"`{name} = {as_toml(list(v) if isinstance(v, tuple) else v)}`" for name, v in each.settings.items())
        yield f"Settings: {', '.join(values)}."
    if each.suppressed_by:
        yield f"Gives way to: {codes(each.suppressed_by)}."
    if each.editions:
        yield f"Editions: {codes(each.editions)}."
    yield f"Reference: {known.reference}"


def _where(each: Definition) -> str:
    if each.made_by_reading:
        return f"{lists_in_words(each.lists, noun=True)}."
    return f"{lists_in_words(each.lists, noun=True)}, tested on {SCOPES[each.scope]}."
