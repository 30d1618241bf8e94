"""The pages of HTML: everything is escaped, nothing is asked for, and a screen reader finds its way."""

import re
from datetime import date
from html.parser import HTMLParser

import jinja2
import openpyxl
import pytest

from annexa.outputs.evidence_index import COLLECTED, NOT_COLLECTED, NOT_READY, Entry, write_index
from annexa.outputs.html import Link, Mark, render

DAY = date(2018, 6, 4)
EVIL = "<script>alert(1)</script>\"'&"
ENTRIES = [
    Entry("1.02", EVIL, "document", COLLECTED, file="1.02_a #1?.pdf", dates=(DAY, DAY), remarks=("Passed.", EVIL)),
    Entry("1.03", "T", "report", NOT_COLLECTED, named=f"../{EVIL}", remarks=("The file is missing.",)),
    Entry("1.03", "U", "report", NOT_READY),
]


@pytest.fixture
def index(tmp_path):
    write_index(tmp_path / "index.html", tmp_path / "index.xlsx", ENTRIES, DAY, "Example <shire>", (EVIL,))
    return tmp_path


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def of(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


def test_nothing_is_run_and_nothing_is_loaded(index):
    text = (index / "index.html").read_text(encoding="utf-8")
    page = Page(text)
    names = {tag for tag, _ in page.tags}
    assert names.isdisjoint({"script", "img", "iframe", "object", "form", "embed", "base", "video", "audio"})
    assert not [attributes for _, attributes in page.tags if any(name.startswith("on") for name in attributes)]
    assert not re.search(r"(?i)https?:|url\(|@import|javascript:", text)
    assert [each["href"] for each in page.of("link")] == ["data:,"]
    policy = next(each["content"] for each in page.of("meta") if "http-equiv" in each)
    assert policy.startswith("default-src 'none'")


def test_language_headings_and_the_scopes_of_a_table(index):
    page = Page((index / "index.html").read_text(encoding="utf-8"))
    assert page.of("html") == [{"lang": "en-GB"}]
    assert [tag for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)] == ["h1", "h2", "h2"]
    scopes = [each.get("scope") for each in page.of("th")]
    assert scopes == ["col"] * 7 + ["row"] * len(ENTRIES)
    assert len(page.of("caption")) == len(page.of("table")) == 1


def test_a_link_leads_to_the_file_beside_the_page(index):
    assert [each["href"] for each in Page((index / "index.html").read_text()).of("a")] == ["./1.02_a%20%231%3F.pdf"]


def test_the_workbook_has_the_same(index):
    book = openpyxl.load_workbook(index / "index.xlsx")
    _, headings, *rows = book["Index"].iter_rows(values_only=True)
    assert headings == ("Item", "Title", "Kind", "State", "File", "Date", "Remarks")
    assert rows[0] == (
        "1.02",
        EVIL,
        "document",
        "Collected",
        "1.02_a #1?.pdf",
        "04/06/2018, 04/06/2018",
        f"Passed. {EVIL}",
    )
    assert rows[1][3:5] == ("Not collected", f"../{EVIL}")
    summary = [row[:2] for row in book["Summary"].iter_rows(values_only=True)]
    for line in (("Authority", "Example <shire>"), ("Files collected", 1), ("Collected", 1), ("Not ready", 1)):
        assert line in summary


def test_the_index_repeats_to_the_byte(index, tmp_path):
    again = tmp_path / "again"
    again.mkdir()
    write_index(again / "index.html", again / "index.xlsx", ENTRIES, DAY, "Example <shire>", (EVIL,))
    for name in ("index.html", "index.xlsx"):
        assert (again / name).read_bytes() == (index / name).read_bytes()


def test_a_value_that_is_not_given_is_no_blank():
    with pytest.raises(jinja2.UndefinedError):
        render("evidence.html.j2", title="T")


def test_cells_of_a_table():
    page = render(
        "evidence.html.j2",
        title="T",
        about=[("A", Link("b", "c d/e.xlsx"))],
        remarks=(),
        headings=("H", "N"),
        rows=[(Mark("Red: overdue", "red"), 7), ("x", None), ("y", ("one", Link("two", "javascript:alert(1)")))],
    )
    assert '<th scope="row"><span class="mark red">Red: overdue</span></th><td class="number">7</td>' in page
    assert '<th scope="row">x</th><td></td>' in page
    assert '<td><p>one</p><p><a href="./javascript%3Aalert%281%29">two</a></p></td>' in page
    assert '<dd><a href="./c%20d/e.xlsx">b</a></dd>' in page
