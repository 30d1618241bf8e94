"""Writes the generated pages of docs/, or says which of them are not current.

python -m tests.support.docs            write them
python -m tests.support.docs --check    exit 1 where a page is not what it would be written as
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from annexa.outputs.findings_layout import findings_schema_text
from annexa.outputs.manifest import schema_text
from tests.support.pages.checks import checks_page
from tests.support.pages.evidence import evidence_page
from tests.support.pages.explain import explain_page
from tests.support.pages.findings import findings_page
from tests.support.pages.layout import layout_page
from tests.support.pages.lists import lists_page
from tests.support.pages.options import options_page
from tests.support.pages.pseudonyms import pseudonyms_page
from tests.support.pages.reports import report_pages, reports_page
from tests.support.pages.sample import sample_page

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES: Mapping[str, Callable[[], str]] = {
    "checks.md": checks_page,
    "evidence.md": evidence_page,
    "explain.md": explain_page,
    "extract-layout.md": layout_page,
    "findings.md": findings_page,
    "lists.md": lists_page,
    "options.md": options_page,
    "pseudonymised-fields.md": pseudonyms_page,
    "reports.md": reports_page,
    **report_pages(),
    "sample.md": sample_page,
}
SCHEMAS: Mapping[str, Callable[[], str]] = {
    "findings-1.schema.json": findings_schema_text,
    "manifest-1.schema.json": schema_text,
}


def outdated(folder: Path = DOCS) -> list[str]:
    """Return the names of the pages that are missing or are not what they would be written as."""
    return [name for name, make in {**PAGES, **SCHEMAS}.items() if _text(folder / name) != make()]


def write(folder: Path = DOCS) -> None:
    """Write every generated page."""
    folder.mkdir(exist_ok=True)
    for name, make in {**PAGES, **SCHEMAS}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(make(), encoding="utf-8", newline="\n")


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def main(arguments: list[str], folder: Path = DOCS) -> int:
    """Write the pages, or check them with --check; return the exit code."""
    if arguments == ["--check"]:
        names = outdated(folder)
        if names:
            sys.stderr.write(f"Not current: {', '.join(f'docs/{name}' for name in names)}. Run `make docs`.\n")
        return 1 if names else 0
    if arguments:
        sys.stderr.write("Usage: python -m tests.support.docs [--check]\n")
        return 2
    write(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
